//! The two sides together: what the sandbox pushes is what the service opens, and the service's replies are taken.

use std::collections::BTreeSet;

use serde_json::json;

use super::rig::{BRAND, LIN, MINI, Received, Rig, SHOP, Say, ZHOU, accounts, fine};
use crate::{
    infra::random::Random,
    sandbox::{AccountPatch, FaultKind, NewFault, Outcome, Said, Tap, faults::CALLBACK},
    wechat::{
        account::{Account, Mode},
        callback::{Limits, Opened, Query, Refusal, Stamp, open_push, seal_reply},
        message::Reply,
    },
};

fn account(key: &str) -> Account {
    accounts().iter().find(|account| account.key.as_str() == key).unwrap().as_ref().clone()
}

fn open(rig: &Rig, account: &Account, got: &Received) -> Result<Opened, Refusal> {
    let query: Query = serde_json::from_value(json!(got.query)).unwrap();
    open_push(account, &query, got.body.as_bytes(), rig.clock.now(), Limits::default())
}

#[tokio::test]
async fn the_service_opens_and_knows_every_push() {
    let rig = Rig::start().await;
    let key = |kind: &str| json!({ "type": kind, "name": kind, "key": "k" });
    let menu = json!({ "button": [
        { "name": "一", "sub_button": [key("click"), key("scancode_push"), key("scancode_waitmsg"), key("location_select")] },
        { "name": "二", "sub_button": [key("pic_sysphoto"), key("pic_photo_or_album"), key("pic_weixin")] },
        { "name": "三", "sub_button": [
            { "type": "view", "name": "看", "url": "https://h5.example.com/m" },
            { "type": "miniprogram", "name": "页", "url": "https://a.example", "appid": "wxmini", "pagepath": "p" },
        ] },
    ] });
    for official in [BRAND, SHOP] {
        let openid = rig.followed(LIN, official).await;
        fine(&rig.post(official, "/cgi-bin/menu/create", menu.clone()).await);
        for button in [[0, 0], [0, 1], [0, 2], [0, 3], [1, 0], [1, 1], [1, 2], [2, 0], [2, 1]] {
            let tap = Tap { button: button.to_vec(), result: Some("https://a.example".to_owned()) };
            rig.sandbox.tap(LIN, official, &tap).await.unwrap();
        }
        for kind in ["image", "voice", "video", "shortvideo", "location", "link"] {
            rig.sandbox.send(LIN, official, &Said::sample(kind)).await.unwrap();
        }
        rig.sandbox.say(LIN, official, "积分 & <3 ]]> 👋").await.unwrap();
        let state = rig.sandbox.state();
        let view = state.accounts.iter().find(|account| account.key == official).unwrap();
        let template = view.subscribe_templates[0]["priTmplId"].as_str().unwrap();
        rig.sandbox.subscribe(LIN, official, template, true).await.unwrap();
        let data = json!({
            "thing1": { "value": "大米" },
            "character_string2": { "value": "HL1" },
            "time3": { "value": "15:01" },
        });
        let message = json!({ "touser": openid, "template_id": template, "data": data });
        fine(&rig.post(official, "/cgi-bin/message/subscribe/bizsend", message).await);
        let template = view.templates[1]["template_id"].as_str().unwrap();
        let data = json!({
            "thing1": { "value": "新客" }, "amount2": { "value": "¥1.88" }, "date3": { "value": "2026年12月31日" },
        });
        let message = json!({ "touser": openid, "template_id": template, "data": data });
        fine(&rig.post(official, "/cgi-bin/message/template/send", message).await);
        let mass = json!({ "filter": { "is_to_all": true }, "msgtype": "text", "text": { "content": "x" } });
        fine(&rig.post(official, "/cgi-bin/message/mass/sendall", mass).await);
        let code = json!({ "action_name": "QR_SCENE", "action_info": { "scene": { "scene_id": 7 } } });
        let code = rig.post(official, "/cgi-bin/qrcode/create", code).await;
        rig.sandbox.scan(LIN, code["ticket"].as_str().unwrap()).await.unwrap();
        rig.sandbox.scan(ZHOU, code["ticket"].as_str().unwrap()).await.unwrap();
        rig.sandbox.settled().await;
        rig.sandbox.unfollow(LIN, official).await.unwrap();
    }
    rig.sandbox.enter(LIN, MINI, "page=order").await.unwrap();
    rig.sandbox.say(LIN, MINI, "在吗").await.unwrap();
    rig.sandbox.send(LIN, MINI, &Said::sample("miniprogrampage")).await.unwrap();
    let state = rig.sandbox.state();
    let view = state.accounts.iter().find(|account| account.key == MINI).unwrap();
    let template = view.subscribe_templates[0]["priTmplId"].as_str().unwrap();
    rig.sandbox.subscribe(LIN, MINI, template, true).await.unwrap();

    let mut keys = BTreeSet::new();
    let got = rig.service.got();
    for got in &got {
        let opened =
            open(&rig, &account(&got.account), got).unwrap_or_else(|refusal| panic!("{refusal:?}: {}", got.body));
        assert!(!opened.push.kind().contains("unknown"), "{}", opened.push.raw);
        let person =
            if opened.push.kind().to_ascii_lowercase().contains("mass") { None } else { Some(&opened.push.from) };
        if let Some(from) = person {
            let known = [LIN, ZHOU].map(|person| rig.openid(person, &got.account));
            assert!(known.contains(&from.as_str().to_owned()), "{}", opened.push.raw);
        }
        keys.insert(opened.push.dedup_key(&format!("wx{}", got.account)));
    }
    assert_eq!(keys.len(), got.len(), "no two pushes look like one");
    assert!(got.len() > 50);
}

