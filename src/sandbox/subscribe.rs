//! Subscription messages of official accounts and mini programs (protocol sections 7.3 and 7.5): one acceptance, one
//! message.

use serde_json::{Value, json};

use super::{
    acts::listed,
    api::{Call, Outcome, done},
    chats::{From, Via},
    errcode::Refusal,
    fields::Fields,
    keywords::{check, filled},
    people::derived,
    world::World,
};
use crate::wechat::account::{Format, Kind};

const ONE_TIME: u8 = 2;
const LONG_TERM: u8 = 3;

/// A template that people can subscribe to.
#[derive(Clone, Debug)]
pub(super) struct SubscribeTemplate {
    pub(super) id: String,
    title: &'static str,
    content: &'static str,
    example: &'static str,
    kind: u8,
}

/// The library: tid, title, text, example, one-time or long-term. The first ones are in every account from the start.
const LIBRARY: &[(i64, &str, &str, &str, u8)] = &[
    (
        3001,
        "订单发货提醒",
        "商品：{{thing1.DATA}}\n订单号：{{character_string2.DATA}}\n发货时间：{{time3.DATA}}",
        "商品：有机大米\n订单号：HL20261121001\n发货时间：2026年11月21日 10:30",
        ONE_TIME,
    ),
    (
        3002,
        "积分到期提醒",
        "即将到期积分：{{number1.DATA}}\n到期日期：{{date2.DATA}}\n温馨提示：{{thing3.DATA}}",
        "即将到期积分：200\n到期日期：2026年12月31日\n温馨提示：到期后自动清零",
        ONE_TIME,
    ),
    (
        3003,
        "奖励到账提醒",
        "奖励名称：{{thing1.DATA}}\n奖励金额：{{amount2.DATA}}\n到账时间：{{time3.DATA}}",
        "奖励名称：邀请奖励\n奖励金额：¥5.00\n到账时间：2026年11月21日 10:30",
        ONE_TIME,
    ),
    (
        3004,
        "就诊提醒",
        "就诊人：{{name1.DATA}}\n时间：{{time2.DATA}}",
        "就诊人：林小满\n时间：2026年11月21日 10:30",
        LONG_TERM,
    ),
];
const AT_START: usize = 3;

impl SubscribeTemplate {
    /// The templates that an account has from the start.
    pub(super) fn samples(appid: &str) -> Vec<Self> {
        LIBRARY.iter().take(AT_START).map(|entry| Self::from_library(appid, *entry)).collect()
    }

    fn from_library(appid: &str, entry: (i64, &'static str, &'static str, &'static str, u8)) -> Self {
        let (tid, title, content, example, kind) = entry;
        let id = derived("", &["subscribe", appid, &tid.to_string()], 43);
        Self { id, title, content, example, kind }
    }

    /// The template as `gettemplate` lists it.
    pub(super) fn listed(&self) -> Value {
        json!({
            "priTmplId": self.id,
            "title": self.title,
            "content": self.content,
            "example": self.example,
            "type": self.kind,
        })
    }
}

/// `GET /wxaapi/newtmpl/gettemplate`
pub(super) fn list(world: &mut World, call: &Call) -> Outcome {
    let account = world.caller(&call.account)?;
    let data: Vec<Value> = account.subscribe_templates.iter().map(SubscribeTemplate::listed).collect();
    Ok(json!({ "errcode": 0, "errmsg": "ok", "data": data }).into())
}

/// `POST /wxaapi/newtmpl/addtemplate`
pub(super) fn add(world: &mut World, call: &Call) -> Outcome {
    let tid = call.number("/tid").ok_or_else(|| Refusal::of(200014))?;
    let entry = LIBRARY.iter().find(|(known, ..)| *known == tid).ok_or_else(|| Refusal::of(200014))?;
    if call.text_or_empty("/sceneDesc").chars().count() > 15 {
        return Err(Refusal::of(200021));
    }
    let most = world.settings.templates;
    let account = world.caller(&call.account)?;
    let template = SubscribeTemplate::from_library(&account.appid, *entry);
    let id = template.id.clone();
    if !account.subscribe_templates.iter().any(|known| known.id == id) {
        if account.subscribe_templates.len() >= most {
            return Err(Refusal::saying(200012, "template num exceeds limit"));
        }
        account.subscribe_templates.push(template);
    }
    Ok(json!({ "errcode": 0, "errmsg": "ok", "priTmplId": id }).into())
}

/// `POST /wxaapi/newtmpl/deltemplate`
pub(super) fn delete(world: &mut World, call: &Call) -> Outcome {
    let id = call.text("/priTmplId", 40037)?;
    let templates = &mut world.caller(&call.account)?.subscribe_templates;
    let before = templates.len();
    templates.retain(|template| template.id != id);
    if templates.len() == before { Err(Refusal::of(40037)) } else { done() }
}

/// `POST /cgi-bin/message/subscribe/bizsend` and `/cgi-bin/message/subscribe/send`
pub(super) fn send(world: &mut World, call: &Call) -> Outcome {
    let person = world.known(&call.account, call.text("/touser", 41009)?)?;
    let one_of = |pointer, known: &[&str]| match call.at(pointer) {
        Some(value) if !value.as_str().is_some_and(|value| known.contains(&value)) => Err(Refusal::of(40097)),
        _ => Ok(()),
    };
    one_of("/miniprogram_state", &["developer", "trial", "formal"])?;
    one_of("/lang", &["zh_CN", "en_US", "zh_HK", "zh_TW"])?;
    let id = call.text("/template_id", 40037)?;
    let account = world.caller(&call.account)?;
    let (format, kind) = (account.format, account.kind);
    let template = account.subscribe_templates.iter().find(|template| template.id == id).cloned();
    let template = template.ok_or_else(|| Refusal::of(40037))?;
    if kind == Kind::Mini && call.text_or_empty("/page").starts_with('/') {
        return Err(Refusal::of(41030));
    }
    let data = call.at("/data");
    check(template.content, data)?;
    let contact = account.contact(&person);
    let credits = contact.credits.get_mut(id).filter(|credits| **credits > 0).ok_or_else(|| Refusal::of(43101))?;
    if contact.refused.contains(id) || contact.refuses {
        return Err(Refusal::of(43101));
    }
    if template.kind == ONE_TIME {
        *credits -= 1;
    }
    let msgid = world.number();
    let (code, status) = if call.failing { (-1, "other") } else { (0, "success") };
    if !call.failing {
        let content = json!({
            "template_id": template.id,
            "title": template.title,
            "text": filled(template.content, data.unwrap_or(&Value::Null)),
            "page": call.text_or_empty("/page"),
            "miniprogram": call.at("/miniprogram"),
        });
        world.say(&call.account, &person, From::Account, "subscribe", Some(Via::Subscribe), content);
    }
    let entry = Fields::new().text("TemplateId", id);
    let entry = match format {
        Format::Xml => entry.number("MsgID", msgid).number("ErrorCode", code),
        Format::Json => entry.text("MsgID", msgid.to_string()).text("ErrorCode", code.to_string()),
    };
    let event = world.envelope(&call.account, Some(&person), "event").text("Event", "subscribe_msg_sent_event");
    let event = listed(event, "SubscribeMsgSentEvent", format, entry.text("ErrorStatus", status));
    world.push_later(&call.account, Some(&person), event);
    match kind {
        Kind::Official => done(),
        Kind::Mini => Ok(json!({ "errcode": 0, "errmsg": "ok", "msgid": msgid }).into()),
    }
}
