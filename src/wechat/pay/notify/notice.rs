//! What a notification says.

use entity::types::{Fen, MerchantKey, OpenId};
use serde::Deserialize;

use super::{
    super::{Merchant, OutNo, transfer::TransferState, trust_store::Sealed},
    refusal::Refusal,
};
use crate::infra::clock::Time;

/// The end of a transfer (pay section 4.6).
const TRANSFER: &str = "MCHTRANSFER.BILL.FINISHED";
/// The answer to our own test (pay section 3.9).
const ECHO: &str = "SECURITY_ECHO.SUCCESS";
/// Longer than any id of WeChat Pay.
const LONGEST_ID: usize = 128;

/// A notification that WeChat Pay signed for one of our merchants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The merchant.
    pub merchant: MerchantKey,
    /// WeChat Pay's id of it.
    pub id: String,
    /// When it came.
    pub received_at: Time,
    /// What it says.
    pub content: Content,
}

/// What it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A transfer came to its end.
    Transfer(TransferEnd),
    /// Keys and address are in order.
    Echo,
    /// Something that nobody here knows; the raw row keeps it.
    Other {
        /// `event_type`.
        kind: String,
    },
}

/// How a transfer ended (pay section 4.6).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct TransferEnd {
    /// Our number.
    #[serde(rename = "out_bill_no")]
    pub number: OutNo,
    /// WeChat Pay's number.
    pub transfer_bill_no: String,
    /// `Success`, `Fail` or `Cancelled`.
    pub state: TransferState,
    /// How much.
    #[serde(rename = "transfer_amount")]
    pub amount: Fen,
    /// The person.
    #[serde(rename = "openid")]
    pub open_id: OpenId,
    /// Why it failed.
    pub fail_reason: Option<String>,
    /// When it ended.
    pub update_time: Option<Time>,
}

/// The outer part, in clear.
#[derive(Deserialize)]
pub(super) struct Envelope {
    pub(super) id: String,
    pub(super) event_type: String,
    pub(super) resource: Sealed,
}

/// Who a content speaks of; WeChat Pay spells it in both ways.
#[derive(Deserialize)]
struct Addressee {
    #[serde(alias = "mch_id")]
    mchid: Option<String>,
}

impl Envelope {
    /// Reads a verified body.
    pub(super) fn read(body: &[u8]) -> Result<Self, Refusal> {
        let envelope: Self = serde_json::from_slice(body).map_err(|_form| Refusal::Malformed)?;
        let word =
            |text: &str, most: usize| (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        if word(&envelope.id, LONGEST_ID) && word(&envelope.event_type, 64) {
            Ok(envelope)
        } else {
            Err(Refusal::Malformed)
        }
    }

    /// Opens the content and reads it. One that speaks of another merchant is not ours.
    pub(super) fn open(&self, merchant: &Merchant) -> Result<Content, Refusal> {
        let plain = self.resource.open(merchant).ok_or(Refusal::Decrypt)?;
        let addressee: Addressee = serde_json::from_slice(&plain).map_err(|_form| Refusal::Malformed)?;
        if addressee.mchid.is_some_and(|mchid| mchid != merchant.settings().mchid) {
            return Err(Refusal::ForeignMerchant);
        }
        match self.event_type.as_str() {
            TRANSFER => serde_json::from_slice(&plain).map(Content::Transfer).map_err(|_form| Refusal::Malformed),
            ECHO => Ok(Content::Echo),
            other => Ok(Content::Other { kind: other.to_owned() }),
        }
    }
}
