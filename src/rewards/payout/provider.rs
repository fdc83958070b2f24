//! The ways in which money leaves: one seam, so that the machine is one.

use std::sync::Arc;

use entity::{
    rewards::payout::Provider,
    types::{AccountKey, Fen, MerchantKey, OpenId},
};
use futures_util::future::LocalBoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{answer::Answer, red_packet::RedPackets, transfer::Transfers};
use crate::{error::Result, rewards::terms::Gives, wechat::pay::Pay};

/// What is to be paid, as it was promised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Our number.
    pub out_no: String,
    /// Who pays.
    pub merchant: MerchantKey,
    /// In which account the person is paid.
    pub account: AccountKey,
    /// The person.
    pub open_id: OpenId,
    /// How much.
    pub amount: Fen,
    /// What the campaign says about it.
    pub gives: Gives,
}

/// What is asked about: a payout by its number, with the request as it was handed over.
#[derive(Clone, Copy, Debug)]
pub struct Number<'a> {
    /// Who pays.
    pub merchant: &'a MerchantKey,
    /// Our number.
    pub out_no: &'a str,
    /// The request; an empty object once the person is forgotten.
    pub request: &'a Value,
}

/// What a person's client needs to take the money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ClaimParameters {
    /// The call of WeChat's client: `requestMerchantTransfer` or `sendBizRedPacket`.
    pub call: String,
    /// Its parameters: `mchId`, `appId`, `package`; or `timeStamp`, `nonceStr`, `package`, `signType`, `paySign`.
    #[schema(value_type = Object)]
    pub parameters: Value,
}

/// One way in which money leaves.
pub trait PayoutProvider: Send + Sync {
    /// The request in full, fixed before the first call and the same at every one. Checks whatever can be checked here.
    ///
    /// # Errors
    /// [`Code::Invalid`](crate::error::Code::Invalid) when WeChat would never take it.
    fn freeze(&self, order: &Order) -> Result<Value>;

    /// Hands a request over. With the same number and content it never pays twice.
    fn send<'a>(&'a self, number: Number<'a>) -> LocalBoxFuture<'a, Answer>;

    /// Asks how far it is.
    fn ask<'a>(&'a self, number: Number<'a>) -> LocalBoxFuture<'a, Answer>;

    /// Takes it back, as long as nobody has taken it; `None` where WeChat has no way to.
    fn cancel<'a>(&'a self, number: Number<'a>) -> Option<LocalBoxFuture<'a, Answer>>;

    /// What the person's client needs; `None` where nothing is needed.
    ///
    /// # Errors
    /// When it cannot be signed.
    fn parameters(&self, number: Number<'_>, package: &str) -> Result<Option<ClaimParameters>>;
}

/// All ways. Cheap to clone.
#[derive(Clone)]
pub struct Providers {
    /// Cash red packets of official accounts.
    pub red_packet: Arc<dyn PayoutProvider>,
    /// Red packets of mini programs.
    pub mini_red_packet: Arc<dyn PayoutProvider>,
    /// Transfers.
    pub transfer: Arc<dyn PayoutProvider>,
}

impl Providers {
    /// The way of a payout.
    pub fn of(&self, provider: Provider) -> &dyn PayoutProvider {
        match provider {
            Provider::RedPacket => &*self.red_packet,
            Provider::MiniRedPacket => &*self.mini_red_packet,
            Provider::Transfer => &*self.transfer,
        }
    }
}

impl Providers {
    /// The ways of WeChat Pay, for these merchants.
    pub fn of_pay(pay: &Pay) -> Self {
        Self {
            red_packet: Arc::new(RedPackets { pay: pay.clone(), mini: false }),
            mini_red_packet: Arc::new(RedPackets { pay: pay.clone(), mini: true }),
            transfer: Arc::new(Transfers { pay: pay.clone() }),
        }
    }
}
