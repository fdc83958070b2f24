//! What WeChat tells of followers, written into the rows of them: whether they follow, UnionID, remark, tags, how they came.

use std::collections::HashMap;

use chrono::SubsecRound;
use entity::{
    identity::follower::{ActiveModel, Column, Entity, Model as Follower, State},
    types::{AccountKey, OpenId, UnionId},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, OnConflict},
};

use super::{events::FollowFound, forgotten, recognise::recognise};
use crate::{
    error::Result,
    infra::{clock::Time, db::Tx},
    wechat::account::users::UserInfo,
};

/// The scene of the code a person came by, as pushes write it.
fn scene(info: &UserInfo) -> Option<String> {
    let number = info.qr_scene.filter(|scene| *scene != 0).map(|scene| scene.to_string());
    filled(&info.qr_scene_str).or(number)
}

fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// Writes what WeChat says about people; gives how many rows that changed.
pub(super) async fn apply(tx: &Tx, account: &AccountKey, infos: &[&UserInfo], asked_at: Time) -> Result<i64> {
    let open_ids: Vec<OpenId> = infos.iter().map(|info| info.openid.clone()).collect();
    let known: HashMap<OpenId, Follower> = Entity::find()
        .filter(Column::Account.eq(account.clone()))
        .filter(Column::OpenId.is_in(open_ids))
        .all(tx.db())
        .await?
        .into_iter()
        .map(|row| (row.open_id.clone(), row))
        .collect();
    let unknown = infos.iter().map(|info| &info.openid).filter(|open_id| !known.contains_key(open_id));
    let forgotten = forgotten::among(tx, account, unknown).await?;
    let infos: Vec<&&UserInfo> = infos.iter().filter(|info| !forgotten.contains(&info.openid)).collect();
    let mut changed = 0;
    for info in &infos {
        changed += match known.get(&info.openid) {
            Some(row) => update(tx, row, info, asked_at).await?,
            None if info.subscribe => insert(tx, account, info).await?,
            None => 0,
        };
    }
    recognise(tx, account, infos.iter().filter_map(|info| shown(info, known.get(&info.openid))).collect()).await?;
    Ok(changed)
}

/// What WeChat tells of somebody we keep; a UnionID that it told before still holds when it tells none.
fn shown(info: &UserInfo, known: Option<&Follower>) -> Option<(OpenId, Option<UnionId>)> {
    let union_id = info.unionid.clone().or_else(|| known.and_then(|row| row.union_id.clone()));
    (info.subscribe || known.is_some()).then(|| (info.openid.clone(), union_id))
}

async fn insert(tx: &Tx, account: &AccountKey, info: &UserInfo) -> Result<i64> {
    let since = info.subscribe_time.unwrap_or(tx.now());
    let row = ActiveModel {
        id: Set(tx.id()),
        account: Set(account.clone()),
        open_id: Set(info.openid.clone()),
        union_id: Set(info.unionid.clone()),
        state: Set(State::Following),
        state_at: Set(since),
        first_followed_at: Set(Some(since)),
        follows: Set(1),
        subscribe_scene: Set(filled(&info.subscribe_scene)),
        scene: Set(scene(info)),
        remark: Set(filled(&info.remark)),
        tag_ids: Set(serde_json::to_value(&info.tagid_list)?),
        synced_at: Set(Some(tx.now())),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    let unless_known = OnConflict::columns([Column::Account, Column::OpenId]).do_nothing().to_owned();
    Entity::insert(row).on_conflict(unless_known).try_insert().exec_without_returning(tx.db()).await?;
    Ok(1)
}

/// A stored UnionID is never overwritten with nothing, and a push that is newer than the question wins over the answer;
/// so does one of the same second, as pushes tell no more than the second.
async fn update(tx: &Tx, row: &Follower, info: &UserInfo, asked_at: Time) -> Result<i64> {
    let mut update =
        Entity::update_many().col_expr(Column::SyncedAt, Expr::value(tx.now())).filter(Column::Id.eq(row.id));
    let state = if info.subscribe { State::Following } else { State::Gone };
    let moved = row.state != state
        && row.state_at < asked_at.trunc_subsecs(0)
        && (info.subscribe || row.state == State::Following);
    let since = info.subscribe_time.unwrap_or(asked_at);
    if moved {
        update = update
            .col_expr(Column::State, Expr::value(state))
            .col_expr(Column::StateAt, Expr::value(since))
            .filter(Column::StateAt.eq(row.state_at));
    }
    let union_id = info.unionid.clone().or_else(|| row.union_id.clone());
    let tag_ids = serde_json::to_value(&info.tagid_list)?;
    let told = info.subscribe
        && (union_id != row.union_id
            || filled(&info.remark) != row.remark
            || tag_ids != row.tag_ids
            || filled(&info.subscribe_scene) != row.subscribe_scene);
    if told {
        update = update
            .col_expr(Column::UnionId, Expr::value(union_id))
            .col_expr(Column::Remark, Expr::value(filled(&info.remark)))
            .col_expr(Column::TagIds, Expr::value(tag_ids))
            .col_expr(Column::SubscribeScene, Expr::value(filled(&info.subscribe_scene)));
    }
    if moved || told {
        update = update.col_expr(Column::UpdatedAt, Expr::value(tx.now()));
    }
    let updated = update.exec(tx.db()).await?.rows_affected == 1;
    if moved && updated {
        let (account, open_id) = (row.account.clone(), row.open_id.clone());
        tx.emit(&FollowFound { account, open_id, follows: info.subscribe, at: since })?;
    }
    Ok(i64::from(moved || told))
}
