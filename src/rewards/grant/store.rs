//! The rows of grants.

use entity::{
    rewards::grant::{Column, Entity, Model, State},
    types::{CampaignId, GrantId, MemberId},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};

use crate::{
    error::{Code, Error, Result},
    http::page::PageQuery,
    identity::within,
    infra::{clock::Time, db::Tx},
    stores::Scope,
};

/// The grant that came of a cause.
pub(super) async fn by_key(db: &impl ConnectionTrait, key: &str) -> Result<Option<Model>> {
    Ok(Entity::find().filter(Column::Key.eq(key)).one(db).await?)
}

/// The grant of this id.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn get(db: &impl ConnectionTrait, id: GrantId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(|| Error::new(Code::NotFound))
}

/// Which grants.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Only those of this member.
    pub member: Option<MemberId>,
    /// Only those of this campaign.
    pub campaign: Option<CampaignId>,
    /// Only those in this state.
    pub state: Option<State>,
    /// None that were refused.
    pub without_refused: bool,
}

/// Grants of members of a scope, the latest first.
///
/// # Errors
/// When the cursor is not ours, or the database does not answer.
pub async fn list(db: &impl ConnectionTrait, scope: Scope, filter: Filter, page: &PageQuery) -> Result<Vec<Model>> {
    let mut rows = Entity::find().filter(within(scope, Column::MemberId));
    if let Some(member) = filter.member {
        rows = rows.filter(Column::MemberId.eq(member));
    }
    if let Some(campaign) = filter.campaign {
        rows = rows.filter(Column::CampaignId.eq(campaign));
    }
    if let Some(state) = filter.state {
        rows = rows.filter(Column::State.eq(state));
    }
    if filter.without_refused {
        rows = rows.filter(Column::State.ne(State::Refused));
    }
    if let Some(cursor) = page.after()? {
        rows = rows.filter(cursor.beyond(Column::CreatedAt, Column::Id));
    }
    Ok(rows.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).limit(page.fetch()).all(db).await?)
}

/// Takes a grant from one state to another, if it is still in the first.
pub(in crate::rewards) async fn change(tx: &Tx, id: GrantId, from: State, to: State) -> Result<bool> {
    let settled = matches!(to, State::Given | State::Returned | State::Lapsed | State::Refused);
    let changed = Entity::update_many()
        .col_expr(Column::State, Expr::value(to))
        .col_expr(Column::SettledAt, Expr::value(settled.then_some(tx.now())))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(from))
        .exec(tx.db())
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Grants that nobody has claimed in time.
pub(in crate::rewards) async fn unclaimed(tx: &Tx, limit: u64) -> Result<Vec<Model>> {
    let late = Entity::find().filter(Column::State.eq(State::Claimable)).filter(Column::ClaimUntil.lte(tx.now()));
    Ok(late.order_by_asc(Column::ClaimUntil).limit(limit).all(tx.db()).await?)
}

/// How many grants of members of a scope were not refused, of those from one moment up to another.
///
/// # Errors
/// When the database does not answer.
pub async fn given_between(db: &impl ConnectionTrait, scope: Scope, from: Time, until: Time) -> Result<u64> {
    let given = Entity::find()
        .filter(within(scope, Column::MemberId))
        .filter(Column::CreatedAt.gte(from))
        .filter(Column::CreatedAt.lt(until));
    Ok(given.filter(Column::State.ne(State::Refused)).count(db).await?)
}
