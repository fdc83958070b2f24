//! A movement of a payout in WeChat's bill of a day. Movements of other business are counted, and not kept.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait, StringLen,
};

use crate::types::{Fen, MerchantKey};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bill_line")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub merchant: MerchantKey,
    /// The day of the bill in Asia/Shanghai.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: NaiveDate,
    /// Its place among the movements of the bill, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub line: i32,
    /// Our number of the payout.
    pub number: String,
    pub direction: Direction,
    pub amount: Fen,
    pub at: DateTime<Utc>,
    /// 微信支付业务单号.
    pub wechat_number: String,
    /// 资金流水单号.
    pub flow_number: String,
    /// 业务名称.
    pub business: String,
}

/// Which way the money went.
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
#[schema(as = BillDirection)]
pub enum Direction {
    /// Out of the merchant's account.
    Out,
    /// Back into it.
    In,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
