//! How much happened on each of the last days.

use sea_orm::ConnectionTrait;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    admin::{
        Post,
        rights::{Followers, Grants, Members, Referrals, Right},
    },
    error::Result,
    identity::followers,
    infra::{
        calendar::{Day, day_of, end_of, start_of},
        clock::Time,
    },
    members::profile,
    referral::store,
    rewards::grant,
    stores::Scope,
};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FigureKey)]
pub enum Key {
    /// Members who joined, of those who stand today.
    Members,
    /// People who followed an official account for the first time.
    Followers,
    /// Grants that were not refused.
    Grants,
    /// Invitations that were seen for the first time.
    Referrals,
}

/// Everything that is counted.
pub const ALL: [Key; 4] = [Key::Members, Key::Followers, Key::Grants, Key::Referrals];

impl Key {
    /// Whether somebody at this post may see it. Accounts are followed, not stores: that is for headquarters.
    pub fn may_know(self, post: Post) -> bool {
        let role = post.role();
        match self {
            Self::Members => Members::of(role),
            Self::Followers => Followers::of(role) && post.scope() == Scope::All,
            Self::Grants => Grants::of(role),
            Self::Referrals => Referrals::of(role),
        }
    }

    async fn between(self, db: &impl ConnectionTrait, scope: Scope, from: Time, until: Time) -> Result<u64> {
        match self {
            Self::Members => profile::joined_between(db, scope, from, until).await,
            Self::Followers => followers::followed_between(db, from, until).await,
            Self::Grants => grant::given_between(db, scope, from, until).await,
            Self::Referrals => store::seen_between(db, scope, from, until).await,
        }
    }
}

/// The last days with today, the earliest first.
pub fn last_days(now: Time, days: usize) -> Vec<Day> {
    let mut last: Vec<Day> = std::iter::successors(Some(day_of(now)), Day::pred_opt).take(days).collect();
    last.reverse();
    last
}

/// How many there were on each of these days of Shanghai, with members of a scope.
///
/// # Errors
/// When the database does not answer.
pub async fn per_day(db: &impl ConnectionTrait, scope: Scope, key: Key, days: &[Day]) -> Result<Vec<(Day, u64)>> {
    let mut counts = Vec::with_capacity(days.len());
    for day in days {
        counts.push((*day, key.between(db, scope, start_of(*day), end_of(*day)).await?));
    }
    Ok(counts)
}
