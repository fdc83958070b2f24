//! The rules of a program: what staff write, and what can be kept.

use std::collections::{BTreeMap, BTreeSet};

use entity::types::{AccountKey, CampaignId, MemberId};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    guard::{self, Setting},
    poster::{LeadsTo, Look},
};
use crate::error::{Code, Error, Result};

/// How many steps a ladder has at most.
const STEPS: usize = 20;
/// How many inviters can be named.
const NAMED: usize = 1_000;

/// One version of the rules of a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReferralRules)]
pub struct Rules {
    /// Which of several inviters has invited.
    #[garde(skip)]
    pub attribution: Attribution,
    /// Days from the touch to registering at most.
    #[garde(range(min = 1, max = 365))]
    pub window_days: u16,
    /// Minutes from registering to the touch at most, where both belong to one visit: who opens the mini program by a link is
    /// registered a moment before the link is told.
    #[garde(range(max = 1_440))]
    #[serde(default = "half_an_hour")]
    pub grace_minutes: u16,
    /// Whether only people count who were not known in any way before their first touch.
    #[garde(skip)]
    #[serde(default = "yes")]
    pub new_only: bool,
    /// What the invited person has to do; all of it.
    #[garde(dive)]
    #[serde(default)]
    pub qualification: Qualification,
    /// Days for which all of it has to hold.
    #[garde(range(max = 365))]
    #[serde(default)]
    pub mature_days: u16,
    /// Leaving within so many days after following ends it for good.
    #[garde(inner(range(min = 1, max = 365)))]
    #[serde(default)]
    pub leave_days: Option<u16>,
    /// How many levels of inviters are rewarded: one, or two. More is unlawful.
    #[garde(range(min = 1, max = 2))]
    #[serde(default = "one")]
    pub levels: u8,
    /// Who gets what.
    #[garde(dive)]
    #[serde(default)]
    pub rewards: Rewards,
    /// By what codes travel, beside links and typing.
    #[garde(dive)]
    #[serde(default)]
    pub carriers: Carriers,
    /// How posters look; plain ones with the name of the program without it.
    #[garde(dive)]
    #[serde(default)]
    pub poster: Option<Look>,
    /// What rules of the guard do otherwise than by default, by their names.
    #[garde(skip)]
    #[serde(default)]
    pub guard: BTreeMap<String, Setting>,
    /// Inviters whom the guard watches and does not hold. Those of the version in force count.
    #[garde(length(max = NAMED))]
    #[serde(default)]
    pub trusted: BTreeSet<MemberId>,
    /// Inviters who do not count from the version on that names them.
    #[garde(length(max = NAMED))]
    #[serde(default)]
    pub banned: BTreeSet<MemberId>,
}

fn half_an_hour() -> u16 {
    30
}

fn yes() -> bool {
    true
}

fn one() -> u8 {
    1
}

/// By what codes travel, beside links and typing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = ReferralCarriers)]
pub struct Carriers {
    /// QR codes of this official account; of the one that has to be followed without it.
    #[garde(skip)]
    pub official: Option<AccountKey>,
    /// Codes of a mini program.
    #[garde(dive)]
    pub mini: Option<MiniPage>,
}

/// A page of a mini program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MiniPage {
    /// The mini program.
    #[garde(skip)]
    pub account: AccountKey,
    /// The page, without a leading slash and without a query, such as `pages/invited/index`.
    #[garde(length(min = 1, max = 128), pattern(r"^[^/?][^?]*$"))]
    pub page: String,
}

/// Which of several inviters has invited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReferralAttribution)]
pub enum Attribution {
    /// The first whose code was touched.
    First,
    /// The last before they registered.
    Last,
}

/// What the invited person has to do; nothing but registering without any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = ReferralQualification)]
pub struct Qualification {
    /// Follow this account.
    #[garde(skip)]
    pub follow: Option<AccountKey>,
    /// Have a phone that WeChat or staff have checked.
    #[garde(skip)]
    pub phone: bool,
    /// Buy for so many fen at once, and keep it.
    #[garde(inner(range(min = 1, max = 100_000_000)))]
    pub purchase_fen: Option<i64>,
    /// Stay for so many days, as a follower where following is asked for.
    #[garde(inner(range(min = 1, max = 365)))]
    pub stayed_days: Option<u16>,
}

/// Who gets what: campaigns of the door "value".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = ReferralRewards)]
pub struct Rewards {
    /// The inviter, for each.
    #[garde(skip)]
    pub inviter: Option<CampaignId>,
    /// The invited person.
    #[garde(skip)]
    pub invitee: Option<CampaignId>,
    /// Who invited the inviter, for each.
    #[garde(skip)]
    pub second: Option<CampaignId>,
    /// The inviter, for a number of them.
    #[garde(length(max = STEPS), dive)]
    pub ladder: Vec<Step>,
}

/// One step of a ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReferralStep)]
pub struct Step {
    /// How many.
    #[garde(range(min = 1, max = 1_000_000))]
    pub count: u32,
    /// What is given for them.
    #[garde(skip)]
    pub campaign: CampaignId,
}

impl Rewards {
    /// Every campaign that is named, with the field that names it.
    pub fn campaigns(&self) -> Vec<(String, CampaignId)> {
        let named = [("inviter", self.inviter), ("invitee", self.invitee), ("second", self.second)];
        let named = named.into_iter().filter_map(|(field, id)| Some((format!("rewards.{field}"), id?)));
        let steps = self.ladder.iter().enumerate();
        named.chain(steps.map(|(at, step)| (format!("rewards.ladder[{at}].campaign"), step.campaign))).collect()
    }
}

impl Rules {
    /// Whether they can be kept.
    ///
    /// # Errors
    /// [`Code::Invalid`] with every field that breaks a rule.
    pub fn check(&self) -> Result<()> {
        let mut wrong = Error::new(Code::Invalid);
        let mut say = |field: String, words: &str| {
            wrong = std::mem::replace(&mut wrong, Error::new(Code::Invalid)).field(field, words)
        };
        if self.rewards.second.is_some() && self.levels < 2 {
            say("rewards.second".to_owned(), "needs two levels");
        }
        let leads_to = self.poster.as_ref().and_then(|look| look.leads_to);
        if leads_to == Some(LeadsTo::Official) && self.official().is_none() {
            say("poster.leads_to".to_owned(), "needs an official account under carriers");
        }
        if leads_to == Some(LeadsTo::Mini) && self.carriers.mini.is_none() {
            say("poster.leads_to".to_owned(), "needs a mini program under carriers");
        }
        if !self.rewards.ladder.is_sorted_by(|one, next| one.count < next.count) {
            say("rewards.ladder".to_owned(), "must ask for more with every step");
        }
        for name in self.guard.keys().filter(|name| guard::rule(name).is_none()) {
            say(format!("guard.{name}"), "is no rule of the guard");
        }
        if self.trusted.intersection(&self.banned).next().is_some() {
            say("trusted".to_owned(), "must not name who is banned");
        }
        if wrong.fields().is_empty() { Ok(()) } else { Err(wrong) }
    }

    /// The official account whose QR codes carry codes.
    pub fn official(&self) -> Option<&AccountKey> {
        self.carriers.official.as_ref().or(self.qualification.follow.as_ref())
    }

    /// How a rule of the guard is set.
    pub fn setting(&self, rule: &guard::Rule) -> Setting {
        self.guard.get(rule.name).copied().unwrap_or(rule.default)
    }
}
