//! Values of the attributes that the brand has declared.

use std::collections::{BTreeMap, BTreeSet};

use entity::{
    members::{
        profile::Source,
        value::{Column, Entity, Model},
    },
    types::MemberId,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::OnConflict};

use super::{Change, Place, Plan, Told, put};
use crate::{
    error::{Error, Result},
    infra::{
        clock::Time,
        db::{Tx, among},
        random::Random,
        secret::Vault,
    },
    members::{events::ValuesChanged, import::record::Declared, rules, value},
};

type Values = BTreeMap<(MemberId, String), Model>;

/// The values that rows tell anew.
pub(super) async fn read(db: &impl ConnectionTrait, told: &[Told<'_>]) -> Result<Values> {
    let tell = told.iter().filter(|told| !told.record.attributes.is_empty());
    let members: BTreeSet<MemberId> = tell.map(|told| told.member).collect();
    let declared = told.iter().flat_map(|told| &told.record.attributes);
    let keys: BTreeSet<&str> = declared.map(|declared| declared.key.as_str()).collect();
    if members.is_empty() {
        return Ok(Values::new());
    }
    let rows = Entity::find().filter(among(db, Column::MemberId, members)).filter(Column::Key.is_in(keys));
    Ok(rows.all(db).await?.into_iter().map(|row| ((row.member_id, row.key.clone()), row)).collect())
}

pub(super) fn plan(
    vault: &Vault,
    random: &Random,
    mut values: Values,
    told: &[Told<'_>],
    now: Time,
) -> Result<Plan<Model>> {
    let by = rules::Told { source: Source::Import, at: now };
    let (mut touched, mut changes) = (BTreeSet::new(), Vec::with_capacity(told.len()));
    for one in told {
        let mut mine = Vec::new();
        for Declared { key, sensitive, value: said, .. } in &one.record.attributes {
            let place = (one.member, key.clone());
            let before = values.get(&place);
            let known = match before {
                Some(row) => value::read(vault, row)?.as_ref() == Some(said) || !by.replaces(Some(value::told(row))),
                None => false,
            };
            if known {
                continue;
            }
            let (plain, sealed) = match sensitive {
                true => (None, Some(vault.seal(&value::context(key), &said.to_string()).map_err(Error::internal)?)),
                false => (Some(said.clone()), None),
            };
            let row = Model {
                id: before.map_or_else(|| random.id(now), |row| row.id),
                member_id: one.member,
                key: key.clone(),
                value: plain,
                sealed,
                source: by.source,
                at: by.at,
            };
            mine.push(Change {
                place: Place::Value,
                field: key.clone(),
                before: serde_json::to_value(before)?,
                after: serde_json::to_value(&row)?,
            });
            touched.insert(place.clone());
            values.insert(place, row);
        }
        changes.push(mine);
    }
    values.retain(|place, _| touched.contains(place));
    Ok(Plan { rows: values.into_values().collect(), changes })
}

pub(super) async fn write(tx: &Tx, vault: &Vault, told: &[Told<'_>]) -> Result<Vec<Vec<Change>>> {
    let planned = plan(vault, tx.random(), read(tx.db(), told).await?, told, tx.now())?;
    let mut changed: BTreeMap<MemberId, Vec<String>> = BTreeMap::new();
    for row in &planned.rows {
        changed.entry(row.member_id).or_default().push(row.key.clone());
    }
    for (member, keys) in changed {
        tx.emit(&ValuesChanged { member, keys, source: Source::Import })?;
    }
    let anew = OnConflict::columns([Column::MemberId, Column::Key])
        .update_columns([Column::Value, Column::Sealed, Column::Source, Column::At])
        .to_owned();
    put(tx, planned.rows, &anew).await?;
    Ok(planned.changes)
}