#[tokio::test]
async fn the_service_refuses_what_a_fault_has_spoiled() {
    let rig = Rig::start().await;
    rig.followed(LIN, BRAND).await;
    let brand = account(BRAND);
    for (kind, accepted) in [
        (FaultKind::Skew { seconds: -600 }, false),
        (FaultKind::Skew { seconds: 60 }, true),
        (FaultKind::WrongKey, false),
        (FaultKind::PreviousKey, true),
        (FaultKind::UpperHex, true),
        (FaultKind::Downgrade, false),
        (FaultKind::WrongSignature, false),
    ] {
        rig.service.forget();
        rig.sandbox.add_fault(NewFault::once(CALLBACK, kind.clone())).unwrap();
        rig.sandbox.say(LIN, BRAND, "你好").await.unwrap();
        assert_eq!(open(&rig, &brand, &rig.service.got()[0]).is_ok(), accepted, "{kind:?}");
    }
}

#[tokio::test]
async fn replies_of_the_service_are_taken_in_every_mode() {
    let rig = Rig::start().await;
    let random = Random::seeded(3);
    rig.followed(LIN, BRAND).await;
    for mode in [Mode::Secure, Mode::Compatible, Mode::Plain] {
        rig.sandbox.change_account(BRAND, AccountPatch { mode: Some(mode), ..AccountPatch::default() }).unwrap();
        let mut brand = account(BRAND);
        brand.callback.mode = mode;
        rig.service.forget();
        rig.sandbox.say(LIN, BRAND, "先问").await.unwrap();
        let opened = open(&rig, &brand, &rig.service.got()[0]).unwrap();
        let reply = Reply::Text { content: format!("{mode:?}：您好 ]]> & <b>") };
        let body = reply.answer(&opened.push, rig.clock.now());
        let sealed = seal_reply(&brand, &opened.sealing, body, &Stamp::new(rig.clock.now(), &random));
        rig.service.will([Say::Body(sealed)]);
        let push = rig.sandbox.say(LIN, BRAND, "再问").await.unwrap().push;
        assert_eq!(push.outcome, Outcome::Replied, "{mode:?}: {}", push.attempts[0].why);
        assert_eq!(rig.lines(LIN, BRAND).last().unwrap().1, format!("{mode:?}：您好 ]]> & <b>"));
    }
}
