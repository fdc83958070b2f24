//! Facts about what people want in a chat.

use entity::types::{AccountKey, OpenId, ReferralProgramId};
use serde::{Deserialize, Serialize};

use crate::infra::db::Event;

/// Somebody asked for a poster by which they can invite friends.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PosterAsked {
    /// Where.
    pub account: AccountKey,
    /// Who.
    pub open_id: OpenId,
    /// For which program; the newest that is open without it.
    pub program: Option<ReferralProgramId>,
    /// The push with which they asked, as a digest.
    pub push: String,
}

impl Event for PosterAsked {
    const KIND: &'static str = "chat.poster_asked";

    fn subject(&self) -> Option<String> {
        Some(self.open_id.as_str().to_owned())
    }
}
