//! What a try changes: windows, permits, tries and messages, each by compare-and-set. Windows and permits come first and
//! messages last, everywhere, so that two units of work do not wait for each other in a circle.

use entity::{
    reach::{
        delivery::{self, Channel},
        message::{ActiveModel, Column, Entity, Model, State},
    },
    types::{DeliveryId, ReachMessageId},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    attempt::{closes_windows, unfollowed},
    events::Said,
    permits::{self, Permit},
    rules::Route,
    windows,
};
use crate::{
    error::{Code, Error, Result},
    identity::sync::RefreshFollower,
    infra::db::Tx,
};

/// Takes what a way uses up. False when nothing is left of it.
pub(super) async fn take(tx: &Tx, route: &Route, long_term: bool) -> Result<bool> {
    match (route.channel, &route.template_id) {
        (Channel::Custom, _) => windows::take_one(tx, &route.account, &route.open_id).await,
        (Channel::Subscription, Some(template)) => permits::take_one(tx, permit(route, template, long_term)).await,
        _ => Ok(true),
    }
}

/// Gives back what a try did not use up; where WeChat says that there was nothing, our count follows.
pub(super) async fn give_back(tx: &Tx, route: &Route, long_term: bool, errcode: i64) -> Result<()> {
    match (route.channel, &route.template_id) {
        (Channel::Custom, _) if closes_windows(route.channel, errcode) => {
            windows::close(tx, &route.account, &route.open_id).await?;
        }
        (Channel::Custom, _) => windows::give_back(tx, &route.account, &route.open_id).await?,
        (Channel::Subscription, Some(template)) => {
            let permit = permit(route, template, long_term);
            match errcode {
                43101 => permits::exhausted(tx, permit).await?,
                _ => permits::give_back(tx, permit).await?,
            }
        }
        _ => {}
    }
    if unfollowed(errcode) {
        // WeChat knows better who follows; it is asked again.
        tx.enqueue(RefreshFollower { account: route.account.clone(), open_id: route.open_id.clone() })?;
    }
    Ok(())
}

fn permit<'a>(route: &'a Route, template_id: &'a str, long_term: bool) -> Permit<'a> {
    Permit { account: &route.account, open_id: &route.open_id, template_id, long_term }
}

/// Writes a try down: as on its way, or as one that was not even begun.
pub(super) async fn write_down(
    tx: &Tx,
    row: &Model,
    (id, route): (DeliveryId, &Route),
    said: serde_json::Value,
    refused: Option<&str>,
) -> Result<()> {
    let state = if refused.is_some() { delivery::State::Refused } else { delivery::State::Sending };
    let delivery = delivery::ActiveModel {
        id: Set(id),
        account: Set(route.account.clone()),
        open_id: Set(route.open_id.clone()),
        channel: Set(route.channel),
        message: Set(said),
        state: Set(state),
        reason: Set(refused.map(str::to_owned)),
        created_at: Set(tx.now()),
        settled_at: Set(refused.map(|_| tx.now())),
        message_id: Set(Some(row.id)),
        template_id: Set(route.template_id.clone()),
        ..Default::default()
    };
    delivery::Entity::insert(delivery).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// A message leaves: from now on it counts.
pub(super) async fn leave(tx: &Tx, row: &Model) -> Result<()> {
    let leaving = Entity::update_many()
        .set(ActiveModel { state: Set(State::Sending), left_at: Set(Some(tx.now())), ..Default::default() })
        .filter(Column::Id.eq(row.id))
        .filter(Column::State.eq(State::Queued));
    match leaving.exec(tx.db()).await?.rows_affected {
        1 => Ok(()),
        // Somebody else took it meanwhile: this unit of work has done nothing.
        _ => Err(Error::new(Code::Conflict)),
    }
}

/// A call was cut off: it may have arrived.
pub(super) async fn cut_off(tx: &Tx, message: ReachMessageId) -> Result<()> {
    let tries = delivery::Entity::update_many()
        .col_expr(delivery::Column::State, Expr::value(delivery::State::Unknown))
        .col_expr(delivery::Column::Reason, Expr::value("cut_off"))
        .col_expr(delivery::Column::SettledAt, Expr::value(tx.now()))
        .filter(delivery::Column::MessageId.eq(message))
        .filter(delivery::Column::State.eq(delivery::State::Sending));
    for row in tries.exec_with_returning(tx.db()).await? {
        if row.channel == delivery::Channel::Custom {
            tx.emit(&Said { delivery: row.id, account: row.account, open_id: row.open_id })?;
        }
    }
    change(tx, message, &[State::Sending], State::Unknown, Some("cut_off")).await.map(drop)
}

/// Moves a message on, if it still stands in one of these states.
pub(super) async fn change(
    tx: &Tx,
    message: ReachMessageId,
    from: &[State],
    to: State,
    reason: Option<&str>,
) -> Result<bool> {
    let over = !matches!(to, State::Queued | State::Sending);
    let moved = Entity::update_many()
        .col_expr(Column::State, Expr::value(to))
        .col_expr(Column::Reason, Expr::value(reason))
        .col_expr(Column::SettledAt, Expr::value(over.then_some(tx.now())))
        .filter(Column::Id.eq(message))
        .filter(Column::State.is_in(from.iter().copied()))
        .exec(tx.db())
        .await?;
    Ok(moved.rows_affected == 1)
}
