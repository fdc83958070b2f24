use serde_json::{Value, json};

use super::rig::{BRAND, LIN, MINI, Rig, ZHOU, fine};
use crate::sandbox::{Open, Outcome, Said, Scene, Tap, Trouble};

fn tap(button: &[usize]) -> Tap {
    Tap { button: button.to_vec(), result: None }
}

#[tokio::test]
async fn following_and_leaving_are_pushed() {
    let rig = Rig::start().await;
    let openid = rig.openid(LIN, BRAND);
    let push = rig.sandbox.follow(LIN, BRAND, None).await.unwrap();
    assert_eq!((push.kind.as_str(), push.outcome), ("event:subscribe", Outcome::Acknowledged));
    let (_, event) = rig.last_push("event:subscribe").await;
    assert_eq!(event.str("ToUserName"), Some("gh_brand"));
    assert_eq!(event.str("FromUserName"), Some(openid.as_str()));
    assert_eq!(event.str("CreateTime"), Some("1795226400"));
    assert_eq!(event.str("EventKey"), Some(""));
    assert!(event.str("Ticket").is_none());
    assert!(matches!(rig.sandbox.follow(LIN, BRAND, None).await, Err(Trouble::Conflict(_))));
    rig.sandbox.unfollow(LIN, BRAND).await.unwrap();
    rig.last_push("event:unsubscribe").await;
    assert!(matches!(rig.sandbox.unfollow(LIN, BRAND).await, Err(Trouble::Conflict(_))));
    assert!(matches!(rig.sandbox.say(LIN, BRAND, "x").await, Err(Trouble::Conflict(_))));
    rig.sandbox.follow(LIN, BRAND, Some(Scene::Id(123))).await.unwrap();
    let (_, event) = rig.last_push("event:subscribe").await;
    assert_eq!(event.str("EventKey"), Some("qrscene_123"));
    assert!(event.str("Ticket").unwrap().starts_with("gQ"));
    assert!(matches!(rig.sandbox.follow(LIN, MINI, None).await, Err(Trouble::Invalid(_))));
    assert_eq!(rig.sandbox.follow("nobody", BRAND, None).await.unwrap_err(), Trouble::Unknown("person"));
    assert_eq!(rig.sandbox.follow(LIN, "nothing", None).await.unwrap_err(), Trouble::Unknown("account"));
}

#[tokio::test]
async fn every_type_of_message_carries_its_fields() {
    let rig = Rig::start().await;
    rig.followed(LIN, BRAND).await;
    for (kind, fields) in [
        ("image", vec!["PicUrl", "MediaId"]),
        ("voice", vec!["MediaId", "Format"]),
        ("video", vec!["MediaId", "ThumbMediaId"]),
        ("shortvideo", vec!["MediaId", "ThumbMediaId"]),
        ("location", vec!["Location_X", "Location_Y", "Scale", "Label"]),
        ("link", vec!["Title", "Description", "Url"]),
    ] {
        let sent = rig.sandbox.send(LIN, BRAND, &Said::sample(kind)).await.unwrap();
        assert_eq!(sent.message.kind, kind);
        let (_, push) = rig.last_push(kind).await;
        for name in fields.into_iter().chain(["MsgId"]) {
            assert!(push.str(name).is_some_and(|value| !value.is_empty()), "{kind}: {name}");
        }
    }
    let voice = Said { recognition: Some("我要领红包".to_owned()), ..Said::sample("voice") };
    rig.sandbox.send(LIN, BRAND, &voice).await.unwrap();
    assert_eq!(rig.last_push("voice").await.1.str("Recognition"), Some("我要领红包"));
    for kind in ["poem", "miniprogrampage", "text"] {
        assert!(matches!(rig.sandbox.send(LIN, BRAND, &Said::sample(kind)).await, Err(Trouble::Invalid(_))), "{kind}");
    }
    let stranger = Said { media_id: Some("none".to_owned()), ..Said::sample("image") };
    assert!(matches!(rig.sandbox.send(LIN, BRAND, &stranger).await, Err(Trouble::Invalid(_))));
    rig.sandbox.send(LIN, MINI, &Said::sample("miniprogrampage")).await.unwrap();
    let (push, _) = rig.last_push("miniprogrampage").await;
    let body: Value = serde_json::from_str(&push.plaintext).unwrap();
    assert_eq!(body["AppId"], "wxmini");
    assert!(body["MsgId"].is_u64() && body["ThumbMediaId"].is_string());
}

#[tokio::test]
async fn message_ids_rise_and_follow_the_clock() {
    let rig = Rig::start().await;
    rig.followed(LIN, BRAND).await;
    let mut last = 0;
    for _ in 0..3 {
        rig.sandbox.say(LIN, BRAND, "x").await.unwrap();
        let id: u64 = rig.last_push("text").await.1.str("MsgId").unwrap().parse().unwrap();
        assert!(id > last && id >= 1_795_226_400_000 * 10_000);
        last = id;
    }
}

