//! What is known after a call: told, refused, or unknown (pay sheet section 9, rule 4). Never only two of them.

use entity::types::{Fen, OpenId};

use super::state::Stage;
use crate::wechat::pay;

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// WeChat says how far it is.
    Told(Told),
    /// WeChat did not do what this call asked. The payout may exist all the same, by an earlier call.
    Refused {
        /// What has to be done.
        kind: Kind,
        /// WeChat's code.
        code: String,
    },
    /// Nobody knows.
    Unknown {
        /// Why, in a word.
        code: String,
    },
    /// Accepted and not decided: ask no sooner than in twenty minutes.
    Processing,
    /// A query found nothing. It may never have landed, or not yet.
    NotFound,
}

/// How far it is, by WeChat's word.
#[derive(Clone, PartialEq, Eq)]
pub struct Told {
    /// How far.
    pub stage: Stage,
    /// WeChat's own word for it, with the reason when it failed.
    pub code: String,
    /// WeChat's number.
    pub provider_no: Option<String>,
    /// What the person's client needs to open it; a secret.
    pub package: Option<String>,
    /// How much, where it is said.
    pub amount: Option<Fen>,
    /// To whom, where it is said.
    pub open_id: Option<OpenId>,
    /// How much came back, where it is said.
    pub refunded: Option<Fen>,
}

impl std::fmt::Debug for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Told({:?}, {})", self.stage, self.code)
    }
}

/// What has to be done about a refusal (pay sheet sections 2.6 and 4.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// WeChat sees a risk in the person: never again by itself, staff have to look.
    Risk,
    /// The person got enough today: tomorrow, with the same number.
    UserDayCap,
    /// The merchant paid enough today: nothing more until tomorrow.
    MerchantDayCap,
    /// The merchant's account is empty.
    NotEnough,
    /// Too fast.
    Rate,
    /// Certificates, signatures or permissions are wrong, or the product is closed or frozen.
    Merchant,
    /// The same number with other content: an error of ours. Everything of the merchant stops.
    Mismatch,
    /// What is asked for can never be done: amount, person or content.
    Never,
    /// The number is dead, too old or there already: asking decides.
    Ask,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Risk,
        Self::UserDayCap,
        Self::MerchantDayCap,
        Self::NotEnough,
        Self::Rate,
        Self::Merchant,
        Self::Mismatch,
        Self::Never,
        Self::Ask,
    ];

    /// What staff have to look into before the number is handed over again, in a word; none where that happens by itself.
    pub(super) fn review(self) -> Option<&'static str> {
        match self {
            Self::Risk => Some("risk"),
            Self::Mismatch => Some("mismatch"),
            Self::Never => Some("refused"),
            Self::Ask => Some("number"),
            Self::UserDayCap | Self::MerchantDayCap | Self::NotEnough | Self::Rate | Self::Merchant => None,
        }
    }
}

impl From<pay::Kind> for Kind {
    fn from(kind: pay::Kind) -> Self {
        match kind {
            pay::Kind::Risk => Self::Risk,
            pay::Kind::UserDayCap => Self::UserDayCap,
            pay::Kind::MerchantDayCap => Self::MerchantDayCap,
            pay::Kind::NotEnough => Self::NotEnough,
            pay::Kind::Rate => Self::Rate,
            pay::Kind::Config | pay::Kind::Closed | pay::Kind::Frozen => Self::Merchant,
            pay::Kind::Mismatch => Self::Mismatch,
            pay::Kind::Amount | pay::Kind::Person | pay::Kind::Invalid => Self::Never,
            pay::Kind::Dead | pay::Kind::TooOld | pay::Kind::Exists | pay::Kind::NotReady | pay::Kind::NoBill => {
                Self::Ask
            }
        }
    }
}

impl Answer {
    /// What an answer of WeChat Pay says, once what was done is read as how far it is.
    pub(super) fn of<T>(answer: pay::Answer<T>, told: impl FnOnce(T) -> Told) -> Self {
        match answer {
            pay::Answer::Done(done) => Self::Told(told(done)),
            pay::Answer::Refused(refusal) => Self::Refused { kind: refusal.kind.into(), code: refusal.code },
            pay::Answer::Unknown(unknown) => match unknown.why {
                pay::Why::NotFound => Self::NotFound,
                pay::Why::Processing => Self::Processing,
                why => Self::Unknown { code: unknown.code.unwrap_or_else(|| why.as_str().to_owned()) },
            },
        }
    }

    /// Nothing can be asked: the merchant, or what was fixed, is gone.
    pub(super) fn nobody() -> Self {
        Self::Unknown { code: "no_merchant".to_owned() }
    }
}

impl Told {
    /// How far it is, and nothing else.
    pub(super) fn at(stage: Stage, code: impl Into<String>) -> Self {
        let (provider_no, package, amount, open_id, refunded) = (None, None, None, None, None);
        Self { stage, code: code.into(), provider_no, package, amount, open_id, refunded }
    }
}
