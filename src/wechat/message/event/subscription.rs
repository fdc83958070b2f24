//! What people answered to subscription dialogs, and what became of the messages (protocol sections 2.2 and 2.3).

use crate::wechat::message::tree::{Fields, Unreadable};

/// One template in somebody's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The template.
    pub template_id: String,
    /// Whether messages of it may be sent.
    pub answer: Answer,
    /// Where the dialog was shown: 0 mini program, 1 and 2 pages and articles (not certain).
    pub scene: Option<i64>,
}

/// An answer. Only [`Accept`](Answer::Accept) permits anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// One more message may be sent.
    Accept,
    /// None may be sent.
    Reject,
    /// A word that is not known; the raw body has it.
    Other,
}

impl Choice {
    pub(super) fn read(fields: &Fields) -> Result<Self, Unreadable> {
        let answer = match fields.text("SubscribeStatusString")?.trim() {
            "accept" => Answer::Accept,
            "reject" => Answer::Reject,
            _ => Answer::Other,
        };
        let scene = fields.some_value(&["PopupScene"])?;
        Ok(Self { template_id: fields.text("TemplateId")?, answer, scene })
    }
}

/// What became of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The template.
    pub template_id: String,
    /// The id of the message.
    pub msg_id: Option<u64>,
    /// 0 is success.
    pub error_code: i64,
    /// The reason in WeChat's words.
    pub error_status: Option<String>,
}

impl Sent {
    pub(super) fn read(fields: &Fields) -> Result<Self, Unreadable> {
        Ok(Self {
            template_id: fields.text("TemplateId")?,
            msg_id: fields.some_value(&["MsgID", "MsgId"])?,
            error_code: fields.value(&["ErrorCode"])?,
            error_status: fields.some_text(&["ErrorStatus"])?,
        })
    }
}

/// The entries below `wrapper`, as XML has them, or at the top, as JSON has them. There is at least one.
pub(super) fn read<T>(
    fields: &Fields,
    wrapper: &str,
    entry: impl Fn(&Fields) -> Result<T, Unreadable>,
) -> Result<Vec<T>, Unreadable> {
    let entries = fields.fields(wrapper)?.unwrap_or(fields).list("List");
    if entries.is_empty() {
        return Err(Unreadable::Malformed);
    }
    entries.into_iter().map(entry).collect()
}
