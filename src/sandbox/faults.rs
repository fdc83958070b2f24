//! Faults on demand: how an API call or a push goes wrong, how often, and for whom (protocol section 10.3, points 1
//! and 7).

use serde::{Deserialize, Serialize};

use super::{events::Told, pay, trouble::Trouble, world::World};

/// The endpoint name of faults that concern pushes.
pub const CALLBACK: &str = "callback";
/// The endpoint name of faults that concern notifications of WeChat Pay.
pub const PAY_NOTIFY: &str = "pay_notify";

/// A fault that waits to strike.
#[derive(Clone, Debug, Serialize)]
pub struct Fault {
    /// Rising number.
    pub id: u64,
    /// An API path such as `/cgi-bin/message/custom/send` (of WeChat Pay with `{out_bill_no}` for what varies), or
    /// [`CALLBACK`] for pushes, or [`PAY_NOTIFY`].
    pub endpoint: String,
    /// Only for this account, or this merchant; `null` for all.
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
    /// An API path, or [`CALLBACK`], or [`PAY_NOTIFY`].
    pub endpoint: String,
    /// Only for this account, or this merchant.
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
    /// Pay call: the effect takes place, then this HTTP status and an HTML body.
    HttpAfter {
        /// The status.
        status: u16,
    },
    /// Pay call: nothing happens, and after a time 504.
    Hang {
        /// How long.
        millis: u64,
    },
    /// Pay call: answered with this error.
    PayError {
        /// Such as `SYSTEMERROR`.
        code: String,
        /// The text instead of the usual one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        /// The HTTP status of a v3 answer; 500 when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
        /// The effect has taken place before.
        #[serde(default)]
        after: bool,
    },
    /// Pay call that creates: accepted but not done for so long; with a reason it fails then.
    Processing {
        /// On the sandbox's clock.
        seconds: u32,
        /// Why it fails in the end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Pay call that creates: it takes effect, but queries answer NOT_FOUND for so long.
    Hidden {
        /// On the sandbox's clock.
        seconds: u32,
    },
    /// Pay call: the effect takes place, the answer's body breaks off.
    Truncated,
    /// Pay call: the answer has a field that no documentation names.
    ExtraFields,
    /// Pay call, v3: the effect takes place, the answer is not signed.
    Unsigned,
    /// Pay call, v3, or notification: signed with the other kind of key (public key or certificate).
    OtherKey,
    /// Notification: a probe, whose signature begins with `WECHATPAY/SIGNTEST/`; the right one follows.
    Probe,
    /// Notification: one with a wrong amount goes ahead.
    WrongAmount,
    /// Notification: never sent.
    Lost,
}

/// Where faults strike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Call,
    Push,
    PayCall,
    Notification,
}

impl Place {
    /// The place that an endpoint name means.
    fn of(endpoint: &str) -> Option<Self> {
        match endpoint {
            CALLBACK => Some(Self::Push),
            PAY_NOTIFY => Some(Self::Notification),
            path if pay::is_pay(path) => pay::is_endpoint(path).then_some(Self::PayCall),
            path => path.starts_with('/').then_some(Self::Call),
        }
    }
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
            Self::HttpAfter { .. } => "http_after",
            Self::Hang { .. } => "hang",
            Self::PayError { .. } => "pay_error",
            Self::Processing { .. } => "processing",
            Self::Hidden { .. } => "hidden",
            Self::Truncated => "truncated",
            Self::ExtraFields => "extra_fields",
            Self::Unsigned => "unsigned",
            Self::OtherKey => "other_key",
            Self::Probe => "probe",
            Self::WrongAmount => "wrong_amount",
            Self::Lost => "lost",
        }
    }

    /// Whether such a thing happens there.
    fn fits(&self, place: Place) -> bool {
        use Place::{Call, Notification, PayCall, Push};
        let places: &[Place] = match self {
            Self::Errcode { .. } | Self::JobFailed => &[Call],
            Self::Http { .. } | Self::Slow { .. } | Self::ResetBefore | Self::ResetAfter => &[Call, PayCall],
            Self::HttpAfter { .. }
            | Self::Hang { .. }
            | Self::PayError { .. }
            | Self::Processing { .. }
            | Self::Hidden { .. }
            | Self::Truncated
            | Self::ExtraFields
            | Self::Unsigned => &[PayCall],
            Self::OtherKey => &[PayCall, Notification],
            Self::WrongSignature => &[Push, PayCall, Notification],
            Self::Duplicate | Self::Hold | Self::Skew { .. } | Self::WrongKey | Self::CutAfter => &[Push, Notification],
            Self::PreviousKey | Self::UpperHex | Self::Downgrade => &[Push],
            Self::Probe | Self::WrongAmount | Self::Lost => &[Notification],
        };
        places.contains(&place)
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
        let place = Place::of(&new.endpoint)
            .ok_or_else(|| Trouble::invalid("endpoint is an API path, \"callback\" or \"pay_notify\""))?;
        match &new.account {
            None => {}
            Some(key) if matches!(place, Place::Call | Place::Push) => {
                self.account(key)?;
            }
            Some(key) if self.pay.knows(key) => {}
            Some(_) => return Err(Trouble::Unknown("merchant")),
        }
        if !new.kind.fits(place) {
            return Err(Trouble::invalid(format!("{} does not fit {}", new.kind.name(), new.endpoint)));
        }
        let status = match new.kind {
            FaultKind::Http { status } | FaultKind::HttpAfter { status } => Some(status),
            FaultKind::PayError { status, .. } => status,
            _ => None,
        };
        if status.is_some_and(|status| !(400..600).contains(&status)) || new.times == Some(0) {
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
