//! Since when somebody is known, and by what: for whoever has to say whether a person is new.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use entity::{
    identity::{
        follower::State,
        identity::{Kind, Source},
        member,
    },
    types::{AccountKey, MemberId, OpenId, Phone},
};
use sea_orm::{Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::{claim, followers, forgotten, member::place, store};
use crate::{
    error::Result,
    infra::{clock::Time, db::among, secret::Vault},
};

/// What is known of somebody over all the names they had.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// All their names, under which facts may stand.
    pub names: Vec<MemberId>,
    /// Their OpenIDs, each with its account.
    pub people: Vec<(AccountKey, OpenId)>,
    /// When anything of them was known first, of which nothing may be left.
    pub known_since: Option<Time>,
    /// When they did something of their own first: followed, logged in, showed a card or a number. Looking at a page is
    /// nothing of the kind.
    pub registered_at: Option<Time>,
    /// When a phone of theirs was known first that was checked since.
    pub phone_at: Option<Time>,
    /// Which accounts they follow or have left, and since when.
    pub follows: Vec<(AccountKey, Time, bool)>,
    /// The number by which they are called, sealed.
    phone: Option<String>,
}

impl Evidence {
    /// The number by which they are called.
    ///
    /// # Errors
    /// When it was sealed with a key that is not there any more.
    pub fn phone(&self, vault: &Vault) -> Result<Option<Phone>> {
        self.phone.as_deref().map(|sealed| claim::open_phone(vault, sealed)).transpose()
    }
}

/// Since when a member is known, and by what.
///
/// # Errors
/// When the database does not answer.
pub async fn evidence(db: &impl ConnectionTrait, member: MemberId) -> Result<Evidence> {
    Ok(evidence_of(db, BTreeSet::from([member])).await?.remove(&member).unwrap_or_default())
}

/// The same of many members, in as few look-ups.
///
/// # Errors
/// When the database does not answer.
pub async fn evidence_of(
    db: &impl ConnectionTrait,
    members: BTreeSet<MemberId>,
) -> Result<BTreeMap<MemberId, Evidence>> {
    use member::Column;
    let mut found: BTreeMap<MemberId, Evidence> = BTreeMap::new();
    let own = among(db, Column::Id, members.iter().copied());
    let met = member::Entity::find().select_only().columns([Column::Id, Column::MergedInto, Column::CreatedAt]);
    let merged = among(db, Column::MergedInto, members.iter().copied());
    let met = met.filter(Condition::any().add(own).add(merged));
    for (name, merged_into, at) in met.into_tuple::<(MemberId, Option<MemberId>, Time)>().all(db).await? {
        let names = [Some(name), merged_into].into_iter().flatten();
        for member in names.filter(|member| members.contains(member)) {
            let known = found.entry(member).or_default();
            known.names.push(name);
            known.known_since = earlier(known.known_since, at);
        }
    }
    let mut owners = BTreeMap::new();
    for row in store::held(db, members).await? {
        let known = found.entry(row.member_id).or_default();
        if row.source != Source::WebOauth {
            known.registered_at = earlier(known.registered_at, row.since);
        }
        if row.kind == Kind::Phone && row.strength.is_verified() {
            known.phone_at = earlier(known.phone_at, row.since);
        }
        if row.kind == Kind::Phone && row.current {
            known.phone.clone_from(&row.sealed);
        }
        if let Some(place) = place(&row) {
            known.people.push(place.clone());
            owners.insert(place, row.member_id);
        }
    }
    for (place, at) in forgotten::since(db, owners.keys()).await? {
        if let Some(known) = owners.get(&place).and_then(|member| found.get_mut(member)) {
            known.known_since = earlier(known.known_since, at);
        }
    }
    for row in followers::of(db, owners.keys()).await? {
        let place = (row.account.clone(), row.open_id.clone());
        let Some(known) = owners.get(&place).and_then(|member| found.get_mut(member)) else { continue };
        if let Some(at) = row.first_followed_at {
            known.known_since = earlier(known.known_since, at);
            known.registered_at = earlier(known.registered_at, at);
        }
        // A mere guess has no time.
        let since = if row.state_at > DateTime::<Utc>::UNIX_EPOCH { row.state_at } else { row.created_at };
        match row.state {
            State::Following => known.follows.push((row.account, since, true)),
            State::Gone => known.follows.push((row.account, since, false)),
            State::Known => {}
        }
    }
    Ok(found)
}

fn earlier(known: Option<Time>, at: Time) -> Option<Time> {
    Some(known.map_or(at, |known| known.min(at)))
}
