use serde_json::{Value, json};

use super::rig::{BRAND, LIN, MINI, Rig, SHOP, fine, refused};
use crate::sandbox::{FaultKind, NewFault, Trouble, Via};

const MINI_SEND: &str = "/cgi-bin/message/subscribe/send";
const OFFICIAL_SEND: &str = "/cgi-bin/message/subscribe/bizsend";

async fn template(rig: &Rig, account: &str) -> String {
    let list = rig.get(account, "/wxaapi/newtmpl/gettemplate", &[]).await;
    fine(&list);
    let found = list["data"].as_array().unwrap().iter().find(|entry| entry["title"] == "奖励到账提醒").unwrap();
    assert_eq!(found["type"], 2);
    found["priTmplId"].as_str().unwrap().to_owned()
}

fn body(openid: &str, template: &str) -> Value {
    json!({
        "touser": openid,
        "template_id": template,
        "page": "pages/rewards/index",
        "miniprogram_state": "formal",
        "lang": "zh_CN",
        "data": {
            "thing1": { "value": "邀请奖励" },
            "amount2": { "value": "¥5.00" },
            "time3": { "value": "2026年11月21日 10:30" },
        },
    })
}

#[tokio::test]
async fn one_acceptance_is_one_message() {
    let rig = Rig::start().await;
    for (account, path) in [(MINI, MINI_SEND), (BRAND, OFFICIAL_SEND)] {
        let (openid, template) = (rig.openid(LIN, account), template(&rig, account).await);
        refused(&rig.post(account, path, body(&openid, &template)).await, 43101);
        rig.sandbox.subscribe(LIN, account, &template, true).await.unwrap();
        rig.sandbox.subscribe(LIN, account, &template, true).await.unwrap();
        assert_eq!(rig.sandbox.chat(LIN, account).unwrap().credits[&template], 2);
        for _ in 0..2 {
            fine(&rig.post(account, path, body(&openid, &template)).await);
        }
        refused(&rig.post(account, path, body(&openid, &template)).await, 43101);
        let chat = rig.sandbox.chat(LIN, account).unwrap();
        assert_eq!(chat.messages.len(), 2);
        assert_eq!(chat.messages[0].via, Some(Via::Subscribe));
        rig.sandbox.subscribe(LIN, account, &template, true).await.unwrap();
        rig.sandbox.subscribe(LIN, account, &template, false).await.unwrap();
        refused(&rig.post(account, path, body(&openid, &template)).await, 43101);
    }
}

#[tokio::test]
async fn the_events_of_a_mini_program_in_json_carry_the_list_at_the_top() {
    let rig = Rig::start().await;
    let (openid, template) = (rig.openid(LIN, MINI), template(&rig, MINI).await);
    rig.sandbox.subscribe(LIN, MINI, &template, true).await.unwrap();
    let (push, _) = rig.last_push("event:subscribe_msg_popup_event").await;
    let event: Value = serde_json::from_str(&push.plaintext).unwrap();
    let entry = json!({ "TemplateId": template, "SubscribeStatusString": "accept", "PopupScene": "0" });
    assert_eq!(event["List"], entry);
    assert!(event["CreateTime"].is_u64());
    let answer = rig.post(MINI, MINI_SEND, body(&openid, &template)).await;
    let (push, _) = rig.last_push("event:subscribe_msg_sent_event").await;
    let event: Value = serde_json::from_str(&push.plaintext).unwrap();
    assert_eq!(event["List"]["MsgID"], answer["msgid"].to_string());
    assert_eq!(event["List"]["ErrorCode"], "0");
}

#[tokio::test]
async fn the_events_of_an_official_account_carry_the_list_below_a_name() {
    let rig = Rig::start().await;
    let (openid, template) = (rig.openid(LIN, BRAND), template(&rig, BRAND).await);
    rig.sandbox.subscribe(LIN, BRAND, &template, false).await.unwrap();
    let (_, event) = rig.last_push("event:subscribe_msg_popup_event").await;
    let entry = event.child("SubscribeMsgPopupEvent").unwrap().child("List").unwrap();
    assert_eq!(entry.str("SubscribeStatusString"), Some("reject"));
    assert_eq!(entry.str("PopupScene"), Some("2"));
    rig.sandbox.subscribe(LIN, BRAND, &template, true).await.unwrap();
    rig.sandbox.add_fault(NewFault::once(OFFICIAL_SEND, FaultKind::JobFailed)).unwrap();
    fine(&rig.post(BRAND, OFFICIAL_SEND, body(&openid, &template)).await);
    let (_, event) = rig.last_push("event:subscribe_msg_sent_event").await;
    let entry = event.child("SubscribeMsgSentEvent").unwrap().child("List").unwrap();
    assert_eq!((entry.str("ErrorCode"), entry.str("ErrorStatus")), (Some("-1"), Some("other")));
}

