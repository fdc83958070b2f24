//! Pushes to the service: what was to be said, each attempt to deliver it, and how it ended (protocol section 1.5).

use std::time::Duration;

use serde::Serialize;

use super::{
    chats::{From, SERVICE_FAILED, Via},
    events::Told,
    faults::{CALLBACK, FaultKind},
    fields::Fields,
    people::openid,
    reply,
    seal::{self, Letter},
    trouble::Trouble,
    world::World,
};
use crate::{infra::clock::Time, wechat::account::Mode};

/// Pushes that are remembered; the oldest is dropped first.
const KEPT: usize = 5_000;

/// One message or event for the service.
#[derive(Clone, Debug, Serialize)]
pub struct Push {
    /// Rising number.
    pub id: u64,
    /// When it happened.
    pub at: Time,
    /// The account's key.
    pub account: String,
    /// The id of the person who caused it.
    pub person: Option<String>,
    /// The message type, or `event:` and the event, such as `event:subscribe`.
    pub kind: String,
    /// The inner message, the same in every attempt.
    pub plaintext: String,
    /// How the account protected pushes when it was made.
    pub mode: Mode,
    /// How it ended.
    pub outcome: Outcome,
    /// Every attempt, oldest first.
    pub attempts: Vec<Attempt>,
    #[serde(skip)]
    pub(super) fields: Fields,
    /// Whether the person sees a chat when this goes wrong.
    #[serde(skip)]
    pub(super) surface: bool,
    #[serde(skip)]
    pub(super) held: bool,
}

/// How a push ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is being delivered, or held.
    Pending,
    /// The service answered with a message.
    Replied,
    /// The service answered `success` or nothing.
    Acknowledged,
    /// No attempt had a usable answer.
    Failed,
}

/// One attempt to deliver a push.
#[derive(Clone, Debug, Serialize)]
pub struct Attempt {
    /// When it was sent.
    pub at: Time,
    /// The whole address with the query.
    pub url: String,
    /// The body as sent.
    pub body: String,
    /// The fault that struck.
    pub fault: Option<&'static str>,
    /// The HTTP status of the answer.
    pub status: Option<u16>,
    /// How long the answer took, in milliseconds of real time.
    pub took_ms: u64,
    /// The answer's body.
    pub answer: String,
    /// The answer in plaintext, when it was a reply.
    pub reply: Option<String>,
    /// What WeChat makes of it.
    pub verdict: Verdict,
    /// Why, in one sentence.
    pub why: String,
}

/// What WeChat makes of one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// A valid message: it appears in the chat.
    Replied,
    /// `success` or nothing.
    Acknowledged,
    /// No answer in time; sent again.
    Timeout,
    /// An HTTP status other than 200; sent again.
    Refused,
    /// An answer that is neither; not sent again.
    Invalid,
    /// No connection, or it broke; sent again.
    Unreachable,
}

impl Verdict {
    fn is_retried(self) -> bool {
        matches!(self, Self::Timeout | Self::Refused | Self::Unreachable)
    }
}

/// What came back for one attempt.
pub(super) enum Got {
    /// An HTTP answer.
    Answer {
        /// The status.
        status: u16,
        /// The body.
        body: String,
    },
    /// Nothing in time.
    Timeout,
    /// No connection.
    Unreachable(String),
}

/// How the delivery of a push begins.
pub(super) enum Begin {
    /// It is held.
    Held,
    /// It is delivered so many times over.
    Deliver(u32),
}

impl World {
    /// The fields that every push begins with.
    pub(super) fn envelope(&self, account: &str, person: Option<&str>, kind: &str) -> Fields {
        let Some(account) = self.accounts.get(account) else { return Fields::new() };
        // What no person causes comes from WeChat's own helper account.
        let from = openid(&account.appid, person.unwrap_or("mphelper"));
        Fields::new()
            .text("ToUserName", account.original_id.clone())
            .text("FromUserName", from)
            .number("CreateTime", self.now().timestamp())
            .text("MsgType", kind)
    }

    /// Makes a push; somebody still has to [`deliver`](super::Sandbox::deliver) it.
    pub(super) fn push(&mut self, account: &str, person: Option<&str>, fields: Fields) -> Result<u64, Trouble> {
        let id = self.id();
        let (format, mode) = {
            let account = self.account(account)?;
            (account.format, account.mode)
        };
        let kind = match (fields.str("MsgType"), fields.str("Event")) {
            (Some("event"), Some(event)) => format!("event:{event}"),
            (Some(kind), _) => kind.to_owned(),
            (None, _) => return Err(Trouble::invalid("the message has no MsgType")),
        };
        let push = Push {
            id,
            at: self.now(),
            account: account.to_owned(),
            person: person.map(str::to_owned),
            surface: person.is_some() && has_surface(&kind),
            kind,
            plaintext: fields.write(format),
            mode,
            outcome: Outcome::Pending,
            attempts: Vec::new(),
            fields,
            held: false,
        };
        if self.pushes.len() == KEPT {
            self.pushes.pop_front();
        }
        self.pushes.push_back(push);
        self.tell(Told::Push { id });
        Ok(id)
    }

    /// Makes a push that goes out right after the answer of the present call.
    pub(super) fn push_later(&mut self, account: &str, person: Option<&str>, fields: Fields) {
        if let Ok(id) = self.push(account, person, fields) {
            self.due.push(id);
        }
    }

    pub(super) fn push_mut(&mut self, id: u64) -> Option<&mut Push> {
        self.pushes.iter_mut().rev().find(|push| push.id == id)
    }

    /// A push as it stands.
    pub(super) fn push_view(&self, id: u64) -> Result<Push, Trouble> {
        self.pushes.iter().rev().find(|push| push.id == id).cloned().ok_or(Trouble::Unknown("push"))
    }

