//! The terms of a campaign: what staff write, checked against the limits of WeChat (pay sheet sections 2.2, 4.1, 4.8).

use chrono::{DateTime, Utc};
use entity::{
    rewards::{budget_account::Unit, campaign::What, payout::Provider},
    types::{AccountKey, MerchantKey},
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    error::{Code, Error, Result},
    infra::calendar::of_our_era,
};

/// The greatest number that a reader of JSON keeps exactly.
const MOST: i64 = 9_007_199_254_740_991;
/// The most shares of a campaign that is split beforehand.
pub(super) const SHARES: u32 = 100_000;
/// Red packets without a scene, in fen.
const PLAIN_PACKET: (i64, i64) = (100, 20_000);
/// Red packets with a scene, in fen; the upper end is an old one of WeChat's.
const SCENE_PACKET: (i64, i64) = (30, 499_900);
/// Transfers for which no name is needed, in fen.
const TRANSFER: (i64, i64) = (10, 199_999);
/// Transfers that look like a red packet, in fen.
const TRANSFER_AS_PACKET: (i64, i64) = (10, 20_000);

/// What a campaign gives, to whom, when, and how much at most. Amounts are fen, or points where points are given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CampaignTerms)]
pub struct Terms {
    /// How staff call it.
    #[garde(length(chars, min = 1, max = 60))]
    pub name: String,
    /// What is given.
    #[garde(dive)]
    pub gives: Gives,
    /// How much of it each time.
    #[garde(dive)]
    pub amount: Amount,
    /// How much in all.
    #[garde(range(min = 1, max = MOST))]
    pub budget: i64,
    /// From when on.
    #[garde(custom(of_our_era))]
    pub starts_at: DateTime<Utc>,
    /// Until when; this moment is no longer within.
    #[garde(custom(of_our_era))]
    pub ends_at: DateTime<Utc>,
    /// How often at most.
    #[garde(dive)]
    #[serde(default)]
    pub caps: Caps,
    /// To whom.
    #[garde(dive)]
    #[serde(default)]
    pub eligibility: Eligibility,
    /// Whether the person has to claim it; money for a mini program always is, as WeChat is asked then whether it trusts
    /// them.
    #[garde(dive)]
    #[serde(default)]
    pub claim: Option<ClaimTerms>,
    /// Whether somebody whose money came back may get it again.
    #[garde(skip)]
    #[serde(default)]
    pub again: bool,
    /// What stops it by itself.
    #[garde(dive)]
    #[serde(default)]
    pub guard: Guard,
}

