//! One notification of WeChat Pay, kept as it came: what it says about people stays encrypted with the APIv3 key. The
//! merchant and WeChat's id make a repeated delivery harmless.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter, PrimaryKeyTrait,
};

use crate::types::MerchantKey;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pay_notification")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub merchant: MerchantKey,
    /// WeChat's id of the notification; its retries carry the same one.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// `event_type`, such as `MCHTRANSFER.BILL.FINISHED`.
    pub kind: String,
    /// The verified body with its ciphertext.
    pub body: String,
    pub received_at: DateTime<Utc>,
    /// False until its job has handed it to whom it concerns.
    pub handled: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
