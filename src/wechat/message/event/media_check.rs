//! The asynchronous verdict on a picture or recording (protocol sections 2.3 and 8.9).

use crate::wechat::message::tree::{Fields, Unreadable};

/// A verdict. Publish only on [`Verdict::Pass`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaCheck {
    /// What the call that asked for it gave.
    pub trace_id: String,
    /// Whether it may be published.
    pub verdict: Verdict,
    /// The kind of offence; 100 is none.
    pub label: Option<i64>,
    /// 0 when the check itself worked.
    pub error_code: i64,
}

/// What to do with the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing found.
    Pass,
    /// A person must look.
    Review,
    /// It must not be shown.
    Risky,
    /// No verdict that we know: treated like [`Review`](Verdict::Review) at best.
    Other,
}

impl MediaCheck {
    pub(super) fn read(fields: &Fields) -> Result<Self, Unreadable> {
        let result = fields.fields("result")?;
        let suggest = result.map(|result| result.some_text(&["suggest"])).transpose()?.flatten();
        let error_code = fields.some_value(&["errcode"])?.unwrap_or(0);
        let verdict = match suggest.as_deref() {
            // A check that did not work has let nothing pass.
            Some("pass") if error_code == 0 => Verdict::Pass,
            Some("review") => Verdict::Review,
            Some("risky") => Verdict::Risky,
            Some(_) | None => Verdict::Other,
        };
        Ok(Self {
            trace_id: fields.text("trace_id")?,
            verdict,
            label: result.map(|result| result.some_value(&["label"])).transpose()?.flatten(),
            error_code,
        })
    }
}
