use futures_util::StreamExt;
use serde_json::{Value, json};

use super::rig::{BRAND, LIN, Rig, SECRET, fine};
use crate::infra::clock::Clock;

#[tokio::test]
async fn the_state_shows_accounts_people_and_faults() {
    let rig = Rig::start().await;
    rig.followed(LIN, BRAND).await;
    let (status, state) = rig.control("GET", "/state", Value::Null).await;
    assert_eq!(status, 200);
    assert_eq!(state["now"], "2026-11-21T02:00:00Z");
    assert_eq!(state["manual_clock"], true);
    let account = &state["accounts"][0];
    assert_eq!(account["key"], BRAND);
    assert_eq!(account["kind"], "official");
    assert_eq!((&account["mode"], &account["format"]), (&json!("secure"), &json!("xml")));
    assert_eq!(account["callback_url"], format!("{}/wechat/brand/callback", rig.service.base));
    assert_eq!(account["followers"], 1);
    assert_eq!(account["menu"], Value::Null);
    assert!(account.get("new_aes_key").is_none());
    let person = state["people"].as_array().unwrap().iter().find(|person| person["id"] == LIN).unwrap();
    assert_eq!(person["name"], "林小满");
    assert_eq!(person["follows"], json!([BRAND]));
    assert_eq!(person["openids"][BRAND], rig.openid(LIN, BRAND));
    assert_eq!(state["faults"], json!([]));
    assert!(!state.to_string().contains(SECRET));
}

