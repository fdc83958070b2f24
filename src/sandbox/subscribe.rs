//! Sending subscription messages of official accounts and mini programs (protocol sections 7.3 and 7.5): one acceptance,
//! one message.

use serde_json::{Value, json};

use super::{
    acts::listed,
    api::{Call, Outcome, done},
    chats::{From, Via},
    errcode::Refusal,
    fields::Fields,
    keywords::{check, filled},
    world::World,
};
use crate::wechat::account::{Format, Kind};

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
    check(&template.content, data)?;
    let contact = account.contact(&person);
    let credits = contact.credits.get_mut(id).filter(|credits| **credits > 0).ok_or_else(|| Refusal::of(43101))?;
    if contact.refused.contains(id) || contact.refuses {
        return Err(Refusal::of(43101));
    }
    if template.one_time {
        *credits -= 1;
    }
    let msgid = world.number();
    let (code, status) = if call.failing { (-1, "other") } else { (0, "success") };
    if !call.failing {
        let content = json!({
            "template_id": template.id,
            "title": template.title,
            "text": filled(&template.content, data.unwrap_or(&Value::Null)),
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
