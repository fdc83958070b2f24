//! A field that the brand has added to what it knows of members, declared as data.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    Json, PrimaryKeyTrait, StringLen,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "member_attribute")]
pub struct Model {
    /// Its name in values and calls, such as `shoe_size`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    pub label_zh: String,
    pub label_en: String,
    pub kind: Kind,
    pub class: Class,
    /// Whether values are sealed and read in named scenes only. It never changes.
    pub sensitive: bool,
    /// What a value must be: pattern, length, range, choices.
    #[sea_orm(column_type = "JsonBinary")]
    pub rule: Json,
    /// Takes no new values any more.
    pub retired: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// What values are.
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
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
#[schema(as = AttributeKind)]
pub enum Kind {
    /// One line of text.
    Text,
    /// A whole number.
    Number,
    /// A day.
    Date,
    /// Yes or no.
    Flag,
    /// One of the choices of the rule.
    Choice,
    /// Several of the choices, or free words when there are none.
    List,
}

/// What values say of a person.
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
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
#[schema(as = AttributeClass)]
pub enum Class {
    /// Who they are.
    Demographic,
    /// What they do.
    Behavioural,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
