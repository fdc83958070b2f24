//! Template messages of official accounts (protocol section 7.2): which templates there are, and sending one.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{
    api::{Call, Outcome, done},
    chats::{From, Via},
    errcode::Refusal,
    fields::Fields,
    keywords::{check, filled},
    people::derived,
    world::World,
};
use crate::wechat::account::Kind;

const DEDUPLICATED: TimeDelta = TimeDelta::minutes(10);

/// A template that an account may use.
#[derive(Clone, Debug)]
pub(super) struct Template {
    pub(super) id: String,
    short: &'static str,
    title: &'static str,
    content: &'static str,
    example: &'static str,
}

/// The library: short id, title, text, example. The first ones are in every account from the start.
const LIBRARY: &[(&str, &str, &str, &str)] = &[
    (
        "46001",
        "积分变动通知",
        "会员：{{name1.DATA}}\n变动原因：{{thing2.DATA}}\n变动积分：{{number3.DATA}}\n当前积分：{{number4.DATA}}",
        "会员：林小满\n变动原因：好友首单\n变动积分：50\n当前积分：1280",
    ),
    (
        "46002",
        "优惠券到账通知",
        "券名称：{{thing1.DATA}}\n券金额：{{amount2.DATA}}\n有效期至：{{date3.DATA}}",
        "券名称：新客立减\n券金额：¥10.00\n有效期至：2026年12月31日",
    ),
    (
        "46003",
        "红包领取通知",
        "活动名称：{{thing1.DATA}}\n红包金额：{{amount2.DATA}}\n领取时间：{{time3.DATA}}",
        "活动名称：老友新朋\n红包金额：¥1.88\n领取时间：2026年11月21日 10:30",
    ),
    (
        "46004",
        "会员等级变更通知",
        "当前等级：{{phrase1.DATA}}\n变更时间：{{time2.DATA}}\n备注：{{thing3.DATA}}",
        "当前等级：金卡\n变更时间：2026年11月21日 10:30\n备注：权益已更新",
    ),
    (
        "46005",
        "订单状态通知",
        "订单编号：{{character_string1.DATA}}\n状态：{{phrase2.DATA}}\n金额：{{amount3.DATA}}",
        "订单编号：HL20261121001\n状态：已发货\n金额：¥128.00",
    ),
    (
        "46006",
        "积分到期提醒",
        "即将到期积分：{{number1.DATA}}\n到期日期：{{date2.DATA}}\n温馨提示：{{thing3.DATA}}",
        "即将到期积分：200\n到期日期：2026年12月31日\n温馨提示：到期后自动清零",
    ),
    (
        "46007",
        "活动参与提醒",
        "活动名称：{{thing1.DATA}}\n温馨提示：{{thing2.DATA}}",
        "活动名称：邀请有礼\n温馨提示：点击查看你的邀请链接",
    ),
];
const AT_START: usize = 3;

impl Template {
    /// The templates that an official account has from the start.
    pub(super) fn samples(appid: &str, kind: Kind) -> Vec<Self> {
        let count = if kind == Kind::Official { AT_START } else { 0 };
        LIBRARY.iter().take(count).map(|entry| Self::from_library(appid, *entry)).collect()
    }

    fn from_library(appid: &str, entry: (&'static str, &'static str, &'static str, &'static str)) -> Self {
        let (short, title, content, example) = entry;
        Self { id: derived("", &["template", appid, short], 43), short, title, content, example }
    }

    /// The template as `get_all_private_template` lists it.
    pub(super) fn listed(&self) -> Value {
        json!({
            "template_id": self.id,
            "title": self.title,
            "primary_industry": "商业服务",
            "deputy_industry": "会员服务",
            "content": self.content,
            "example": self.example,
        })
    }
}

/// The industries that the account named.
#[derive(Clone, Debug)]
pub(super) struct Industry {
    first: String,
    second: String,
}

impl Default for Industry {
    fn default() -> Self {
        Self { first: "1".to_owned(), second: "4".to_owned() }
    }
}

/// `POST /cgi-bin/template/api_set_industry`
pub(super) fn set_industry(world: &mut World, call: &Call) -> Outcome {
    let id = |pointer| call.number(pointer).filter(|id| (1..=41).contains(id)).ok_or_else(|| Refusal::of(40097));
    let (first, second) = (id("/industry_id1")?.to_string(), id("/industry_id2")?.to_string());
    world.caller(&call.account)?.industry = Industry { first, second };
    done()
}

