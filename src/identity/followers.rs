//! Followers: their state by what WeChat says, in the order in which it happened.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use entity::{
    identity::follower::{ActiveModel, Column, Entity, Model, State},
    types::{AccountKey, OpenId},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter,
    sea_query::{Expr, OnConflict, Query, SelectStatement},
};

use super::events::{Followed, Left};
use crate::{
    error::Result,
    infra::{
        clock::Time,
        db::{Tx, among},
    },
    wechat::{
        account::Kind,
        intake::Received,
        message::{Body, Event},
    },
};

/// How many times the sender of a push has followed, by the key of the push; only of pushes that say so.
pub type Follows = HashMap<String, i32>;

/// Takes note of the people behind pushes, and of who follows and leaves.
///
/// # Errors
/// When the database does not answer.
pub async fn seen(tx: &Tx, pushes: &[&Received]) -> Result<Follows> {
    let mut people: Vec<&&Received> = pushes.iter().filter(|push| by_a_person(&push.push.body)).collect();
    if !people.is_empty() {
        // In one order everywhere, so that two nodes never wait for each other in a circle.
        people.sort_by_key(|push| (&push.account.key, &push.push.from));
        let rows = people.into_iter().map(|push| met(tx, push));
        let unless_known = OnConflict::columns([Column::Account, Column::OpenId]).do_nothing().to_owned();
        tx.db().execute(tx.insert(rows)?.on_conflict(unless_known)).await?;
    }
    let mut follows = Follows::new();
    for push in pushes {
        match &push.push.body {
            Body::Event(Event::Subscribe { scene, .. }) => {
                follows.insert(push.key.clone(), followed(tx, push, scene.as_deref()).await?);
            }
            Body::Event(Event::Unsubscribe) => left(tx, push).await?,
            _ => {}
        }
    }
    Ok(follows)
}

/// The follower of this account and OpenID.
///
/// # Errors
/// When the database does not answer.
pub async fn find(db: &impl sea_orm::ConnectionTrait, account: &AccountKey, open_id: &OpenId) -> Result<Option<Model>> {
    let same = Entity::find().filter(Column::Account.eq(account.clone())).filter(Column::OpenId.eq(open_id.clone()));
    Ok(same.one(db).await?)
}

/// These people, as far as accounts know them.
pub(super) async fn of<'a>(
    db: &impl sea_orm::ConnectionTrait,
    people: impl Iterator<Item = &'a (AccountKey, OpenId)>,
) -> Result<Vec<Model>> {
    let mut accounts: BTreeMap<&AccountKey, Vec<OpenId>> = BTreeMap::new();
    people.for_each(|(account, open_id)| accounts.entry(account).or_default().push(open_id.clone()));
    let mut found = Vec::new();
    for (account, open_ids) in accounts {
        let there = Entity::find().filter(Column::Account.eq(account.clone()));
        found.extend(there.filter(among(db, Column::OpenId, open_ids)).all(db).await?);
    }
    Ok(found)
}

/// Whether a person follows this account now, or has left it; `None` when WeChat has said neither.
///
/// # Errors
/// When the database does not answer.
pub async fn stands(
    db: &impl sea_orm::ConnectionTrait,
    account: &AccountKey,
    open_id: &OpenId,
) -> Result<Option<bool>> {
    Ok(find(db, account, open_id).await?.and_then(|follower| match follower.state {
        State::Following => Some(true),
        State::Gone => Some(false),
        State::Known => None,
    }))
}

/// Whether a person follows this account now.
///
/// # Errors
/// When the database does not answer.
pub async fn follows(db: &impl sea_orm::ConnectionTrait, account: &AccountKey, open_id: &OpenId) -> Result<bool> {
    Ok(find(db, account, open_id).await?.is_some_and(|follower| follower.state == State::Following))
}

/// How many people followed an account for the first time from one moment up to another.
///
/// # Errors
/// When the database does not answer.
pub async fn followed_between(db: &impl ConnectionTrait, from: Time, until: Time) -> Result<u64> {
    let first = Entity::find().filter(Column::FirstFollowedAt.gte(from)).filter(Column::FirstFollowedAt.lt(until));
    Ok(first.count(db).await?)
}

/// What stands when a member follows an official account now, for asking about many: a statement that finds a row then. Its
/// member is that of the row around it.
pub fn follow_of(member: Expr) -> SelectStatement {
    use entity::identity::identity;
    let mut follow = Query::select();
    follow
        .expr(Expr::cust("1"))
        .from(identity::Entity)
        .inner_join(
            Entity,
            Condition::all()
                .add(Expr::col((Entity, Column::Account)).eq(Expr::col((identity::Entity, identity::Column::Realm))))
                .add(Expr::col((Entity, Column::OpenId)).eq(Expr::col((identity::Entity, identity::Column::Key)))),
        )
        .and_where(Expr::col((identity::Entity, identity::Column::MemberId)).eq(member))
        .and_where(Expr::col((identity::Entity, identity::Column::Kind)).eq(identity::Kind::OpenId))
        .and_where(Expr::col((Entity, Column::State)).eq(State::Following));
    follow
}

