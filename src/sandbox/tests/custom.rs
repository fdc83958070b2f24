use serde_json::{Value, json};

use super::rig::{BRAND, LIN, MINI, Rig, SHOP, ZHOU, fine, refused};
use crate::sandbox::{Said, Tap, Trouble, Via};

const SEND: &str = "/cgi-bin/message/custom/send";
const TYPING: &str = "/cgi-bin/message/custom/typing";

fn text(openid: &str) -> Value {
    json!({ "touser": openid, "msgtype": "text", "text": { "content": "您好" } })
}

async fn fits(rig: &Rig, account: &str, openid: &str, times: usize) {
    for _ in 0..times {
        fine(&rig.post(account, SEND, text(openid)).await);
    }
}

#[tokio::test]
async fn a_message_opens_five_in_forty_eight_hours() {
    let rig = Rig::start().await;
    let openid = rig.followed(LIN, BRAND).await;
    rig.advance(60);
    refused(&rig.post(BRAND, SEND, text(&openid)).await, 45015);
    rig.sandbox.say(LIN, BRAND, "你好").await.unwrap();
    rig.advance(48 * 3600 - 1);
    fits(&rig, BRAND, &openid, 5).await;
    refused(&rig.post(BRAND, SEND, text(&openid)).await, 45047);
    rig.advance(1);
    refused(&rig.post(BRAND, SEND, text(&openid)).await, 45015);
    let chat = rig.sandbox.chat(LIN, BRAND).unwrap();
    assert_eq!(chat.messages.iter().filter(|message| message.via == Some(Via::Custom)).count(), 5);
    assert_eq!(rig.sandbox.person(LIN).unwrap().unread[BRAND], 5);
    rig.sandbox.read(LIN, BRAND).unwrap();
    assert!(rig.sandbox.person(LIN).unwrap().unread.is_empty());
}

#[tokio::test]
async fn following_tapping_and_scanning_open_three_in_a_minute() {
    let rig = Rig::start().await;
    let openid = rig.followed(LIN, BRAND).await;
    fits(&rig, BRAND, &openid, 3).await;
    refused(&rig.post(BRAND, SEND, text(&openid)).await, 45047);
    let menu = json!({ "button": [{ "type": "click", "name": "积分", "key": "points" }] });
    fine(&rig.post(BRAND, "/cgi-bin/menu/create", menu).await);
    rig.sandbox.tap(LIN, BRAND, &Tap { button: vec![0], result: None }).await.unwrap();
    fits(&rig, BRAND, &openid, 3).await;
    refused(&rig.post(BRAND, SEND, text(&openid)).await, 45047);
    let code = json!({ "action_name": "QR_STR_SCENE", "action_info": { "scene": { "scene_str": "s" } } });
    let ticket = rig.post(BRAND, "/cgi-bin/qrcode/create", code).await["ticket"].as_str().unwrap().to_owned();
    rig.sandbox.scan(LIN, &ticket).await.unwrap();
    fits(&rig, BRAND, &openid, 3).await;
    refused(&rig.post(BRAND, SEND, text(&openid)).await, 45047);
    rig.advance(60);
    refused(&rig.post(BRAND, SEND, text(&openid)).await, 45015);
    rig.sandbox.pay(LIN, BRAND).unwrap();
    fits(&rig, BRAND, &openid, 30).await;
}

#[tokio::test]
async fn a_mini_program_has_windows_of_its_own() {
    let rig = Rig::start().await;
    let openid = rig.openid(LIN, MINI);
    refused(&rig.post(MINI, SEND, text(&openid)).await, 45015);
    rig.sandbox.enter(LIN, MINI, "page=order").await.unwrap();
    fits(&rig, MINI, &openid, 2).await;
    refused(&rig.post(MINI, SEND, text(&openid)).await, 45047);
    rig.sandbox.say(LIN, MINI, "在吗").await.unwrap();
    fits(&rig, MINI, &openid, 5).await;
    refused(&rig.post(MINI, SEND, text(&openid)).await, 45047);
}

#[tokio::test]
async fn windows_are_settings() {
    let rig = Rig::start().await;
    let change = json!({ "windows": { "message": { "seconds": 10, "messages": 1 } } });
    assert_eq!(rig.control("PATCH", "/accounts/brand", change).await.0, 200);
    let openid = rig.followed(LIN, BRAND).await;
    rig.advance(60);
    rig.sandbox.say(LIN, BRAND, "你好").await.unwrap();
    fits(&rig, BRAND, &openid, 1).await;
    refused(&rig.post(BRAND, SEND, text(&openid)).await, 45047);
    rig.advance(10);
    refused(&rig.post(BRAND, SEND, text(&openid)).await, 45015);
    let wrong = json!({ "windows": { "never": { "seconds": 1, "messages": 1 } } });
    assert_eq!(rig.control("PATCH", "/accounts/brand", wrong).await.0, 422);
}

