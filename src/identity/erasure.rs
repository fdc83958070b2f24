//! What people withdraw is deleted: the data that a revocation names, or everything when the WeChat account is gone
//! (protocol sections 2.2 and 2.4).

use std::collections::BTreeMap;

use entity::{
    identity::{
        erasure::{ActiveModel, Column, Entity},
        follower,
    },
    types::{ErasureId, OpenId, UnionId},
};
use futures_util::future::FutureExt;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Claim,
    belonging::{Belonging, OnMerge, Owner, PersonalData},
    events::Withdrew,
    find, forgotten,
};
use crate::{
    error::{Error, Result},
    infra::db::{Db, Tx},
    jobs::{Failure, Job},
    wechat::{
        intake::Received,
        message::{Body, Event},
    },
};

/// Records what the pushes withdraw; the deletion follows as a job.
///
/// # Errors
/// When the database does not answer.
pub async fn requested(tx: &Tx, pushes: &[&Received]) -> Result<()> {
    for push in pushes {
        let (authorization, data) = match &push.push.body {
            Body::Event(Event::UserAuthorizationRevoke { authorization, revoked }) => {
                (authorization, revoked.iter().map(PersonalData::from).collect())
            }
            Body::Event(Event::UserAuthorizationCancellation(authorization)) => {
                (authorization, vec![PersonalData::Everything])
            }
            // The platform removed somebody's name or picture: ours is outdated.
            Body::Event(Event::UserInfoModified(authorization)) => (authorization, vec![PersonalData::Name]),
            _ => continue,
        };
        record(tx, push, &authorization.open_id, authorization.union_id.clone(), data).await?;
    }
    Ok(())
}

async fn record(
    tx: &Tx,
    push: &Received,
    open_id: &OpenId,
    union_id: Option<UnionId>,
    mut data: Vec<PersonalData>,
) -> Result<()> {
    data.sort_unstable();
    data.dedup();
    let id: ErasureId = tx.id();
    let row = ActiveModel {
        id: Set(id),
        account: Set(push.account.key.clone()),
        open_id: Set(open_id.clone()),
        union_id: Set(union_id),
        codes: Set(serde_json::to_value(&data)?),
        requested_at: Set(tx.now()),
        done_at: Set(None),
        deleted: Set(serde_json::json!({})),
    };
    Entity::insert(row).exec_without_returning(tx.db()).await?;
    tx.emit(&Withdrew { erasure: id, account: push.account.key.clone(), open_id: open_id.clone() })
}

/// Deletes what one request names, table by table, and records how much.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Erase {
    /// The request.
    pub erasure: ErasureId,
}

/// What [`Erase`] needs.
#[derive(Clone)]
pub struct EraseContext {
    /// The database.
    pub db: Db,
    /// Every table that holds what belongs to a person.
    pub belongings: &'static [Belonging],
}

impl Job for Erase {
    const KIND: &'static str = "identity.erase";
    type Context = EraseContext;

    async fn run(self, context: EraseContext) -> Result<(), Failure> {
        context
            .db
            .tx(async |tx: &Tx| {
                let Some(request) = Entity::find_by_id(self.erasure).one(tx.db()).await? else { return Ok(()) };
                if request.done_at.is_some() {
                    return Ok(());
                }
                let member = find(tx.db(), &Claim::open_id(&request.account, &request.open_id)).await?;
                let known_as = Some((request.account, request.open_id));
                let owner = Owner { known_as, member, entirely: false };
                let data: Vec<PersonalData> = serde_json::from_value(request.codes).map_err(Error::internal)?;
                let mut deleted = BTreeMap::new();
                for belonging in context.belongings {
                    deleted.insert(belonging.table, (belonging.erase)(tx, &owner, &data).await?);
                }
                Entity::update_many()
                    .col_expr(Column::DoneAt, Expr::value(tx.now()))
                    .col_expr(Column::Deleted, Expr::value(serde_json::to_value(&deleted)?))
                    .filter(Column::Id.eq(self.erasure))
                    .exec(tx.db())
                    .await?;
                tracing::info!(erasure = %self.erasure, rows = deleted.values().sum::<u64>(), "erased withdrawn data");
                Ok(())
            })
            .await?;
        Ok(())
    }
}

/// The follower's own row.
pub const FOLLOWER: Belonging = Belonging {
    table: "follower",
    begin: None,
    on_merge: OnMerge::Stay,
    erase: |tx, owner, data| {
        async move {
            if !data.contains(&PersonalData::Everything) {
                return Ok(0);
            }
            if let Some((account, open_id)) = &owner.known_as {
                forgotten::remember(tx, account, open_id).await?;
            }
            let gone =
                follower::Entity::delete_many().filter(owner.rows(follower::Column::Account, follower::Column::OpenId));
            Ok(gone.exec(tx.db()).await?.rows_affected)
        }
        .boxed_local()
    },
    export: Some(|db, _, owner| {
        async move {
            let rows = follower::Entity::find().filter(owner.rows(follower::Column::Account, follower::Column::OpenId)).all(db.read()).await?;
            Ok(rows.into_iter().map(|row| json!({ "account": row.account, "open_id": row.open_id, "union_id": row.union_id, "state": row.state, "first_followed_at": row.first_followed_at, "follows": row.follows, "subscribe_scene": row.subscribe_scene, "scene": row.scene, "remark": row.remark })).collect())
        }
        .boxed_local()
    }),
};