/// Whether the sender is a person, and not WeChat speaking about the account.
pub fn by_a_person(body: &Body) -> bool {
    match body {
        Body::Text { .. }
        | Body::Image { .. }
        | Body::Voice { .. }
        | Body::Video { .. }
        | Body::ShortVideo { .. }
        | Body::Location { .. }
        | Body::Link { .. }
        | Body::MiniProgramPage { .. } => true,
        Body::Unknown { .. } => false,
        Body::Event(event) => match event {
            Event::Subscribe { .. }
            | Event::Unsubscribe
            | Event::Scan { .. }
            | Event::Location { .. }
            | Event::Click { .. }
            | Event::View { .. }
            | Event::ViewMiniProgram { .. }
            | Event::ScancodePush(_)
            | Event::ScancodeWaitmsg(_)
            | Event::PicSysphoto { .. }
            | Event::PicPhotoOrAlbum { .. }
            | Event::PicWeixin { .. }
            | Event::LocationSelect { .. }
            | Event::SubscribeMsgPopup(_)
            | Event::SubscribeMsgChange(_)
            | Event::UserEnterTempSession { .. } => true,
            Event::TemplateSendJobFinish { .. }
            | Event::MassSendJobFinish(_)
            | Event::PublishJobFinish(_)
            | Event::SubscribeMsgSent(_)
            | Event::UserInfoModified(_)
            | Event::UserAuthorizationRevoke { .. }
            | Event::UserAuthorizationCancellation(_)
            | Event::KfCreateSession { .. }
            | Event::KfCloseSession { .. }
            | Event::KfSwitchSession { .. }
            | Event::GuideQrcodeScan(_)
            | Event::Card { .. }
            | Event::AccountNotice { .. }
            | Event::WxaMediaCheck(_)
            | Event::MiniNotice(_)
            | Event::TradeReminder
            | Event::TradeSettlement
            | Event::Unknown { .. } => false,
        },
    }
}

/// Somebody we had not heard of. Who writes to an official account follows it; a mini program has no followers.
fn met(tx: &Tx, push: &Received) -> ActiveModel {
    let follows = push.account.kind == Kind::Official
        && !matches!(push.push.body, Body::Event(Event::Unsubscribe | Event::Subscribe { .. }));
    ActiveModel {
        id: Set(tx.id()),
        account: Set(push.account.key.clone()),
        open_id: Set(push.push.from.clone()),
        state: Set(if follows { State::Following } else { State::Known }),
        // Any follow or leave that WeChat reports is later news than this guess.
        state_at: Set(DateTime::<Utc>::UNIX_EPOCH),
        follows: Set(0),
        tag_ids: Set(serde_json::json!([])),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
        ..Default::default()
    }
}

async fn followed(tx: &Tx, push: &Received, scene: Option<&str>) -> Result<i32> {
    let (account, open_id, at) = (&push.account.key, &push.push.from, push.sent_at());
    let Some(before) = find(tx.db(), account, open_id).await? else { return Ok(1) };
    // Counted by the database, because another unit of work may be counting, too.
    let changed = Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Following))
        .col_expr(Column::StateAt, Expr::value(at))
        .col_expr(Column::Follows, Expr::col(Column::Follows).add(1))
        .col_expr(Column::Scene, Expr::value(scene))
        .col_expr(Column::FirstFollowedAt, Expr::col(Column::FirstFollowedAt).if_null(at))
        .col_expr(Column::UpdatedAt, Expr::value(tx.now()))
        .filter(unless_overtaken(&before, at))
        .exec_with_returning(tx.db())
        .await?;
    let Some(row) = changed.into_iter().next() else { return Ok(before.follows.saturating_add(1)) };
    tx.emit(&Followed {
        account: account.clone(),
        open_id: open_id.clone(),
        times: row.follows,
        scene: scene.map(str::to_owned),
    })?;
    Ok(row.follows)
}

async fn left(tx: &Tx, push: &Received) -> Result<()> {
    let (account, open_id, at) = (&push.account.key, &push.push.from, push.sent_at());
    let Some(before) = find(tx.db(), account, open_id).await? else { return Ok(()) };
    let changed = Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Gone))
        .col_expr(Column::StateAt, Expr::value(at))
        .col_expr(Column::UpdatedAt, Expr::value(tx.now()))
        .filter(unless_overtaken(&before, at))
        .exec(tx.db())
        .await?;
    if changed.rows_affected == 1 && before.state != State::Gone {
        tx.emit(&Left { account: account.clone(), open_id: open_id.clone() })?;
    }
    Ok(())
}

/// A push about an earlier moment than the one the state comes from changes nothing. Those of one second count in the
/// order in which they arrive.
fn unless_overtaken(before: &Model, at: Time) -> sea_orm::Condition {
    sea_orm::Condition::all().add(Column::Id.eq(before.id)).add(Column::StateAt.lte(at))
}
