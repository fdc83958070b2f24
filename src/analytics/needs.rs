//! How many things of each kind wait for staff, counted up to a number beyond which nobody cares.

use sea_orm::ConnectionTrait;

use crate::{
    chat,
    error::Result,
    exports, identity,
    infra::{clock::Time, news::Need},
    jobs,
    members::picture,
    referral::guard::alert,
    rewards::{campaign, payout, reconcile, stop},
    stores::Scope,
};

/// Every kind.
pub const ALL: [Need; 10] = [
    Need::Chats,
    Need::Approvals,
    Need::Alerts,
    Need::Conflicts,
    Need::Review,
    Need::Mismatches,
    Need::Stops,
    Need::Pictures,
    Need::Exports,
    Need::Jobs,
];

/// How many things of a kind wait, counted up to `most`: those with members only of a scope.
///
/// # Errors
/// When the database does not answer.
pub async fn count(db: &impl ConnectionTrait, scope: Scope, need: Need, now: Time, most: u64) -> Result<u64> {
    match need {
        Need::Chats => chat::unread(db, scope, most).await,
        Need::Approvals => campaign::unapproved(db, most).await,
        Need::Alerts => alert::undecided(db, most).await,
        Need::Conflicts => identity::undecided(db, most).await,
        Need::Review => payout::to_review(db, most).await,
        Need::Mismatches => reconcile::different(db, most).await,
        Need::Stops => stop::count(db, now, most).await,
        Need::Pictures => picture::waiting(db, scope, most).await,
        Need::Exports => exports::waiting(db, most).await,
        Need::Jobs => jobs::count_parked(db, most).await,
    }
}