/// What is given. Coupons and growth value join here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Gives {
    /// Points, at once.
    Points(#[garde(dive)] PointsTerms),
    /// A cash red packet of an official account.
    RedPacket(#[garde(dive)] Packet),
    /// A red packet that is opened in a mini program.
    MiniRedPacket(#[garde(dive)] Packet),
    /// A transfer that the person confirms.
    Transfer(#[garde(dive)] Transfer),
}

/// How points are given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CampaignPoints)]
pub struct PointsTerms {
    /// They end with the month so many months later; without it never.
    #[garde(range(min = 1, max = 120))]
    #[serde(default)]
    pub months: Option<u32>,
}

/// What a red packet says (pay sheet section 2.2). WeChat counts lengths in bytes, as far as anybody knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CampaignPacket)]
pub struct Packet {
    /// Who pays.
    #[garde(skip)]
    pub merchant: MerchantKey,
    /// In which account the person is paid.
    #[garde(skip)]
    pub account: AccountKey,
    /// Who it comes from, as the person sees it.
    #[garde(length(bytes, min = 1, max = 32))]
    pub send_name: String,
    /// The greeting.
    #[garde(length(bytes, min = 1, max = 128))]
    pub wishing: String,
    /// How the campaign is called there.
    #[garde(length(bytes, min = 1, max = 32))]
    pub act_name: String,
    /// A note for the merchant's own records.
    #[garde(length(bytes, min = 1, max = 256))]
    pub remark: String,
    /// WeChat's scene, such as `PRODUCT_1`; needed below 1 and above 200 yuan.
    #[garde(inner(pattern("^PRODUCT_[1-8]$")))]
    #[serde(default)]
    pub scene: Option<String>,
}

/// What a transfer says (pay sheet sections 4.1 and 4.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CampaignTransfer)]
pub struct Transfer {
    /// Who pays.
    #[garde(skip)]
    pub merchant: MerchantKey,
    /// In which account the person is paid.
    #[garde(skip)]
    pub account: AccountKey,
    /// WeChat's scene, such as `1000` for cash marketing.
    #[garde(pattern("^[0-9]{1,36}$"))]
    pub scene: String,
    /// What the person reads.
    #[garde(length(chars, min = 1, max = 32))]
    pub remark: String,
    /// How the person perceives it; the scene's default without it.
    #[garde(inner(length(chars, min = 1, max = 32)))]
    #[serde(default)]
    pub perception: Option<String>,
    /// What the scene has to report.
    #[garde(length(max = 10), dive)]
    pub reports: Vec<Report>,
    /// Whether it looks like a red packet.
    #[garde(skip)]
    #[serde(default)]
    pub as_packet: bool,
}

/// One thing that a scene has to report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CampaignReport)]
pub struct Report {
    /// WeChat's word for it, such as `活动名称`.
    #[garde(length(chars, min = 1, max = 15))]
    pub info_type: String,
    /// What it is.
    #[garde(length(chars, min = 1, max = 32))]
    pub info_content: String,
}

/// How much is given each time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = CampaignAmount)]
pub enum Amount {
    /// The same for everybody.
    Fixed {
        /// How much.
        #[garde(range(min = 1, max = MOST))]
        amount: i64,
    },
    /// By chance, each amount as likely as any other.
    Random {
        /// The least.
        #[garde(range(min = 1, max = MOST))]
        min: i64,
        /// The most.
        #[garde(range(min = 1, max = MOST))]
        max: i64,
    },
    /// The budget is split by chance when the campaign is approved; each share is given once.
    Lucky {
        /// Into how many.
        #[garde(range(min = 1, max = SHARES))]
        shares: u32,
        /// The least.
        #[garde(range(min = 1, max = MOST))]
        min: i64,
        /// The most.
        #[garde(range(min = 1, max = MOST))]
        max: i64,
    },
    /// As much as the rule says that asks for it.
    Asked {
        /// The most.
        #[garde(range(min = 1, max = MOST))]
        max: i64,
    },
}

/// How often at most. Days are those of Asia/Shanghai.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = CampaignCaps)]
pub struct Caps {
    /// To one person, in all.
    #[garde(range(min = 1))]
    pub per_person: Option<u32>,
    /// To one person, in a day.
    #[garde(range(min = 1))]
    pub per_person_day: Option<u32>,
    /// To everybody, in a day.
    #[garde(range(min = 1))]
    pub per_day: Option<u32>,
    /// To everybody, in all.
    #[garde(range(min = 1))]
    pub total: Option<u32>,
}

/// To whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = CampaignEligibility)]
pub struct Eligibility {
    /// Members for so many days.
    #[garde(range(max = 3650))]
    pub member_for_days: Option<u32>,
    /// Members with a phone that was checked.
    #[garde(skip)]
    pub phone: bool,
    /// Followers of this account.
    #[garde(skip)]
    pub follows: Option<AccountKey>,
}

/// How it is claimed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CampaignClaim)]
pub struct ClaimTerms {
    /// For how many hours.
    #[garde(range(min = 1, max = 8760))]
    pub hours: u32,
}

/// What stops a campaign by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = CampaignGuard)]
pub struct Guard {
    /// More grants than that in a minute.
    #[garde(range(min = 1))]
    pub per_minute: Option<u32>,
    /// More than so many of a hundred payouts of the last hour fail, once there are twenty.
    #[garde(range(min = 1, max = 100))]
    pub failures_percent: u32,
    /// One person has more than so many of a hundred fen or points of the day, once there are twenty grants.
    #[garde(range(min = 1, max = 100))]
    pub one_person_percent: u32,
}

impl Default for Guard {
    fn default() -> Self {
        Self { per_minute: None, failures_percent: 30, one_person_percent: 50 }
    }
}

/// By whom, from where and in which way money goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route<'a> {
    /// In which of WeChat's ways.
    pub provider: Provider,
    /// Who pays.
    pub merchant: &'a MerchantKey,
    /// In which account the person is paid.
    pub account: &'a AccountKey,
}

impl Gives {
    /// What it is, in a word.
    pub fn what(&self) -> What {
        match self {
            Self::Points(_) => What::Points,
            Self::RedPacket(_) => What::RedPacket,
            Self::MiniRedPacket(_) => What::MiniRedPacket,
            Self::Transfer(_) => What::Transfer,
        }
    }

    /// In what it is counted.
    pub fn unit(&self) -> Unit {
        match self {
            Self::Points(_) => Unit::Points,
            Self::RedPacket(_) | Self::MiniRedPacket(_) | Self::Transfer(_) => Unit::Fen,
        }
    }

    /// How money goes; none where none does.
    pub fn route(&self) -> Option<Route<'_>> {
        let (provider, merchant, account) = match self {
            Self::Points(_) => return None,
            Self::RedPacket(packet) => (Provider::RedPacket, &packet.merchant, &packet.account),
            Self::MiniRedPacket(packet) => (Provider::MiniRedPacket, &packet.merchant, &packet.account),
            Self::Transfer(transfer) => (Provider::Transfer, &transfer.merchant, &transfer.account),
        };
        Some(Route { provider, merchant, account })
    }

    /// The least and the most that WeChat takes at once.
    pub(super) fn limits(&self) -> (i64, i64) {
        match self {
            Self::Points(_) => (1, MOST),
            Self::RedPacket(packet) | Self::MiniRedPacket(packet) if packet.scene.is_none() => PLAIN_PACKET,
            Self::RedPacket(_) | Self::MiniRedPacket(_) => SCENE_PACKET,
            Self::Transfer(transfer) if transfer.as_packet => TRANSFER_AS_PACKET,
            Self::Transfer(_) => TRANSFER,
        }
    }
}

impl Amount {
    /// The least and the most of one.
    pub fn range(&self) -> (i64, i64) {
        match *self {
            Self::Fixed { amount } => (amount, amount),
            Self::Random { min, max } | Self::Lucky { min, max, .. } => (min, max),
            Self::Asked { max } => (1, max),
        }
    }
}

impl Terms {
    /// Whether they can be kept.
    ///
    /// # Errors
    /// [`Code::Invalid`] with every field that breaks a rule.
    pub fn check(&self) -> Result<()> {
        let mut wrong = Error::new(Code::Invalid);
        let mut say = |field: &str, words: String| {
            wrong = std::mem::replace(&mut wrong, Error::new(Code::Invalid)).field(field, words)
        };
        if self.ends_at <= self.starts_at {
            say("ends_at", "must be after the start".to_owned());
        }
        let ((min, max), (least, most)) = (self.amount.range(), self.gives.limits());
        if min > max {
            say("amount.min", "must not be more than the most".to_owned());
        }
        let asked = matches!(self.amount, Amount::Asked { .. });
        if max > most || min < least && !asked || max < least {
            say("amount", format!("must be between {least} and {most} each time"));
        }
        if max > self.budget {
            say("budget", "must be enough for one".to_owned());
        }
        if let Amount::Lucky { shares, min, max } = self.amount {
            let shares = i64::from(shares);
            let fits = min.checked_mul(shares).is_some_and(|least| least <= self.budget)
                && max.checked_mul(shares).is_none_or(|most| most >= self.budget);
            if !fits {
                say("budget", "cannot be split into so many shares of these sizes".to_owned());
            }
            if self.budget > i64::from(u32::MAX) {
                say("budget", "is too much to be split".to_owned());
            }
        }
        if let Gives::MiniRedPacket(_) = self.gives
            && self.claim.is_none()
        {
            say("claim", "is needed: a red packet of a mini program is opened there".to_owned());
        }
        if self.claim.is_some() && self.gives.route().is_none() {
            say("claim", "is for money only".to_owned());
        }
        if wrong.fields().is_empty() { Ok(()) } else { Err(wrong) }
    }
}
