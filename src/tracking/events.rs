//! Facts about what is seen of people.

use entity::types::{AccountKey, OpenId, TouchId};
use serde::{Deserialize, Serialize};

use crate::infra::db::Event;

/// Somebody came by an invitation, or follows or leaves who once did.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TouchSeen {
    /// The touch.
    pub touch: TouchId,
    /// Where.
    pub account: AccountKey,
    /// Who.
    pub open_id: OpenId,
}

impl Event for TouchSeen {
    const KIND: &'static str = "touch.seen";

    fn subject(&self) -> Option<String> {
        Some(self.open_id.as_str().to_owned())
    }
}

/// Somebody stayed on a page who came to one that somebody shared, not long ago.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DwellSeen {
    /// Where.
    pub account: AccountKey,
    /// Who.
    pub open_id: OpenId,
}

impl Event for DwellSeen {
    const KIND: &'static str = "dwell.seen";

    fn subject(&self) -> Option<String> {
        Some(self.open_id.as_str().to_owned())
    }
}
