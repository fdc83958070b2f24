//! One movement of a budget. Rows are only ever added, and their sums are the account.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait, StringLen,
};

use crate::types::{BudgetEntryId, CampaignId, GrantId, PayoutId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "budget_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BudgetEntryId,
    pub campaign_id: CampaignId,
    /// What moves it, said once: `pyt_…:send`. Unique.
    pub key: String,
    pub movement: Movement,
    /// How much; negative only where a budget is made smaller.
    pub amount: i64,
    pub grant_id: Option<GrantId>,
    pub payout_id: Option<PayoutId>,
    pub at: DateTime<Utc>,
    /// The day in Asia/Shanghai.
    pub biz_day: NaiveDate,
}

/// From where to where it goes.
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
#[schema(as = BudgetMovement)]
pub enum Movement {
    /// Staff put it in, or took free budget out.
    Fund,
    /// Free, then reserved.
    Reserve,
    /// Reserved, then sent.
    Send,
    /// Sent, then received.
    Receive,
    /// Reserved, then free again: nothing was sent.
    Release,
    /// Sent, then free again: WeChat gave it back.
    Return,
    /// Free, then received: what is given at once.
    Give,
    /// Received, then free again: what was given at once was taken back.
    TakeBack,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
