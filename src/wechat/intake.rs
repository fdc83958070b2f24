//! What happens to a verified push: it is stored once, handled in the same transaction, and answered.
//!
//! Pushes that arrive while a commit is under way are committed together by the next one, so the cost of a durable
//! commit is shared. WeChat repeats a push whose answer it did not get; a push that was committed before is answered
//! with `success` and nothing else happens, on whichever node, before or after a restart.
//!
//! A passive reply leaves as the answer of the one request whose transaction it was decided in, so it leaves at most
//! once. When that request is no longer waiting, the reply goes out by the customer-service API instead.

use std::{collections::HashSet, rc::Rc, sync::Arc, time::Duration};

use actix_rt::Arbiter;
use data_encoding::BASE64URL_NOPAD;
use entity::{
    types::{AccountKey, OpenId},
    wechat::push::{ActiveModel, Column, Entity},
};
use futures_util::future::LocalBoxFuture;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, OnConflict},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    account::{Account, Accounts},
    callback,
    message::{Push, Reply},
};
use crate::{
    error::{Code, Error, Result},
    infra::{
        clock::Time,
        db::{Db, Tx},
        gather::{self, Gather, Pace},
        in_flight::InFlight,
    },
    jobs::{Failure, Job},
};

/// Whose push it was, after that was forgotten.
const NOBODY: &str = "erased";

/// A verified push on its way into the system.
#[derive(Clone, Debug)]
pub struct Received {
    /// The account it was sent to.
    pub account: Arc<Account>,
    /// What it says.
    pub push: Push,
    /// What all deliveries of this push have in common, as a digest of 43 characters.
    pub key: String,
    /// When it arrived here.
    pub at: Time,
}

impl Received {
    /// Names a push by its strong key (protocol section 1.6).
    pub fn new(account: Arc<Account>, push: Push, at: Time) -> Self {
        let key = BASE64URL_NOPAD.encode(&Sha256::digest(push.dedup_key(&account.appid)));
        Self { account, push, key, at }
    }

    /// When WeChat says it happened; never later than it arrived.
    pub fn sent_at(&self) -> Time {
        Time::from_timestamp(self.push.created, 0).unwrap_or(self.at).min(self.at)
    }

    fn row(&self, handled: bool) -> ActiveModel {
        ActiveModel {
            key: Set(self.key.clone()),
            account: Set(self.account.key.clone()),
            kind: Set(self.push.kind().to_owned()),
            open_id: Set(self.push.from.clone()),
            body: Set(self.push.raw.clone()),
            sent_at: Set(self.sent_at()),
            received_at: Set(self.at),
            handled: Set(handled),
        }
    }
}

/// The table of what happens to which push; `app` hands it down.
pub trait Inbound {
    /// Handles pushes that are new, in the transaction that stores them. Gives the passive reply of each, if any.
    fn take<'a>(&'a self, tx: &'a Tx, pushes: &'a [&'a Received]) -> LocalBoxFuture<'a, Result<Vec<Option<Reply>>>>;

    /// Sends a reply whose request no longer waits.
    fn unanswered<'a>(&'a self, tx: &'a Tx, push: &'a Received, reply: &'a Reply) -> LocalBoxFuture<'a, Result<()>>;
}

type Waiting = gather::Waiting<Arc<Received>, Option<Reply>>;

/// Takes the pushes of all server threads. Cheap to clone.
#[derive(Clone)]
pub struct Intake {
    gather: Gather<Arc<Received>, Option<Reply>>,
    answer_within: Duration,
}

impl Intake {
    /// Starts to commit on `thread`: what comes in by all the others shares one commit. Each commit counts as work.
    pub fn start<I: Inbound + Send + 'static>(
        thread: &Arbiter,
        db: Db,
        inbound: I,
        answer_within: Duration,
        in_flight: InFlight,
    ) -> Self {
        let gather = Gather::start(thread, Pace::of_commits(&db), move || {
            let committer = Rc::new(Committer { db, inbound: Rc::new(inbound), in_flight });
            async move |batch| committer.work_off(batch).await
        });
        Self { gather, answer_within }
    }

    /// Stores and handles a push, and gives its passive reply. A push that was taken before has none.
    ///
    /// # Errors
    /// [`Code::Unavailable`] when it could not be stored in time: WeChat must deliver it again.
    pub async fn take(&self, push: Arc<Received>) -> Result<Option<Reply>> {
        self.gather.ask(push, self.answer_within).await
    }
}

