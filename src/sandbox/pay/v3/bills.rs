//! Transfers are queried and cancelled (pay notes sections 4.4 and 4.5).

use serde_json::json;

use super::{Caller, Done, Outcome, refusal::Refusal};
use crate::sandbox::{
    pay::{timers::seconds, transfer::rfc3339},
    world::World,
};

fn absent() -> Refusal {
    Refusal::new(404, "NOT_FOUND", "记录不存在")
}

/// `GET …/out-bill-no/{out_bill_no}`
pub(super) fn by_out_no(world: &mut World, caller: &Caller, number: &str) -> Outcome {
    rate(world, caller, "queries", world.settings.pay.queries_per_second)?;
    let id = world.pay.merchants.get(&caller.merchant).and_then(|merchant| merchant.transfers.get(number)).copied();
    described(world, id)
}

/// `GET …/transfer-bill-no/{transfer_bill_no}`
pub(super) fn by_bill_no(world: &mut World, caller: &Caller, number: &str) -> Outcome {
    rate(world, caller, "queries", world.settings.pay.queries_per_second)?;
    let mine = |one: &super::super::Transfer| one.merchant == caller.merchant && one.bill_no == number;
    let id = world.pay.transfers.iter().find(|(_, transfer)| mine(transfer)).map(|(id, _)| *id);
    described(world, id)
}

/// `POST …/out-bill-no/{out_bill_no}/cancel`
pub(super) fn cancel(world: &mut World, caller: &Caller, number: &str) -> Outcome {
    rate(world, caller, "cancels", world.settings.pay.cancels_per_second)?;
    let id = world.pay.merchants.get(&caller.merchant).and_then(|merchant| merchant.transfers.get(number)).copied();
    let id = id.ok_or_else(absent)?;
    if !world.cancel_transfer(id) {
        return Err(Refusal::invalid("当前单据状态不支持撤销"));
    }
    let transfer = world.pay.transfers.get(&id).ok_or_else(absent)?;
    Ok(Done::Json(json!({
        "out_bill_no": transfer.request.out_bill_no,
        "transfer_bill_no": transfer.bill_no,
        "state": transfer.state.name(),
        "update_time": rfc3339(transfer.updated),
    })))
}

fn rate(world: &mut World, caller: &Caller, kind: &'static str, limit: u32) -> Result<(), Refusal> {
    let now = world.now();
    let within =
        world.pay.merchants.get_mut(&caller.merchant).is_some_and(|merchant| merchant.within_rate(kind, limit, now));
    if within { Ok(()) } else { Err(Refusal::often()) }
}

fn described(world: &World, id: Option<u64>) -> Outcome {
    let now = world.now();
    let within = seconds(world.settings.pay.query_within);
    let transfer = id
        .and_then(|id| world.pay.transfers.get(&id))
        .filter(|transfer| transfer.hidden_until.is_none_or(|until| until <= now) && now - transfer.created <= within);
    let transfer = transfer.ok_or_else(absent)?;
    let merchant = world.pay.merchants.get(&transfer.merchant).ok_or_else(absent)?;
    let request = &transfer.request;
    let mut body = json!({
        "mch_id": merchant.mchid,
        "out_bill_no": request.out_bill_no,
        "transfer_bill_no": transfer.bill_no,
        "appid": request.appid,
        "state": transfer.state.name(),
        "transfer_amount": request.transfer_amount,
        "transfer_remark": request.transfer_remark,
        "openid": request.openid,
        "create_time": rfc3339(transfer.created),
        "update_time": rfc3339(transfer.updated),
    });
    if let Some(fields) = body.as_object_mut() {
        if let Some(reason) = &transfer.fail_reason {
            fields.insert("fail_reason".to_owned(), json!(reason));
        }
        if let Some(name) = request.user_name.as_ref().and_then(|name| merchant.own_key.seal(name)) {
            fields.insert("user_name".to_owned(), json!(name));
        }
    }
    Ok(Done::Json(body))
}
