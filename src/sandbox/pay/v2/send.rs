//! `sendredpack` and `sendminiprogramhb` (pay notes sections 2.2, 2.4, 2.6 and 10).

use chrono::TimeDelta;

use super::{Refusal, echoed, form::Form, rules};
use crate::{
    sandbox::{
        fields::Fields,
        pay::{
            call::Twist,
            packet::{NewPacket, PacketState},
        },
        world::World,
    },
    wechat::account::Kind,
};

/// Sends a packet, or says again what became of it.
pub(super) fn send(world: &mut World, form: &Form, owner: &str, mini: bool, twist: &Twist) -> Result<Fields, Refusal> {
    let rules = if mini { rules::SEND_MINI } else { rules::SEND };
    form.check(rules)?;
    let merchant = own(world, form, owner)?;
    form.verify(&merchant.v2_key, rules, world.settings.pay.strict_sign_type)?;
    let (account, person) = receiver(world, form, owner, mini)?;
    let number = form.text("mch_billno");
    if let Some(id) = world.pay.merchants.get(owner).and_then(|merchant| merchant.packets.get(number)).copied() {
        return again(world, form, id);
    }
    let tried = guarded(world, form, owner, &person);
    if let (Err(_), now) = (&tried, world.now())
        && let Some(merchant) = world.pay.merchants.get_mut(owner)
    {
        merchant.tries.insert(number.to_owned(), now);
    }
    tried?;
    let new = NewPacket {
        merchant: owner.to_owned(),
        number: number.to_owned(),
        request: form.frozen(),
        account,
        person,
        amount: form.number("total_amount"),
        mini,
    };
    let id = world.accept_packet(new, twist);
    told(world, form, id)
}

/// The merchant of the request, which must be the one of the certificate.
pub(super) fn own<'a>(
    world: &'a World,
    form: &Form,
    owner: &str,
) -> Result<&'a crate::sandbox::pay::merchant::Merchant, Refusal> {
    let merchant = world.pay.merchants.get(owner).filter(|merchant| merchant.mchid == form.text("mch_id"));
    merchant.ok_or_else(|| Refusal::new("CA_ERROR", "CA证书出错，请登录微信支付商户平台下载证书"))
}

/// Account and person that the packet goes to.
fn receiver(world: &World, form: &Form, owner: &str, mini: bool) -> Result<(String, String), Refusal> {
    let illegal = || Refusal::new("ILLEGAL_APPID", "非法appid，请确认是否为公众号的appid，不能为APP的appid");
    let kind = if mini { Kind::Mini } else { Kind::Official };
    let account = world.accounts.values().find(|account| account.appid == form.text("wxappid") && account.kind == kind);
    let account = account.ok_or_else(illegal)?;
    if !world.pay.merchants.get(owner).is_some_and(|merchant| merchant.is_bound(&account.key)) {
        return Err(illegal());
    }
    let person = account.openids.get(form.text("re_openid"));
    let person = person.ok_or_else(|| Refusal::new("OPENID_ERROR", "openid和appid不匹配"))?;
    Ok((account.key.clone(), person.clone()))
}

/// The number is known: the same request has the same answer, another one is refused.
fn again(world: &World, form: &Form, id: u64) -> Result<Fields, Refusal> {
    let same = world.pay.packets.get(&id).is_some_and(|packet| packet.new.request == form.frozen());
    if !same {
        return Err(Refusal::new("FATAL_ERROR", "重复请求，参数与原请求不一致"));
    }
    told(world, form, id)
}

