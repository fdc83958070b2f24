use serde_json::{Value, json};

use super::rig::{BRAND, LIN, MINI, Rig, fine, refused};
use crate::{
    sandbox::{AccountPatch, FaultKind, NewFault},
    wechat::account::Format,
};

const TEXT: &str = "/wxa/msg_sec_check";
const MEDIA: &str = "/wxa/media_check_async";

fn text(rig: &Rig, content: &str) -> Value {
    json!({ "version": 2, "openid": rig.openid(LIN, MINI), "scene": 2, "content": content })
}

fn media(rig: &Rig, url: &str) -> Value {
    json!({ "version": 2, "openid": rig.openid(LIN, MINI), "scene": 1, "media_url": url, "media_type": 2 })
}

#[tokio::test]
async fn magic_words_decide_about_a_text() {
    let rig = Rig::start().await;
    refused(&rig.post(MINI, TEXT, text(&rig, "你好")).await, 61010);
    rig.sandbox.login(LIN, MINI).unwrap();
    for (content, suggest, label, strategies) in [
        ("好吃不贵", "pass", 100, 1),
        ("违规内容", "risky", 20006, 1),
        ("点此领广告", "risky", 10001, 2),
        ("需要复核", "review", 21000, 1),
        ("策略失效", "pass", 100, 2),
    ] {
        let answer = rig.post(MINI, TEXT, text(&rig, content)).await;
        fine(&answer);
        assert_eq!(answer["result"], json!({ "suggest": suggest, "label": label }), "{content}");
        assert_eq!(answer["detail"].as_array().unwrap().len(), strategies, "{content}");
        assert_eq!(answer["trace_id"].as_str().unwrap().len(), 26);
    }
    for (name, value, errcode) in [
        ("version", json!(1), 40097),
        ("scene", json!(5), 40097),
        ("openid", json!("oNobody"), 40003),
        ("content", json!(""), 44004),
        ("content", json!("长".repeat(2501)), 45002),
    ] {
        let mut body = text(&rig, "你好");
        body[name] = value;
        refused(&rig.post(MINI, TEXT, body).await, errcode);
    }
    refused(&rig.post(BRAND, TEXT, text(&rig, "你好")).await, 48001);
}

#[tokio::test]
async fn the_verdict_on_a_file_is_pushed_under_its_trace_id() {
    let rig = Rig::start().await;
    refused(&rig.post(MINI, MEDIA, media(&rig, "https://cdn.example.com/a.jpg")).await, 61010);
    rig.sandbox.login(LIN, MINI).unwrap();
    for format in [Format::Json, Format::Xml] {
        rig.sandbox.change_account(MINI, AccountPatch { format: Some(format), ..AccountPatch::default() }).unwrap();
        for (url, suggest) in
            [("https://cdn.example.com/a.jpg", "pass"), ("https://cdn.example.com/risky.jpg", "risky")]
        {
            let answer = rig.post(MINI, MEDIA, media(&rig, url)).await;
            fine(&answer);
            let (push, fields) = rig.last_push("event:wxa_media_check").await;
            assert_eq!(fields.str("trace_id"), answer["trace_id"].as_str());
            assert_eq!(fields.str("FromUserName"), Some(rig.openid(LIN, MINI).as_str()));
            assert_eq!(fields.child("result").unwrap().str("suggest"), Some(suggest));
            assert_eq!(fields.child("detail").unwrap().str("suggest"), Some(suggest));
            assert_eq!(push.plaintext.contains(r#""detail":[{"#), format == Format::Json, "{}", push.plaintext);
        }
    }
    rig.sandbox.add_fault(NewFault::once(MEDIA, FaultKind::JobFailed)).unwrap();
    fine(&rig.post(MINI, MEDIA, media(&rig, "https://cdn.example.com/a.jpg")).await);
    let (_, fields) = rig.last_push("event:wxa_media_check").await;
    assert_eq!((fields.str("errcode"), fields.child("result").is_none()), (Some("-1"), true));
    for (name, value) in [("media_type", json!(3)), ("media_url", json!("a.jpg")), ("version", json!(1))] {
        let mut body = media(&rig, "https://cdn.example.com/a.jpg");
        body[name] = value;
        refused(&rig.post(MINI, MEDIA, body).await, 40097);
    }
}
