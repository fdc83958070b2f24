//! Merchant transfers with confirmation, the default way (pay sheet section 4).

use futures_util::future::{FutureExt, LocalBoxFuture};
use serde_json::Value;

use super::{
    answer::{Answer, Told},
    notice::Notice,
    provider::{ClaimParameters, Number, Order, PayoutProvider},
    state::Stage,
};
use crate::{
    error::{Error, Result},
    rewards::terms::Gives,
    wechat::pay::{
        self, Merchant, Pay,
        notify::TransferEnd,
        transfer::{NewTransfer, PackageInfo, Report, Style, Transfer, TransferState},
    },
};

/// Why a transfer has ended that nobody has confirmed.
const OVERDUE: &str = "OVERDUE_CLOSE";

/// Transfers of the brand's merchants.
pub(super) struct Transfers {
    pub(super) pay: Pay,
}

/// How far a transfer is (pay sheet sections 4.3 and 9).
fn stage(state: TransferState, reason: Option<&str>) -> Stage {
    match state {
        TransferState::Accepted | TransferState::Processing => Stage::Working,
        TransferState::WaitUserConfirm | TransferState::Transfering => Stage::Waiting,
        TransferState::Success => Stage::Paid,
        TransferState::Fail if reason == Some(OVERDUE) => Stage::Returned,
        TransferState::Fail => Stage::Rejected,
        TransferState::Canceling => Stage::Returning,
        TransferState::Cancelled => Stage::Returned,
    }
}

fn told(state: TransferState, reason: Option<String>) -> Told {
    let word = serde_json::to_value(state).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default();
    let code = reason.as_ref().map_or(word.clone(), |reason| format!("{word} {reason}"));
    Told::at(stage(state, reason.as_deref()), code)
}

/// A notification, as payouts take it in.
pub fn notice(merchant: entity::types::MerchantKey, end: &TransferEnd) -> Notice {
    let told = Told {
        provider_no: Some(end.transfer_bill_no.clone()),
        amount: Some(end.amount),
        open_id: Some(end.open_id.clone()),
        ..told(end.state, end.fail_reason.clone())
    };
    Notice { merchant, out_no: end.number.as_str().to_owned(), told }
}

impl Transfers {
    fn merchant(&self, number: &Number<'_>) -> Option<Merchant> {
        self.pay.merchant(number.merchant)
    }
}

impl PayoutProvider for Transfers {
    fn freeze(&self, order: &Order) -> Result<Value> {
        let merchant = self.pay.merchant(&order.merchant);
        let merchant = merchant.ok_or_else(|| Error::invalid("merchant", "is none of the brand's"))?;
        let Gives::Transfer(terms) = &order.gives else { return Err(Error::invalid("gives", "is no transfer")) };
        let appid = merchant.appid(&order.account);
        let appid = appid.ok_or_else(|| Error::invalid("account", "is not bound to the merchant"))?;
        let reports = terms.reports.iter();
        let new = NewTransfer {
            number: order.out_no.parse().map_err(broken)?,
            appid: appid.to_owned(),
            open_id: order.open_id.clone(),
            amount: order.amount,
            scene: terms.scene.clone(),
            remark: terms.remark.clone(),
            reports: reports
                .map(|report| Report { info_type: report.info_type.clone(), info_content: report.info_content.clone() })
                .collect(),
            user_name: None,
            notify_url: Some(merchant.notify_url().to_owned()),
            perception: terms.perception.clone(),
            style: terms.as_packet.then_some(Style::RedPacket),
        };
        let transfer = Transfer::try_from(new).map_err(broken)?;
        merchant.check_transfer(&transfer).map_err(broken)?;
        Ok(serde_json::to_value(transfer)?)
    }

    fn send<'a>(&'a self, number: Number<'a>) -> LocalBoxFuture<'a, Answer> {
        async move {
            let request = serde_json::from_value::<Transfer>(number.request.clone()).ok();
            let (Some(merchant), Some(request)) = (self.merchant(&number), request) else { return Answer::nobody() };
            Answer::of(merchant.create_transfer(&request).await, |made| Told {
                provider_no: Some(made.transfer_bill_no),
                package: made.package_info.map(|package| package.0),
                ..told(made.state, made.fail_reason)
            })
        }
        .boxed_local()
    }

    fn ask<'a>(&'a self, number: Number<'a>) -> LocalBoxFuture<'a, Answer> {
        async move {
            let (Some(merchant), Ok(out_no)) = (self.merchant(&number), number.out_no.parse()) else {
                return Answer::nobody();
            };
            Answer::of(merchant.transfer(&out_no).await, |bill| Told {
                provider_no: bill.transfer_bill_no,
                amount: Some(bill.amount),
                open_id: bill.open_id,
                ..told(bill.state, bill.fail_reason)
            })
        }
        .boxed_local()
    }

    fn cancel<'a>(&'a self, number: Number<'a>) -> Option<LocalBoxFuture<'a, Answer>> {
        Some(
            async move {
                let (Some(merchant), Ok(out_no)) = (self.merchant(&number), number.out_no.parse()) else {
                    return Answer::nobody();
                };
                Answer::of(merchant.cancel_transfer(&out_no).await, |cancelled| Told {
                    provider_no: cancelled.transfer_bill_no,
                    ..told(cancelled.state, None)
                })
            }
            .boxed_local(),
        )
    }

    fn parameters(&self, number: Number<'_>, package: &str) -> Result<Option<ClaimParameters>> {
        let request = serde_json::from_value::<Transfer>(number.request.clone()).ok();
        let (Some(merchant), Some(request)) = (self.merchant(&number), request) else { return Ok(None) };
        let parameters = merchant.transfer_parameters(&request.fields().appid, PackageInfo(package.to_owned()));
        let parameters = serde_json::to_value(parameters)?;
        Ok(Some(ClaimParameters { call: "requestMerchantTransfer".to_owned(), parameters }))
    }
}

/// Values that WeChat would never take.
pub(super) fn broken(broken: pay::Broken) -> Error {
    let wrong = Error::new(crate::error::Code::Invalid);
    broken.0.into_iter().fold(wrong, |error, field| error.field(field.field, field.message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_of_a_transfer_says_how_far_the_payout_is() {
        let reasons = [None, Some(OVERDUE), Some("ACCOUNT_FROZEN")];
        for (state, stages) in [
            (TransferState::Accepted, [Stage::Working; 3]),
            (TransferState::Processing, [Stage::Working; 3]),
            (TransferState::WaitUserConfirm, [Stage::Waiting; 3]),
            (TransferState::Transfering, [Stage::Waiting; 3]),
            (TransferState::Success, [Stage::Paid; 3]),
            (TransferState::Fail, [Stage::Rejected, Stage::Returned, Stage::Rejected]),
            (TransferState::Canceling, [Stage::Returning; 3]),
            (TransferState::Cancelled, [Stage::Returned; 3]),
        ] {
            assert_eq!(reasons.map(|reason| stage(state, reason)), stages, "{state:?}");
        }
        let failed = told(TransferState::Fail, Some(OVERDUE.to_owned()));
        assert_eq!((failed.stage, failed.code.as_str()), (Stage::Returned, "FAIL OVERDUE_CLOSE"));
    }
}
