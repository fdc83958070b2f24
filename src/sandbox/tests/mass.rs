use serde_json::{Value, json};

use super::rig::{BRAND, LIN, Rig, SHOP, ZHOU, fine, refused};
use crate::sandbox::{FaultKind, NewFault, Via};

const ALL: &str = "/cgi-bin/message/mass/sendall";
const LIST: &str = "/cgi-bin/message/mass/send";

fn to_list(openids: &[&str]) -> Value {
    json!({ "touser": openids, "msgtype": "text", "text": { "content": "新品上市" } })
}

fn to_all() -> Value {
    json!({ "filter": { "is_to_all": true }, "msgtype": "text", "text": { "content": "新品上市" } })
}

async fn finished(rig: &Rig) -> Vec<String> {
    let (_, event) = rig.last_push("event:MASSSENDJOBFINISH").await;
    ["Status", "TotalCount", "FilterCount", "SentCount", "ErrorCount"]
        .map(|name| event.str(name).unwrap().to_owned())
        .to_vec()
}

#[tokio::test]
async fn a_person_gets_four_a_month() {
    let rig = Rig::start().await;
    let (lin, zhou) = (rig.followed(LIN, BRAND).await, rig.followed(ZHOU, BRAND).await);
    for _ in 0..4 {
        fine(&rig.post(BRAND, LIST, to_list(&[&lin, &zhou])).await);
        assert_eq!(finished(&rig).await, ["send success", "2", "2", "2", "0"]);
    }
    fine(&rig.post(BRAND, LIST, to_list(&[&lin, &zhou])).await);
    assert_eq!(finished(&rig).await, ["send success", "2", "2", "0", "2"]);
    let chat = rig.sandbox.chat(LIN, BRAND).unwrap();
    assert_eq!(chat.messages.len(), 4);
    assert_eq!(chat.messages[0].via, Some(Via::Mass));
    rig.advance(10 * 24 * 3600);
    fine(&rig.post(BRAND, LIST, to_list(&[&lin, &zhou])).await);
    assert_eq!(finished(&rig).await, ["send success", "2", "2", "2", "0"]);
}

#[tokio::test]
async fn to_all_goes_once_a_day_and_four_times_a_month() {
    let rig = Rig::start().await;
    rig.followed(LIN, BRAND).await;
    for day in 0..4 {
        let sent = rig.post(BRAND, ALL, to_all()).await;
        fine(&sent);
        assert!(sent["msg_id"].is_u64() && sent["msg_data_id"].is_u64(), "day {day}");
        refused(&rig.post(BRAND, ALL, to_all()).await, 45028);
        rig.advance(24 * 3600);
    }
    refused(&rig.post(BRAND, ALL, to_all()).await, 45028);
}

#[tokio::test]
async fn a_tag_chooses_and_the_unwilling_are_left_out() {
    let rig = Rig::start().await;
    let (lin, zhou) = (rig.followed(LIN, BRAND).await, rig.followed(ZHOU, BRAND).await);
    let tag = rig.post(BRAND, "/cgi-bin/tags/create", json!({ "tag": { "name": "金卡" } })).await["tag"]["id"].clone();
    let body = |tag: &Value| json!({ "filter": { "tag_id": tag }, "msgtype": "text", "text": { "content": "x" } });
    refused(&rig.post(BRAND, ALL, body(&json!(777))).await, 45159);
    let tagging = json!({ "openid_list": [lin, zhou], "tagid": tag });
    fine(&rig.post(BRAND, "/cgi-bin/tags/members/batchtagging", tagging).await);
    rig.sandbox.refuse(ZHOU, BRAND, true).unwrap();
    fine(&rig.post(BRAND, ALL, body(&tag)).await);
    assert_eq!(finished(&rig).await, ["send success", "2", "1", "1", "0"]);
    rig.sandbox.add_fault(NewFault::once(ALL, FaultKind::JobFailed)).unwrap();
    let failed = rig.post(BRAND, ALL, body(&tag)).await;
    assert_eq!(finished(&rig).await, ["send fail", "2", "1", "0", "1"]);
    let status = rig.post(BRAND, "/cgi-bin/message/mass/get", json!({ "msg_id": failed["msg_id"] })).await;
    assert_eq!(status["msg_status"], "SEND_FAIL");
}