#[tokio::test]
async fn every_wrong_message_has_its_code() {
    let rig = Rig::start().await;
    let openid = rig.followed(LIN, BRAND).await;
    let message = |kind: &str, content: Value| json!({ "touser": openid, "msgtype": kind, kind: content });
    let article = json!({ "title": "t", "description": "d", "url": "https://a.example", "picurl": "" });
    for (body, code) in [
        (json!({ "msgtype": "text", "text": { "content": "x" } }), 41009),
        (text("oNobody"), 40003),
        (text(&rig.openid(LIN, SHOP)), 40003),
        (message("poem", json!({})), 40008),
        (message("link", json!({ "title": "t", "url": "u" })), 40008),
        (json!({ "touser": openid }), 40008),
        (json!({ "touser": openid, "msgtype": "text" }), 44004),
        (message("text", json!({ "content": "" })), 44004),
        (message("text", json!({ "content": "长".repeat(683) })), 45002),
        (message("image", json!({ "media_id": "none" })), 40007),
        (message("voice", json!({ "media_id": "none" })), 40007),
        (message("news", json!({ "articles": [] })), 44003),
        (message("news", json!({ "articles": [article, article] })), 45008),
        (message("msgmenu", json!({ "list": [] })), 40035),
        (message("music", json!({ "musicurl": "", "hqmusicurl": "" })), 44004),
        (message("wxcard", json!({})), 44004),
        (message("miniprogrampage", json!({ "title": "t", "appid": "wxno", "pagepath": "p" })), 40013),
    ] {
        refused(&rig.post(BRAND, SEND, body).await, code);
    }
    let mut agent = text(&openid);
    agent["customservice"] = json!({ "kf_account": "nobody@gh_brand" });
    refused(&rig.post(BRAND, SEND, agent.clone()).await, 61452);
    let listed = rig.get(BRAND, "/cgi-bin/customservice/getkflist", &[]).await;
    agent["customservice"]["kf_account"] = listed["kf_list"][0]["kf_account"].clone();
    fine(&rig.post(BRAND, SEND, agent).await);
    assert_eq!(rig.get(BRAND, "/cgi-bin/customservice/getonlinekflist", &[]).await["kf_online_list"][0]["status"], 1);
    fine(&rig.post(BRAND, SEND, message("news", json!({ "articles": [article] }))).await);
}

#[tokio::test]
async fn nobody_is_written_to_who_does_not_want_it() {
    let rig = Rig::start().await;
    let openid = rig.followed(LIN, BRAND).await;
    rig.sandbox.refuse(LIN, BRAND, true).unwrap();
    refused(&rig.post(BRAND, SEND, text(&openid)).await, 48002);
    rig.sandbox.refuse(LIN, BRAND, false).unwrap();
    let list = json!({ "openid_list": [openid] });
    fine(&rig.post(BRAND, "/cgi-bin/tags/members/batchblacklist", list).await);
    refused(&rig.post(BRAND, SEND, text(&openid)).await, 43019);
    let other = rig.followed(ZHOU, BRAND).await;
    rig.sandbox.unfollow(ZHOU, BRAND).await.unwrap();
    refused(&rig.post(BRAND, SEND, text(&other)).await, 45015);
}

#[tokio::test]
async fn an_item_of_a_menu_message_counts_as_a_click() {
    let rig = Rig::start().await;
    let openid = rig.followed(LIN, BRAND).await;
    let list = json!([{ "id": "101", "content": "满意" }, { "id": 102, "content": "不满意" }]);
    let menu = json!({ "head_content": "满意吗", "list": list, "tail_content": "谢谢" });
    fine(&rig.post(BRAND, SEND, json!({ "touser": openid, "msgtype": "msgmenu", "msgmenu": menu })).await);
    rig.advance(60);
    let message = rig.sandbox.chat(LIN, BRAND).unwrap().messages.last().unwrap().id.clone();
    let sent = rig.sandbox.choose(LIN, BRAND, &message, "102").await.unwrap();
    assert_eq!(sent.message.content["content"], "不满意");
    let (_, fields) = rig.last_push("text").await;
    assert_eq!((fields.str("bizmsgmenuid"), fields.str("Content")), (Some("102"), Some("不满意")));
    fits(&rig, BRAND, &openid, 3).await;
    refused(&rig.post(BRAND, SEND, text(&openid)).await, 45047);
    assert_eq!(rig.sandbox.choose(LIN, BRAND, &message, "9").await.unwrap_err(), Trouble::Unknown("item"));
}

#[tokio::test]
async fn typing_needs_a_recent_act_and_lasts_fifteen_seconds() {
    let rig = Rig::start().await;
    let openid = rig.followed(LIN, BRAND).await;
    let typing = |command: &'static str| rig.post(BRAND, TYPING, json!({ "touser": openid, "command": command }));
    refused(&typing("Dance").await, 45072);
    fine(&typing("Typing").await);
    assert!(rig.sandbox.chat(LIN, BRAND).unwrap().typing);
    refused(&typing("Typing").await, 45081);
    fine(&typing("CancelTyping").await);
    assert!(!rig.sandbox.chat(LIN, BRAND).unwrap().typing);
    fine(&typing("Typing").await);
    rig.advance(15);
    assert!(!rig.sandbox.chat(LIN, BRAND).unwrap().typing);
    fine(&typing("Typing").await);
    rig.advance(16);
    refused(&typing("Typing").await, 45080);
    rig.sandbox.send(LIN, BRAND, &Said::text("在")).await.unwrap();
    fine(&typing("Typing").await);
    refused(&rig.post(BRAND, TYPING, json!({ "touser": "oNobody", "command": "Typing" })).await, 40003);
}
