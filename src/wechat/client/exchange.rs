//! One request and its answer: sends it, tells the outcomes apart, counts, measures and logs.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use reqwest::{Response, multipart};
use tracing::{Instrument, Span, field};

use super::{
    Answer, Call, Failure, File, NotSent, Refusal, Trouble, WeChat,
    answer::{self, Content, Status},
    call::Body,
    obstacle::Cause,
};
use crate::{
    infra::clock,
    wechat::{
        account::Account,
        endpoints::{self, Auth, Endpoint, Method},
        errcode::{self, Action, Pace, Scope, Until},
    },
};

/// Larger than any answer of WeChat: videos have at most 10 MB.
const LARGEST: usize = 32 << 20;
/// How long the token call is not made after a configuration error, and any API after its per-minute limit.
const HOLD: TimeDelta = TimeDelta::seconds(60);
/// The last of the delays of protocol section 3.2; the client itself uses the first two.
const SHORT: TimeDelta = TimeDelta::seconds(4);

impl WeChat {
    /// Makes one try of a call. The token goes into the query, so the full address is never logged.
    pub(super) async fn exchange(
        &self,
        account: &Account,
        call: &Call,
        token: Option<&str>,
    ) -> Result<Answer, Failure> {
        let span = tracing::info_span!(
            "wechat_call",
            account = account.key.as_str(),
            path = call.endpoint.path,
            outcome = field::Empty,
            errcode = field::Empty,
            rid = field::Empty,
            duration_ms = field::Empty
        );
        self.measured(account, call, token).instrument(span).await
    }

    async fn measured(&self, account: &Account, call: &Call, token: Option<&str>) -> Result<Answer, Failure> {
        let begun = Instant::now();
        let outcome = self.classified(account, call, token).await;
        let took = begun.elapsed();
        let path = call.endpoint.path;
        let word = outcome.as_ref().err().map_or("ok", Failure::outcome);
        let span = Span::current();
        span.record("outcome", word);
        span.record("duration_ms", millis(took));
        match &outcome {
            Ok(_) => tracing::debug!("WeChat answered"),
            Err(Failure::Refused(refusal)) => {
                span.record("errcode", refusal.errcode);
                span.record("rid", refusal.rid.as_deref());
                tracing::info!(meaning = refusal.meaning, keyword = refusal.keyword, "WeChat refused");
            }
            Err(failure) => tracing::warn!(%failure, "no answer from WeChat"),
        }
        let key = account.key.to_string();
        metrics::counter!("wechat_calls_total", "account" => key.clone(), "path" => path, "outcome" => word)
            .increment(1);
        metrics::histogram!("wechat_call_seconds", "account" => key, "path" => path).record(took.as_secs_f64());
        outcome
    }

