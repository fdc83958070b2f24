//! Customer-service messages have exactly the shape of WeChat's request (protocol section 7.1).

use garde::Validate;
use serde_json::{Value, json};

use crate::wechat::{account::Kind, message::custom::Send};

/// Every kind, as WeChat documents it.
fn shapes() -> Vec<(Kind, Value)> {
    vec![
        (
            Kind::Official,
            json!({ "msgtype": "text", "text": { "content": "你好 <a href=\"https://example.com\">链接</a>" } }),
        ),
        (Kind::Mini, json!({ "msgtype": "image", "image": { "media_id": "m" } })),
        (Kind::Official, json!({ "msgtype": "voice", "voice": { "media_id": "m" } })),
        (
            Kind::Official,
            json!({ "msgtype": "video", "video": { "media_id": "m", "thumb_media_id": "t", "title": "a", "description": "b" } }),
        ),
        (
            Kind::Official,
            json!({ "msgtype": "music", "music": {
                "title": "a", "description": "b", "musicurl": "https://example.com/a.mp3",
                "hqmusicurl": "https://example.com/b.mp3", "thumb_media_id": "t",
            } }),
        ),
        (
            Kind::Official,
            json!({ "msgtype": "news", "news": { "articles": [
                { "title": "a", "description": "b", "url": "https://example.com", "picurl": "https://example.com/p.png" },
            ] } }),
        ),
        (Kind::Official, json!({ "msgtype": "mpnews", "mpnews": { "media_id": "m" } })),
        (Kind::Official, json!({ "msgtype": "mpnewsarticle", "mpnewsarticle": { "article_id": "a" } })),
        (
            Kind::Official,
            json!({ "msgtype": "msgmenu", "msgmenu": {
                "head_content": "满意吗？", "list": [{ "id": "101", "content": "满意" }, { "id": "102", "content": "不满意" }],
                "tail_content": "谢谢",
            } }),
        ),
        (Kind::Official, json!({ "msgtype": "wxcard", "wxcard": { "card_id": "c" } })),
        (
            Kind::Official,
            json!({ "msgtype": "miniprogrampage", "miniprogrampage": {
                "title": "a", "appid": "wx1", "pagepath": "pages/index", "thumb_media_id": "t",
            } }),
        ),
        (
            Kind::Mini,
            json!({ "msgtype": "miniprogrampage", "miniprogrampage": {
                "title": "a", "pagepath": "pages/index", "thumb_media_id": "t",
            } }),
        ),
        (
            Kind::Mini,
            json!({ "msgtype": "link", "link": {
                "title": "a", "description": "b", "url": "https://example.com", "thumb_url": "https://example.com/t.png",
            } }),
        ),
    ]
}

#[test]
fn every_kind_has_wechats_shape() {
    for (kind, mut shape) in shapes() {
        shape["touser"] = json!("oPerson");
        let send: Send = serde_json::from_value(shape.clone()).unwrap();
        assert!(send.validate_with(&kind).is_ok(), "{shape}");
        assert_eq!(send.message.msg_type(), shape["msgtype"]);
        assert_eq!(serde_json::to_value(&send).unwrap(), shape);
    }
}

#[test]
fn text_goes_out_as_it_is_and_not_as_escapes() {
    let shape = json!({ "touser": "oPerson", "msgtype": "text", "text": { "content": "你好😀" } });
    let send: Send = serde_json::from_value(shape).unwrap();
    assert!(serde_json::to_string(&send).unwrap().contains("你好😀"));
}

#[test]
fn an_agent_and_a_business_go_along() {
    let shape = json!({
        "touser": "oPerson", "msgtype": "text", "text": { "content": "x" },
        "customservice": { "kf_account": "kf2001@brand" }, "businessid": 1,
    });
    let send: Send = serde_json::from_value(shape.clone()).unwrap();
    assert_eq!(serde_json::to_value(&send).unwrap(), shape);
    assert!(send.validate_with(&Kind::Mini).is_ok());
    assert!(send.validate_with(&Kind::Official).is_err(), "only mini programs have businesses");
}
