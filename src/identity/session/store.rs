//! Rows of sessions.

use chrono::TimeDelta;
use data_encoding::BASE64URL_NOPAD;
use entity::{
    identity::session::{Column, Entity, Entrance, Model},
    types::{AccountKey, OpenId, SessionId},
};
use futures_util::future::FutureExt;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
    QueryOrder, sea_query::Expr,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::Fresh;
use crate::{
    error::{Code, Error, Result},
    identity::belonging::{Belonging, OnMerge},
    infra::{
        clock::Time,
        db::{Db, Tx},
    },
    jobs::{Failure, Job},
};

/// How long a session lasts without being used.
pub(super) const LIFE: TimeDelta = TimeDelta::days(30);
/// How long the token before the last rotation is still good: requests may be under way with it.
const OVERLAP: TimeDelta = TimeDelta::minutes(1);
/// How exactly it is known when a session was last used; each use more often would be a write.
const SEEN: TimeDelta = TimeDelta::hours(1);
/// What tokens begin with, so that a leaked one is recognised.
const PREFIX: &str = "hlc_";

fn digest(token: &str) -> String {
    BASE64URL_NOPAD.encode(&Sha256::digest(token))
}

/// Opens a session.
pub(super) async fn insert(
    tx: &Tx,
    account: &AccountKey,
    open_id: &OpenId,
    entrance: Entrance,
    device: &str,
) -> Result<Fresh> {
    let token = format!("{PREFIX}{}", tx.random().token());
    let session = Model {
        id: tx.id(),
        account: account.clone(),
        open_id: open_id.clone(),
        entrance,
        token_digest: digest(&token),
        previous_digest: None,
        previous_until: None,
        device: device.to_owned(),
        created_at: tx.now(),
        seen_at: tx.now(),
        expires_at: tx.now() + LIFE,
    };
    Entity::insert(session.clone().into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(Fresh { session, token })
}

/// The session of a token, as long as it lasts.
pub(super) async fn held_by(db: &impl ConnectionTrait, token: &str, now: Time) -> Result<Option<Model>> {
    if !token.starts_with(PREFIX) {
        return Ok(None);
    }
    let digest = digest(token);
    let before = Column::PreviousDigest.eq(&digest).and(Column::PreviousUntil.gt(now));
    let query = Entity::find().filter(Column::TokenDigest.eq(&digest).or(before)).filter(Column::ExpiresAt.gt(now));
    Ok(query.one(db).await?)
}

/// Notes that a session is in use, which prolongs it.
pub(super) async fn seen(db: &Db, session: &Model) -> Result<()> {
    let now = db.now();
    if now - session.seen_at < SEEN {
        return Ok(());
    }
    db.tx(async |tx: &Tx| {
        Entity::update_many()
            .col_expr(Column::SeenAt, Expr::value(now))
            .col_expr(Column::ExpiresAt, Expr::value(now + LIFE))
            .filter(Column::Id.eq(session.id))
            .filter(Column::SeenAt.eq(session.seen_at))
            .exec(tx.db())
            .await?;
        Ok(())
    })
    .await
}

/// Gives a session a new token; the old one is good for another minute.
pub(super) async fn rotate(tx: &Tx, id: SessionId) -> Result<Fresh> {
    let session = Entity::find_by_id(id).one(tx.db()).await?.ok_or_else(|| Error::new(Code::NotFound))?;
    let token = format!("{PREFIX}{}", tx.random().token());
    let mut row = session.clone().into_active_model();
    row.token_digest = Set(digest(&token));
    row.previous_digest = Set(Some(session.token_digest));
    row.previous_until = Set(Some(tx.now() + OVERLAP));
    row.seen_at = Set(tx.now());
    row.expires_at = Set(tx.now() + LIFE);
    let session = Entity::update(row).exec(tx.db()).await?;
    Ok(Fresh { session, token })
}

/// The sessions of these people that last, the one used last at the front.
pub(super) async fn of(db: &impl ConnectionTrait, people: &[(AccountKey, OpenId)], now: Time) -> Result<Vec<Model>> {
    let theirs = Entity::find().filter(any_of(people)).filter(Column::ExpiresAt.gt(now));
    Ok(theirs.order_by_desc(Column::SeenAt).order_by_desc(Column::Id).all(db).await?)
}

/// Ends a session of one of these people. False when they have none of this id.
pub(super) async fn end(tx: &Tx, people: &[(AccountKey, OpenId)], id: SessionId) -> Result<bool> {
    let ended = Entity::delete_many().filter(any_of(people)).filter(Column::Id.eq(id)).exec(tx.db()).await?;
    Ok(ended.rows_affected == 1)
}

fn any_of(people: &[(AccountKey, OpenId)]) -> Condition {
    let one = |(account, open_id): &(AccountKey, OpenId)| {
        Column::Account.eq(account.clone()).and(Column::OpenId.eq(open_id.clone()))
    };
    people.iter().map(one).fold(Condition::any(), Condition::add)
}

/// Where a person is signed in.
pub const SESSIONS: Belonging = Belonging {
    table: "session",
    begin: None,
    on_merge: OnMerge::Stay,
    erase: |tx, owner, data| owner.delete::<Entity>(tx, data, Column::Account, Column::OpenId).boxed_local(),
    export: Some(|db, _, owner| {
        async move {
            let rows = Entity::find().filter(owner.rows(Column::Account, Column::OpenId));
            let rows = rows.all(db.read()).await?.into_iter();
            let shown = |row: Model| json!({ "account": row.account, "entrance": row.entrance, "device": row.device, "created_at": row.created_at, "seen_at": row.seen_at });
            Ok(rows.map(shown).collect())
        }
        .boxed_local()
    }),
};

/// Forgets sessions that have ended by themselves.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ForgetSessions {}

impl Job for ForgetSessions {
    const KIND: &'static str = "identity.forget_sessions";
    type Context = Db;

    async fn run(self, db: Db) -> Result<(), Failure> {
        let forgotten = db
            .tx(async |tx: &Tx| {
                let old = Entity::delete_many().filter(Column::ExpiresAt.lte(tx.now()));
                Ok(old.exec(tx.db()).await?.rows_affected)
            })
            .await?;
        tracing::info!(forgotten, "forgot sessions that had ended");
        Ok(())
    }
}
