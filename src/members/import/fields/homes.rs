//! The home store: of whoever has none, the one that the other system names by its code or name.

use std::collections::{BTreeMap, BTreeSet};

use entity::types::{MemberId, StoreId};
use sea_orm::ConnectionTrait;
use serde_json::Value;

use super::{Change, Place, Told};
use crate::{error::Result, identity, infra::db::Tx, stores};

/// What rows say that could be somebody's home; of two rows for one person the first.
pub(super) async fn plan(db: &impl ConnectionTrait, told: &[Told<'_>]) -> Result<BTreeMap<MemberId, StoreId>> {
    let names: BTreeSet<&str> = told.iter().filter_map(|one| one.record.store.as_deref()).collect();
    let known = stores::called(db, names).await?;
    let mut homes = BTreeMap::new();
    for one in told {
        if let Some(store) = one.record.store.as_ref().and_then(|name| known.get(name)) {
            homes.entry(one.member).or_insert(*store);
        }
    }
    if homes.is_empty() {
        return Ok(homes);
    }
    let homeless = identity::homeless(db, homes.keys().copied()).await?;
    homes.retain(|member, _| homeless.contains(member));
    Ok(homes)
}

pub(super) async fn write(tx: &Tx, told: &[Told<'_>]) -> Result<Vec<Vec<Change>>> {
    let homes = plan(tx.db(), told).await?;
    changes(identity::settle(tx, &homes).await?, told)
}

/// What each row changes: the first of a person finds them a home.
pub(super) fn changes(mut homes: BTreeMap<MemberId, StoreId>, told: &[Told<'_>]) -> Result<Vec<Vec<Change>>> {
    let change = |store: StoreId| {
        let after = serde_json::to_value(store)?;
        Ok(Change { place: Place::Home, field: "store".to_owned(), before: Value::Null, after })
    };
    told.iter().map(|one| homes.remove(&one.member).map(change).into_iter().collect()).collect()
}
