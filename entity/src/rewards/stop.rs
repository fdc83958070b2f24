//! A brake on payouts: of everything, of a merchant or of a campaign. It is looked at before every call.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait, StringLen,
};

use crate::types::StaffId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payout_stop")]
pub struct Model {
    /// `all`, `merchant:brand` or `cmp_…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub cause: Cause,
    /// Why, in a word or in words of staff.
    pub reason: String,
    /// When it ends by itself.
    pub until: Option<DateTime<Utc>>,
    pub staff_id: Option<StaffId>,
    pub at: DateTime<Utc>,
}

/// Who stepped on it.
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
#[schema(as = StopCause)]
pub enum Cause {
    /// Staff, by the kill switch.
    Staff,
    /// The circuit breaker: WeChat refuses everything of this merchant, until it is tried again.
    Circuit,
    /// The books do not agree.
    Mismatch,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
