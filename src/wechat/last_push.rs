//! When WeChat last delivered something for an account.

use entity::{
    types::AccountKey,
    wechat::push::{Column, Entity},
};
use sea_orm::{
    ConnectionTrait, EntityTrait, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, Query},
};

use crate::{error::Result, infra::clock::Time};

/// Among how many pushes of all accounts that of one is looked for.
const AMONG: u64 = 20_000;

/// When the last push of an account came; none when it had none among the latest 20,000 of all accounts.
///
/// # Errors
/// When the database does not answer.
pub async fn of(db: &impl ConnectionTrait, account: &AccountKey) -> Result<Option<Time>> {
    let latest = Entity::find().select_only().columns([Column::Account, Column::ReceivedAt]);
    let latest = latest.order_by_desc(Column::ReceivedAt).limit(AMONG).into_query();
    let mut last = Query::select();
    last.expr_as(Expr::col("received_at").max(), "at").from_subquery(latest, "latest");
    last.and_where(Expr::col("account").eq(account.clone()));
    let row = db.query_one(&last).await?;
    Ok(row.map(|row| row.try_get("", "at")).transpose()?.flatten())
}
