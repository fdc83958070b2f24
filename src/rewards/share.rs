//! Shares of campaigns that were split beforehand. Each is given once; one that came back is given again.

use entity::{
    rewards::share::{Column, Entity, Model},
    types::{CampaignId, GrantId},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    sea_query::Expr,
};

use crate::{error::Result, infra::db::Tx};

/// So many rows are written at once; SQLite takes 32,766 values in a statement.
const AT_ONCE: usize = 5_000;

/// Writes the shares of a campaign.
pub(super) async fn write(tx: &Tx, campaign: CampaignId, amounts: &[i64]) -> Result<()> {
    let mut number = 0;
    for part in amounts.chunks(AT_ONCE) {
        let mut rows = Vec::with_capacity(part.len());
        for amount in part {
            number += 1;
            rows.push(Model { campaign_id: campaign, number, amount: *amount, grant_id: None }.into_active_model());
        }
        tx.db().execute(&tx.insert(rows)?).await?;
    }
    Ok(())
}

/// Takes away shares that nobody has, before they are split anew. Says whether somebody has one.
pub(super) async fn clear(tx: &Tx, campaign: CampaignId) -> Result<bool> {
    let all = || Column::CampaignId.eq(campaign);
    if Entity::find().filter(all()).filter(Column::GrantId.is_not_null()).count(tx.db()).await? > 0 {
        return Ok(true);
    }
    Entity::delete_many().filter(all()).exec(tx.db()).await?;
    Ok(false)
}

/// Takes the first share that is free. Whoever calls holds the counter of the campaign, so that nobody else takes it
/// meanwhile; the condition makes sure.
pub(super) async fn take(tx: &Tx, campaign: CampaignId, grant: GrantId) -> Result<Option<Model>> {
    let free = Entity::find().filter(Column::CampaignId.eq(campaign)).filter(Column::GrantId.is_null());
    let Some(share) = free.order_by_asc(Column::Number).one(tx.db()).await? else { return Ok(None) };
    let taken = Entity::update_many()
        .col_expr(Column::GrantId, Expr::value(grant))
        .filter(Column::CampaignId.eq(campaign))
        .filter(Column::Number.eq(share.number))
        .filter(Column::GrantId.is_null());
    Ok((taken.exec(tx.db()).await?.rows_affected == 1).then_some(share))
}

/// Takes a share again that came back. Says whether it was still free.
pub(super) async fn take_again(tx: &Tx, campaign: CampaignId, number: i32, grant: GrantId) -> Result<bool> {
    let taken = Entity::update_many()
        .col_expr(Column::GrantId, Expr::value(grant))
        .filter(Column::CampaignId.eq(campaign))
        .filter(Column::Number.eq(number))
        .filter(Column::GrantId.is_null());
    Ok(taken.exec(tx.db()).await?.rows_affected == 1)
}

/// Lets somebody else have the share of a grant.
pub(super) async fn give_back(tx: &Tx, campaign: CampaignId, grant: GrantId) -> Result<()> {
    let nobody: Option<GrantId> = None;
    Entity::update_many()
        .col_expr(Column::GrantId, Expr::value(nobody))
        .filter(Column::CampaignId.eq(campaign))
        .filter(Column::GrantId.eq(grant))
        .exec(tx.db())
        .await?;
    Ok(())
}
