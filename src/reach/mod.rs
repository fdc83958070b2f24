//! The door "words": what do we say? Everything that leaves for a person outside of a passive reply goes through
//! [`send`], which is where WeChat's windows are checked and where a message is sent at most once.
//!
//! Words: a *window* (窗口) is what an action of a person allows us to send, how much and until when; a *permit* (订阅许可)
//! is one subscription message that a person allows; a *delivery* is one message on its way out.
//!
//! Invariants: a delivery leaves `queued` only by compare-and-set; once it is `sending` it is never handed to WeChat
//! again; deliveries to one person keep their order.

mod deliver;
mod erasure;
pub mod http;
pub mod permits;
pub mod windows;

use entity::{
    reach::delivery::{ActiveModel, Channel, Entity, Model, State},
    types::{AccountKey, DeliveryId, OpenId},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

pub use entity::reach::{delivery::State as DeliveryState, window::Trigger};

pub use self::{
    deliver::{Deliver, DeliverContext},
    erasure::{DELIVERIES, WINDOWS},
};
use crate::{error::Result, infra::db::Tx, wechat::message::CustomMessage};

/// Puts a customer-service message on its way. It leaves after the transaction commits.
///
/// # Errors
/// When the database does not answer.
pub async fn send(tx: &Tx, account: &AccountKey, open_id: &OpenId, message: &CustomMessage) -> Result<DeliveryId> {
    let id = tx.id();
    let row = ActiveModel {
        id: Set(id),
        account: Set(account.clone()),
        open_id: Set(open_id.clone()),
        channel: Set(Channel::Custom),
        message: Set(serde_json::to_value(message)?),
        state: Set(State::Queued),
        reason: Set(None),
        created_at: Set(tx.now()),
        settled_at: Set(None),
    };
    Entity::insert(row).exec_without_returning(tx.db()).await?;
    tx.enqueue(Deliver { delivery: id, account: account.clone(), open_id: open_id.clone() })?;
    Ok(id)
}

/// What became of these deliveries.
///
/// # Errors
/// When the database does not answer.
pub async fn states(db: &impl ConnectionTrait, ids: impl IntoIterator<Item = DeliveryId>) -> Result<Vec<Model>> {
    Ok(Entity::find().filter(entity::reach::delivery::Column::Id.is_in(ids)).all(db).await?)
}