struct Committer {
    db: Db,
    inbound: Rc<dyn Inbound>,
    in_flight: InFlight,
}

impl Committer {
    async fn work_off(&self, batch: Vec<Waiting>) {
        // Longer than the requests that wait: a late reply still has to leave.
        let _work = self.in_flight.begin();
        metrics::histogram!("wechat_push_batch").record(f64::from(u32::try_from(batch.len()).unwrap_or(u32::MAX)));
        self.settle(batch).await;
    }

    /// Commits a batch together; when it fails for another reason than the database, each push on its own.
    async fn settle(&self, batch: Vec<Waiting>) {
        let pushes: Vec<&Received> = batch.iter().map(|waiting| waiting.item.as_ref()).collect();
        match self.commit(&pushes).await {
            Ok(answers) => {
                for (waiting, answer) in batch.into_iter().zip(answers) {
                    self.answer(waiting, answer).await;
                }
            }
            Err(error) if error.code() == Code::Unavailable => {
                tracing::warn!(?error, pushes = batch.len(), "pushes could not be stored; WeChat will repeat them");
                for waiting in batch {
                    let _ = waiting.answer.send(Err(Error::new(Code::Unavailable)));
                }
            }
            Err(error) => {
                tracing::warn!(?error, pushes = batch.len(), "pushes could not be handled together; trying each alone");
                for waiting in batch {
                    let outcome = match self.commit(&[&waiting.item]).await {
                        Ok(mut answers) => Ok(answers.pop().flatten()),
                        Err(error) => self.keep_for_later(&waiting.item, error).await.map(|()| None),
                    };
                    match outcome {
                        Ok(answer) => self.answer(waiting, answer).await,
                        Err(error) => drop(waiting.answer.send(Err(error))),
                    }
                }
            }
        }
    }

    /// Stores those pushes that are new and handles them. Gives an answer for each push, in order.
    async fn commit(&self, pushes: &[&Received]) -> Result<Vec<Option<Reply>>> {
        self.db
            .tx(async |tx: &Tx| {
                let mut new = store(tx, pushes).await?;
                // The same push may stand in a batch twice: the first one is new, the others are repetitions.
                let places: Vec<bool> = pushes.iter().map(|push| new.remove(&push.key)).collect();
                let fresh: Vec<&Received> =
                    pushes.iter().zip(&places).filter(|(_, new)| **new).map(|(push, _)| *push).collect();
                let mut replies = self.inbound.take(tx, &fresh).await?.into_iter();
                Ok(places.into_iter().map(|new| if new { replies.next().flatten() } else { None }).collect())
            })
            .await
    }

    /// A push that our own rules cannot handle is kept, acknowledged, and tried again as a job.
    async fn keep_for_later(&self, push: &Received, cause: Error) -> Result<()> {
        tracing::error!(error = ?cause, kind = push.push.kind(), "a push cannot be handled; it is kept for a job");
        self.db
            .tx(async |tx: &Tx| {
                let kept =
                    Entity::insert(push.row(false)).on_conflict_do_nothing().exec_without_returning(tx.db()).await?;
                match kept {
                    sea_orm::TryInsertResult::Inserted(1) => tx.enqueue(HandlePush { key: push.key.clone() }),
                    _ => Ok(()),
                }
            })
            .await
    }

    async fn answer(&self, waiting: Waiting, reply: Option<Reply>) {
        let Err(Ok(Some(reply))) = waiting.answer.send(Ok(reply)) else { return };
        metrics::counter!("wechat_replies_late_total").increment(1);
        let late = self.db.tx(async |tx: &Tx| self.inbound.unanswered(tx, &waiting.item, &reply).await).await;
        if let Err(error) = late {
            tracing::error!(?error, "a reply that came too late could not be sent");
        }
    }
}

/// Inserts the pushes that are not stored yet; gives their keys.
async fn store(tx: &Tx, pushes: &[&Received]) -> Result<HashSet<String>> {
    // In one order everywhere, so that two nodes with the same pushes never wait for each other in a circle.
    let mut ordered = pushes.to_vec();
    ordered.sort_unstable_by_key(|push| &push.key);
    let rows = ordered.into_iter().map(|push| push.row(true));
    let mut insert = tx.insert(rows)?;
    insert.on_conflict(OnConflict::column(Column::Key).do_nothing().to_owned()).returning_col(Column::Key);
    let stored = tx.db().query_all(&insert).await?;
    Ok(stored.iter().map(|row| row.try_get("", "key")).collect::<Result<_, _>>()?)
}

