//! How far the invitations of a program came. Whoever came further counts for the steps before, too.

use entity::{
    referral::invitation::{Column, Entity, State},
    types::ReferralProgramId,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
    sea_query::{Expr, Func},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::{Error, Result};

/// How many invitations came to each step, and how many ended otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult, Serialize, ToSchema)]
#[schema(as = ReferralFunnel)]
pub struct Funnel {
    /// Somebody was seen with a code.
    pub seen: i64,
    /// They did something of their own.
    pub registered: i64,
    /// WeChat has checked their phone, or they came further.
    pub phone: i64,
    /// They did all that the rules ask for.
    pub qualified: i64,
    /// And it held.
    pub matured: i64,
    /// What it earned was given.
    pub rewarded: i64,
    /// Held by the guard now, however far they came.
    pub held: i64,
    /// Refused, however far they came.
    pub refused: i64,
    /// Reversed, however far they came.
    pub reversed: i64,
}

/// The steps in order, by the moment at which each was reached.
const STEPS: [(&str, Column); 5] = [
    ("registered", Column::RegisteredAt),
    ("phone", Column::PhoneAt),
    ("qualified", Column::QualifiedAt),
    ("matured", Column::MaturedAt),
    ("rewarded", Column::RewardedAt),
];

/// How far the invitations of a program came.
///
/// # Errors
/// When the database does not answer.
pub async fn of(db: &impl ConnectionTrait, program: ReferralProgramId) -> Result<Funnel> {
    let mut rows = Entity::find().select_only().column_as(Column::Id.count(), "seen");
    let mut came = Condition::any();
    for (name, at) in STEPS.into_iter().rev() {
        came = came.add(at.is_not_null());
        let those = Expr::case(came.clone(), Expr::col(Column::Id));
        rows = rows.expr_as(Func::count(those), name);
    }
    for (name, state) in [("held", State::Held), ("refused", State::Refused), ("reversed", State::Reversed)] {
        let those = Expr::case(Column::State.eq(state), Expr::col(Column::Id));
        rows = rows.expr_as(Func::count(those), name);
    }
    let funnel = rows.filter(Column::ProgramId.eq(program)).into_model::<Funnel>().one(db).await?;
    funnel.ok_or_else(|| Error::internal("counts of nothing are a row"))
}
