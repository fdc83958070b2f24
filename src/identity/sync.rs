//! Keeping followers in step with WeChat: one person after they followed, everybody once a night or when staff ask.
//!
//! A run reads WeChat's list page by page and asks for details in hundreds (protocol section 5.1). Each step commits
//! its progress and enqueues the next one, so a run that is cut off goes on where it was. Everybody it meets is, or becomes,
//! a member.

use chrono::SubsecRound;
use entity::{
    identity::{
        follower::{self, Model as Follower},
        follower_sync::{ActiveModel, Column, Entity, Model, State},
    },
    types::{AccountKey, OpenId, SyncId},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder,
    sea_query::Expr,
};
use serde::{Deserialize, Serialize};

use super::{details::apply, events::FollowFound};
use crate::{
    error::{Code, Error, Result},
    infra::db::{Db, Tx},
    jobs::{Failure, Job},
    wechat::{
        account::{Kind, users::UserInfo},
        client::{self, WeChat},
    },
};

/// People that WeChat describes in one call.
const DETAILS: usize = 100;

/// What the jobs of this file need.
#[derive(Clone)]
pub struct Context {
    /// The database.
    pub db: Db,
    /// WeChat.
    pub wechat: WeChat,
}

/// Asks WeChat about one person who has just followed: UnionID, remark, tags, how they came.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RefreshFollower {
    /// The account they follow.
    pub account: AccountKey,
    /// Who.
    pub open_id: OpenId,
}

impl Job for RefreshFollower {
    const KIND: &'static str = "identity.refresh_follower";
    type Context = Context;

    async fn run(self, context: Context) -> Result<(), Failure> {
        let api = context.wechat.of(&self.account).map_err(failed)?;
        let asked_at = context.db.now();
        let info = match api.user(&self.open_id).await {
            Ok(info) => info,
            // The person left again, or never was one: nothing to know.
            Err(client::Failure::Refused(refusal)) if refusal.errcode == 40003 => return Ok(()),
            Err(failure) => return Err(failed(failure)),
        };
        context.db.tx(async |tx: &Tx| apply(tx, &self.account, &[&info], asked_at).await).await?;
        Ok(())
    }
}

/// Starts a run for every official account; once a night.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SyncAll {}

impl Job for SyncAll {
    const KIND: &'static str = "identity.sync_all";
    type Context = Context;

    async fn run(self, context: Context) -> Result<(), Failure> {
        for account in context.wechat.accounts().iter().filter(|account| account.kind == Kind::Official) {
            context.db.tx(async |tx: &Tx| start(tx, &account.key).await).await?;
        }
        Ok(())
    }
}

/// Starts a run, or gives the one that is under way.
///
/// # Errors
/// When the database does not answer.
pub async fn start(tx: &Tx, account: &AccountKey) -> Result<Model> {
    let running = Entity::find().filter(Column::Account.eq(account.clone())).filter(Column::State.eq(State::Running));
    if let Some(running) = running.one(tx.db()).await? {
        return Ok(running);
    }
    let row = ActiveModel {
        id: Set(tx.id()),
        account: Set(account.clone()),
        state: Set(State::Running),
        cursor: Set(None),
        total: Set(0),
        done: Set(0),
        changed: Set(0),
        started_at: Set(tx.now()),
        finished_at: Set(None),
        error: Set(None),
    };
    let run = Entity::insert(row).exec_with_returning(tx.db()).await?;
    tx.enqueue(SyncPage { sync: run.id })?;
    Ok(run)
}

/// The run of this id.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn get(db: &impl ConnectionTrait, id: SyncId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(|| Error::new(Code::NotFound))
}

/// The latest run of an account.
///
/// # Errors
/// When the database does not answer.
pub async fn latest(db: &impl ConnectionTrait, account: &AccountKey) -> Result<Option<Model>> {
    Ok(Entity::find().filter(Column::Account.eq(account.clone())).order_by_desc(Column::StartedAt).one(db).await?)
}

/// Reads one page of up to 10 000 followers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SyncPage {
    /// The run.
    pub sync: SyncId,
}

impl Job for SyncPage {
    const KIND: &'static str = "identity.sync_page";
    type Context = Context;

    fn order_key(&self) -> Option<String> {
        Some(format!("sync:{}", self.sync))
    }

    async fn run(self, context: Context) -> Result<(), Failure> {
        let db = &context.db;
        let run = get(db.read(), self.sync).await?;
        if run.state != State::Running {
            return Ok(());
        }
        self.page(&context, &run).await
    }

    async fn given_up(self, context: Context, why: &Error) -> Result<()> {
        let why = why.to_string();
        context.db.tx(async |tx: &Tx| finish(tx, self.sync, State::Failed, Some(&why)).await).await
    }
}

