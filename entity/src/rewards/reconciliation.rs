//! One day of one merchant, held against WeChat's bill. There is one row for each.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait, StringLen,
};

use crate::types::{Fen, MerchantKey, ReconciliationId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reconciliation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReconciliationId,
    pub merchant: MerchantKey,
    /// The day in Asia/Shanghai.
    pub day: NaiveDate,
    pub state: State,
    /// Why there is no bill yet, in a word.
    pub code: Option<String>,
    /// How often the bill was asked for, ever: whoever asks counts it, and stops when somebody else has.
    pub runs: i32,
    /// How often it was asked for since somebody last wanted it.
    pub attempts: i32,
    /// When it is asked for next; none once it is settled.
    pub next_at: Option<DateTime<Utc>>,
    /// Movements of payouts in the bill.
    pub there_count: i64,
    /// What went out by them.
    pub there_out: Fen,
    /// What came back by them.
    pub there_in: Fen,
    /// Movements that the payouts should have in this bill.
    pub here_count: i64,
    pub here_out: Fen,
    pub here_in: Fen,
    /// Movements of other business of the merchant.
    pub other_count: i64,
    pub other_out: Fen,
    pub other_in: Fen,
    pub created_at: DateTime<Utc>,
    /// When the whole bill was there.
    pub fetched_at: Option<DateTime<Utc>>,
    pub done_at: Option<DateTime<Utc>>,
}

/// How far it is.
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
#[schema(as = ReconciliationState)]
pub enum State {
    /// There is no bill yet.
    Waiting,
    /// The bill is being fetched.
    Fetching,
    /// The bill is there and is being held against the payouts.
    Matching,
    /// Bill and payouts say the same.
    Balanced,
    /// They do not; each difference is a case.
    Different,
    /// There is no bill, and asking again does not help.
    Unavailable,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
