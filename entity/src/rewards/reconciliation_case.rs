//! A difference between a bill and the payouts, to the fen. It is found once; only what became of it changes.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait, StringLen,
};

use super::payout;
use crate::types::{Fen, MerchantKey, PayoutId, ReconciliationCaseId, StaffId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reconciliation_case")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReconciliationCaseId,
    pub merchant: MerchantKey,
    /// The day in whose bill the difference is.
    pub day: NaiveDate,
    pub kind: Kind,
    /// Our number. Unique within merchant, day and kind.
    pub number: String,
    /// The payout; none when nobody knows the number.
    pub payout_id: Option<PayoutId>,
    /// How far the payout was when the difference was found.
    pub payout_state: Option<payout::State>,
    /// How many movements the payout should have that the bill has otherwise or not at all.
    pub movements: i32,
    /// How many lines of the bill are named.
    pub lines: i32,
    /// What went out by our books.
    pub here_out: Fen,
    /// What came back by our books.
    pub here_in: Fen,
    /// What went out by the bill.
    pub there_out: Fen,
    /// What came back by the bill.
    pub there_in: Fen,
    pub state: State,
    /// Why it is closed.
    pub reason: Option<String>,
    /// Who settled it; none when a later bill explained it.
    pub staff_id: Option<StaffId>,
    pub found_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
}

/// What is different.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    EnumIter,
    DeriveActiveEnum,
    serde::Serialize,
    serde::Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
#[schema(as = ReconciliationCaseKind)]
pub enum Kind {
    /// The payout moved money, and the bill does not have it.
    MissingThere,
    /// The bill has a number of ours that no payout has.
    MissingHere,
    /// Both have it, with other amounts.
    Amount,
    /// The bill has money coming back that did not come back by our books.
    Refund,
    /// The bill moved money for a payout that moved none.
    State,
    /// The bill has the same movement more than once.
    Twice,
}

/// What became of it.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    EnumIter,
    DeriveActiveEnum,
    serde::Serialize,
    serde::Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))", rename_all = "snake_case")]
#[schema(as = ReconciliationCaseState)]
pub enum State {
    /// Nobody knows why yet.
    Open,
    /// It is no difference any more: a later bill, or the end of the payout, explains it.
    Explained,
    /// It is one, and staff have said why.
    Settled,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