#[tokio::test]
async fn every_kind_of_button_does_its_part() {
    let rig = Rig::start().await;
    rig.followed(LIN, BRAND).await;
    let key = |kind: &str| json!({ "type": kind, "name": kind, "key": "k" });
    let menu = json!({ "button": [
        { "name": "一", "sub_button": [key("click"), key("scancode_push"), key("scancode_waitmsg"), key("location_select")] },
        { "name": "二", "sub_button": [key("pic_sysphoto"), key("pic_photo_or_album"), key("pic_weixin")] },
        { "name": "三", "sub_button": [
            { "type": "view", "name": "看", "url": "https://h5.example.com/m?a=1&b=2" },
            { "type": "miniprogram", "name": "小程序", "url": "https://a.example", "appid": "wxmini", "pagepath": "pages/index" },
            { "type": "article_id", "name": "文章", "article_id": "a1" },
        ] },
    ] });
    fine(&rig.post(BRAND, "/cgi-bin/menu/create", menu).await);
    let parent = rig.sandbox.tap(LIN, BRAND, &tap(&[0])).await.unwrap();
    assert!(parent.push.is_none(), "opening a sub-menu sends nothing");
    rig.sandbox.tap(LIN, BRAND, &tap(&[0, 0])).await.unwrap();
    assert_eq!(rig.last_push("event:CLICK").await.1.str("EventKey"), Some("k"));
    assert!(matches!(rig.sandbox.tap(LIN, BRAND, &tap(&[0, 1])).await, Err(Trouble::Invalid(_))));
    let scanned = Tap { button: vec![0, 1], result: Some("https://a.example/x".to_owned()) };
    let opened = rig.sandbox.tap(LIN, BRAND, &scanned).await.unwrap();
    assert_eq!(opened.open, Some(Open::Url("https://a.example/x".to_owned())));
    let bar = Tap { button: vec![0, 2], result: Some("EAN_13,6901234567892".to_owned()) };
    assert!(rig.sandbox.tap(LIN, BRAND, &bar).await.unwrap().open.is_none());
    let (_, event) = rig.last_push("event:scancode_waitmsg").await;
    let info = event.child("ScanCodeInfo").unwrap();
    assert_eq!((info.str("ScanType"), info.str("ScanResult")), (Some("barcode"), Some("EAN_13,6901234567892")));
    let place = rig.sandbox.tap(LIN, BRAND, &tap(&[0, 3])).await.unwrap();
    assert_eq!(place.then.unwrap().kind, "location");
    let (_, event) = rig.last_push("event:location_select").await;
    assert_eq!(event.child("SendLocationInfo").unwrap().str("Location_X"), Some("31.230416"));
    for (index, kind) in ["pic_sysphoto", "pic_photo_or_album", "pic_weixin"].into_iter().enumerate() {
        let photo = rig.sandbox.tap(LIN, BRAND, &tap(&[1, index])).await.unwrap();
        assert_eq!(photo.push.unwrap().kind, format!("event:{kind}"));
        assert_eq!(photo.then.unwrap().kind, "image");
    }
    let view = rig.sandbox.tap(LIN, BRAND, &tap(&[2, 0])).await.unwrap();
    assert_eq!(view.open, Some(Open::Url("https://h5.example.com/m?a=1&b=2".to_owned())));
    let (_, event) = rig.last_push("event:VIEW").await;
    assert_eq!(event.str("EventKey"), Some("https://h5.example.com/m?a=1&b=2"));
    assert!(event.str("MenuId").is_some());
    let page = rig.sandbox.tap(LIN, BRAND, &tap(&[2, 1])).await.unwrap();
    assert_eq!(page.open, Some(Open::Page { appid: "wxmini".to_owned(), pagepath: "pages/index".to_owned() }));
    let article = rig.sandbox.tap(LIN, BRAND, &tap(&[2, 2])).await.unwrap();
    assert!(article.push.is_none());
    assert_eq!(rig.sandbox.chat(LIN, BRAND).unwrap().messages.last().unwrap().content["article_id"], "a1");
    for wrong in [&[9][..], &[0, 9], &[], &[0, 0, 0]] {
        assert_eq!(rig.sandbox.tap(LIN, BRAND, &tap(wrong)).await.unwrap_err(), Trouble::Unknown("button"));
    }
    assert!(matches!(rig.sandbox.tap(ZHOU, BRAND, &tap(&[0])).await, Err(Trouble::Conflict(_))));
}

#[tokio::test]
async fn any_event_can_be_pushed_by_hand() {
    let rig = Rig::start().await;
    let event =
        json!({ "MsgType": "event", "Event": "user_authorization_revoke", "RevokeInfo": "205", "AppID": "wxbrand" });
    let push = rig.sandbox.push_by_hand(BRAND, &event, Some(LIN)).await.unwrap();
    assert_eq!(push.kind, "event:user_authorization_revoke");
    let (_, fields) = rig.last_push("event:user_authorization_revoke").await;
    assert_eq!(fields.str("RevokeInfo"), Some("205"));
    assert_eq!(fields.str("FromUserName"), Some(rig.openid(LIN, BRAND).as_str()));
    assert!(fields.str("MsgId").is_none());
    for wrong in [json!([]), json!({}), json!({ "MsgType": "event" })] {
        assert!(matches!(rig.sandbox.push_by_hand(BRAND, &wrong, None).await, Err(Trouble::Invalid(_))), "{wrong}");
    }
}