/// What became of a packet.
fn told(world: &World, form: &Form, id: u64) -> Result<Fields, Refusal> {
    let unknown = || Refusal::new("SYSTEMERROR", "请求已受理，请稍后使用原单号查询发放结果");
    let packet = world.pay.packets.get(&id).ok_or_else(unknown)?;
    match packet.state {
        PacketState::Sending => {
            return Err(Refusal::new("PROCESSING", "请求已受理，请稍后使用原单号查询发放结果"));
        }
        PacketState::Failed => return Err(Refusal::new("SEND_FAILED", "红包发放失败，请更换单号再重试")),
        PacketState::Sent | PacketState::Received | PacketState::Refunding | PacketState::Refund => {}
    }
    let fields = Fields::new()
        .text("return_code", "SUCCESS")
        .text("return_msg", "发放成功")
        .text("result_code", "SUCCESS")
        .text("err_code", "SUCCESS")
        .text("err_code_des", "发放成功");
    let fields = echoed(fields, form).text("send_listid", packet.list_id.clone());
    Ok(match &packet.package {
        Some(package) => fields.text("package", package.clone()),
        None => fields,
    })
}

/// What stands between a correct request and its packet: frequency, amount, risk, caps, balance.
fn guarded(world: &mut World, form: &Form, owner: &str, person: &str) -> Result<(), Refusal> {
    let now = world.now();
    let settings = world.settings.pay.clone();
    let risky = world.pay.risks.contains_key(person);
    let unknown = || Refusal::new("SYSTEMERROR", "系统繁忙，请稍后再试");
    let merchant = world.pay.merchants.get_mut(owner).ok_or_else(unknown)?;
    let often = || Refusal::new("FREQ_LIMIT", "超过频率限制，请稍后再试");
    let tried = merchant.tries.get(form.text("mch_billno"));
    if tried.is_some_and(|tried| now - *tried < TimeDelta::seconds(1)) {
        return Err(often());
    }
    if !merchant.within_rate("packets", settings.packets_per_second, now) {
        return Err(often());
    }
    if form.number("total_num") != 1 {
        return Err(Refusal::new("PARAM_ERROR", "参数错误:total_num必须为1"));
    }
    if form.get("notify_way").is_some_and(|way| way != "MINI_PROGRAM_JSAPI") {
        return Err(Refusal::new("PARAM_ERROR", "参数错误:notify_way"));
    }
    let amount = form.number("total_amount");
    amount_allowed(form.get("scene_id"), amount, &settings)?;
    if merchant.frozen {
        return Err(Refusal::new("PAYER_ACCOUNT_ABNORMAL", "付款方账户异常，无法发放红包"));
    }
    if risky {
        return Err(Refusal::new("NO_AUTH", "发放失败，此请求可能存在风险，已被微信拦截"));
    }
    let today = merchant.today(now);
    if today.packets + amount > settings.packets_per_day {
        return Err(Refusal::new(
            "SENDAMOUNT_LIMIT",
            "您的商户号今日发放金额超过限制，如有需要请登录微信支付商户平台更改API安全配置",
        ));
    }
    let (count, received) = today.by_person.get(person).copied().unwrap_or_default();
    if count >= settings.packet_count_per_person {
        return Err(Refusal::new("SENDNUM_LIMIT", "该用户今日领取红包个数超过您在微信支付商户平台设置的上限"));
    }
    if received + amount > settings.packets_per_person {
        return Err(Refusal::new("RCVDAMOUNT_LIMIT", "该用户今日领取红包总额超过您在微信支付商户平台配置的上限"));
    }
    if merchant.ledger.balance() < amount {
        return Err(Refusal::new("NOTENOUGH", "账号余额不足，请到商户平台充值后再重试"));
    }
    Ok(())
}

fn amount_allowed(
    scene: Option<&str>,
    amount: i64,
    settings: &crate::sandbox::pay::PaySettings,
) -> Result<(), Refusal> {
    let within = |(least, most): (i64, i64)| (least..=most).contains(&amount);
    match scene {
        _ if within(settings.packet_amounts) => Ok(()),
        None => Err(Refusal::new("MONEY_LIMIT", "每个红包的平均金额必须在1.00元到200.00元之间")),
        Some(scene) if !settings.packet_scenes.iter().any(|known| known == scene) => {
            Err(Refusal::new("PARAM_ERROR", "场景未开通，请在商户平台的产品中心开通该场景"))
        }
        Some(_) if within(settings.packet_scene_amounts) => Ok(()),
        Some(_) => Err(Refusal::new("MONEY_LIMIT", "红包金额超出该场景的限制")),
    }
}
