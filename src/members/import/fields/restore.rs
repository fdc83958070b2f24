//! Taking back what rows changed, as far as nobody has changed it since.

use std::collections::{BTreeMap, BTreeSet};

use entity::{
    members::{profile, standing, value},
    types::{AccountKey, MemberId, StoreId},
};
use sea_orm::{EntityTrait, QueryFilter, QuerySelect, sea_query::OnConflict};
use serde::Deserialize;

use super::{Change, Place, profiles, put, standings};
use crate::{
    error::Result,
    identity::unsettle,
    infra::{
        clock::Time,
        db::{Tx, among},
    },
    members::profile::{field, put_field, told},
};

/// What became of what was to be taken back.
#[derive(Debug, Default)]
pub(in crate::members::import) struct Restored {
    /// Fields that are as they were.
    pub(in crate::members::import) fields: u32,
    /// Fields that were changed since, by the place of their row among those that were given.
    pub(in crate::members::import) kept: Vec<(usize, String)>,
    /// Members of whom something is known that nobody took back.
    pub(in crate::members::import) known: BTreeSet<MemberId>,
}

#[derive(Deserialize)]
struct Joining {
    at: Time,
    by: profile::JoinedBy,
    account: Option<AccountKey>,
    channel: Option<String>,
}

/// Takes changes back, the last ones first: each row comes with the member that it tells of today.
pub(in crate::members::import) async fn restore(tx: &Tx, rows: &[(MemberId, &[Change])]) -> Result<Restored> {
    let members: BTreeSet<MemberId> = rows.iter().map(|(member, _)| *member).collect();
    let mut restored = Restored::default();
    if members.is_empty() {
        return Ok(restored);
    }
    let mut now = Now::read(tx, &members, rows).await?;
    for (index, (member, changes)) in rows.iter().enumerate() {
        for change in changes.iter().rev() {
            if now.take_back(*member, change)? {
                restored.fields += 1;
            } else {
                restored.kept.push((index, change.name().to_owned()));
            }
        }
    }
    now.write(tx).await?;
    restored.known = still_known(tx, &members).await?;
    Ok(restored)
}

/// What is there now, and what it becomes.
struct Now {
    profiles: BTreeMap<MemberId, profile::Model>,
    values: BTreeMap<(MemberId, String), value::Model>,
    standings: BTreeMap<String, standing::Model>,
    touched: BTreeSet<(Place, String)>,
    gone_values: Vec<value::Model>,
    gone_standings: Vec<standing::Model>,
    changed_profiles: BTreeSet<MemberId>,
    /// Those who left the home that was found for them.
    left_home: BTreeSet<MemberId>,
}

impl Now {
    async fn read(tx: &Tx, members: &BTreeSet<MemberId>, rows: &[(MemberId, &[Change])]) -> Result<Self> {
        let all = || members.iter().copied();
        let of_profiles = profile::Entity::find().filter(among(tx.db(), profile::Column::MemberId, all()));
        let of_values = value::Entity::find().filter(among(tx.db(), value::Column::MemberId, all()));
        let changes = rows.iter().flat_map(|(_, changes)| changes.iter());
        let origins: BTreeSet<&str> =
            changes.filter(|change| change.place == Place::Standing).map(|change| change.field.as_str()).collect();
        let of_standings = standing::Entity::find().filter(among(tx.db(), standing::Column::Origin, origins));
        Ok(Self {
            profiles: of_profiles.all(tx.db()).await?.into_iter().map(|row| (row.member_id, row)).collect(),
            values: of_values
                .all(tx.db())
                .await?
                .into_iter()
                .map(|row| ((row.member_id, row.key.clone()), row))
                .collect(),
            standings: of_standings.all(tx.db()).await?.into_iter().map(|row| (row.origin.clone(), row)).collect(),
            touched: BTreeSet::new(),
            gone_values: Vec::new(),
            gone_standings: Vec::new(),
            changed_profiles: BTreeSet::new(),
            left_home: leave_homes(tx, rows).await?,
        })
    }