impl SyncPage {
    async fn page(&self, context: &Context, run: &Model) -> Result<(), Failure> {
        let db = &context.db;
        let api = context.wechat.of(&run.account).map_err(failed)?;
        let after: Option<OpenId> = run.cursor.as_deref().map(str::parse).transpose().map_err(Error::from)?;
        let page = match api.followers(after.as_ref()).await {
            Ok(page) => page,
            // Whom the cursor names has left meanwhile: the list begins anew.
            Err(client::Failure::Refused(refusal)) if refusal.errcode == 40003 && after.is_some() => {
                return Ok(db.tx(async |tx: &Tx| begin_anew(tx, run.id).await).await?);
            }
            Err(failure) => return Err(failed(failure)),
        };
        for chunk in page.openids.chunks(DETAILS) {
            let asked_at = db.now();
            let infos = api.users(chunk).await.map_err(failed)?;
            let read = i64::try_from(chunk.len()).unwrap_or(0);
            db.tx(async |tx: &Tx| {
                let infos: Vec<&UserInfo> = infos.iter().collect();
                let changed = apply(tx, &run.account, &infos, asked_at).await?;
                progress(tx, run, page.total, read, changed, chunk.last()).await
            })
            .await?;
        }
        let more = page.next.is_some();
        let done = run.done.saturating_add(i64::try_from(page.openids.len()).unwrap_or(i64::MAX));
        let total = page.total.map_or(0, |total| i64::try_from(total).unwrap_or(i64::MAX));
        db.tx(async |tx: &Tx| {
            if more {
                return tx.enqueue(SyncPage { sync: run.id });
            }
            // Whoever follows meanwhile is counted, and may stand where the run has passed already.
            if done.saturating_add(followed_since(tx, run).await?) < total {
                // Whoever is missing may well follow, and leaving costs them and their friends what they were given.
                let short = format!("WeChat listed {done} of {total} followers: nobody is taken to have left");
                return finish(tx, run.id, State::Failed, Some(&short)).await;
            }
            let gone = leave(tx, run).await?;
            progress(tx, run, page.total, 0, gone, None).await?;
            finish(tx, run.id, State::Done, None).await
        })
        .await?;
        Ok(())
    }
}

/// How many have followed since a run began.
async fn followed_since(tx: &Tx, run: &Model) -> Result<i64> {
    use follower::Column;
    let fresh = follower::Entity::find()
        .filter(Column::Account.eq(run.account.clone()))
        .filter(Column::State.eq(follower::State::Following))
        .filter(Column::StateAt.gte(run.started_at.trunc_subsecs(0)));
    Ok(i64::try_from(fresh.count(tx.db()).await?).unwrap_or(i64::MAX))
}

/// Those who follow by our record, but were not in the list that WeChat gave since the run began, have left.
async fn leave(tx: &Tx, run: &Model) -> Result<i64> {
    use follower::Column;
    let gone = follower::Entity::update_many()
        .col_expr(Column::State, Expr::value(follower::State::Gone))
        .col_expr(Column::StateAt, Expr::value(run.started_at))
        .col_expr(Column::UpdatedAt, Expr::value(tx.now()))
        .filter(Column::Account.eq(run.account.clone()))
        .filter(Column::State.eq(follower::State::Following))
        .filter(Column::StateAt.lt(run.started_at))
        .filter(Column::CreatedAt.lt(run.started_at))
        .filter(Column::SyncedAt.is_null().or(Column::SyncedAt.lt(run.started_at)))
        .exec_with_returning(tx.db())
        .await?;
    let left = i64::try_from(gone.len()).unwrap_or(i64::MAX);
    for Follower { account, open_id, .. } in gone {
        tx.emit(&FollowFound { account, open_id, follows: false, at: run.started_at })?;
    }
    Ok(left)
}

async fn progress(
    tx: &Tx,
    run: &Model,
    total: Option<u64>,
    read: i64,
    changed: i64,
    cursor: Option<&OpenId>,
) -> Result<()> {
    let total = total.map_or(run.total, |total| i64::try_from(total).unwrap_or(i64::MAX));
    let mut update = Entity::update_many()
        .col_expr(Column::Total, Expr::value(total))
        .col_expr(Column::Done, Expr::col(Column::Done).add(read))
        .col_expr(Column::Changed, Expr::col(Column::Changed).add(changed))
        .filter(Column::Id.eq(run.id));
    if let Some(cursor) = cursor {
        update = update.col_expr(Column::Cursor, Expr::value(cursor.as_str()));
    }
    update.exec(tx.db()).await?;
    Ok(())
}

async fn begin_anew(tx: &Tx, run: SyncId) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Cursor, Expr::value(Option::<String>::None))
        .col_expr(Column::Done, Expr::value(0))
        .filter(Column::Id.eq(run))
        .exec(tx.db())
        .await?;
    tx.enqueue(SyncPage { sync: run })
}

async fn finish(tx: &Tx, run: SyncId, state: State, error: Option<&str>) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(state))
        .col_expr(Column::FinishedAt, Expr::value(tx.now()))
        // It names a person, and has served.
        .col_expr(Column::Cursor, Expr::value(Option::<String>::None))
        .col_expr(Column::Error, Expr::value(error))
        .filter(Column::Id.eq(run))
        .filter(Column::State.eq(State::Running))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// A refusal that will not change is given up; everything else is tried again, or when WeChat says.
fn failed(failure: client::Failure) -> Failure {
    use crate::wechat::errcode::Action;
    let until = failure.until();
    let hopeless = matches!(failure.action(), Some(Action::Stop(_) | Action::Config(_)));
    let why = Error::new(Code::Unavailable).because(failure);
    match until {
        Some(until) => Failure::Defer { until, why },
        None if hopeless => Failure::Park(why),
        None => Failure::Retry(why),
    }
}