    async fn classified(&self, account: &Account, call: &Call, token: Option<&str>) -> Result<Answer, Failure> {
        let endpoint = call.endpoint;
        let response = self.send(call, token).await?;
        self.0.counter.add(&account.key, endpoint.path, 1).await;
        let http = response.status();
        let mime = response.headers().get(reqwest::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let mime = mime.unwrap_or_default().to_owned();
        let bytes = body(response).await.map_err(|trouble| answer::trouble(trouble, endpoint.effect))?;
        match answer::content(&bytes) {
            Content::Json(status) if status.errcode != errcode::OK => {
                match self.refusal(account, endpoint, &status).await {
                    Some(refusal) => Err(Failure::Refused(refusal)),
                    None => Ok(Answer::Json(bytes)),
                }
            }
            Content::Json(_) if http.is_success() => Ok(Answer::Json(bytes)),
            Content::Other if http.is_success() && call.wants_file && !bytes.is_empty() => {
                Ok(Answer::File(File { mime, bytes }))
            }
            Content::Other if matches!(http.as_u16(), 412 | 414) => {
                let status = Status { errcode: http.as_u16().into(), errmsg: None };
                Err(self
                    .refusal(account, endpoint, &status)
                    .await
                    .map_or_else(|| answer::trouble(Trouble::Status(http.as_u16()), endpoint.effect), Failure::Refused))
            }
            Content::Json(_) | Content::Other => {
                let trouble = if http.is_success() { Trouble::Form } else { Trouble::Status(http.as_u16()) };
                Err(answer::trouble(trouble, endpoint.effect))
            }
        }
    }

    /// Sends the request and waits for the head of the answer.
    async fn send(&self, call: &Call, token: Option<&str>) -> Result<Response, Failure> {
        let endpoint = call.endpoint;
        let url = format!("{}{}", self.0.api_url, endpoint.path);
        let request = match endpoint.method {
            Method::Get => self.0.http.get(url),
            Method::Post => self.0.http.post(url),
        };
        let token = token.map(|token| ("access_token", token));
        let request = request.query(token.as_slice()).query(&call.query);
        let request = match &call.body {
            Body::None => request,
            Body::Json(bytes) => request.header(reqwest::header::CONTENT_TYPE, "application/json").body(bytes.clone()),
            Body::File(upload) => {
                let part = multipart::Part::bytes(upload.bytes.clone()).file_name(upload.name.clone());
                let part = part.mime_str(&upload.mime).map_err(|error| {
                    tracing::error!(%error, "a media type cannot be read");
                    Failure::invalid("mime", "must be a media type")
                })?;
                request.multipart(multipart::Form::new().part("media", part))
            }
        };
        request.send().await.map_err(|error| {
            let (connect, trouble) = (error.is_connect() || error.is_builder(), trouble(&error));
            tracing::debug!(error = %error.without_url(), "the request failed");
            if connect { Failure::NotSent(NotSent::Unreachable) } else { answer::trouble(trouble, endpoint.effect) }
        })
    }

    /// Reads a refusal and notes what follows from it for later calls. `None` when the code counts as a success.
    async fn refusal(&self, account: &Account, endpoint: Endpoint, status: &Status) -> Option<Refusal> {
        let code = status.errcode;
        let now = self.0.around.clock.now();
        let action = match errcode::action(code, endpoint.auth, endpoint.effect) {
            Action::Succeeded | Action::Ignore => return None,
            Action::Defer(_) if status.a_minute() => Action::Backoff(Pace::Minute),
            action => action,
        };
        let in_a_while = |span| now.checked_add_signed(span);
        let token_call = endpoint == endpoints::STABLE_TOKEN;
        let until = match action {
            Action::Backoff(Pace::Short) => in_a_while(SHORT),
            Action::Backoff(Pace::Minute) => in_a_while(HOLD),
            Action::Defer(Until::NextDay) => Some(clock::next_midnight(now)),
            Action::Defer(Until::NextMonth) => Some(clock::next_month(now)),
            Action::Config(_) if token_call => in_a_while(HOLD),
            _ => None,
        };
        let alarm = matches!(action, Action::Config(Scope::Account)) || (code == errcode::QUOTA && !status.a_minute());
        let whole_account = endpoint.auth != Auth::Person;
        let holds = match code {
            errcode::QUOTA | errcode::TOO_FREQUENT => whole_account || matches!(action, Action::Defer(_)),
            _ => alarm && token_call,
        };
        let rejected_ip = if alarm { status.address() } else { None };
        if alarm || holds {
            let cause = Cause { errcode: code, until: until.filter(|_| holds), alarm, rejected_ip };
            self.0.obstacles.raise(&account.key, endpoint.path, cause).await;
        }
        if alarm {
            metrics::counter!(
                "wechat_alarms_total",
                "account" => account.key.to_string(), "path" => endpoint.path, "errcode" => code.to_string()
            )
            .increment(1);
            tracing::error!(errcode = code, ip = rejected_ip.map(field::display), "WeChat needs somebody to act");
        }
        let (meaning, meaning_zh) = errcode::meaning(code);
        Some(Refusal {
            errcode: code,
            meaning,
            meaning_zh,
            action,
            rid: status.rid(),
            keyword: status.keyword(),
            until,
        })
    }
}

async fn body(mut response: Response) -> Result<Vec<u8>, Trouble> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| trouble(&error))? {
        if bytes.len().saturating_add(chunk.len()) > LARGEST {
            return Err(Trouble::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn trouble(error: &reqwest::Error) -> Trouble {
    if error.is_timeout() { Trouble::Timeout } else { Trouble::Lost }
}

fn millis(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}
