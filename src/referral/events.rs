//! Facts about invitations.

use entity::{
    referral::invitation::State,
    types::{MemberId, ReferralId, ReferralProgramId},
};
use serde::{Deserialize, Serialize};

use crate::infra::db::Event;

/// An invitation stands otherwise than before.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReferralMoved {
    /// Whom it is credited to; the invited person where it is credited to nobody.
    pub member: MemberId,
    /// The program.
    pub program: ReferralProgramId,
    /// The invitation.
    pub referral: ReferralId,
    /// How it stood.
    pub from: State,
    /// How it stands.
    pub to: State,
    /// How it was decided.
    pub why: String,
}

impl Event for ReferralMoved {
    const KIND: &'static str = "referral.moved";

    fn subject(&self) -> Option<String> {
        Some(self.member.to_string())
    }
}
