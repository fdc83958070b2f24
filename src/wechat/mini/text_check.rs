//! Whether a text may be shown to others: `msg_sec_check`, version 2 (protocol section 8.9).

use entity::types::OpenId;
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::wechat::{
    account::tolerant,
    client::{Api, Call, Failure},
    endpoints,
    message::event::Verdict,
};

/// Where content is to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A profile: nickname, signature.
    Profile,
    /// A comment.
    Comment,
    /// A forum.
    Forum,
    /// A social log.
    Log,
}

impl Place {
    pub(super) fn number(self) -> u8 {
        match self {
            Self::Profile => 1,
            Self::Comment => 2,
            Self::Forum => 3,
            Self::Log => 4,
        }
    }
}

/// A text to be judged.
#[derive(Clone, Debug, Validate)]
pub struct TextQuestion<'a> {
    /// Who wrote it; must have used the mini program within two hours.
    #[garde(skip)]
    pub openid: &'a OpenId,
    /// Where it is to be shown.
    #[garde(skip)]
    pub place: Place,
    /// The text, up to 2500 characters.
    #[garde(length(chars, min = 1, max = 2500))]
    pub content: &'a str,
    /// The writer's nickname, judged as well.
    #[garde(skip)]
    pub nickname: Option<&'a str>,
}

/// What WeChat thinks of a text. Publish only on [`Verdict::Pass`]; a failed call is no pass either.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextCheck {
    /// Whether it may be shown.
    pub verdict: Verdict,
    /// The kind of offence; 100 is none.
    pub label: Option<u64>,
    /// Names the check when WeChat is asked about it.
    pub trace_id: String,
}

#[derive(Serialize)]
struct Request<'a> {
    version: u8,
    openid: &'a OpenId,
    scene: u8,
    content: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    nickname: Option<&'a str>,
}

#[derive(Deserialize)]
struct Response {
    #[serde(default)]
    result: Option<Opinion>,
    #[serde(default, deserialize_with = "tolerant::or_default")]
    detail: Vec<Opinion>,
    #[serde(default, deserialize_with = "tolerant::or_default")]
    trace_id: String,
}

/// The opinion over all, or of one strategy. One with a code other than 0 is void: the strategy did not work.
#[derive(Deserialize)]
struct Opinion {
    #[serde(default)]
    errcode: i64,
    #[serde(default, deserialize_with = "tolerant::or_default")]
    suggest: String,
    #[serde(default, deserialize_with = "tolerant::number")]
    label: Option<u64>,
}

impl Opinion {
    fn verdict(&self) -> Verdict {
        match self.suggest.as_str() {
            "pass" => Verdict::Pass,
            "review" => Verdict::Review,
            "risky" => Verdict::Risky,
            _ => Verdict::Other,
        }
    }
}

impl Response {
    /// The opinion over all, unless a strategy that worked thinks worse. Where none of the strategies worked, nobody
    /// has looked, whatever the opinion says.
    fn judge(self) -> TextCheck {
        let worked: Vec<&Opinion> = self.detail.iter().filter(|opinion| opinion.errcode == 0).collect();
        let nobody_looked = worked.is_empty() && !self.detail.is_empty();
        let opinions = self.result.iter().chain(worked);
        let worst = opinions.max_by_key(|opinion| severity(opinion.verdict()));
        let verdict = match (&self.result, worst) {
            (Some(_), Some(worst)) => worst.verdict(),
            _ => Verdict::Other,
        };
        let verdict = if nobody_looked && verdict == Verdict::Pass { Verdict::Other } else { verdict };
        TextCheck { verdict, label: worst.and_then(|opinion| opinion.label), trace_id: self.trace_id }
    }
}

fn severity(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Pass => 0,
        Verdict::Other => 1,
        Verdict::Review => 2,
        Verdict::Risky => 3,
    }
}

impl Api {
    /// Asks whether a text may be shown.
    ///
    /// # Errors
    /// Not sent when the text is empty or too long; 61010 when the writer was not here lately, 45009 and 45011 when
    /// too many were asked about. The text must not be shown then.
    pub async fn check_text(&self, question: &TextQuestion<'_>) -> Result<TextCheck, Failure> {
        question.validate()?;
        let request = Request {
            version: 2,
            openid: question.openid,
            scene: question.place.number(),
            content: question.content,
            nickname: question.nickname,
        };
        let call = Call::to(endpoints::TEXT_CHECK).json(&request)?;
        let response: Response = self.ask(call).await?;
        Ok(response.judge())
    }
}
