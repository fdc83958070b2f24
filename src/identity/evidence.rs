//! Since when somebody is known, and by what: for whoever has to say whether a person is new.

use chrono::{DateTime, Utc};
use entity::{
    identity::{
        follower::{self, State},
        identity::{Kind, Source},
        member,
    },
    types::{AccountKey, MemberId},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::{forgotten, member::places, store};
use crate::{error::Result, infra::clock::Time};

/// What is known of somebody over all the names they had.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// When anything of them was known first, of which nothing may be left.
    pub known_since: Option<Time>,
    /// When they did something of their own first: followed, logged in, showed a card or a number. Looking at a page is
    /// nothing of the kind.
    pub registered_at: Option<Time>,
    /// When a phone of theirs was known first that was checked since.
    pub phone_at: Option<Time>,
    /// Which accounts they follow or have left, and since when.
    pub follows: Vec<(AccountKey, Time, bool)>,
}

/// Since when a member is known, and by what.
///
/// # Errors
/// When the database does not answer.
pub async fn evidence(db: &impl ConnectionTrait, member: MemberId) -> Result<Evidence> {
    let names = store::names(db, member).await?;
    let met = member::Entity::find().select_only().column(member::Column::CreatedAt);
    let met: Vec<Time> = met.filter(member::Column::Id.is_in(names)).into_tuple().all(db).await?;
    let held = store::held(db, [member]).await?;
    let own = held.iter().filter(|row| row.source != Source::WebOauth).map(|row| row.since);
    let phones = held.iter().filter(|row| row.kind == Kind::Phone && row.strength.is_verified());
    let mut found = Evidence {
        known_since: met.into_iter().min(),
        registered_at: own.min(),
        phone_at: phones.map(|row| row.since).min(),
        follows: Vec::new(),
    };
    for (account, open_id) in places(&held) {
        if let Some(at) = forgotten::since(db, &account, &open_id).await? {
            found.known_since = earlier(found.known_since, at);
        }
        let row = follower::Entity::find()
            .filter(follower::Column::Account.eq(account.clone()))
            .filter(follower::Column::OpenId.eq(open_id));
        let Some(row) = row.one(db).await? else { continue };
        if let Some(at) = row.first_followed_at {
            found.known_since = earlier(found.known_since, at);
            found.registered_at = earlier(found.registered_at, at);
        }
        // A mere guess has no time.
        let since = if row.state_at > DateTime::<Utc>::UNIX_EPOCH { row.state_at } else { row.created_at };
        match row.state {
            State::Following => found.follows.push((account, since, true)),
            State::Gone => found.follows.push((account, since, false)),
            State::Known => {}
        }
    }
    Ok(found)
}

fn earlier(known: Option<Time>, at: Time) -> Option<Time> {
    Some(known.map_or(at, |known| known.min(at)))
}