/// `GET /cgi-bin/template/get_industry`
pub(super) fn get_industry(world: &mut World, call: &Call) -> Outcome {
    let industry = &world.caller(&call.account)?.industry;
    Ok(json!({
        "primary_industry": { "first_class": "行业", "second_class": industry.first },
        "secondary_industry": { "first_class": "行业", "second_class": industry.second },
    })
    .into())
}

/// `POST /cgi-bin/template/api_add_template`
pub(super) fn add(world: &mut World, call: &Call) -> Outcome {
    let short = call.text("/template_id_short", 40037)?;
    let entry = LIBRARY.iter().find(|(known, ..)| *known == short).ok_or_else(|| Refusal::of(40037))?;
    let most = world.settings.templates;
    let account = world.caller(&call.account)?;
    let template = Template::from_library(&account.appid, *entry);
    let id = template.id.clone();
    if !account.templates.iter().any(|known| known.short == short) {
        if account.templates.len() >= most {
            return Err(Refusal::of(45026));
        }
        account.templates.push(template);
    }
    Ok(json!({ "errcode": 0, "errmsg": "ok", "template_id": id }).into())
}

/// `GET /cgi-bin/template/get_all_private_template`
pub(super) fn list(world: &mut World, call: &Call) -> Outcome {
    let templates: Vec<Value> = world.caller(&call.account)?.templates.iter().map(Template::listed).collect();
    Ok(json!({ "template_list": templates }).into())
}

/// `POST /cgi-bin/template/del_private_template`
pub(super) fn delete(world: &mut World, call: &Call) -> Outcome {
    let id = call.text("/template_id", 40037)?;
    let templates = &mut world.caller(&call.account)?.templates;
    let before = templates.len();
    templates.retain(|template| template.id != id);
    if templates.len() == before { Err(Refusal::of(40037)) } else { done() }
}

/// `POST /cgi-bin/message/template/send`: accepted at once, its fate comes as an event.
pub(super) fn send(world: &mut World, call: &Call) -> Outcome {
    let now = world.now();
    let person = world.known(&call.account, call.text("/touser", 41009)?)?;
    let template_id = call.text("/template_id", 40037)?;
    let appid = call.at("/miniprogram/appid").and_then(Value::as_str);
    if appid.is_some_and(|appid| !world.accounts.values().any(|account| account.appid == appid)) {
        return Err(Refusal::of(40013));
    }
    let account = world.caller(&call.account)?;
    let template = account.templates.iter().find(|template| template.id == template_id).cloned();
    let template = template.ok_or_else(|| Refusal::of(40037))?;
    if !account.is_following(&person) {
        return Err(Refusal::of(43004));
    }
    let contact = account.contact(&person);
    if contact.refused.contains(template_id) {
        return Err(Refusal::of(43101));
    }
    let data = call.at("/data");
    check(template.content, data)?;
    let key = call.text_or_empty("/client_msg_id");
    contact.sent.retain(|_, (_, at)| now - *at < DEDUPLICATED);
    if let Some((msgid, _)) = contact.sent.get(key).filter(|_| !key.is_empty()) {
        return Ok(json!({ "errcode": 0, "errmsg": "ok", "msgid": msgid }).into());
    }
    let refuses = contact.refuses;
    let msgid = world.number();
    if !key.is_empty() {
        world.caller(&call.account)?.contact(&person).sent.insert(key.to_owned(), (msgid, now));
    }
    let status = if call.failing {
        "failed: system failed"
    } else if refuses {
        "failed:user block"
    } else {
        let content = json!({
            "template_id": template.id,
            "title": template.title,
            "text": filled(template.content, data.unwrap_or(&Value::Null)),
            "url": call.text_or_empty("/url"),
            "miniprogram": call.at("/miniprogram"),
        });
        world.say(&call.account, &person, From::Account, "template", Some(Via::Template), content);
        "success"
    };
    let event: Fields = world
        .envelope(&call.account, Some(&person), "event")
        .text("Event", "TEMPLATESENDJOBFINISH")
        .number("MsgID", msgid)
        .text("Status", status);
    world.push_later(&call.account, Some(&person), event);
    Ok(json!({ "errcode": 0, "errmsg": "ok", "msgid": msgid }).into())
}
