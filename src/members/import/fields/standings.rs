//! Store, tier and points in the other system. They belong to the card by which it knew the person: the same card told
//! again is the same standing, two cards of one person are two.

use std::collections::{BTreeMap, BTreeSet};

use entity::{
    members::standing::{Column, Entity, Model},
    types::MemberId,
};
use futures_util::future::FutureExt;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::OnConflict};

use serde_json::json;

use super::{Change, Place, Plan, Told, put};
use crate::{
    error::Result,
    identity::{
        belonging::{Belonging, OnMerge},
        owned::nobody_left,
    },
    infra::{
        clock::Time,
        db::{Tx, among},
        random::Random,
    },
};

type Standings = BTreeMap<String, Model>;

fn tells(told: &Told<'_>) -> bool {
    told.record.store.is_some() || told.record.tier.is_some() || told.record.points.is_some()
}

/// The standings that rows tell anew.
pub(super) async fn read(db: &impl ConnectionTrait, told: &[Told<'_>]) -> Result<Standings> {
    let origins: BTreeSet<&str> = told.iter().filter(|told| tells(told)).map(|told| told.origin.as_str()).collect();
    if origins.is_empty() {
        return Ok(Standings::new());
    }
    let rows = Entity::find().filter(among(db, Column::Origin, origins));
    Ok(rows.all(db).await?.into_iter().map(|row| (row.origin.clone(), row)).collect())
}

pub(super) fn plan(random: &Random, mut standings: Standings, told: &[Told<'_>], now: Time) -> Result<Plan<Model>> {
    let (mut touched, mut changes) = (BTreeSet::new(), Vec::with_capacity(told.len()));
    for one in told {
        let before = standings.get(&one.origin).cloned();
        let mut row = before.clone().unwrap_or_else(|| Model {
            id: random.id(now),
            member_id: one.member,
            origin: one.origin.clone(),
            store: None,
            tier: None,
            points: None,
            at: now,
        });
        let was = (row.store.clone(), row.tier.clone(), row.points);
        row.store = one.record.store.clone().or(row.store);
        row.tier = one.record.tier.clone().or(row.tier);
        row.points = one.record.points.or(row.points);
        if was == (row.store.clone(), row.tier.clone(), row.points) {
            changes.push(Vec::new());
            continue;
        }
        row.at = now;
        changes.push(vec![Change {
            place: Place::Standing,
            field: one.origin.clone(),
            before: serde_json::to_value(&before)?,
            after: serde_json::to_value(&row)?,
        }]);
        touched.insert(one.origin.clone());
        standings.insert(one.origin.clone(), row);
    }
    standings.retain(|origin, _| touched.contains(origin));
    Ok(Plan { rows: standings.into_values().collect(), changes })
}

pub(super) async fn write(tx: &Tx, told: &[Told<'_>]) -> Result<Vec<Vec<Change>>> {
    let planned = plan(tx.random(), read(tx.db(), told).await?, told, tx.now())?;
    put_all(tx, planned.rows).await?;
    Ok(planned.changes)
}

/// Writes standings whole; whose they are only a merge changes.
pub(super) async fn put_all(tx: &Tx, rows: Vec<Model>) -> Result<()> {
    let anew = OnConflict::column(Column::Origin)
        .update_columns([Column::Store, Column::Tier, Column::Points, Column::At])
        .to_owned();
    put(tx, rows, &anew).await
}

/// What other systems said of the standing of members.
pub const STANDINGS: Belonging = Belonging {
    table: "member_standing",
    begin: None,
    export: Some(|db, _, owner| {
        async move {
            let Some(member) = owner.member else { return Ok(Vec::new()) };
            let rows = Entity::find().filter(Column::MemberId.eq(member)).all(db.read()).await?;
            let shown =
                |row: Model| json!({ "store": row.store, "tier": row.tier, "points": row.points, "at": row.at });
            Ok(rows.into_iter().map(shown).collect())
        }
        .boxed_local()
    }),
    on_merge: OnMerge::Move { id: "id", owner: "member_id" },
    erase: |tx, owner, data| {
        async move {
            let Some(member): Option<MemberId> = nobody_left(tx, owner, data).await? else { return Ok(0) };
            Ok(Entity::delete_many().filter(Column::MemberId.eq(member)).exec(tx.db()).await?.rows_affected)
        }
        .boxed_local()
    },
};