#[tokio::test]
async fn people_act_over_http() {
    let rig = Rig::start().await;
    let (status, person) = rig.control("POST", "/people", json!({ "name": "苏一禾" })).await;
    assert_eq!((status, &person["name"]), (200, &json!("苏一禾")));
    let id = person["id"].as_str().unwrap();
    let follow = json!({ "account": BRAND, "scene": "invite:1" });
    let (status, followed) = rig.control("POST", &format!("/people/{id}/follow"), follow).await;
    assert_eq!((status, &followed["push"]["outcome"]), (200, &json!("acknowledged")));
    let text = json!({ "account": BRAND, "type": "text", "text": "你好" });
    let (_, sent) = rig.control("POST", &format!("/people/{id}/send"), text).await;
    assert_eq!(sent["message"]["content"]["content"], "你好");
    assert_eq!(sent["push"]["attempts"][0]["verdict"], "acknowledged");
    let place =
        json!({ "account": BRAND, "type": "location", "latitude": 31.230416, "longitude": 121.4, "label": "外滩" });
    let (_, sent) = rig.control("POST", &format!("/people/{id}/send"), place).await;
    assert!(sent["push"]["plaintext"].as_str().unwrap().contains("<Location_X>31.230416</Location_X>"));
    let (_, chat) = rig.control("GET", &format!("/people/{id}/chats/{BRAND}"), Value::Null).await;
    assert_eq!(chat["messages"][0]["from"], "person");
    assert_eq!(chat["messages"][0]["type"], "text");
    assert_eq!(chat["messages"][0]["via"], Value::Null);
    assert_eq!(chat["window"][1]["trigger"], "message");
    assert_eq!(chat["typing"], false);
    let (_, pushes) = rig.control("GET", "/pushes?limit=2", Value::Null).await;
    assert_eq!(pushes["pushes"].as_array().unwrap().len(), 2);
    assert_eq!(pushes["pushes"][0]["kind"], "location");
    let push = pushes["pushes"][0]["id"].as_u64().unwrap();
    let (_, again) = rig.control("POST", &format!("/pushes/{push}/again"), Value::Null).await;
    assert_eq!(again["push"]["attempts"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn without_waiting_the_push_is_still_pending() {
    let rig = Rig::start().await;
    let follow = json!({ "account": BRAND });
    let (_, answer) = rig.control("POST", &format!("/people/{LIN}/follow?wait=false"), follow).await;
    let push = answer["push"]["id"].as_u64().unwrap();
    rig.sandbox.settled().await;
    let ended = rig.sandbox.push(push).unwrap();
    assert_eq!(ended.attempts.len(), 1);
}

#[tokio::test]
async fn what_makes_no_sense_is_explained() {
    let rig = Rig::start().await;
    for (method, path, body, expected) in [
        ("POST", "/people", json!({ "name": "" }), 422),
        ("POST", "/people/nobody/follow", json!({ "account": BRAND }), 404),
        ("POST", "/people/lin-xiaoman/follow", json!({ "account": "nothing" }), 404),
        ("POST", "/people/lin-xiaoman/follow", json!({ "account": "mini" }), 422),
        ("POST", "/people/lin-xiaoman/follow", json!({}), 422),
        ("POST", "/people/lin-xiaoman/unfollow", json!({ "account": BRAND }), 409),
        ("POST", "/people/lin-xiaoman/scan", json!({ "code": "unknown" }), 422),
        ("PATCH", "/accounts/brand", json!({ "format": "json" }), 422),
        ("PATCH", "/accounts/brand", json!({ "colour": "red" }), 422),
        ("PATCH", "/accounts/brand", json!({ "callback_url": "ftp://x" }), 422),
        ("POST", "/pushes/1234567/again", Value::Null, 404),
        ("POST", "/pushes/x/again", Value::Null, 422),
        ("DELETE", "/faults/1234567", Value::Null, 404),
        ("GET", "/nothing", Value::Null, 404),
    ] {
        let (status, answer) = rig.control(method, path, body).await;
        assert_eq!(status, expected, "{method} {path}: {answer}");
        assert!(answer["error"].as_str().is_some_and(|error| !error.is_empty()), "{answer}");
    }
}

#[tokio::test]
async fn faults_and_tokens_are_changed_over_http() {
    let rig = Rig::start().await;
    let new = json!({ "endpoint": "/cgi-bin/user/get", "kind": "errcode", "errcode": 45009, "times": 1 });
    let (status, fault) = rig.control("POST", "/faults", new).await;
    assert_eq!((status, &fault["kind"], &fault["errcode"]), (200, &json!("errcode"), &json!(45009)));
    let (_, listed) = rig.control("GET", "/faults", Value::Null).await;
    assert_eq!(listed["faults"][0]["id"], fault["id"]);
    assert_eq!(rig.control("DELETE", "/faults", Value::Null).await.0, 200);
    assert!(rig.sandbox.state().faults.is_empty());
    let before = rig.token(BRAND).await;
    assert_eq!(rig.control("POST", "/tokens/brand/invalidate", Value::Null).await.0, 200);
    assert_ne!(rig.token(BRAND).await, before);
    let (_, verified) = rig.control("POST", "/accounts/brand/verify", Value::Null).await;
    assert_eq!(verified["ok"], true);
    let message = json!({ "message": { "MsgType": "event", "Event": "brand_new" } });
    let (_, pushed) = rig.control("POST", "/accounts/brand/push", message).await;
    assert_eq!(pushed["push"]["kind"], "event:brand_new");
}

#[tokio::test]
async fn only_a_manual_clock_can_be_moved() {
    let rig = Rig::start().await;
    let (status, moved) = rig.control("POST", "/clock/advance", json!({ "seconds": 60 })).await;
    assert_eq!((status, &moved["now"]), (200, &json!("2026-11-21T02:01:00Z")));
    let rig = Rig::with(|options| options.clock = Clock::system()).await;
    assert_eq!(rig.control("POST", "/clock/advance", json!({ "seconds": 60 })).await.0, 409);
}

#[tokio::test]
async fn calls_are_logged_without_secrets() {
    let rig = Rig::start().await;
    let token = rig.token(BRAND).await;
    rig.get(BRAND, "/cgi-bin/ticket/getticket", &[("type", "jsapi")]).await;
    rig.get_bare("/cgi-bin/token", &[("appid", "wxbrand"), ("secret", SECRET)]).await;
    let (_, calls) = rig.control("GET", "/calls?limit=10", Value::Null).await;
    let calls = calls["calls"].as_array().unwrap();
    assert_eq!(calls[0]["errcode"], 40002);
    assert_eq!(calls[0]["request"], "?appid=wxbrand&secret=***");
    assert_eq!((&calls[1]["account"], &calls[1]["errcode"]), (&json!(BRAND), &json!(0)));
    let text = serde_json::to_string(calls).unwrap();
    assert!(!text.contains(&token) && !text.contains(SECRET) && !text.contains("kgt8"));
}

#[tokio::test]
async fn the_page_hears_what_changes() {
    let rig = Rig::start().await;
    let stream = rig.client().get(rig.url("/sandbox/v1/events")).send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let mut chunks = stream.bytes_stream();
    assert!(chunks.next().await.unwrap().unwrap().starts_with(b":"));
    rig.followed(LIN, BRAND).await;
    let token = rig.token(BRAND).await;
    let body = json!({ "touser": rig.openid(LIN, BRAND), "command": "Typing" });
    let url = rig.url("/cgi-bin/message/custom/typing");
    let typing = rig.client().post(url).query(&[("access_token", token)]).body(body.to_string());
    fine(&typing.send().await.unwrap().json().await.unwrap());
    rig.sandbox.read(LIN, BRAND).unwrap();
    let mut heard = String::new();
    while !heard.contains("\"typing\"") {
        heard.push_str(std::str::from_utf8(&chunks.next().await.unwrap().unwrap()).unwrap());
    }
    for expected in [r#"data: {"type":"state"}"#, r#"{"type":"push","id":"#, r#"{"type":"call","id":"#] {
        assert!(heard.contains(expected), "{expected} in {heard}");
    }
    let typing = r#"data: {"type":"typing","person":"lin-xiaoman","account":"brand","on":true}"#;
    assert!(heard.contains(typing), "{heard}");
}

#[tokio::test]
async fn a_page_is_served_at_the_root() {
    let rig = Rig::start().await;
    let page = rig.client().get(rig.url("/")).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let missing = rig.client().get(rig.url("/assets/none.js")).send().await.unwrap();
    assert_eq!(missing.status(), 404);
}

#[tokio::test]
async fn a_stopped_sandbox_is_gone() {
    let rig = Rig::start().await;
    let url = rig.url("/sandbox/v1/state");
    rig.sandbox.stop().await;
    assert!(reqwest::Client::new().get(url).send().await.is_err());
}