    /// The newest pushes, newest first.
    pub(super) fn pushes(&self, account: Option<&str>, limit: usize) -> Vec<Push> {
        let wanted = |push: &&Push| account.is_none_or(|account| push.account == account);
        self.pushes.iter().rev().filter(wanted).take(limit).cloned().collect()
    }

    /// Begins to deliver, unless a fault holds the push.
    pub(super) fn begin(&mut self, id: u64) -> Begin {
        let Some(push) = self.push_mut(id) else { return Begin::Deliver(0) };
        push.outcome = Outcome::Pending;
        let account = push.account.clone();
        if self.take_fault(CALLBACK, Some(&account), |kind| *kind == FaultKind::Hold).is_some() {
            if let Some(push) = self.push_mut(id) {
                push.held = true;
            }
            return Begin::Held;
        }
        let twice = self.take_fault(CALLBACK, Some(&account), |kind| *kind == FaultKind::Duplicate).is_some();
        Begin::Deliver(if twice { 2 } else { 1 })
    }

    /// The pushes that are held, oldest first; they are no longer held afterwards.
    pub(super) fn unhold(&mut self) -> Vec<u64> {
        let mut ids = Vec::new();
        for push in self.pushes.iter_mut().filter(|push| push.held) {
            push.held = false;
            ids.push(push.id);
        }
        ids
    }

    /// The next attempt, sealed as the account wants it.
    pub(super) fn letter(&mut self, id: u64) -> Result<Letter, String> {
        let push = self.push_view(id).map_err(|trouble| trouble.to_string())?;
        let account = push.account.clone();
        let fault = self.take_fault(CALLBACK, Some(&account), FaultKind::is_for_attempts);
        let account = self.account(&account).map_err(|trouble| trouble.to_string())?;
        let url = self.callback_url(account).ok_or("the service's address is not known")?;
        seal::seal(account, &push, &url, fault, self.now(), &self.random)
    }

    /// Records an attempt and shows what it brought; says whether WeChat tries again.
    pub(super) fn record(&mut self, id: u64, letter: &Letter, got: Got, took: Duration) -> bool {
        let Ok(push) = self.push_view(id) else { return false };
        let mut attempt = Attempt {
            at: letter.at,
            url: letter.url.to_string(),
            body: letter.body.clone(),
            fault: letter.fault.as_ref().map(FaultKind::name),
            status: None,
            took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            answer: String::new(),
            reply: None,
            verdict: Verdict::Timeout,
            why: "no answer in time".to_owned(),
        };
        match got {
            Got::Timeout => {}
            Got::Unreachable(why) => (attempt.verdict, attempt.why) = (Verdict::Unreachable, why),
            Got::Answer { status, body } => {
                attempt.status = Some(status);
                attempt.answer = body;
                if letter.fault == Some(FaultKind::CutAfter) {
                    let why = "the connection broke before the answer arrived (fault)".to_owned();
                    (attempt.verdict, attempt.why) = (Verdict::Unreachable, why);
                } else {
                    self.judge(&push, status, &mut attempt);
                }
            }
        }
        let again = attempt.verdict.is_retried();
        if let Some(push) = self.push_mut(id) {
            push.attempts.push(attempt);
        }
        self.tell(Told::Push { id });
        again
    }

    /// Decides what an answer is, and shows a reply in the chat.
    fn judge(&mut self, push: &Push, status: u16, attempt: &mut Attempt) {
        let judged = match status {
            200 => reply::read(self, push, &attempt.answer),
            other => {
                (attempt.verdict, attempt.why) = (Verdict::Refused, format!("HTTP status {other}"));
                return;
            }
        };
        (attempt.verdict, attempt.why) = match judged {
            Err(why) => (Verdict::Invalid, why),
            Ok(None) => (Verdict::Acknowledged, "received".to_owned()),
            Ok(Some(reply)) => {
                attempt.reply = Some(reply.plaintext);
                if let Some(person) = push.person.as_deref().filter(|_| push.surface) {
                    match reply.shown {
                        Ok((kind, content)) => {
                            self.say(&push.account, person, From::Account, &kind, Some(Via::Passive), content);
                        }
                        Err(explained) => self.notice(&push.account, person, &explained),
                    }
                }
                (Verdict::Replied, "a valid reply".to_owned())
            }
        };
    }

    /// Ends a delivery: the outcome follows from the last attempt.
    pub(super) fn conclude(&mut self, id: u64) {
        let Some(push) = self.push_mut(id) else { return };
        push.outcome = match push.attempts.last().map(|attempt| attempt.verdict) {
            Some(Verdict::Replied) => Outcome::Replied,
            Some(Verdict::Acknowledged) => Outcome::Acknowledged,
            _ => Outcome::Failed,
        };
        let (failed, surface) = (push.outcome == Outcome::Failed, push.surface);
        let (account, person) = (push.account.clone(), push.person.clone());
        if let Some(person) = person.filter(|_| failed && surface) {
            self.notice(&account, &person, SERVICE_FAILED);
        }
        self.tell(Told::Push { id });
    }
}

/// Whether a push of this kind comes from an open chat, so that a reply or a failure is seen there.
fn has_surface(kind: &str) -> bool {
    match kind.strip_prefix("event:") {
        None => true,
        Some(event) => matches!(
            event,
            "subscribe"
                | "SCAN"
                | "CLICK"
                | "scancode_waitmsg"
                | "scancode_push"
                | "pic_sysphoto"
                | "pic_photo_or_album"
                | "pic_weixin"
                | "location_select"
                | "user_enter_tempsession"
        ),
    }
}
