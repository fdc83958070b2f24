//! Purchases among what belongs to a person. When a member is forgotten they stay countable, and their numbers are blanked,
//! by which a shop would find its customer.

use entity::orders::{
    purchase::{Column, Entity},
    refund,
};
use futures_util::future::FutureExt;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use serde_json::json;

use super::record;
use crate::identity::{
    belonging::{Belonging, OnMerge},
    names,
    owned::nobody_left,
};

/// What a member bought.
pub const PURCHASES: Belonging = Belonging {
    table: "purchase",
    begin: None,
    on_merge: OnMerge::Move { id: "id", owner: "member_id" },
    erase: |tx, owner, data| {
        async move {
            let Some(member) = nobody_left(tx, owner, data).await? else { return Ok(0) };
            let theirs = Entity::find().filter(Column::MemberId.is_in(names(tx.db(), member).await?));
            let rows = theirs.all(tx.db()).await?;
            for row in &rows {
                let blank = row.id.to_string();
                refund::Entity::update_many()
                    .col_expr(refund::Column::OrderNumber, Expr::value(blank.clone()))
                    .filter(refund::Column::Source.eq(&row.source))
                    .filter(refund::Column::OrderNumber.eq(&row.number))
                    .exec(tx.db())
                    .await?;
                Entity::update_many()
                    .col_expr(Column::Number, Expr::value(blank))
                    .filter(Column::Id.eq(row.id))
                    .exec(tx.db())
                    .await?;
            }
            Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX))
        }
        .boxed_local()
    },
    export: Some(|db, _, owner| {
        async move {
            let Some(member) = owner.member else { return Ok(Vec::new()) };
            let theirs = Entity::find().filter(Column::MemberId.is_in(names(db.read(), member).await?));
            let rows = theirs.order_by_asc(Column::Id).all(db.read()).await?;
            let back = record::refunds(db.read(), &rows).await?;
            let refunded = |row: &entity::orders::purchase::Model| -> i64 {
                let of = back.iter().filter(|refund| refund.source == row.source && refund.order_number == row.number);
                of.map(|refund| refund.amount_fen).sum()
            };
            let shown = |row: entity::orders::purchase::Model| {
                json!({
                    "source": row.source, "number": row.number, "amount_fen": row.amount_fen,
                    "refunded_fen": refunded(&row), "paid_at": row.paid_at,
                })
            };
            Ok(rows.into_iter().map(shown).collect())
        }
        .boxed_local()
    }),
};
