use serde_json::{Value, json};

use super::rig::{BRAND, LIN, Rig, SHOP, ZHOU, fine, refused};
use crate::sandbox::{FaultKind, NewFault, Via};

const SEND: &str = "/cgi-bin/message/template/send";

async fn template(rig: &Rig) -> String {
    let list = rig.get(BRAND, "/cgi-bin/template/get_all_private_template", &[]).await;
    let found = list["template_list"].as_array().unwrap().iter().find(|entry| entry["title"] == "积分变动通知");
    found.unwrap()["template_id"].as_str().unwrap().to_owned()
}

fn body(openid: &str, template: &str) -> Value {
    json!({
        "touser": openid,
        "template_id": template,
        "url": "https://h5.example.com/points",
        "data": {
            "name1": { "value": "林小满" },
            "thing2": { "value": "好友首单" },
            "number3": { "value": "50" },
            "number4": { "value": "1280" },
        },
    })
}

#[tokio::test]
async fn the_fate_of_a_message_comes_as_an_event() {
    let rig = Rig::start().await;
    let openid = rig.followed(LIN, BRAND).await;
    let template = template(&rig).await;
    let answer = rig.post(BRAND, SEND, body(&openid, &template)).await;
    fine(&answer);
    let (push, event) = rig.last_push("event:TEMPLATESENDJOBFINISH").await;
    assert_eq!(event.str("MsgID").unwrap(), answer["msgid"].to_string());
    assert_eq!(event.str("Status"), Some("success"));
    assert_eq!(event.str("FromUserName"), Some(openid.as_str()));
    assert_eq!(push.attempts.len(), 1);
    let chat = rig.sandbox.chat(LIN, BRAND).unwrap();
    let message = chat.messages.last().unwrap();
    assert_eq!(message.via, Some(Via::Template));
    assert_eq!(message.content["text"], "会员：林小满\n变动原因：好友首单\n变动积分：50\n当前积分：1280");

    rig.sandbox.refuse(LIN, BRAND, true).unwrap();
    fine(&rig.post(BRAND, SEND, body(&openid, &template)).await);
    assert_eq!(rig.last_push("event:TEMPLATESENDJOBFINISH").await.1.str("Status"), Some("failed:user block"));
    rig.sandbox.refuse(LIN, BRAND, false).unwrap();
    rig.sandbox.add_fault(NewFault::once(SEND, FaultKind::JobFailed)).unwrap();
    fine(&rig.post(BRAND, SEND, body(&openid, &template)).await);
    assert_eq!(rig.last_push("event:TEMPLATESENDJOBFINISH").await.1.str("Status"), Some("failed: system failed"));
    assert_eq!(rig.sandbox.chat(LIN, BRAND).unwrap().messages.len(), 1, "only the first arrived");
}

#[tokio::test]
async fn a_repeat_with_the_same_key_sends_nothing_for_ten_minutes() {
    let rig = Rig::start().await;
    let openid = rig.followed(LIN, BRAND).await;
    let mut body = body(&openid, &template(&rig).await);
    body["client_msg_id"] = json!("outbox-1");
    let first = rig.post(BRAND, SEND, body.clone()).await;
    rig.advance(599);
    assert_eq!(rig.post(BRAND, SEND, body.clone()).await, first);
    assert_eq!(rig.sandbox.chat(LIN, BRAND).unwrap().messages.len(), 1);
    rig.advance(1);
    assert_ne!(rig.post(BRAND, SEND, body).await["msgid"], first["msgid"]);
    assert_eq!(rig.sandbox.chat(LIN, BRAND).unwrap().messages.len(), 2);
}

#[tokio::test]
async fn every_wrong_message_has_its_code() {
    let rig = Rig::start().await;
    let openid = rig.followed(LIN, BRAND).await;
    let template = template(&rig).await;
    let with = |pointer: &str, value: Value| {
        let mut body = body(&openid, &template);
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap()[name] = value;
        body
    };
    for (body, code) in [
        (with("/touser", json!("oNobody")), 40003),
        (with("/touser", json!(rig.openid(LIN, SHOP))), 40003),
        (with("/touser", json!(rig.openid(ZHOU, BRAND))), 43004),
        (with("/template_id", json!("nothing")), 40037),
        (with("/miniprogram", json!({ "appid": "wxno", "pagepath": "p" })), 40013),
        (with("/data", json!(null)), 47003),
        (with("/data/number3", json!({ "value": "五十" })), 47003),
        (with("/data/thing2/value", json!("这一段文字超过了二十个字所以一定会被拒绝掉的啦")), 47003),
        (with("/data/thing2/value", json!("")), 47003),
    ] {
        refused(&rig.post(BRAND, SEND, body).await, code);
    }
    let answer = rig.post(BRAND, SEND, with("/data/number3/value", json!("五十"))).await;
    assert!(answer["errmsg"].as_str().unwrap().starts_with("argument invalid! data.number3.value"), "{answer}");
    fine(&rig.post(BRAND, SEND, with("/miniprogram", json!({ "appid": "wxmini", "pagepath": "p" }))).await);
}

#[tokio::test]
async fn templates_are_chosen_from_a_library() {
    let rig = Rig::with(|options| options.settings.templates = 4).await;
    let (add, delete) = ("/cgi-bin/template/api_add_template", "/cgi-bin/template/del_private_template");
    let added = rig.post(BRAND, add, json!({ "template_id_short": "46004", "keyword_name_list": [] })).await;
    fine(&added);
    assert_eq!(added["template_id"].as_str().unwrap().len(), 43);
    refused(&rig.post(BRAND, add, json!({ "template_id_short": "46005" })).await, 45026);
    refused(&rig.post(BRAND, add, json!({ "template_id_short": "1" })).await, 40037);
    fine(&rig.post(BRAND, delete, json!({ "template_id": added["template_id"] })).await);
    refused(&rig.post(BRAND, delete, json!({ "template_id": added["template_id"] })).await, 40037);
    fine(
        &rig.post(BRAND, "/cgi-bin/template/api_set_industry", json!({ "industry_id1": "2", "industry_id2": "5" }))
            .await,
    );
    let industry = rig.get(BRAND, "/cgi-bin/template/get_industry", &[]).await;
    assert_eq!(industry["secondary_industry"]["second_class"], "5");
    refused(&rig.post(BRAND, "/cgi-bin/template/api_set_industry", json!({ "industry_id1": "x" })).await, 40097);
}
