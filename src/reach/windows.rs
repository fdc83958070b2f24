//! Windows: what a person's action allows us to send, how much and until when (protocol section 7.1).
//!
//! They are opened by verified pushes only. The count is ours; WeChat is the judge, and its refusal closes a window.

use std::{collections::BTreeMap, time::Duration};

use chrono::TimeDelta;
use entity::{
    reach::window::{ActiveModel, Column, Entity, Model, Trigger},
    types::{AccountKey, OpenId},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, OnConflict},
};

use crate::{
    error::Result,
    infra::{clock::Time, config::Windows, db::Tx},
    wechat::{
        intake::Received,
        message::{Body, Event},
    },
};

/// Opens the windows that the pushes grant; a leave closes all.
///
/// # Errors
/// When the database does not answer.
pub async fn opened(tx: &Tx, pushes: &[&Received], settings: &Windows) -> Result<()> {
    // One row per person and trigger, in one order everywhere, so that two nodes never wait for each other in a circle.
    let mut rows = BTreeMap::new();
    for push in pushes {
        let Some(trigger) = trigger(&push.push.body) else { continue };
        let at = push.sent_at();
        let (allowed, life) = allowance(trigger, settings);
        let row = ActiveModel {
            account: Set(push.account.key.clone()),
            open_id: Set(push.push.from.clone()),
            trigger: Set(trigger),
            opened_at: Set(at),
            closes_at: Set(at + TimeDelta::from_std(life).unwrap_or_default()),
            allowed: Set(i32::try_from(allowed).unwrap_or(i32::MAX)),
            used: Set(0),
        };
        let place = (push.account.key.clone(), push.push.from.clone(), order(trigger));
        let newest = rows.get(&place).is_none_or(|(known, _)| *known <= at);
        if newest {
            rows.insert(place, (at, row));
        }
    }
    if !rows.is_empty() {
        let renew = OnConflict::columns([Column::Account, Column::OpenId, Column::Trigger])
            .update_columns([Column::OpenedAt, Column::ClosesAt, Column::Allowed, Column::Used])
            .action_and_where(Expr::cust("excluded.opened_at >= reach_window.opened_at"))
            .to_owned();
        let rows = rows.into_values().map(|(_, row)| row);
        tx.db().execute(tx.insert(rows)?.on_conflict(renew)).await?;
    }
    for push in pushes.iter().filter(|push| matches!(push.push.body, Body::Event(Event::Unsubscribe))) {
        close(tx, &push.account.key, &push.push.from).await?;
    }
    Ok(())
}

/// The windows of a person that are open at `now` and have something left, those that close first at the front.
///
/// # Errors
/// When the database does not answer.
pub async fn open(db: &impl ConnectionTrait, account: &AccountKey, open_id: &OpenId, now: Time) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::Account.eq(account.clone()))
        .filter(Column::OpenId.eq(open_id.clone()))
        .filter(Column::ClosesAt.gt(now))
        .filter(Expr::col(Column::Used).lt(Expr::col(Column::Allowed)))
        .order_by_asc(Column::ClosesAt)
        .all(db)
        .await?)
}

/// Uses one message of the window that closes first. False when none is open.
///
/// # Errors
/// When the database does not answer.
pub async fn take_one(tx: &Tx, account: &AccountKey, open_id: &OpenId) -> Result<bool> {
    for window in open(tx.db(), account, open_id, tx.now()).await? {
        let taken = Entity::update_many()
            .col_expr(Column::Used, Expr::col(Column::Used).add(1))
            .filter(Column::Account.eq(account.clone()))
            .filter(Column::OpenId.eq(open_id.clone()))
            .filter(Column::Trigger.eq(window.trigger))
            .filter(Expr::col(Column::Used).lt(Expr::col(Column::Allowed)))
            .exec(tx.db())
            .await?;
        if taken.rows_affected == 1 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Gives back one message that was not sent, to the open window that closes first.
///
/// # Errors
/// When the database does not answer.
pub async fn give_back(tx: &Tx, account: &AccountKey, open_id: &OpenId) -> Result<()> {
    let used = Entity::find()
        .filter(Column::Account.eq(account.clone()))
        .filter(Column::OpenId.eq(open_id.clone()))
        .filter(Column::ClosesAt.gt(tx.now()))
        .filter(Column::Used.gt(0))
        .order_by_asc(Column::ClosesAt)
        .one(tx.db())
        .await?;
    if let Some(window) = used {
        Entity::update_many()
            .col_expr(Column::Used, Expr::col(Column::Used).sub(1))
            .filter(Column::Account.eq(account.clone()))
            .filter(Column::OpenId.eq(open_id.clone()))
            .filter(Column::Trigger.eq(window.trigger))
            .filter(Column::Used.gt(0))
            .exec(tx.db())
            .await?;
    }
    Ok(())
}

/// Every window of a person, the closed ones too.
///
/// # Errors
/// When the database does not answer.
pub async fn all(db: &impl ConnectionTrait, account: &AccountKey, open_id: &OpenId) -> Result<Vec<Model>> {
    let theirs = Entity::find().filter(Column::Account.eq(account.clone())).filter(Column::OpenId.eq(open_id.clone()));
    Ok(theirs.all(db).await?)
}

/// Closes every window of a person: they left, or WeChat says that nothing may be sent.
///
/// # Errors
/// When the database does not answer.
pub async fn close(tx: &Tx, account: &AccountKey, open_id: &OpenId) -> Result<u64> {
    let theirs =
        Entity::delete_many().filter(Column::Account.eq(account.clone())).filter(Column::OpenId.eq(open_id.clone()));
    Ok(theirs.exec(tx.db()).await?.rows_affected)
}

/// Which window a push opens. A tap on an item of a menu message counts as a menu tap.
fn trigger(body: &Body) -> Option<Trigger> {
    match body {
        Body::Text { menu_id: Some(_), .. } => Some(Trigger::Menu),
        Body::Text { .. }
        | Body::Image { .. }
        | Body::Voice { .. }
        | Body::Video { .. }
        | Body::ShortVideo { .. }
        | Body::Location { .. }
        | Body::Link { .. }
        | Body::MiniProgramPage { .. } => Some(Trigger::Message),
        Body::Event(Event::Subscribe { .. }) => Some(Trigger::Follow),
        Body::Event(Event::Scan { .. }) => Some(Trigger::Scan),
        Body::Event(Event::Click { .. } | Event::ScancodePush(_) | Event::ScancodeWaitmsg(_)) => Some(Trigger::Menu),
        Body::Event(Event::UserEnterTempSession { .. }) => Some(Trigger::Enter),
        Body::Event(_) | Body::Unknown { .. } => None,
    }
}

fn allowance(trigger: Trigger, settings: &Windows) -> (u32, Duration) {
    match trigger {
        Trigger::Message => (settings.message_count, settings.message_for),
        Trigger::Menu => (settings.menu_count, settings.menu_for),
        Trigger::Follow => (settings.follow_count, settings.follow_for),
        Trigger::Scan => (settings.scan_count, settings.scan_for),
        Trigger::Enter => (settings.enter_count, settings.enter_for),
    }
}

fn order(trigger: Trigger) -> u8 {
    match trigger {
        Trigger::Message => 0,
        Trigger::Menu => 1,
        Trigger::Follow => 2,
        Trigger::Scan => 3,
        Trigger::Enter => 4,
    }
}
