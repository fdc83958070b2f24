//! Facts about points: what an entry says, as something that others may react to.

use entity::{
    points::entry::{Kind, Model},
    types::{MemberId, Points, PointsChange, PointsEntryId},
};
use serde::{Deserialize, Serialize};

use crate::{
    error::Result,
    infra::{
        calendar::Day,
        clock::Time,
        db::{Event, Tx},
    },
};

/// Points will end together unless they are spent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PointsExpiring {
    /// Whose.
    pub member: MemberId,
    /// How many.
    pub points: Points,
    /// The last day on which they can be spent.
    pub last_day: Day,
    /// The end of that day.
    pub ends_at: Time,
}

impl Event for PointsExpiring {
    const KIND: &'static str = "points.expiring";

    fn subject(&self) -> Option<String> {
        Some(self.member.to_string())
    }
}

macro_rules! facts {
    ($($(#[$doc:meta])* $event:ident = $name:literal of $kind:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, Serialize, Deserialize)]
            pub struct $event {
                /// Whose points.
                pub member: MemberId,
                /// The entry, for looking up why.
                pub entry: PointsEntryId,
                /// How what can be spent changed.
                pub delta: PointsChange,
                /// How what is pending changed.
                pub pending: PointsChange,
                /// The rule that wanted it.
                pub rule: Option<String>,
            }

            impl Event for $event {
                const KIND: &'static str = $name;

                fn subject(&self) -> Option<String> {
                    Some(self.member.to_string())
                }
            }
        )*

        /// Tells what an entry says.
        ///
        /// # Errors
        /// When it cannot be written as JSON.
        pub(super) fn tell(tx: &Tx, row: &Model) -> Result<()> {
            let (member, entry, delta, pending) = (row.member_id, row.id, row.delta, row.pending);
            let rule = row.rule.clone();
            match row.kind {
                $(Kind::$kind => tx.emit(&$event { member, entry, delta, pending, rule }),)*
                // The merge that was undone and the wish to be forgotten are facts themselves.
                Kind::Parted | Kind::Forfeited => Ok(()),
            }
        }
    };
}

facts! {
    /// Points were given, to be spent now or later.
    PointsGiven = "points.given" of Given;
    /// Points that were pending can be spent.
    PointsAvailable = "points.available" of Available;
    /// Points that were pending will not come.
    PointsCancelled = "points.cancelled" of Cancelled;
    /// Points were spent.
    PointsSpent = "points.spent" of Spent;
    /// Spent points came back.
    PointsRefunded = "points.refunded" of Refunded;
    /// Points were not spent in time.
    PointsExpired = "points.expired" of Expired;
    /// Points were taken back.
    PointsTakenBack = "points.taken_back" of TakenBack;
    /// Staff corrected the account.
    PointsAdjusted = "points.adjusted" of Adjusted;
}
