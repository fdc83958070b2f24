//! News: what has just changed, for pages that stand open. A piece of news names a thing by its id and never says
//! what it is like; whoever hears it asks for it with the rights they have.
//!
//! They are told when the unit of work has committed, and may be lost: pages look from time to time as well.

use std::collections::BTreeSet;

use entity::types::{CampaignId, ConversationId, ImportId, StaffId};
use serde::{Deserialize, Serialize};

use super::cache::Cache;

/// The topic under which nodes tell each other news.
pub const NEWS: &str = "news";

/// Something that has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// Something was said in a thread, or somebody else answers there now, or it was read.
    Conversation(ConversationId),
    /// A campaign is in another state, or its budget has moved.
    Campaign(CampaignId),
    /// An import is in another state, or further.
    Import(ImportId),
    /// More or fewer things of a kind wait for staff.
    Need(Need),
    /// Sessions of a member of staff have ended. Nodes tell it each other, and nobody else.
    SignedOut(StaffId),
}

/// A kind of things that wait for staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// Threads with words that nobody has read.
    Chats,
    /// Campaigns that nobody has approved.
    Approvals,
    /// Alerts of the guard that nobody has decided.
    Alerts,
    /// Contradictions between what is known of members.
    Conflicts,
    /// Payouts that a person has to look into.
    Review,
    /// Days on which WeChat's bill and the payouts differ.
    Mismatches,
    /// Brakes on payouts that are on.
    Stops,
    /// Pictures that WeChat is not sure of.
    Pictures,
    /// Exports that a second person has to agree to.
    Exports,
    /// Background work that was given up.
    Jobs,
}

/// Tells all of it to everybody who listens, on every node.
pub(super) fn tell(cache: &Cache, news: &BTreeSet<News>) {
    let lines: Vec<String> = news.iter().filter_map(|news| serde_json::to_string(news).ok()).collect();
    if !lines.is_empty() {
        cache.say(NEWS, &lines.join("\n"));
    }
}

/// Reads what was told. Lines of another version of the program that this one does not know are left out.
pub fn read(words: &str) -> impl Iterator<Item = News> {
    words.lines().filter_map(|line| serde_json::from_str(line).ok())
}