/// Empties the kept pushes of a person and makes them nobody's: of these kinds, or all. The key stays, by which a
/// repetition that comes late is still recognised, until [`ForgetPushes`]. Gives how many.
///
/// # Errors
/// When the database does not answer.
pub async fn forget(tx: &Tx, account: &AccountKey, open_id: &OpenId, kinds: Option<&[&str]>) -> Result<u64> {
    let theirs = Entity::update_many()
        .col_expr(Column::Body, Expr::value(""))
        .col_expr(Column::OpenId, Expr::value(NOBODY))
        .filter(Column::Account.eq(account.clone()))
        .filter(Column::OpenId.eq(open_id.clone()));
    let theirs = match kinds {
        Some(kinds) => theirs.filter(Column::Kind.is_in(kinds.iter().copied())).filter(Column::Handled.eq(true)),
        // One that still waits for its job would bring the person back.
        None => theirs.col_expr(Column::Handled, Expr::value(true)),
    };
    Ok(theirs.exec(tx.db()).await?.rows_affected)
}

/// The kept pushes of a person, as they came.
///
/// # Errors
/// When the database does not answer.
pub async fn kept(db: &impl ConnectionTrait, account: &AccountKey, open_id: &OpenId) -> Result<Vec<serde_json::Value>> {
    let theirs = Entity::find().filter(Column::Account.eq(account.clone())).filter(Column::OpenId.eq(open_id.clone()));
    let rows = theirs.order_by_asc(Column::SentAt).all(db).await?.into_iter();
    let shown = |row: entity::wechat::push::Model| serde_json::json!({ "account": row.account, "kind": row.kind, "body": row.body, "sent_at": row.sent_at });
    Ok(rows.map(shown).collect())
}

/// Handles a push that could not be handled when it came. Its row says whether that has been done.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HandlePush {
    key: String,
}

/// What [`HandlePush`] needs.
#[derive(Clone)]
pub struct HandlePushContext {
    /// The database.
    pub db: Db,
    /// The accounts.
    pub accounts: Accounts,
    /// The table of what happens to which push.
    pub inbound: Rc<dyn Inbound>,
}

impl Job for HandlePush {
    const KIND: &'static str = "wechat.handle_push";
    type Context = HandlePushContext;

    async fn run(self, context: HandlePushContext) -> Result<(), Failure> {
        let kept = Entity::find_by_id(&self.key).filter(Column::Handled.eq(false)).one(context.db.read()).await;
        let Some(row) = kept.map_err(Error::from)? else { return Ok(()) };
        let unreadable = || Failure::Park(Error::internal("the account or the body of a kept push is not readable"));
        let account = context.accounts.get(&row.account).ok_or_else(unreadable)?;
        let push = Push::read(row.body, callback::push_format(account)).ok().ok_or_else(unreadable)?;
        let received = Received { account: Arc::clone(account), push, key: self.key, at: row.received_at };
        context
            .db
            .tx(async |tx: &Tx| {
                let first = Entity::update_many()
                    .col_expr(Column::Handled, Expr::value(true))
                    .filter(Column::Key.eq(&received.key))
                    .filter(Column::Handled.eq(false))
                    .exec(tx.db())
                    .await?;
                if first.rows_affected == 0 {
                    return Ok(());
                }
                let replies = context.inbound.take(tx, &[&received]).await?;
                match replies.into_iter().next().flatten() {
                    Some(reply) => context.inbound.unanswered(tx, &received, &reply).await,
                    None => Ok(()),
                }
            })
            .await?;
        Ok(())
    }
}

/// Forgets pushes that WeChat can no longer repeat (protocol section 1.6).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ForgetPushes {}

impl Job for ForgetPushes {
    const KIND: &'static str = "wechat.forget_pushes";
    type Context = (Db, Duration);

    async fn run(self, (db, remember): (Db, Duration)) -> Result<(), Failure> {
        let before = db.now() - chrono::TimeDelta::from_std(remember).unwrap_or_default();
        let forgotten = db
            .tx(async |tx: &Tx| {
                let old = Entity::delete_many().filter(Column::ReceivedAt.lt(before)).filter(Column::Handled.eq(true));
                Ok(old.exec(tx.db()).await?.rows_affected)
            })
            .await?;
        tracing::info!(forgotten, "forgot old pushes");
        Ok(())
    }
}