#[tokio::test]
async fn every_wrong_message_has_its_code() {
    let rig = Rig::start().await;
    let (openid, template) = (rig.openid(LIN, MINI), template(&rig, MINI).await);
    rig.sandbox.subscribe(LIN, MINI, &template, true).await.unwrap();
    let with = |name: &str, value: Value| {
        let mut body = body(&openid, &template);
        body[name] = value;
        body
    };
    for (body, code) in [
        (with("touser", json!("oNobody")), 40003),
        (with("touser", json!(rig.openid(LIN, SHOP))), 40003),
        (with("template_id", json!("nothing")), 40037),
        (with("page", json!("/pages/rewards/index")), 41030),
        (with("lang", json!("fr_FR")), 40097),
        (with("miniprogram_state", json!("live")), 40097),
        (with("data", json!({ "thing1": { "value": "x" } })), 47003),
    ] {
        refused(&rig.post(MINI, MINI_SEND, body).await, code);
    }
    fine(&rig.post(MINI, MINI_SEND, body(&openid, &template)).await);
    let unknown = rig.sandbox.subscribe(LIN, MINI, "nothing", true).await;
    assert_eq!(unknown.unwrap_err(), Trouble::Unknown("template"));
}

#[tokio::test]
async fn a_long_term_template_is_not_used_up() {
    let rig = Rig::start().await;
    let chosen = json!({ "tid": "3004", "kidList": [1, 2], "sceneDesc": "就诊" });
    let added = rig.post(MINI, "/wxaapi/newtmpl/addtemplate", chosen).await;
    fine(&added);
    let template = added["priTmplId"].as_str().unwrap();
    rig.sandbox.subscribe(LIN, MINI, template, true).await.unwrap();
    let data = json!({ "name1": { "value": "林小满" }, "time2": { "value": "15:01" } });
    let message = json!({ "touser": rig.openid(LIN, MINI), "template_id": template, "data": data });
    for _ in 0..3 {
        fine(&rig.post(MINI, MINI_SEND, message.clone()).await);
    }
    fine(&rig.post(MINI, "/wxaapi/newtmpl/deltemplate", json!({ "priTmplId": template })).await);
    refused(&rig.post(MINI, MINI_SEND, message).await, 40037);
}

#[tokio::test]
async fn templates_are_chosen_from_a_library() {
    let rig = Rig::with(|options| options.settings.templates = 5).await;
    let category = rig.get(MINI, "/wxaapi/newtmpl/getcategory", &[]).await["data"][0]["id"].to_string();
    let titles = "/wxaapi/newtmpl/getpubtemplatetitles";
    let page = rig.get(MINI, titles, &[("ids", &category), ("start", "1"), ("limit", "2")]).await;
    assert_eq!((page["count"].as_u64(), page["data"].as_array().unwrap().len()), (Some(5), 2));
    for (query, code) in [
        (vec![("start", "0"), ("limit", "1")], 200018),
        (vec![("ids", "1"), ("limit", "1")], 200016),
        (vec![("ids", "1"), ("start", "0"), ("limit", "31")], 200017),
    ] {
        refused(&rig.get(MINI, titles, &query).await, code);
    }
    let keywords = "/wxaapi/newtmpl/getpubtemplatekeywords";
    let words = rig.get(MINI, keywords, &[("tid", "3001")]).await;
    let first = json!({ "kid": 1, "name": "商品", "example": "有机大米", "rule": "thing" });
    assert_eq!(words["data"][0], first);
    refused(&rig.get(MINI, keywords, &[("tid", "1")]).await, 200014);
    let add = "/wxaapi/newtmpl/addtemplate";
    let chosen = json!({ "tid": 3001, "kidList": [3, 1], "sceneDesc": "发货" });
    let added = rig.post(MINI, add, chosen.clone()).await;
    assert_eq!(rig.post(MINI, add, chosen.clone()).await, added, "the same choice is the same template");
    let list = rig.get(MINI, "/wxaapi/newtmpl/gettemplate", &[]).await;
    assert_eq!(list["data"][4]["content"], "发货时间：{{time3.DATA}}\n商品：{{thing1.DATA}}");
    for (field, value, code) in [
        ("tid", json!(1), 200014),
        ("kidList", json!([1]), 200020),
        ("kidList", json!([1, 9]), 200020),
        ("sceneDesc", json!("场".repeat(16)), 200021),
        ("kidList", json!([1, 2]), 200012),
    ] {
        let mut wrong = chosen.clone();
        wrong[field] = value;
        refused(&rig.post(MINI, add, wrong).await, code);
    }
}
