//! What a member is to be told: written down with what it follows from, once, and taken to them afterwards.

use entity::{
    reach::message::{ActiveModel, Column, Entity, Model, Purpose, State},
    types::{MemberId, ReachMessageId},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::OnConflict,
};
use serde::{Deserialize, Serialize};

use super::{carry::Carry, wording::Values};
use crate::{
    error::{Code, Error, Result},
    http::page::PageQuery,
    identity::own,
    infra::{
        clock::Time,
        db::{Db, Tx},
    },
    jobs::{Failure, Job},
};

/// The longest key, in bytes.
const KEY: usize = 200;

/// What a member is to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who; a former name stands for who they are now.
    pub member: MemberId,
    /// The named message of `wechat-config/messages`.
    pub kind: String,
    /// What stands in its places.
    pub values: Values,
    /// What it follows from; the same key is told once, whatever else differs. At most 200 bytes.
    pub key: String,
    /// Why they are told.
    pub purpose: Purpose,
    /// When it has lost its sense; it is not sent later.
    pub expires_at: Time,
}

/// Puts a message on its way. By which of WeChat's ways it goes, and whether at all, is decided after the transaction has
/// committed. Gives the message; under a key that was there before, the one of before.
///
/// # Errors
/// [`Code::NotFound`] when there is no such member, or nothing is left of them; [`Code::Invalid`] for a key that is empty
/// or too long.
pub async fn send(tx: &Tx, message: &Message) -> Result<ReachMessageId> {
    if message.key.is_empty() || message.key.len() > KEY {
        return Err(Error::invalid("key", "must have 1 to 200 bytes"));
    }
    let member = own(tx, message.member).await?;
    let id: ReachMessageId = tx.id();
    let row = ActiveModel {
        id: Set(id),
        member_id: Set(member),
        kind: Set(message.kind.clone()),
        values: Set(serde_json::to_value(&message.values)?),
        key: Set(message.key.clone()),
        purpose: Set(message.purpose),
        state: Set(State::Queued),
        expires_at: Set(message.expires_at),
        created_at: Set(tx.now()),
        due_at: Set(tx.now()),
        ..Default::default()
    };
    let once = OnConflict::column(Column::Key).do_nothing().to_owned();
    if tx.db().execute(tx.insert([row])?.on_conflict(once)).await?.rows_affected() == 1 {
        tx.enqueue(Carry { message: id, member })?;
        return Ok(id);
    }
    let before = Entity::find().select_only().column(Column::Id).filter(Column::Key.eq(&message.key));
    let before: Option<ReachMessageId> = before.into_tuple().one(tx.db()).await?;
    before.ok_or_else(|| Error::internal("a message is neither new nor there"))
}

/// A member's messages, the latest first.
///
/// # Errors
/// [`Code::BadRequest`] for a cursor that is none.
pub async fn of(db: &impl ConnectionTrait, member: MemberId, page: &PageQuery) -> Result<Vec<Model>> {
    let mut rows = Entity::find().filter(Column::MemberId.eq(member));
    if let Some(cursor) = page.after()? {
        rows = rows.filter(cursor.beyond(Column::CreatedAt, Column::Id));
    }
    Ok(rows.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).limit(page.fetch()).all(db).await?)
}

/// Tells a member something that follows from a fact, for the table of reactions.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Tell {
    /// What.
    pub message: Message,
}

impl Job for Tell {
    const KIND: &'static str = "reach.tell";
    type Context = Db;

    async fn run(self, db: Db) -> Result<(), Failure> {
        match db.tx(async |tx: &Tx| send(tx, &self.message).await).await {
            // Nobody is left to be told.
            Err(error) if error.code() == Code::NotFound => Ok(()),
            outcome => Ok(outcome.map(drop)?),
        }
    }
}
