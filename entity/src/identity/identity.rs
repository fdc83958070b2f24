//! What identifies a person: one row for each OpenID, UnionID, phone, card number or number of another system.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    PrimaryKeyTrait, StringLen,
};

use crate::types::{IdentityId, MemberId};

#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "identity")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: IdentityId,
    pub kind: Kind,
    /// Within what the key is unique: account of an OpenID, issuer of a card, system or partner of a number, else empty.
    pub realm: String,
    /// The value to look up by: plain text, or the blind index of a phone. Unique with kind and realm.
    pub key: String,
    /// The sealed number of a phone.
    pub sealed: Option<String>,
    pub member_id: MemberId,
    /// Where the strongest evidence came from.
    pub source: Source,
    pub strength: Strength,
    /// When it was first seen to be this person's.
    pub since: DateTime<Utc>,
    /// When it was last proved; of phones only.
    pub verified_at: Option<DateTime<Utc>>,
    /// Of phones: whether it is the one to call. Follows from the phones of a member: the best proved, the latest.
    pub current: bool,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Identity({}, {:?} of {}, {:?})", self.id, self.kind, self.member_id, self.strength)
    }
}

/// What kind of value it is. The order is the one in which evidence is weighed: what WeChat says first, phones last,
/// as they change hands.
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
#[schema(as = IdentityKind)]
pub enum Kind {
    /// A person as one account sees them.
    OpenId,
    /// A person over all accounts of one open-platform account.
    UnionId,
    /// The number of a member card.
    Card,
    /// A customer number of another system of the brand.
    External,
    /// A number that a partner uses.
    Partner,
    /// A phone number.
    Phone,
}

/// Who said that it is this person's.
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
#[schema(as = IdentitySource)]
pub enum Source {
    /// The person typed it, and nothing proves it.
    Person,
    /// Records of an older system.
    Import,
    /// A partner that was recognised by its key.
    Partner,
    /// A member of staff who has seen it.
    Staff,
    /// What WeChat says of followers.
    Follower,
    /// Signing in to a mini program.
    MiniLogin,
    /// Opening a page in WeChat.
    WebOauth,
    /// A phone number that WeChat has checked.
    WechatPhone,
}

impl Source {
    /// How much its word counts.
    pub fn strength(self) -> Strength {
        match self {
            Self::Person => Strength::Asserted,
            Self::Import | Self::Partner => Strength::Imported,
            Self::Staff => Strength::Staff,
            Self::Follower | Self::MiniLogin | Self::WebOauth | Self::WechatPhone => Strength::Wechat,
        }
    }
}

/// How well something is proved, the weakest first.
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
#[schema(as = IdentityStrength)]
pub enum Strength {
    /// Somebody says so. It never joins people, and gives way to every proof.
    Asserted,
    /// Records say so.
    Imported,
    /// Staff have checked it.
    Staff,
    /// WeChat has checked it.
    Wechat,
}

impl Strength {
    /// Whether somebody has checked it.
    pub fn is_verified(self) -> bool {
        self >= Self::Staff
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
