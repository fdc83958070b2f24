//! Members who get nothing until staff have looked at them: because staff say so, or because WeChat sees a risk (pay
//! sheet section 9, rule 11).

use entity::{
    rewards::block::{Column, Entity, Model},
    types::{MemberId, StaffId},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::OnConflict};

use crate::{error::Result, identity::own, infra::db::Tx};

/// What a rule says of members of whom WeChat warns.
pub(super) const RISK: &str = "risk";
/// What it says when staff do.
const STAFF: &str = "staff";

/// Holds a member back. Who is held back already stays so for the first reason.
///
/// # Errors
/// [`Code::NotFound`](crate::error::Code::NotFound) when there is no such member.
pub async fn block(tx: &Tx, member: MemberId, reason: &str, staff: Option<StaffId>) -> Result<()> {
    let member = own(tx, member).await?;
    let code = if staff.is_some() { STAFF } else { RISK };
    let row =
        Model { member_id: member, code: code.to_owned(), reason: reason.to_owned(), staff_id: staff, at: tx.now() };
    let unless_blocked = OnConflict::column(Column::MemberId).do_nothing().to_owned();
    Entity::insert(row.into_active_model())
        .on_conflict(unless_blocked)
        .try_insert()
        .exec_without_returning(tx.db())
        .await?;
    Ok(())
}

/// Lets a member have things again. Says whether they were held back.
///
/// # Errors
/// When the database does not answer.
pub async fn release(tx: &Tx, member: MemberId) -> Result<bool> {
    let rows = Entity::delete_many().filter(Column::MemberId.eq(member));
    Ok(rows.exec(tx.db()).await?.rows_affected > 0)
}

/// Why a member is held back, if they are.
///
/// # Errors
/// When the database does not answer.
pub async fn of(db: &impl ConnectionTrait, member: MemberId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(member).one(db).await?)
}
