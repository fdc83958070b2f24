//! The rules of a share campaign: what staff write, and what can be kept.

use std::collections::BTreeSet;

use entity::types::CampaignId;
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::{Code, Error, Result};

/// How many pages a campaign names at most.
const PAGES: usize = 50;

/// One version of the rules of a share campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ShareRules)]
pub struct Rules {
    /// What is shared.
    #[garde(length(min = 1, max = PAGES), dive)]
    pub pages: Vec<SharedPage>,
    /// For how many seconds a visitor has to stay on the page within a day; none with 0.
    #[garde(range(max = 600))]
    #[serde(default = "ten")]
    pub dwell_seconds: u32,
    /// Days after the visit within which registering and buying count as coming of it.
    #[garde(range(min = 1, max = 365))]
    #[serde(default = "a_week")]
    pub window_days: u16,
    /// What the first purchase has to leave, in fen.
    #[garde(range(min = 1, max = 100_000_000))]
    #[serde(default = "a_fen")]
    pub purchase_fen: i64,
    /// What whoever shared gets: campaigns of the door "value" that give points.
    #[garde(skip)]
    #[serde(default)]
    pub rewards: Rewards,
    /// For how many of each a member gets something in a day of Asia/Shanghai.
    #[garde(dive)]
    #[serde(default)]
    pub per_day: PerDay,
}

fn ten() -> u32 {
    10
}

fn a_week() -> u16 {
    7
}

fn a_fen() -> i64 {
    1
}

/// A page that is shared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SharedPage {
    /// Its path without a query, as clients name it in what they say about behaviour.
    #[garde(pattern("^[A-Za-z0-9][A-Za-z0-9_./-]{0,255}$"))]
    pub page: String,
    /// What the card says.
    #[garde(length(chars, min = 1, max = 60))]
    pub title: String,
    /// The address of its picture.
    #[garde(inner(length(max = 512), pattern("^(https://|/)[^\\s\"'<>]+$")))]
    #[serde(default)]
    pub picture: Option<String>,
}

/// What whoever shared gets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = ShareRewards)]
pub struct Rewards {
    /// For each visitor.
    pub visit: Option<CampaignId>,
    /// For each who registers.
    pub registered: Option<CampaignId>,
    /// For each who buys for the first time.
    pub purchase: Option<CampaignId>,
}

impl Rewards {
    /// Every campaign that is named, with the field that names it.
    pub fn campaigns(&self) -> Vec<(String, CampaignId)> {
        let named = [("visit", self.visit), ("registered", self.registered), ("purchase", self.purchase)];
        named.into_iter().filter_map(|(field, id)| Some((format!("rules.rewards.{field}"), id?))).collect()
    }
}

/// For how many a member gets something in a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = SharesPerDay)]
pub struct PerDay {
    /// Visitors.
    #[garde(range(min = 1, max = 1_000))]
    pub visit: u32,
    /// Who register.
    #[garde(range(min = 1, max = 1_000))]
    pub registered: u32,
    /// Who buy.
    #[garde(range(min = 1, max = 1_000))]
    pub purchase: u32,
}

impl Default for PerDay {
    fn default() -> Self {
        Self { visit: 10, registered: 10, purchase: 10 }
    }
}

impl Rules {
    /// The page of this path.
    pub fn page(&self, path: &str) -> Option<&SharedPage> {
        self.pages.iter().find(|page| page.page == path)
    }

    /// What people read who share and who are shared with.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.pages.iter().map(|page| page.title.as_str())
    }

    /// Whether they can be kept.
    ///
    /// # Errors
    /// [`Code::Invalid`] with every field that breaks a rule.
    pub fn check(&self) -> Result<()> {
        let mut seen = BTreeSet::new();
        let mut wrong = Error::new(Code::Invalid);
        for (at, page) in self.pages.iter().enumerate() {
            if !seen.insert(&page.page) {
                wrong = wrong.field(format!("rules.pages[{at}].page"), "is named twice");
            }
        }
        if wrong.fields().is_empty() { Ok(()) } else { Err(wrong) }
    }
}
