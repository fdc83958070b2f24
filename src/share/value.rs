//! What the shares of a member bring in a campaign: sums over visits, written anew whenever one of them changes. With what
//! visitors of their visitors open it is what the social score of a member is made of (R92).

use entity::{
    share::{
        value::{Column, Entity, Model},
        visit::{self, Model as Visit, State},
    },
    types::{MemberId, ShareCampaignId},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, LockType, OnConflict},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::counts;
use crate::{
    error::Result,
    identity::{names, within},
    infra::db::Tx,
    stores::Scope,
};

/// By what members are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ShareValueOrder)]
pub enum By {
    /// Visitors.
    Visits,
    /// Visitors of visitors.
    Second,
    /// Visitors who registered.
    Registered,
    /// What visitors bought.
    Value,
}

/// What of a visit stands in the values of others.
pub(super) fn figures(row: &Visit) -> impl PartialEq + use<> {
    let counts = counts(row.state);
    (row.sharer, row.second, counts, row.registered_at.is_some(), row.purchased_at.is_some(), row.value_fen)
}

#[derive(FromQueryResult)]
struct Sum {
    visits: i64,
    registered: i64,
    purchases: i64,
    value_fen: i64,
}

/// Writes the value of a member anew, and holds it until the unit of work ends.
pub(super) async fn settle(tx: &Tx, campaign: ShareCampaignId, member: MemberId) -> Result<()> {
    let row = Model {
        campaign_id: campaign,
        member,
        visits: 0,
        second: 0,
        registered: 0,
        purchases: 0,
        value_fen: 0,
        updated_at: tx.now(),
    };
    let unless_known = OnConflict::columns([Column::CampaignId, Column::Member]).do_nothing().to_owned();
    let insert = Entity::insert(row.into_active_model()).on_conflict(unless_known).try_insert();
    insert.exec_without_returning(tx.db()).await?;
    Entity::find_by_id((campaign, member)).lock(LockType::Update).one(tx.db()).await?;
    let (sum, second) = sum(tx.db(), campaign, member).await?;
    Entity::update_many()
        .col_expr(Column::Visits, Expr::value(sum.visits))
        .col_expr(Column::Second, Expr::value(second))
        .col_expr(Column::Registered, Expr::value(sum.registered))
        .col_expr(Column::Purchases, Expr::value(sum.purchases))
        .col_expr(Column::ValueFen, Expr::value(sum.value_fen))
        .col_expr(Column::UpdatedAt, Expr::value(tx.now()))
        .filter(Column::CampaignId.eq(campaign))
        .filter(Column::Member.eq(member))
        .exec(tx.db())
        .await?;
    Ok(())
}

async fn sum(db: &impl ConnectionTrait, campaign: ShareCampaignId, member: MemberId) -> Result<(Sum, i64)> {
    use visit::{Column, Entity};
    let counting = || {
        Entity::find()
            .select_only()
            .column_as(Column::Id.count(), "visits")
            .filter(Column::CampaignId.eq(campaign))
            .filter(Column::State.is_in([State::Counted, State::Rewarded]))
    };
    let own = counting()
        .column_as(Column::RegisteredAt.count(), "registered")
        .column_as(Column::PurchasedAt.count(), "purchases")
        // PostgreSQL adds whole numbers up to a decimal one.
        .column_as(Column::ValueFen.sum().if_null(0).cast_as("BIGINT"), "value_fen")
        .filter(Column::Sharer.eq(member));
    let none = Sum { visits: 0, registered: 0, purchases: 0, value_fen: 0 };
    let own = own.into_model::<Sum>().one(db).await?.unwrap_or(none);
    let second = counting().filter(Column::Second.eq(member)).into_tuple::<i64>().one(db).await?;
    Ok((own, second.unwrap_or(0)))
}

/// The members of a scope whose shares brought most in a campaign.
///
/// # Errors
/// When the database does not answer.
pub async fn top(
    db: &impl ConnectionTrait,
    scope: Scope,
    campaign: ShareCampaignId,
    by: By,
    most: u64,
) -> Result<Vec<Model>> {
    let column = match by {
        By::Visits => Column::Visits,
        By::Second => Column::Second,
        By::Registered => Column::Registered,
        By::Value => Column::ValueFen,
    };
    let rows = Entity::find().filter(within(scope, Column::Member));
    let rows = rows.filter(Column::CampaignId.eq(campaign)).filter(column.gt(0));
    Ok(rows.order_by_desc(column).order_by_asc(Column::Member).limit(most).all(db).await?)
}

/// What the shares of a member brought, campaign by campaign, under whichever of their names.
///
/// # Errors
/// When the database does not answer.
pub async fn of(db: &impl ConnectionTrait, member: MemberId) -> Result<Vec<Model>> {
    let rows = Entity::find().filter(Column::Member.is_in(names(db, member).await?));
    Ok(rows.order_by_asc(Column::CampaignId).order_by_asc(Column::Member).all(db).await?)
}
