//! Caps: the most that a rule gives a member in a period. What was given counts, whatever becomes of it: otherwise
//! earning and giving back in turns would go round it.

use entity::{
    points::counter::{ActiveModel, Column, Entity, Period},
    types::{MemberId, Points},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter,
    sea_query::{Expr, OnConflict},
};
use serde::{Deserialize, Serialize};

use super::rules::starts_on;
use crate::{error::Result, infra::db::Tx};

/// The most that may be given to a member under one name in a period.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cap {
    /// What is counted: the name of a rule, or of several that share a cap.
    pub rule: String,
    /// For how long.
    pub period: Period,
    /// How many points.
    pub most: Points,
}

/// Counts points under each cap, if there is room for them under all. Else counts nothing and gives the cap without room.
pub(super) async fn count(tx: &Tx, owner: MemberId, caps: &[Cap], points: Points) -> Result<Option<Cap>> {
    // One order for everybody, so that two do not wait for each other in a circle.
    let mut ordered: Vec<&Cap> = caps.iter().collect();
    ordered.sort_unstable();
    for (place, cap) in ordered.iter().enumerate() {
        if !raise(tx, owner, cap, points).await? {
            for counted in ordered.iter().take(place) {
                lower(tx, owner, counted, points).await?;
            }
            return Ok(Some((*cap).clone()));
        }
    }
    Ok(None)
}

async fn raise(tx: &Tx, owner: MemberId, cap: &Cap, points: Points) -> Result<bool> {
    let Ok(room) = cap.most.checked_sub(points) else { return Ok(false) };
    let row = ActiveModel {
        id: Set(tx.id()),
        member_id: Set(owner),
        rule: Set(cap.rule.clone()),
        period: Set(cap.period),
        starts_on: Set(starts_on(cap.period, tx.now())),
        given: Set(points),
    };
    let given = || Expr::col((Entity, Column::Given));
    let while_there_is_room = OnConflict::columns([Column::MemberId, Column::Rule, Column::Period, Column::StartsOn])
        .value(Column::Given, given().add(points.get()))
        .action_and_where(given().lte(room.get()))
        .to_owned();
    let counted = Entity::insert(row).on_conflict(while_there_is_room).exec_without_returning(tx.db()).await?;
    Ok(counted == 1)
}

async fn lower(tx: &Tx, owner: MemberId, cap: &Cap, points: Points) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Given, Expr::col(Column::Given).sub(points.get()))
        .filter(Column::MemberId.eq(owner))
        .filter(Column::Rule.eq(&cap.rule))
        .filter(Column::Period.eq(cap.period))
        .filter(Column::StartsOn.eq(starts_on(cap.period, tx.now())))
        .exec(tx.db())
        .await?;
    Ok(())
}
