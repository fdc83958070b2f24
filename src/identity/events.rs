//! Facts about followers.

use entity::types::{AccountKey, OpenId};
use serde::{Deserialize, Serialize};

use crate::infra::db::Event;

/// Somebody followed an official account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Followed {
    /// The account.
    pub account: AccountKey,
    /// Who.
    pub open_id: OpenId,
    /// How many times they have followed, this time included; more than one means they came back.
    pub times: i32,
    /// The scene of the code they came by.
    pub scene: Option<String>,
}

impl Event for Followed {
    const KIND: &'static str = "follower.followed";

    fn subject(&self) -> Option<String> {
        Some(self.open_id.as_str().to_owned())
    }
}

/// Somebody left an official account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Left {
    /// The account.
    pub account: AccountKey,
    /// Who.
    pub open_id: OpenId,
}

impl Event for Left {
    const KIND: &'static str = "follower.left";

    fn subject(&self) -> Option<String> {
        Some(self.open_id.as_str().to_owned())
    }
}

/// Somebody withdrew data, or ended their WeChat account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Withdrew {
    /// The request that was recorded for it.
    pub erasure: entity::types::ErasureId,
    /// The account it concerns.
    pub account: AccountKey,
    /// Who.
    pub open_id: OpenId,
}

impl Event for Withdrew {
    const KIND: &'static str = "follower.withdrew";

    fn subject(&self) -> Option<String> {
        Some(self.open_id.as_str().to_owned())
    }
}
