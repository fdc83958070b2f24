//! The raw rows of notifications.

use chrono::TimeDelta;
use entity::{
    types::MerchantKey,
    wechat::pay_notification::{ActiveModel, Column, Entity, Model},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, TryInsertResult, sea_query::Expr};

use super::notice::Envelope;
use crate::{
    error::Result,
    infra::db::{Db, Tx},
};

/// Stores a notification as it came. False when it was stored before.
pub(super) async fn keep(tx: &Tx, merchant: &MerchantKey, envelope: &Envelope, body: String) -> Result<bool> {
    let row = ActiveModel {
        merchant: Set(merchant.clone()),
        id: Set(envelope.id.clone()),
        kind: Set(envelope.event_type.clone()),
        body: Set(body),
        received_at: Set(tx.now()),
        handled: Set(false),
    };
    let kept = Entity::insert(row).on_conflict_do_nothing().exec_without_returning(tx.db()).await?;
    Ok(matches!(kept, TryInsertResult::Inserted(1)))
}

/// One that waits to be handled.
pub(super) async fn waiting(db: &Db, merchant: &MerchantKey, id: &str) -> Result<Option<Model>> {
    let row = Entity::find_by_id((merchant.clone(), id.to_owned())).filter(Column::Handled.eq(false));
    Ok(row.one(db.read()).await?)
}

/// Marks one as handled. False when it was before.
pub(super) async fn handled(tx: &Tx, merchant: &MerchantKey, id: &str) -> Result<bool> {
    let first = Entity::update_many()
        .col_expr(Column::Handled, Expr::value(true))
        .filter(Column::Merchant.eq(merchant.clone()))
        .filter(Column::Id.eq(id))
        .filter(Column::Handled.eq(false))
        .exec(tx.db())
        .await?;
    Ok(first.rows_affected == 1)
}

/// Forgets handled ones that are older than this. Gives how many.
pub(super) async fn forget(tx: &Tx, older_than: TimeDelta) -> Result<u64> {
    let before = tx.now() - older_than;
    let old = Entity::delete_many().filter(Column::ReceivedAt.lt(before)).filter(Column::Handled.eq(true));
    Ok(old.exec(tx.db()).await?.rows_affected)
}
