//! Faults on demand: how an API call or a push goes wrong, how often, and for whom (protocol section 10.3, points 1
//! and 7).

use serde::{Deserialize, Serialize};

use super::{events::Told, trouble::Trouble, world::World};

/// The endpoint name of faults that concern pushes.
pub const CALLBACK: &str = "callback";

/// A fault that waits to strike.
#[derive(Clone, Debug, Serialize)]
pub struct Fault {
    /// Rising number.
    pub id: u64,
    /// An API path such as `/cgi-bin/message/custom/send`, or [`CALLBACK`] for pushes.
    pub endpoint: String,
    /// Only for this account; `null` for all.
    pub account: Option<String>,
    /// What goes wrong.
    #[serde(flatten)]
    pub kind: FaultKind,
    /// How often it still strikes; `null` until it is removed.
    pub times: Option<u32>,
}

/// A fault to set up.
#[derive(Clone, Debug, Deserialize)]
pub struct NewFault {
    /// An API path, or [`CALLBACK`].
    pub endpoint: String,
    /// Only for this account.
    #[serde(default)]
    pub account: Option<String>,
    /// What goes wrong.
    #[serde(flatten)]
    pub kind: FaultKind,
    /// How often; absent until it is removed.
    #[serde(default)]
    pub times: Option<u32>,
}

impl NewFault {
    /// A fault that strikes once, for any account.
    pub fn once(endpoint: &str, kind: FaultKind) -> Self {
        Self { endpoint: endpoint.to_owned(), account: None, kind, times: Some(1) }
    }
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FaultKind {
    /// Call: refused with this code, nothing happened.
    Errcode {
        /// The code.
        errcode: i64,
        /// The text instead of the usual one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        errmsg: Option<String>,
    },
    /// Call: answered with this HTTP status and an HTML body, nothing happened.
    Http {
        /// The status.
        status: u16,
    },
    /// Call: the effect takes place, the answer comes late.
    Slow {
        /// How late.
        millis: u64,
    },
    /// Call: the connection is closed, nothing happened.
    ResetBefore,
    /// Call: the effect takes place, then the connection is closed without an answer.
    ResetAfter,
    /// Call that starts a job (template, subscription and mass messages, the check of a file): accepted, but the job
    /// fails.
    JobFailed,
    /// Push: delivered once more after it ended.
    Duplicate,
    /// Push: kept until it is released.
    Hold,
    /// Attempt: the timestamp is off.
    Skew {
        /// By how much.
        seconds: i64,
    },
    /// Attempt: encrypted with a key that nobody knows.
    WrongKey,
    /// Attempt: encrypted with the previous EncodingAESKey.
    PreviousKey,
    /// Attempt: signatures in upper-case hex.
    UpperHex,
    /// Attempt: sent in plaintext whatever the mode.
    Downgrade,
    /// Attempt: signatures that do not match.
    WrongSignature,
    /// Attempt: the answer is thrown away, so that the push is sent again.
    CutAfter,
}

impl FaultKind {
    /// The kind's name as in the API.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Errcode { .. } => "errcode",
            Self::Http { .. } => "http",
            Self::Slow { .. } => "slow",
            Self::ResetBefore => "reset_before",
            Self::ResetAfter => "reset_after",
            Self::JobFailed => "job_failed",
            Self::Duplicate => "duplicate",
            Self::Hold => "hold",
            Self::Skew { .. } => "skew",
            Self::WrongKey => "wrong_key",
            Self::PreviousKey => "previous_key",
            Self::UpperHex => "upper_hex",
            Self::Downgrade => "downgrade",
            Self::WrongSignature => "wrong_signature",
            Self::CutAfter => "cut_after",
        }
    }

    /// Strikes API calls.
    pub(super) fn is_for_calls(&self) -> bool {
        matches!(
            self,
            Self::Errcode { .. }
                | Self::Http { .. }
                | Self::Slow { .. }
                | Self::ResetBefore
                | Self::ResetAfter
                | Self::JobFailed
        )
    }

    /// Strikes single attempts of a push (and not the push as a whole).
    pub(super) fn is_for_attempts(&self) -> bool {
        !self.is_for_calls() && !matches!(self, Self::Duplicate | Self::Hold)
    }
}

impl World {
    /// Sets up a fault.
    pub(super) fn add_fault(&mut self, new: NewFault) -> Result<Fault, Trouble> {
        if let Some(key) = &new.account {
            self.account(key)?;
        }
        if new.kind.is_for_calls() == (new.endpoint == CALLBACK) {
            return Err(Trouble::invalid(format!("{} does not fit {}", new.kind.name(), new.endpoint)));
        }
        if new.endpoint != CALLBACK && !new.endpoint.starts_with('/') {
            return Err(Trouble::invalid("endpoint is an API path or \"callback\""));
        }
        if matches!(new.kind, FaultKind::Http { status } if !(400..600).contains(&status)) || new.times == Some(0) {
            return Err(Trouble::invalid("status is 400 to 599, times at least 1"));
        }
        let id = self.id();
        let fault = Fault { id, endpoint: new.endpoint, account: new.account, kind: new.kind, times: new.times };
        self.faults.push(fault.clone());
        self.tell(Told::State);
        Ok(fault)
    }

    /// Removes a fault.
    pub(super) fn remove_fault(&mut self, id: u64) -> Result<(), Trouble> {
        let before = self.faults.len();
        self.faults.retain(|fault| fault.id != id);
        self.tell(Told::State);
        if self.faults.len() == before { Err(Trouble::Unknown("fault")) } else { Ok(()) }
    }

    /// Removes all faults.
    pub(super) fn clear_faults(&mut self) {
        self.faults.clear();
        self.tell(Told::State);
    }

    /// The fault that strikes now, if any: the oldest that fits. It is used up by one.
    pub(super) fn take_fault(
        &mut self,
        endpoint: &str,
        account: Option<&str>,
        fits: impl Fn(&FaultKind) -> bool,
    ) -> Option<FaultKind> {
        let found = self.faults.iter_mut().find(|fault| {
            fault.endpoint == endpoint
                && (fault.account.is_none() || fault.account.as_deref() == account)
                && fits(&fault.kind)
        })?;
        let kind = found.kind.clone();
        if let Some(times) = &mut found.times {
            *times = times.saturating_sub(1);
            self.faults.retain(|fault| fault.times != Some(0));
            self.tell(Told::State);
        }
        Some(kind)
    }
}
