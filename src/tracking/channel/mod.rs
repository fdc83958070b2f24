//! Channels (渠道): staff, stores and advertisements by whose code people come (R102).
//!
//! Words: a channel has a *scene* `c.<key>`, which the QR codes of official accounts and the codes of mini programs carry. A
//! *follow* that came by a channel has *stayed* when it still held after seven days. Somebody has *registered* and
//! *converted* (bought for the first time) by the channel of their first touch before it, and by that of their last.
//!
//! Invariants: nothing is counted up. Scans and follows are touches; what became of a follow is one row for each
//! ([`follow`]); by which channels somebody came is one row for each member, derived anew from touches, profile and
//! purchases whenever one of them changes ([`people`]). So facts may come late, twice and in any order, and members may be
//! merged, parted and forgotten.
//!
//! Emits `channel.touched`. Reacts to it, to members who are met, linked, merged and parted, and to purchases.

pub mod codes;
pub mod counts;
pub mod follow;
pub mod http;
pub mod people;

use std::collections::BTreeSet;

use entity::{
    tracking::{
        channel::{Column, Entity, Model},
        touch::{Carrier, Kind as TouchKind, Model as Touch},
    },
    types::{AccountKey, ChannelId, OpenId, StaffId, StoreId},
};
use garde::Validate;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use entity::tracking::channel::Kind;

use super::{invitation, origin::Origin, touches};
use crate::{
    error::{Code, Error, Result},
    http::page::PageQuery,
    infra::{
        clock::{Time, biz_day},
        db::{Event, Tx, among},
    },
    stores::{self, Scope, brands_or_within},
};

/// How scenes begin that carry a channel.
pub(super) const SCENE: &str = "c.";

/// Whether a scene can be one of a channel.
pub fn is_scene(scene: &str) -> bool {
    scene.strip_prefix(SCENE).is_some_and(|key| key.parse::<invitation::Code>().is_ok_and(|code| code.as_str() == key))
}

/// Somebody came by what may be a channel.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChannelTouched {
    /// Where.
    pub account: AccountKey,
    /// Who.
    pub open_id: OpenId,
}

impl Event for ChannelTouched {
    const KIND: &'static str = "channel.touched";

    fn subject(&self) -> Option<String> {
        Some(self.open_id.as_str().to_owned())
    }
}

/// A channel as staff write it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChannelDraft)]
pub struct Draft {
    /// What it is called, such as the name of the store.
    #[garde(length(chars, min = 1, max = 60))]
    pub name: String,
    /// What it is.
    #[garde(skip)]
    pub kind: Kind,
    /// The store whose it is: who first comes by it is at home there. The brand's own have none; a manager's is the
    /// manager's store.
    #[garde(skip)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<StoreId>,
}

/// Makes a channel with a scene of its own, for a store of the scope.
///
/// # Errors
/// [`Code::Invalid`] when it would be for a store that takes nobody, or another one.
pub async fn create(tx: &Tx, scope: Scope, draft: &Draft, staff: StaffId) -> Result<Model> {
    let store = draft.store.or(scope.store());
    if let Some(store) = store {
        if !scope.has(Some(store)) {
            return Err(Error::invalid("store", "must be your own store"));
        }
        stores::takes(tx.db(), store).await?;
    }
    let row = Model {
        id: tx.id(),
        name: draft.name.clone(),
        kind: draft.kind,
        scene: format!("{SCENE}{}", invitation::Code::fresh(tx.random())),
        store_id: store,
        written_by: staff,
        created_at: tx.now(),
    };
    Entity::insert(row.clone().into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(row)
}

/// The channel of this id, when it is the brand's or of a store of the scope.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn get(db: &impl ConnectionTrait, scope: Scope, id: ChannelId) -> Result<Model> {
    let row = Entity::find_by_id(id).filter(brands_or_within(scope, Column::StoreId));
    row.one(db).await?.ok_or_else(|| Error::new(Code::NotFound))
}

/// The store to which the first of these scenes led that belongs to a channel of a store.
pub(super) async fn first_store<'a>(
    db: &impl ConnectionTrait,
    scenes: impl Iterator<Item = &'a str>,
) -> Result<Option<StoreId>> {
    let scenes: Vec<&str> = scenes.filter(|scene| is_scene(scene)).collect();
    if scenes.is_empty() {
        return Ok(None);
    }
    let rows = Entity::find().select_only().columns([Column::Scene, Column::StoreId]);
    let rows = rows.filter(among(db, Column::Scene, scenes.iter().copied().collect::<BTreeSet<_>>()));
    let rows = rows.filter(Column::StoreId.is_not_null()).into_tuple::<(String, StoreId)>().all(db).await?;
    let led = |scene: &&str| rows.iter().find(|(known, _)| known == scene).map(|(_, store)| *store);
    Ok(scenes.iter().find_map(led))
}

/// The channel of this scene.
pub(super) async fn of_scene(db: &impl ConnectionTrait, scene: &str) -> Result<Option<Model>> {
    if !is_scene(scene) {
        return Ok(None);
    }
    Ok(Entity::find().filter(Column::Scene.eq(scene)).one(db).await?)
}

/// Channels of the brand and of stores of a scope, the newest first.
///
/// # Errors
/// When the cursor is not ours, or the database does not answer.
pub async fn list(db: &impl ConnectionTrait, scope: Scope, kind: Option<Kind>, page: &PageQuery) -> Result<Vec<Model>> {
    let mut rows = Entity::find().filter(brands_or_within(scope, Column::StoreId));
    if let Some(kind) = kind {
        rows = rows.filter(Column::Kind.eq(kind));
    }
    if let Some(cursor) = page.after()? {
        rows = rows.filter(cursor.beyond(Column::CreatedAt, Column::Id));
    }
    Ok(rows.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).limit(page.fetch()).all(db).await?)
}

/// By what somebody came to a page or the mini program.
#[derive(Clone, Debug)]
pub struct Came {
    /// By which carrier.
    pub carrier: Carrier,
    /// From where.
    pub origin: Origin,
    /// When their session was opened: what they were not before, they became by this visit.
    pub began_at: Time,
}

/// Records that somebody came by the scene of a channel. Gives whether there is such a channel.
///
/// # Errors
/// When the database does not answer.
pub async fn came(tx: &Tx, account: &AccountKey, open_id: &OpenId, scene: &str, came: &Came) -> Result<bool> {
    if of_scene(tx.db(), scene).await?.is_none() {
        return Ok(false);
    }
    let row = Touch {
        id: tx.id(),
        account: account.clone(),
        open_id: open_id.clone(),
        kind: TouchKind::Visit,
        scene: Some(scene.to_owned()),
        ticket: None,
        code: None,
        carrier: Some(came.carrier),
        device: came.origin.device.clone(),
        network: came.origin.network.clone(),
        began_at: Some(came.began_at.min(tx.now())),
        at: tx.now(),
        biz_day: biz_day(tx.now()),
    };
    touches::write(tx, vec![row]).await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::is_scene;

    #[test]
    fn only_scenes_as_we_make_them_can_be_channels() {
        assert!(is_scene("c.0123456789") && is_scene("c.abcdefghjk"));
        for scene in
            ["", "c.", "c.ABCDEFGHJK", "c.0123-45678", "c.01234567890", "C.0123456789", "i.0123456789", "c.' OR 1=1"]
        {
            assert!(!is_scene(scene), "{scene:?}");
        }
    }
}
