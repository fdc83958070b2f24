//! `gethbinfo` (pay notes section 2.5).

use super::{Refusal, form::Form, rules, send::own};
use crate::{
    infra::clock::{Time, shanghai},
    sandbox::{
        fields::Fields,
        pay::{packet::Packet, timers::seconds},
        world::World,
    },
};

/// Says how far a packet is.
pub(super) fn query(world: &mut World, form: &Form, owner: &str) -> Result<Fields, Refusal> {
    form.check(rules::QUERY)?;
    let merchant = own(world, form, owner)?;
    form.verify(&merchant.v2_key, rules::QUERY, world.settings.pay.strict_sign_type)?;
    if form.text("bill_type") != "MCHT" {
        return Err(Refusal::new("PARAM_ERROR", "参数错误:bill_type"));
    }
    let now = world.now();
    let (limit, within) = (world.settings.pay.queries_per_second, seconds(world.settings.pay.query_within));
    let unknown = || Refusal::new("NOT_FOUND", "指定单号数据不存在");
    let merchant = world.pay.merchants.get_mut(owner).ok_or_else(unknown)?;
    if !merchant.within_rate("queries", limit, now) {
        return Err(Refusal::new("FREQ_LIMIT", "超过频率限制，请稍后再试"));
    }
    let id = merchant.packets.get(form.text("mch_billno")).copied().ok_or_else(unknown)?;
    let packet = world.pay.packets.get(&id).ok_or_else(unknown)?;
    if packet.hidden_until.is_some_and(|until| until > now) || now - packet.created > within {
        return Err(unknown());
    }
    if packet.field("wxappid") != form.text("appid") {
        return Err(unknown());
    }
    Ok(described(packet))
}

fn described(packet: &Packet) -> Fields {
    let amount = packet.new.amount;
    let mut fields = Fields::new()
        .text("return_code", "SUCCESS")
        .text("return_msg", "OK")
        .text("result_code", "SUCCESS")
        .text("err_code", "SUCCESS")
        .text("err_code_des", "OK")
        .text("mch_billno", packet.new.number.clone())
        .text("mch_id", packet.field("mch_id"))
        .text("detail_id", packet.list_id.clone())
        .text("status", packet.state.name())
        .text("send_type", "API")
        .text("hb_type", "NORMAL")
        .number("total_num", 1)
        .number("total_amount", amount)
        .text("send_time", beijing(packet.created))
        .text("wishing", packet.field("wishing"))
        .text("remark", packet.field("remark"))
        .text("act_name", packet.field("act_name"));
    if let Some(reason) = &packet.reason {
        fields = fields.text("reason", reason.clone());
    }
    if let Some(refunded) = packet.refunded {
        fields = fields.text("refund_time", beijing(refunded)).number("refund_amount", amount);
    }
    if let Some(received) = packet.received {
        let info = Fields::new()
            .text("openid", packet.field("re_openid"))
            .number("amount", amount)
            .text("rcv_time", beijing(received));
        fields = fields.tree("hblist", Fields::new().tree("hbinfo", info));
    }
    fields
}

/// Times as v2 writes them: Beijing, without saying so.
fn beijing(at: Time) -> String {
    at.with_timezone(&shanghai()).format("%Y-%m-%d %H:%M:%S").to_string()
}
