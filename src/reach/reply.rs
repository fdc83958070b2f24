//! Answers to one person at one account: what a thread says. They are handed to WeChat at most once.
//!
//! It is marked `sending` and committed before the call. Whoever finds it `sending` afterwards knows that a call was
//! cut off: the message may have arrived, so it becomes `unknown` and is not sent again.

use entity::{
    reach::delivery::{ActiveModel, Channel, Column, Entity, Model, State},
    types::{AccountKey, ConversationId, DeliveryId, OpenId},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde::{Deserialize, Serialize};

use super::{events::Said, windows};
use crate::{
    error::{Code, Error, Result},
    infra::{
        db::{Db, Tx},
        news::News,
    },
    jobs::{Failure, Job},
    wechat::{
        client::{self, NotSent, WeChat},
        errcode::{Action, Reason},
        message::{CustomMessage, custom::Send},
    },
};

/// Puts a customer-service message on its way to the person of a thread. It leaves after the transaction commits, when a
/// window is open; nothing else is tried. The thread is the one that shows it; without one whoever keeps threads hears of it
/// by an event.
///
/// # Errors
/// When the database does not answer.
pub async fn reply(
    tx: &Tx,
    (account, open_id): (&AccountKey, &OpenId),
    thread: Option<ConversationId>,
    message: &CustomMessage,
) -> Result<DeliveryId> {
    let id = tx.id();
    let row = ActiveModel {
        id: Set(id),
        account: Set(account.clone()),
        open_id: Set(open_id.clone()),
        channel: Set(Channel::Custom),
        message: Set(serde_json::to_value(message)?),
        state: Set(State::Queued),
        created_at: Set(tx.now()),
        ..Default::default()
    };
    Entity::insert(row).exec_without_returning(tx.db()).await?;
    tx.enqueue(Deliver { delivery: id, account: account.clone(), open_id: open_id.clone(), thread })?;
    Ok(id)
}

/// What became of these deliveries.
///
/// # Errors
/// When the database does not answer.
pub async fn states(db: &impl ConnectionTrait, ids: impl IntoIterator<Item = DeliveryId>) -> Result<Vec<Model>> {
    Ok(Entity::find().filter(Column::Id.is_in(ids)).all(db).await?)
}

/// Sends one reply. Replies to one person keep their order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Deliver {
    /// The message.
    pub delivery: DeliveryId,
    /// The account it is sent from.
    pub account: AccountKey,
    /// The person it is sent to.
    pub open_id: OpenId,
    /// The thread that shows it, if one does.
    #[serde(default)]
    pub thread: Option<ConversationId>,
}

/// What [`Deliver`] needs.
#[derive(Clone)]
pub struct DeliverContext {
    /// The database.
    pub db: Db,
    /// WeChat.
    pub wechat: WeChat,
}

impl Job for Deliver {
    const KIND: &'static str = "reach.deliver";
    type Context = DeliverContext;

    fn order_key(&self) -> Option<String> {
        Some(format!("reach:{}:{}", self.account, self.open_id.as_str()))
    }

    async fn run(self, context: DeliverContext) -> Result<(), Failure> {
        let db = &context.db;
        let Some(delivery) = db.tx(async |tx: &Tx| self.begin(tx).await).await? else { return Ok(()) };
        let message: CustomMessage = match serde_json::from_value(delivery.message) {
            Ok(message) => message,
            Err(error) => {
                self.settle(db, State::Refused, "unreadable").await?;
                return Err(Failure::Park(Error::internal(error)));
            }
        };
        let outcome = match context.wechat.of(&self.account) {
            Ok(api) => api.send_custom(&Send::to(self.open_id.clone(), message)).await,
            Err(failure) => Err(failure),
        };
        match outcome {
            Ok(()) => self.settle(db, State::Sent, "").await?,
            Err(client::Failure::Refused(refusal)) => {
                if matches!(refusal.errcode, 45015 | 45047 | 43004 | 48002) {
                    // WeChat is the judge: our count was wrong.
                    db.tx(async |tx: &Tx| windows::close(tx, &self.account, &self.open_id).await).await?;
                }
                match refusal.action {
                    Action::Backoff(_) | Action::Defer(_) | Action::Config(_) | Action::Refresh => {
                        return self.not_sent(db, client::Failure::Refused(refusal)).await;
                    }
                    // WeChat was busy: a message has no id by which a second try would be harmless.
                    Action::Stop(Reason::Unsafe) => {
                        self.settle(db, State::Unknown, &refusal.errcode.to_string()).await?;
                    }
                    Action::Succeeded => self.settle(db, State::Sent, "").await?,
                    Action::Stop(_) | Action::Reauth | Action::Reupload | Action::Ignore => {
                        self.settle(db, State::Refused, &refusal.errcode.to_string()).await?;
                    }
                }
            }
            Err(client::Failure::NotSent(NotSent::NoAccount | NotSent::Invalid { .. })) => {
                self.settle(db, State::Refused, "invalid").await?;
            }
            Err(failure @ client::Failure::NotSent(_)) => return self.not_sent(db, failure).await,
            Err(client::Failure::Unknown(_) | client::Failure::Unavailable(_)) => {
                self.settle(db, State::Unknown, "no_answer").await?;
            }
        }
        Ok(())
    }
}

