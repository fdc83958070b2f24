//! Facts about what was said.

use entity::types::{AccountKey, DeliveryId, OpenId};
use serde::{Deserialize, Serialize};

use crate::infra::db::Event;

/// Something was said in the chat with a person that no thread has yet. It arrived, or may have.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Said {
    /// What.
    pub delivery: DeliveryId,
    /// By which account.
    pub account: AccountKey,
    /// To whom.
    pub open_id: OpenId,
}

impl Event for Said {
    const KIND: &'static str = "reach.said";

    fn subject(&self) -> Option<String> {
        Some(self.open_id.as_str().to_owned())
    }
}
