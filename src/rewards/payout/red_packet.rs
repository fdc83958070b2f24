//! Cash red packets of official accounts and of mini programs (pay sheet section 2).

use futures_util::future::{FutureExt, LocalBoxFuture};
use serde_json::Value;

use super::{
    answer::{Answer, Told},
    provider::{ClaimParameters, Number, Order, PayoutProvider},
    state::Stage,
    transfer::broken,
};
use crate::{
    error::{Error, Result},
    rewards::terms::Gives,
    wechat::pay::{
        Merchant, Pay,
        red_packet::{NewRedPacket, Package, RedPacket, RedPacketDetail, RedPacketState, SceneId},
    },
};

/// Red packets of the brand's merchants.
pub(super) struct RedPackets {
    pub(super) pay: Pay,
    /// Whether they are opened in a mini program.
    pub(super) mini: bool,
}

/// How far a red packet is (pay sheet sections 2.5 and 9).
fn stage(state: RedPacketState) -> (Stage, &'static str) {
    match state {
        // Even with a reason it has not failed before the state says so.
        RedPacketState::Sending => (Stage::Working, "SENDING"),
        RedPacketState::Sent => (Stage::Waiting, "SENT"),
        RedPacketState::Received => (Stage::Paid, "RECEIVED"),
        RedPacketState::Failed => (Stage::Rejected, "FAILED"),
        RedPacketState::Refunding => (Stage::Returning, "RFUND_ING"),
        RedPacketState::Refunded => (Stage::Returned, "REFUND"),
    }
}

fn told(detail: RedPacketDetail) -> Told {
    let (stage, word) = stage(detail.state);
    let code = detail.reason.map_or(word.to_owned(), |reason| format!("{word} {reason}"));
    Told {
        provider_no: detail.detail_id,
        amount: detail.amount,
        open_id: detail.received.into_iter().find_map(|received| received.open_id),
        refunded: detail.refund_amount,
        ..Told::at(stage, code)
    }
}

/// WeChat took it: it is on its way, and how far only a question tells.
fn accepted(provider_no: Option<String>, package: Option<Package>) -> Told {
    Told { provider_no, package: package.map(|package| package.0), ..Told::at(Stage::Working, "accepted") }
}

impl RedPackets {
    fn read(&self, number: &Number<'_>) -> Option<(Merchant, RedPacket)> {
        let request = serde_json::from_value(number.request.clone()).ok()?;
        Some((self.pay.merchant(number.merchant)?, request))
    }
}

impl PayoutProvider for RedPackets {
    fn freeze(&self, order: &Order) -> Result<Value> {
        let merchant = self.pay.merchant(&order.merchant);
        let merchant = merchant.ok_or_else(|| Error::invalid("merchant", "is none of the brand's"))?;
        let (Gives::RedPacket(terms) | Gives::MiniRedPacket(terms)) = &order.gives else {
            return Err(Error::invalid("gives", "is no red packet"));
        };
        let appid = merchant.appid(&order.account);
        let appid = appid.ok_or_else(|| Error::invalid("account", "is not bound to the merchant"))?;
        let scene: Option<SceneId> = match &terms.scene {
            Some(scene) => Some(serde_json::from_value(Value::String(scene.clone()))?),
            None => None,
        };
        let new = NewRedPacket {
            number: order.out_no.parse().map_err(broken)?,
            appid: appid.to_owned(),
            open_id: order.open_id.clone(),
            amount: order.amount,
            send_name: terms.send_name.clone(),
            wishing: terms.wishing.clone(),
            act_name: terms.act_name.clone(),
            remark: terms.remark.clone(),
            scene,
            risk_info: None,
        };
        let packet = RedPacket::try_from(new).map_err(broken)?;
        merchant.check_red_packet(&packet).map_err(broken)?;
        Ok(serde_json::to_value(packet)?)
    }

    fn send<'a>(&'a self, number: Number<'a>) -> LocalBoxFuture<'a, Answer> {
        async move {
            let Some((merchant, packet)) = self.read(&number) else { return Answer::nobody() };
            if self.mini {
                let sent = merchant.send_mini_red_packet(&packet).await;
                Answer::of(sent, |sent| accepted(sent.send_listid, Some(sent.package)))
            } else {
                Answer::of(merchant.send_red_packet(&packet).await, |sent| accepted(sent.send_listid, None))
            }
        }
        .boxed_local()
    }

    fn ask<'a>(&'a self, number: Number<'a>) -> LocalBoxFuture<'a, Answer> {
        async move {
            let Some((merchant, packet)) = self.read(&number) else { return Answer::nobody() };
            let fields = packet.fields();
            Answer::of(merchant.red_packet(&fields.number, &fields.appid).await, told)
        }
        .boxed_local()
    }

    fn cancel<'a>(&'a self, _: Number<'a>) -> Option<LocalBoxFuture<'a, Answer>> {
        None
    }

    fn parameters(&self, number: Number<'_>, package: &str) -> Result<Option<ClaimParameters>> {
        let Some((merchant, packet)) = self.read(&number).filter(|_| self.mini) else { return Ok(None) };
        let package = Package(package.to_owned());
        let Some(parameters) = merchant.mini_red_packet_parameters(&packet.fields().appid, &package) else {
            return Ok(None);
        };
        let parameters = serde_json::to_value(parameters)?;
        Ok(Some(ClaimParameters { call: "sendBizRedPacket".to_owned(), parameters }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_of_a_packet_says_how_far_the_payout_is_and_a_reason_alone_ends_nothing() {
        for (state, wanted) in [
            (RedPacketState::Sending, Stage::Working),
            (RedPacketState::Sent, Stage::Waiting),
            (RedPacketState::Received, Stage::Paid),
            (RedPacketState::Failed, Stage::Rejected),
            (RedPacketState::Refunding, Stage::Returning),
            (RedPacketState::Refunded, Stage::Returned),
        ] {
            assert_eq!(stage(state).0, wanted, "{state:?}");
        }
        let detail = RedPacketDetail {
            number: "HL1".parse().unwrap(),
            detail_id: None,
            state: RedPacketState::Sending,
            amount: Some(100.into()),
            reason: Some("帐号余额不足".to_owned()),
            sent_at: None,
            refunded_at: None,
            refund_amount: None,
            received: Vec::new(),
        };
        assert_eq!(told(detail).stage, Stage::Working);
        assert_eq!(accepted(None, None).stage, Stage::Working, "accepted is not received");
    }
}