impl Deliver {
    /// Takes the delivery for sending, if it still waits and a window is open.
    async fn begin(&self, tx: &Tx) -> Result<Option<Model>> {
        let Some(delivery) = Entity::find_by_id(self.delivery).one(tx.db()).await? else { return Ok(None) };
        match delivery.state {
            State::Queued => {}
            State::Sending => {
                tracing::warn!(delivery = %self.delivery, "a call to WeChat was cut off; the message may have arrived");
                self.change(tx, State::Sending, State::Unknown, "cut_off").await?;
                return Ok(None);
            }
            State::Sent | State::Delivered | State::Refused | State::Unknown => return Ok(None),
        }
        if !windows::take_one(tx, &self.account, &self.open_id).await? {
            self.change(tx, State::Queued, State::Refused, Code::WindowClosed.as_str()).await?;
            return Ok(None);
        }
        Ok(self.change(tx, State::Queued, State::Sending, "").await?.then_some(delivery))
    }

    async fn settle(&self, db: &Db, state: State, reason: &str) -> Result<()> {
        metrics::counter!("reach_deliveries_total", "channel" => "custom", "outcome" => label(state)).increment(1);
        db.tx(async |tx: &Tx| self.change(tx, State::Sending, state, reason).await).await.map(drop)
    }

    /// Nothing reached the person: the message waits again, and this attempt's share of the window is given back.
    async fn not_sent(&self, db: &Db, failure: client::Failure) -> Result<(), Failure> {
        db.tx(async |tx: &Tx| {
            self.change(tx, State::Sending, State::Queued, failure.outcome()).await?;
            windows::give_back(tx, &self.account, &self.open_id).await
        })
        .await?;
        let until = failure.until();
        let why = Error::new(Code::Unavailable).because(failure);
        Err(until.map_or_else(|| Failure::Retry(Error::new(Code::Unavailable)), |until| Failure::Defer { until, why }))
    }

    async fn change(&self, tx: &Tx, from: State, to: State, reason: &str) -> Result<bool> {
        let settled = !matches!(to, State::Queued | State::Sending);
        let changed = Entity::update_many()
            .col_expr(Column::State, Expr::value(to))
            .col_expr(Column::Reason, Expr::value((!reason.is_empty()).then_some(reason)))
            .col_expr(Column::SettledAt, Expr::value(settled.then_some(tx.now())))
            .filter(Column::Id.eq(self.delivery))
            .filter(Column::State.eq(from))
            .exec(tx.db())
            .await?;
        let changed = changed.rows_affected == 1;
        match self.thread {
            Some(thread) if to != State::Sending => tx.tell(News::Conversation(thread)),
            None if changed && matches!(to, State::Sent | State::Unknown) => {
                let (account, open_id) = (self.account.clone(), self.open_id.clone());
                tx.emit(&Said { delivery: self.delivery, account, open_id })?;
            }
            Some(_) | None => {}
        }
        Ok(changed)
    }
}

pub(super) fn label(state: State) -> &'static str {
    match state {
        State::Queued => "queued",
        State::Sending => "sending",
        State::Sent => "sent",
        State::Delivered => "delivered",
        State::Refused => "refused",
        State::Unknown => "unknown",
    }
}
