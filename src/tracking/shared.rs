//! Visits to pages that somebody shared: touches whose scene is `s.<key>`.

use std::collections::BTreeSet;

use entity::{
    tracking::touch::{Carrier, Column, Entity, Kind, Model},
    types::{AccountKey, OpenId, TouchId},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use super::{invitation::Code, origin::Origin, touches::any_of};
use crate::{
    error::Result,
    infra::{
        clock::{Time, biz_day},
        db::Tx,
    },
};

/// Somebody opened a page by the link that somebody else shared.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The account by which they are known there.
    pub account: AccountKey,
    /// Who.
    pub open_id: OpenId,
    /// The key of the link.
    pub key: Code,
    /// From where.
    pub origin: Origin,
    /// When their session was opened: what they were not before, they became by this visit.
    pub began_at: Time,
    /// When.
    pub at: Time,
}

/// Records it.
///
/// # Errors
/// When the database does not answer.
pub async fn opened(tx: &Tx, opened: &Opened) -> Result<TouchId> {
    let row = Model {
        id: tx.id(),
        account: opened.account.clone(),
        open_id: opened.open_id.clone(),
        kind: Kind::Visit,
        scene: Some(opened.key.shared_scene()),
        ticket: None,
        code: None,
        carrier: Some(Carrier::Share),
        device: opened.origin.device.clone(),
        network: opened.origin.network.clone(),
        began_at: Some(opened.began_at.min(opened.at)),
        at: opened.at,
        biz_day: biz_day(opened.at),
    };
    let id = row.id;
    Entity::insert(row.into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(id)
}

/// The visits of these people to shared pages with their keys, in order; the first so many.
///
/// # Errors
/// When the database does not answer.
pub async fn visits(
    db: &impl ConnectionTrait,
    people: &[(AccountKey, OpenId)],
    most: u64,
) -> Result<Vec<(Code, Model)>> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let rows = Entity::find().filter(any_of(people)).filter(Column::Carrier.eq(Carrier::Share));
    let rows = rows.filter(Column::Code.is_null()).order_by_asc(Column::At).order_by_asc(Column::Id).limit(most);
    let rows = rows.all(db).await?.into_iter();
    Ok(rows.filter_map(|row| Some((Code::of_shared_scene(row.scene.as_deref()?)?, row))).collect())
}

/// Whether somebody visited a shared page since then.
///
/// # Errors
/// When the database does not answer.
pub async fn any_since(
    db: &impl ConnectionTrait,
    people: &[(AccountKey, OpenId)],
    since: Option<Time>,
) -> Result<bool> {
    if people.is_empty() {
        return Ok(false);
    }
    let mut rows = Entity::find().filter(any_of(people)).filter(Column::Carrier.eq(Carrier::Share));
    if let Some(since) = since {
        rows = rows.filter(Column::At.gte(since));
    }
    Ok(rows.filter(Column::Code.is_null()).one(db).await?.is_some())
}

/// The devices that were ever seen with these people.
///
/// # Errors
/// When the database does not answer.
pub async fn devices(db: &impl ConnectionTrait, people: &[(AccountKey, OpenId)]) -> Result<BTreeSet<String>> {
    if people.is_empty() {
        return Ok(BTreeSet::new());
    }
    let rows = Entity::find().select_only().column(Column::Device).distinct().filter(any_of(people));
    let rows = rows.filter(Column::Device.is_not_null()).into_tuple::<Option<String>>().all(db).await?;
    Ok(rows.into_iter().flatten().collect())
}