#[tokio::test]
async fn a_key_makes_the_retry_safe() {
    let rig = Rig::start().await;
    let (lin, zhou) = (rig.followed(LIN, BRAND).await, rig.followed(ZHOU, BRAND).await);
    let mut body = to_list(&[&lin, &zhou]);
    body["clientmsgid"] = json!("k".repeat(65));
    refused(&rig.post(BRAND, LIST, body.clone()).await, 45067);
    body["clientmsgid"] = json!("broadcast-1");
    let sent = rig.post(BRAND, LIST, body.clone()).await;
    fine(&sent);
    refused(&rig.post(BRAND, LIST, body.clone()).await, 45066);
    rig.advance(60);
    let again = rig.post(BRAND, LIST, body.clone()).await;
    refused(&again, 45065);
    assert_eq!(again["msg_id"], sent["msg_id"]);
    assert_eq!(rig.sandbox.chat(LIN, BRAND).unwrap().messages.len(), 1);
    rig.advance(24 * 3600);
    fine(&rig.post(BRAND, LIST, body).await);
}

#[tokio::test]
async fn lists_and_contents_have_rules() {
    let rig = Rig::start().await;
    let lin = rig.followed(LIN, BRAND).await;
    refused(&rig.post(BRAND, LIST, to_list(&[&lin])).await, 40032);
    refused(&rig.post(BRAND, LIST, to_list(&["oA", "oB"])).await, 40003);
    let wrong = json!({ "touser": [lin, lin], "msgtype": "poem", "poem": {} });
    refused(&rig.post(BRAND, LIST, wrong).await, 40008);
    let image = json!({ "touser": [lin, lin], "msgtype": "images", "images": { "media_ids": ["none"] } });
    refused(&rig.post(BRAND, LIST, image).await, 40007);
    let foreign = rig.openid(LIN, SHOP);
    fine(&rig.post(BRAND, LIST, to_list(&[&lin, &foreign])).await);
    assert_eq!(finished(&rig).await[1], "1", "foreign ids are left out");
}

#[tokio::test]
async fn preview_delete_status_and_speed() {
    let rig = Rig::start().await;
    let lin = rig.followed(LIN, BRAND).await;
    let preview = "/cgi-bin/message/mass/preview";
    let text = json!({ "touser": lin, "msgtype": "text", "text": { "content": "先看看" } });
    fine(&rig.post(BRAND, preview, text).await);
    assert_eq!(rig.lines(LIN, BRAND), [("account".to_owned(), "先看看".to_owned())]);
    let name = json!({ "towxname": "someone", "msgtype": "text", "text": { "content": "x" } });
    refused(&rig.post(BRAND, preview, name).await, 40132);

    let (get, delete) = ("/cgi-bin/message/mass/get", "/cgi-bin/message/mass/delete");
    let article = json!({ "touser": [lin, lin], "msgtype": "mpnews", "mpnews": { "media_id": "m" } });
    let job = rig.post(BRAND, LIST, article).await["msg_id"].clone();
    assert_eq!(rig.post(BRAND, get, json!({ "msg_id": job })).await["msg_status"], "SEND_SUCCESS");
    fine(&rig.post(BRAND, delete, json!({ "msg_id": job })).await);
    assert_eq!(rig.post(BRAND, get, json!({ "msg_id": job })).await["msg_status"], "DELETE");
    refused(&rig.post(BRAND, get, json!({ "msg_id": 1 })).await, 40059);
    refused(&rig.post(BRAND, delete, json!({ "msg_id": 1 })).await, 40059);
    let words = rig.post(BRAND, LIST, to_list(&[&lin, &lin])).await["msg_id"].clone();
    refused(&rig.post(BRAND, delete, json!({ "msg_id": words })).await, 40008);

    let (set, speed) = ("/cgi-bin/message/mass/speed/set", "/cgi-bin/message/mass/speed/get");
    fine(&rig.post(BRAND, set, json!({ "speed": 4 })).await);
    assert_eq!(rig.post(BRAND, speed, json!({})).await, json!({ "speed": 4, "realspeed": 10 }));
    refused(&rig.post(BRAND, set, json!({ "speed": 5 })).await, 45083);
    refused(&rig.post(BRAND, set, json!({})).await, 45084);
}

#[tokio::test]
async fn a_person_named_twice_gets_it_once() {
    let rig = Rig::start().await;
    let lin = rig.followed(LIN, BRAND).await;
    fine(&rig.post(BRAND, LIST, to_list(&[&lin, &lin])).await);
    assert_eq!(rig.sandbox.chat(LIN, BRAND).unwrap().messages.len(), 1);
}
