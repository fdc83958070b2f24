//! What this domain holds of a person, and how it is erased.

use entity::{
    reach::{
        delivery::{Column, Entity},
        message, window,
    },
    types::MemberId,
};
use futures_util::future::FutureExt;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

use super::windows;
use crate::{
    error::Result,
    identity::{
        belonging::{Belonging, OnMerge, PersonalData},
        owned::nobody_left,
    },
    infra::db::Tx,
};

/// A person's windows.
pub const WINDOWS: Belonging = Belonging {
    table: "reach_window",
    begin: None,
    on_merge: OnMerge::Stay,
    erase: |tx, owner, data| {
        async move {
            match &owner.known_as {
                Some((account, open_id)) if data.contains(&PersonalData::Everything) => {
                    windows::close(tx, account, open_id).await
                }
                _ => Ok(0),
            }
        }
        .boxed_local()
    },
    export: Some(|db, _, owner| {
        async move {
            let Some((account, open_id)) = &owner.known_as else { return Ok(Vec::new()) };
            let rows = windows::all(db.read(), account, open_id).await?;
            let shown = |row: window::Model| json!({ "account": row.account, "trigger": row.trigger, "opened_at": row.opened_at, "closes_at": row.closes_at });
            Ok(rows.into_iter().map(shown).collect())
        }
        .boxed_local()
    }),
};

/// What was sent to a person.
pub const DELIVERIES: Belonging = Belonging {
    table: "delivery",
    begin: None,
    on_merge: OnMerge::Stay,
    erase: |tx, owner, data| owner.delete::<Entity>(tx, data, Column::Account, Column::OpenId).boxed_local(),
    export: Some(|db, _, owner| {
        async move {
            let rows = Entity::find().filter(owner.rows(Column::Account, Column::OpenId)).all(db.read()).await?;
            Ok(rows.into_iter().map(|row| json!({ "account": row.account, "channel": row.channel, "message": row.message, "state": row.state, "created_at": row.created_at, "settled_at": row.settled_at })).collect())
        }
        .boxed_local()
    }),
};

/// What a member is to be told, or was. What still waits is never said to somebody who is forgotten.
pub const MESSAGES: Belonging = Belonging {
    table: "reach_message",
    begin: None,
    on_merge: OnMerge::Move { id: "id", owner: "member_id" },
    erase: |tx, owner, data| {
        async move {
            match nobody_left(tx, owner, data).await? {
                Some(member) => forget(tx, member).await,
                None => Ok(0),
            }
        }
        .boxed_local()
    },
    export: Some(|db, _, owner| {
        async move {
            let Some(member) = owner.member else { return Ok(Vec::new()) };
            let theirs = message::Entity::find().filter(message::Column::MemberId.eq(member));
            let shown = |row: message::Model| json!({ "kind": row.kind, "values": row.values, "purpose": row.purpose, "state": row.state, "created_at": row.created_at, "settled_at": row.settled_at });
            Ok(theirs.all(db.read()).await?.into_iter().map(shown).collect())
        }
        .boxed_local()
    }),
};

async fn forget(tx: &Tx, member: MemberId) -> Result<u64> {
    let theirs = message::Entity::delete_many().filter(message::Column::MemberId.eq(member));
    Ok(theirs.exec(tx.db()).await?.rows_affected)
}
