//! What a member is like, as far as it has a field of its own. One row for each member; its fields say who told them.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    Json, PrimaryKeyTrait, StringLen,
};

use crate::types::{AccountKey, MemberId};

#[derive(Clone, PartialEq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(table_name = "member_profile")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_id: MemberId,
    /// The name on papers.
    pub name: Option<String>,
    /// What they call themselves.
    pub nickname: Option<String>,
    pub sex: Option<Sex>,
    pub birthday: Option<NaiveDate>,
    /// Where they live, in words: province, city.
    pub region: Option<String>,
    /// Which language they read, such as `zh_CN`.
    pub language: Option<String>,
    /// The key of the stored picture.
    pub avatar: Option<String>,
    /// Who told each field, and when, by the name of the field.
    #[sea_orm(column_type = "JsonBinary")]
    pub told: Json,
    /// When they became a member: by their follow when that is how they came.
    pub joined_at: DateTime<Utc>,
    pub joined_by: JoinedBy,
    /// The account through which they came.
    pub joined_account: Option<AccountKey>,
    /// The scene of the code, or the menu item, that led here.
    pub joined_channel: Option<String>,
    pub updated_at: DateTime<Utc>,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Profile({}, joined by {:?})", self.member_id, self.joined_by)
    }
}

/// Male or female, as GB/T 2261.1 knows them beside unknown, which is no value here.
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
#[schema(as = Sex)]
pub enum Sex {
    /// 男
    Male,
    /// 女
    Female,
}

/// By which way somebody became a member. Computed from the first touch and the first evidence, never typed in.
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
#[schema(as = JoinedBy)]
pub enum JoinedBy {
    /// A code that they scanned; the channel is its scene.
    Code,
    /// Following an account without a code.
    Follow,
    /// A menu item; the channel names it.
    Menu,
    /// A mini program.
    MiniProgram,
    /// A page inside WeChat.
    WebPage,
    /// Records of an older system.
    Import,
    /// A partner.
    Partner,
    /// Staff.
    Staff,
}

/// Who says what a member is like.
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
#[schema(as = ProfileSource)]
pub enum Source {
    /// Records of an older system.
    Import,
    /// A partner.
    Partner,
    /// WeChat.
    Wechat,
    /// A member of staff.
    Staff,
    /// The member.
    Person,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
