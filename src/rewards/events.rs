//! Facts about what members get. They name no OpenID.

use entity::types::{CampaignId, GrantId, MemberId, PayoutId};
use serde::{Deserialize, Serialize};

use crate::infra::{clock::Time, db::Event};

macro_rules! about_a_member {
    ($($(#[$doc:meta])* $event:ident = $kind:literal { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Serialize, Deserialize)]
        pub struct $event {
            /// Whose.
            pub member: MemberId,
            /// The campaign.
            pub campaign: CampaignId,
            /// The grant.
            pub grant: GrantId,
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl Event for $event {
            const KIND: &'static str = $kind;

            fn subject(&self) -> Option<String> {
                Some(self.member.to_string())
            }
        }
    )*};
}

about_a_member! {
    /// A rule gave something: it is with the person, on its way, or waits to be claimed.
    Granted = "reward.granted" {
        /// How much, in the unit of the campaign.
        amount: i64,
    }
    /// Money waits for the person to take it.
    PayoutArrived = "payout.arrived" {
        /// The payout.
        payout: PayoutId,
        /// Until when.
        until: Time,
    }
    /// Money still waits, and not much longer.
    PayoutExpiring = "payout.expiring" {
        /// The payout.
        payout: PayoutId,
        /// Until when.
        until: Time,
    }
    /// The person has it.
    PayoutPaid = "payout.paid" {
        /// The payout.
        payout: PayoutId,
    }
    /// It came back, because nobody took it in time or because it was taken back.
    PayoutReturned = "payout.returned" {
        /// The payout.
        payout: PayoutId,
    }
    /// WeChat did not pay it.
    PayoutRejected = "payout.rejected" {
        /// The payout.
        payout: PayoutId,
    }
}

/// A rule stopped a campaign.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CampaignPaused {
    /// Which.
    pub campaign: CampaignId,
    /// By which rule, in a word.
    pub why: String,
}

impl Event for CampaignPaused {
    const KIND: &'static str = "campaign.paused";

    fn subject(&self) -> Option<String> {
        Some(self.campaign.to_string())
    }
}
