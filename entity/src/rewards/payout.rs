//! Money on its way to a person through WeChat Pay, under one number of our own that never changes.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    Json, PrimaryKeyTrait, StringLen,
};

use crate::types::{AccountKey, CampaignId, Fen, GrantId, MemberId, MerchantKey, OpenId, PayoutId};

#[derive(Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "payout")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PayoutId,
    pub grant_id: GrantId,
    pub campaign_id: CampaignId,
    pub member_id: MemberId,
    pub provider: Provider,
    pub merchant: MerchantKey,
    /// The account in which the person is paid.
    pub account: AccountKey,
    pub open_id: OpenId,
    /// Our number. Unique within a merchant.
    pub out_no: String,
    pub amount: Fen,
    /// Everything that is asked of WeChat, the same at every attempt; empty once the person is forgotten.
    #[sea_orm(column_type = "JsonBinary")]
    pub request: Json,
    pub state: State,
    /// How often it was handed to WeChat. With the state it says whose turn it is.
    pub attempts: i32,
    /// How often WeChat was asked about it since its state changed.
    pub asked: i32,
    /// What was heard last, in a word.
    pub code: Option<String>,
    /// WeChat's number.
    pub provider_no: Option<String>,
    /// What the person's client needs to confirm or open it, sealed.
    pub package: Option<String>,
    /// How much came back.
    pub refunded: Fen,
    /// When it was first handed to WeChat.
    pub sent_at: Option<DateTime<Utc>>,
    /// When the person's time to take it ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it is looked at again; none when it is final.
    pub next_at: Option<DateTime<Utc>>,
    /// Whether it is to be taken back as soon as WeChat allows it.
    pub cancel: bool,
    /// What a person has to look into, in a word.
    pub review: Option<String>,
    /// The payout of which this is the only replacement.
    pub replaces_id: Option<PayoutId>,
    pub created_at: DateTime<Utc>,
    /// The day in Asia/Shanghai on which it was made.
    pub biz_day: NaiveDate,
    pub settled_at: Option<DateTime<Utc>>,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { id, provider, amount, state, attempts, code, review, .. } = self;
        write!(f, "Payout({id}, {provider:?} of {amount}, {state:?} after {attempts}, {code:?}, {review:?})")
    }
}

/// By which of WeChat's ways it goes.
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
#[schema(as = PayoutProvider)]
pub enum Provider {
    /// Cash red packet of an official account (v2).
    RedPacket,
    /// Red packet of a mini program (v2).
    MiniRedPacket,
    /// Merchant transfer with confirmation (v3).
    Transfer,
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
#[schema(as = PayoutState)]
pub enum State {
    /// Fixed and reserved; nothing was asked of WeChat yet.
    Created,
    /// Being handed to WeChat.
    Submitting,
    /// Handed to WeChat, and nobody knows what came of it.
    Unknown,
    /// WeChat has it and waits for the person.
    WaitingUser,
    /// On its way back.
    Returning,
    /// The person has it.
    Paid,
    /// It came back.
    Returned,
    /// WeChat says for good that it was not paid.
    Rejected,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
