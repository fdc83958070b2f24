//! `wx.requestMerchantTransfer`: the page on which a person confirms a transfer (pay notes section 4.9).

use serde::{Deserialize, Serialize};

use super::transfer::TransferView;
use crate::sandbox::{trouble::Trouble, world::World};

/// What a mini program or a page hands to WeChat.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TransferCall {
    /// The merchant number.
    pub mch_id: String,
    /// The appid of the transfer.
    pub app_id: String,
    /// `package_info` of the transfer.
    pub package: String,
}

impl World {
    /// Opens the page; gives what it shows. It can be opened again until the transfer is final.
    pub(super) fn transfer_page(&mut self, person: &str, call: &TransferCall) -> Result<TransferView, Trouble> {
        self.person(person)?;
        self.pay_advance();
        let found = self.pay.transfers.iter().find(|(_, transfer)| transfer.package == call.package);
        let (id, transfer) = found.ok_or_else(|| Trouble::invalid("requestMerchantTransfer:fail package不正确"))?;
        let merchant = self.pay.merchant(&transfer.merchant)?;
        if merchant.mchid != call.mch_id || transfer.request.appid != call.app_id {
            return Err(Trouble::invalid("requestMerchantTransfer:fail mchId或appId与转账单不一致"));
        }
        if transfer.person != person {
            return Err(Trouble::Conflict("你的微信号与商家指定的微信号不一致"));
        }
        self.transfer_view(*id).ok_or(Trouble::Unknown("transfer"))
    }
}