    /// False when it was changed since, or is gone.
    fn take_back(&mut self, member: MemberId, change: &Change) -> Result<bool> {
        match change.place {
            Place::Profile => {
                let Some(row) = self.profiles.get_mut(&member) else { return Ok(false) };
                if field(row, &change.field) != change.after {
                    return Ok(false);
                }
                put_field(row, &change.field, &change.before)?;
                self.changed_profiles.insert(member);
            }
            Place::Joined => {
                let Some(row) = self.profiles.get_mut(&member) else { return Ok(false) };
                if profiles::joining(row) != change.after {
                    return Ok(false);
                }
                let Joining { at, by, account, channel } = serde_json::from_value(change.before.clone())?;
                (row.joined_at, row.joined_by, row.joined_account, row.joined_channel) = (at, by, account, channel);
                self.changed_profiles.insert(member);
            }
            Place::Value => {
                let place = (member, change.field.clone());
                let Some(row) = self.values.get(&place) else { return Ok(false) };
                let after: value::Model = serde_json::from_value(change.after.clone())?;
                if *row != (value::Model { member_id: member, ..after }) {
                    return Ok(false);
                }
                match serde_json::from_value::<Option<value::Model>>(change.before.clone())? {
                    Some(before) => drop(self.values.insert(place, value::Model { member_id: member, ..before })),
                    None => self.gone_values.extend(self.values.remove(&place)),
                }
                self.touched.insert((Place::Value, format!("{member}/{}", change.field)));
            }
            Place::Standing => {
                let Some(row) = self.standings.get(&change.field) else { return Ok(false) };
                let owner = row.member_id;
                let after: standing::Model = serde_json::from_value(change.after.clone())?;
                if *row != (standing::Model { member_id: owner, ..after }) {
                    return Ok(false);
                }
                match serde_json::from_value::<Option<standing::Model>>(change.before.clone())? {
                    Some(before) => {
                        let before = standing::Model { member_id: owner, ..before };
                        self.standings.insert(change.field.clone(), before);
                    }
                    None => self.gone_standings.extend(self.standings.remove(&change.field)),
                }
                self.touched.insert((Place::Standing, change.field.clone()));
            }
            Place::Home => return Ok(self.left_home.contains(&member)),
        }
        Ok(true)
    }

    async fn write(mut self, tx: &Tx) -> Result<()> {
        self.profiles.retain(|member, _| self.changed_profiles.contains(member));
        profiles::put_all(tx, self.profiles.into_values().collect()).await?;
        self.values.retain(|(member, key), _| self.touched.contains(&(Place::Value, format!("{member}/{key}"))));
        let anew = OnConflict::columns([value::Column::MemberId, value::Column::Key])
            .update_columns([value::Column::Value, value::Column::Sealed, value::Column::Source, value::Column::At])
            .to_owned();
        put(tx, self.values.into_values().collect(), &anew).await?;
        self.standings.retain(|origin, _| self.touched.contains(&(Place::Standing, origin.clone())));
        standings::put_all(tx, self.standings.into_values().collect()).await?;
        if !self.gone_values.is_empty() {
            let gone = among(tx.db(), value::Column::Id, self.gone_values.iter().map(|row| row.id));
            value::Entity::delete_many().filter(gone).exec(tx.db()).await?;
        }
        if !self.gone_standings.is_empty() {
            let gone = among(tx.db(), standing::Column::Id, self.gone_standings.iter().map(|row| row.id));
            standing::Entity::delete_many().filter(gone).exec(tx.db()).await?;
        }
        Ok(())
    }
}

/// Takes members out of the homes that rows found for them.
async fn leave_homes(tx: &Tx, rows: &[(MemberId, &[Change])]) -> Result<BTreeSet<MemberId>> {
    let mut homes: BTreeMap<MemberId, StoreId> = BTreeMap::new();
    for (member, changes) in rows {
        for change in changes.iter().filter(|change| change.place == Place::Home) {
            homes.insert(*member, serde_json::from_value(change.after.clone())?);
        }
    }
    unsettle(tx, &homes).await
}

/// Members of whom a profile or a value says something.
async fn still_known(tx: &Tx, members: &BTreeSet<MemberId>) -> Result<BTreeSet<MemberId>> {
    let all = || members.iter().copied();
    let profiles =
        profile::Entity::find().filter(among(tx.db(), profile::Column::MemberId, all())).all(tx.db()).await?;
    let mut known: BTreeSet<MemberId> =
        profiles.iter().filter(|row| !told(row).is_empty()).map(|row| row.member_id).collect();
    let values = value::Entity::find().select_only().column(value::Column::MemberId);
    let values = values.filter(among(tx.db(), value::Column::MemberId, all()));
    known.extend(values.into_tuple::<MemberId>().all(tx.db()).await?);
    Ok(known)
}

/// Deletes the profiles of members who are nobody any more.
pub(in crate::members::import) async fn forget(tx: &Tx, members: &BTreeSet<MemberId>) -> Result<()> {
    if !members.is_empty() {
        let gone = among(tx.db(), profile::Column::MemberId, members.iter().copied());
        profile::Entity::delete_many().filter(gone).exec(tx.db()).await?;
    }
    Ok(())
}
