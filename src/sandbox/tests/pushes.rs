use serde_json::{Value, json};

use super::rig::{BRAND, KEY, LIN, MINI, OLD_KEY, Received, Rig, SHOP, SHORT, SIGN, Say, ZHOU, opened};
use crate::{
    sandbox::{
        AccountPatch, FaultKind, NewFault, Order, Outcome, SERVICE_FAILED, Trouble, Verdict, faults::CALLBACK,
        fields::Fields,
    },
    wechat::{
        account::{Format, Mode},
        crypto::{AesKey, signature::sign},
    },
};

fn fault(rig: &Rig, kind: FaultKind, times: u32) {
    let fault = NewFault { times: Some(times), ..NewFault::once(CALLBACK, kind) };
    rig.sandbox.add_fault(fault).unwrap();
}

/// Whether query and body are signed as WeChat signs them.
fn is_signed(got: &Received) -> bool {
    let (timestamp, nonce) = (&got.query["timestamp"], &got.query["nonce"]);
    got.query["signature"] == sign([SIGN, timestamp, nonce])
}

fn encrypt_field(got: &Received) -> String {
    Fields::from_xml(&got.body).unwrap().str("Encrypt").unwrap().to_owned()
}

fn reply(openid: &str, account: &str, content: &str) -> Fields {
    Fields::new()
        .text("ToUserName", openid)
        .text("FromUserName", format!("gh_{account}"))
        .number("CreateTime", 1_795_226_400)
        .text("MsgType", "text")
        .text("Content", content)
}

fn sealed(inner: &Fields, appid: &str, timestamp: &str) -> String {
    let encrypted = KEY.parse::<AesKey>().unwrap().encrypt(&inner.write(Format::Xml), appid, [7; 16]);
    Fields::new()
        .text("Encrypt", encrypted.clone())
        .text("MsgSignature", sign([SIGN, timestamp, "nonce", &encrypted]))
        .number("TimeStamp", timestamp)
        .text("Nonce", "nonce")
        .write(Format::Xml)
}

#[tokio::test]
async fn each_mode_looks_as_documented() {
    let rig = Rig::start().await;
    rig.followed(LIN, SHOP).await;
    let plain = &rig.service.got()[0];
    assert!(is_signed(plain));
    assert_eq!(plain.account, SHOP);
    assert_eq!(plain.content_type, "text/xml");
    assert_eq!(plain.query["openid"], rig.openid(LIN, SHOP));
    assert!(!plain.query.contains_key("encrypt_type") && !plain.query.contains_key("msg_signature"));
    assert_eq!(Fields::from_xml(&plain.body).unwrap().str("Event"), Some("subscribe"));

    let compatible = AccountPatch { mode: Some(Mode::Compatible), ..AccountPatch::default() };
    rig.sandbox.change_account(SHOP, compatible).unwrap();
    let push = rig.sandbox.say(LIN, SHOP, "积分 & <3").await.unwrap().push;
    let both = &rig.service.got()[1];
    assert_eq!(Fields::from_xml(&both.body).unwrap().str("Content"), Some("积分 & <3"));
    assert_eq!(opened(both, KEY, "wxshop").unwrap(), push.plaintext);

    rig.followed(LIN, BRAND).await;
    let secure = &rig.service.got()[2];
    assert_eq!(secure.query["encrypt_type"], "aes");
    let encrypted = encrypt_field(secure);
    let expected = sign([SIGN, &secure.query["timestamp"], &secure.query["nonce"], &encrypted]);
    assert_eq!(secure.query["msg_signature"], expected);
    assert_eq!(Fields::from_xml(&secure.body).unwrap().str("ToUserName"), Some("gh_brand"));
    assert!(!secure.body.contains("subscribe"));
    assert!(opened(secure, KEY, "wxbrand").unwrap().contains("<![CDATA[subscribe]]>"));
    assert!(opened(secure, KEY, "wxother").is_none());
}

#[tokio::test]
async fn a_mini_program_pushes_json() {
    let rig = Rig::start().await;
    let push = rig.sandbox.say(LIN, MINI, "在吗").await.unwrap().push;
    let got = &rig.service.got()[0];
    assert_eq!(got.content_type, "application/json");
    let outer: Value = serde_json::from_str(&got.body).unwrap();
    assert_eq!(outer["ToUserName"], "gh_mini");
    assert_eq!(opened(got, KEY, "wxmini").unwrap(), push.plaintext);
    let inner: Value = serde_json::from_str(&push.plaintext).unwrap();
    assert_eq!(inner["Content"], "在吗");
    let official = AccountPatch { format: Some(Format::Json), ..AccountPatch::default() };
    assert!(matches!(rig.sandbox.change_account(BRAND, official), Err(Trouble::Invalid(_))));
    let xml = AccountPatch { format: Some(Format::Xml), ..AccountPatch::default() };
    rig.sandbox.change_account(MINI, xml).unwrap();
    assert!(rig.sandbox.say(LIN, MINI, "在吗").await.unwrap().push.plaintext.starts_with("<xml>"));
}

#[tokio::test]
async fn three_attempts_with_everything_fresh_but_the_message() {
    let rig = Rig::start().await;
    rig.service.will([Say::Status(500), Say::Status(502), Say::Status(503)]);
    let push = rig.sandbox.follow(LIN, BRAND, None).await.unwrap();
    assert_eq!(push.outcome, Outcome::Failed);
    assert!(push.attempts.iter().all(|attempt| attempt.verdict == Verdict::Refused));
    let got = rig.service.got();
    assert_eq!(got.len(), 3);
    let mut fresh: Vec<(String, String, String)> = got
        .iter()
        .map(|got| (got.query["nonce"].clone(), got.query["msg_signature"].clone(), encrypt_field(got)))
        .collect();
    fresh.dedup();
    assert_eq!(fresh.len(), 3);
    for got in &got {
        assert!(is_signed(got));
        assert_eq!(opened(got, KEY, "wxbrand").unwrap(), push.plaintext);
    }
    assert_eq!(rig.lines(LIN, BRAND), [("notice".to_owned(), SERVICE_FAILED.to_owned())]);
}

#[tokio::test]
async fn a_slow_service_is_asked_again() {
    let rig = Rig::with(|options| options.push_timeout = SHORT).await;
    rig.service.will([Say::Nothing]);
    let push = rig.sandbox.follow(LIN, BRAND, None).await.unwrap();
    let verdicts: Vec<Verdict> = push.attempts.iter().map(|attempt| attempt.verdict).collect();
    assert_eq!(verdicts, [Verdict::Timeout, Verdict::Acknowledged]);
    assert!(rig.lines(LIN, BRAND).is_empty());
    rig.service.will([Say::Nothing, Say::Nothing, Say::Nothing]);
    let push = rig.sandbox.say(LIN, BRAND, "在吗").await.unwrap().push;
    assert_eq!((push.outcome, push.attempts.len()), (Outcome::Failed, 3));
    assert_eq!(rig.lines(LIN, BRAND).last().unwrap().1, SERVICE_FAILED);
}

#[tokio::test]
async fn a_service_that_is_not_there_is_unreachable() {
    let rig = Rig::start().await;
    rig.service.stop().await;
    let push = rig.sandbox.follow(LIN, BRAND, None).await.unwrap();
    assert!(push.attempts.iter().all(|attempt| attempt.verdict == Verdict::Unreachable));
    assert_eq!(push.attempts.len(), 3);
    let rig = Rig::with(|options| options.callback_base = None).await;
    let push = rig.sandbox.follow(LIN, BRAND, None).await.unwrap();
    assert_eq!((push.outcome, push.attempts.len()), (Outcome::Failed, 0));
    rig.sandbox.set_callback_base(&rig.service.base);
    assert_eq!(rig.sandbox.again(push.id).await.unwrap().outcome, Outcome::Acknowledged);
}

#[tokio::test]
async fn success_and_nothing_acknowledge() {
    let rig = Rig::start().await;
    for body in ["success", ""] {
        rig.service.will([Say::Body(body.to_owned())]);
        let push = rig.sandbox.push_by_hand(BRAND, &json!({ "MsgType": "text", "Content": "x" }), Some(LIN)).await;
        assert_eq!(push.unwrap().outcome, Outcome::Acknowledged, "{body:?}");
    }
    assert!(rig.lines(LIN, BRAND).is_empty());
}

#[tokio::test]
async fn a_reply_appears_in_the_chat() {
    let rig = Rig::start().await;
    let brand = rig.followed(LIN, BRAND).await;
    rig.service.will([Say::Body(sealed(&reply(&brand, BRAND, "欢迎"), "wxbrand", "1795226400"))]);
    let push = rig.sandbox.say(LIN, BRAND, "你好").await.unwrap().push;
    assert_eq!(push.outcome, Outcome::Replied);
    assert!(push.attempts[0].reply.as_ref().unwrap().contains("欢迎"));
    let line = |from: &str, text: &str| (from.to_owned(), text.to_owned());
    assert_eq!(rig.lines(LIN, BRAND), [line("person", "你好"), line("account", "欢迎")]);

    let shop = rig.followed(LIN, SHOP).await;
    rig.service.will([Say::Body(reply(&shop, SHOP, "在的 ]]> & <b>").write(Format::Xml))]);
    rig.sandbox.say(LIN, SHOP, "在吗").await.unwrap();
    assert_eq!(rig.lines(LIN, SHOP).last().unwrap(), &line("account", "在的 ]]> & <b>"));

    let item = |title: &str| {
        let part = Fields::new().text("Title", title).text("Description", "d").text("PicUrl", "p");
        Fields::new().tree("item", part.text("Url", "https://a.example"))
    };
    let news = |items: Fields, count: u32| {
        Fields::new()
            .text("ToUserName", shop.as_str())
            .text("FromUserName", "gh_shop")
            .number("CreateTime", 1)
            .text("MsgType", "news")
            .number("ArticleCount", count)
            .tree("Articles", items)
            .write(Format::Xml)
    };
    rig.service.will([Say::Body(news(item("新品"), 1))]);
    assert_eq!(rig.sandbox.say(LIN, SHOP, "新品").await.unwrap().push.outcome, Outcome::Replied);
    let chat = rig.sandbox.chat(LIN, SHOP).unwrap();
    assert_eq!(chat.messages.last().unwrap().content["articles"][0]["title"], "新品");
    rig.service.will([Say::Body(news(item("新品"), 2))]);
    assert_eq!(rig.sandbox.say(LIN, SHOP, "新品").await.unwrap().push.outcome, Outcome::Failed);
}

#[tokio::test]
async fn staff_can_take_over_and_mini_programs_cannot_reply() {
    let rig = Rig::start().await;
    let shop = rig.followed(LIN, SHOP).await;
    let transfer = Fields::new()
        .text("ToUserName", shop)
        .text("FromUserName", "gh_shop")
        .number("CreateTime", 1)
        .text("MsgType", "transfer_customer_service");
    rig.service.will([Say::Body(transfer.write(Format::Xml))]);
    assert_eq!(rig.sandbox.say(LIN, SHOP, "人工").await.unwrap().push.outcome, Outcome::Replied);
    assert_eq!(rig.lines(LIN, SHOP).last().unwrap().0, "notice");
    let plain = AccountPatch { mode: Some(Mode::Plain), ..AccountPatch::default() };
    rig.sandbox.change_account(MINI, plain).unwrap();
    let words = reply(&rig.openid(LIN, MINI), MINI, "您好");
    rig.service.will([Say::Body(words.write(Format::Json))]);
    rig.sandbox.say(LIN, MINI, "在吗").await.unwrap();
    assert_eq!(rig.lines(LIN, MINI).last().unwrap().0, "notice");
}

#[tokio::test]
async fn whatever_is_not_a_reply_shows_the_failure_and_is_not_sent_again() {
    let rig = Rig::start().await;
    let brand = rig.followed(LIN, BRAND).await;
    let shop = rig.followed(LIN, SHOP).await;
    let good = reply(&brand, BRAND, "欢迎");
    let seal = |inner: &Fields| sealed(inner, "wxbrand", "1795226400");
    let spoiled = seal(&good).replace("<Nonce><![CDATA[nonce", "<Nonce><![CDATA[other");
    let image = Fields::new()
        .text("ToUserName", brand.as_str())
        .text("FromUserName", "gh_brand")
        .number("CreateTime", 1)
        .text("MsgType", "image")
        .tree("Image", Fields::new().text("MediaId", "none"));
    for (account, answer, why) in [
        (BRAND, good.write(Format::Xml), "in plaintext"),
        (BRAND, "Success".to_owned(), "outside of the root"),
        (BRAND, "{}".to_owned(), "outside of the root"),
        (BRAND, "<html></html>".to_owned(), "root"),
        (BRAND, sealed(&good, "wxbrand", "1795226400000"), "seconds"),
        (BRAND, spoiled, "MsgSignature"),
        (BRAND, sealed(&good, "wxother", "1795226400"), "cannot be opened"),
        (BRAND, seal(&reply(&rig.openid(ZHOU, BRAND), BRAND, "x")), "ToUserName"),
        (BRAND, seal(&reply(&brand, SHOP, "x")), "FromUserName"),
        (BRAND, seal(&reply(&brand, BRAND, "")), "empty"),
        (BRAND, seal(&reply(&brand, BRAND, &"长".repeat(683))), "bytes"),
        (BRAND, seal(&image), "usable image"),
        (SHOP, sealed(&reply(&shop, SHOP, "x"), "wxshop", "1795226400"), "encrypted"),
        (
            SHOP,
            reply(&shop, SHOP, "x").text("MsgType", "poem").write(Format::Xml).replacen("text", "poem", 1),
            "MsgType",
        ),
    ] {
        let before = rig.lines(LIN, account).len();
        rig.service.will([Say::Body(answer.clone())]);
        let push = rig.sandbox.say(LIN, account, "你好").await.unwrap().push;
        assert_eq!(push.outcome, Outcome::Failed, "{answer}");
        assert_eq!(push.attempts.len(), 1, "an answer came, so nothing is sent again");
        assert_eq!(push.attempts[0].verdict, Verdict::Invalid);
        assert!(push.attempts[0].why.contains(why), "{} for {answer}", push.attempts[0].why);
        let lines = rig.lines(LIN, account);
        assert_eq!(lines.len(), before + 2);
        assert_eq!(lines.last().unwrap(), &("notice".to_owned(), SERVICE_FAILED.to_owned()));
    }
}

#[tokio::test]
async fn in_compatible_mode_both_kinds_of_reply_are_taken() {
    let rig = Rig::start().await;
    let compatible = AccountPatch { mode: Some(Mode::Compatible), ..AccountPatch::default() };
    rig.sandbox.change_account(BRAND, compatible).unwrap();
    let openid = rig.followed(LIN, BRAND).await;
    let words = reply(&openid, BRAND, "欢迎");
    for answer in [words.write(Format::Xml), sealed(&words, "wxbrand", "1795226400")] {
        rig.service.will([Say::Body(answer)]);
        assert_eq!(rig.sandbox.say(LIN, BRAND, "你好").await.unwrap().push.outcome, Outcome::Replied);
    }
}

#[tokio::test]
async fn an_event_without_a_chat_shows_nothing() {
    let rig = Rig::start().await;
    rig.followed(LIN, BRAND).await;
    rig.service.will([Say::Body("nonsense".to_owned())]);
    let push = rig.sandbox.unfollow(LIN, BRAND).await.unwrap();
    assert_eq!(push.outcome, Outcome::Failed);
    assert!(rig.lines(LIN, BRAND).is_empty());
}

#[tokio::test]
async fn a_duplicate_is_the_same_message_once_more() {
    let rig = Rig::start().await;
    rig.followed(LIN, BRAND).await;
    rig.service.forget();
    fault(&rig, FaultKind::Duplicate, 1);
    let push = rig.sandbox.say(LIN, BRAND, "一次").await.unwrap().push;
    assert_eq!(push.attempts.len(), 2);
    rig.sandbox.say(LIN, BRAND, "两次").await.unwrap();
    rig.sandbox.again(push.id).await.unwrap();
    let texts: Vec<String> = rig.service.got().iter().map(|got| opened(got, KEY, "wxbrand").unwrap()).collect();
    assert_eq!(texts.len(), 4);
    assert!(texts[0] == texts[1] && texts[0] == texts[3] && texts[0] != texts[2]);
    assert_eq!(rig.sandbox.again(999_999).await.unwrap_err(), Trouble::Unknown("push"));
}

#[tokio::test]
async fn held_pushes_go_out_in_the_order_asked_for() {
    let rig = Rig::start().await;
    for (order, expected) in [(Order::AsSent, vec![0, 1, 2]), (Order::Reversed, vec![2, 1, 0])] {
        rig.service.forget();
        fault(&rig, FaultKind::Hold, 3);
        let mut held = Vec::new();
        for n in 0..3 {
            let text = json!({ "MsgType": "text", "Content": n.to_string() });
            let push = rig.sandbox.push_by_hand(BRAND, &text, Some(LIN)).await.unwrap();
            assert_eq!(push.outcome, Outcome::Pending);
            held.push(push.plaintext);
        }
        assert!(rig.service.got().is_empty());
        let released = rig.sandbox.release(order).await;
        assert!(released.iter().all(|push| push.outcome == Outcome::Acknowledged));
        let got: Vec<String> = rig.service.got().iter().map(|got| opened(got, KEY, "wxbrand").unwrap()).collect();
        let expected: Vec<String> = expected.into_iter().map(|n: usize| held[n].clone()).collect();
        assert_eq!(got, expected);
        assert!(rig.sandbox.release(order).await.is_empty());
    }
    fault(&rig, FaultKind::Hold, 8);
    let mut made = Vec::new();
    for n in 0..8 {
        let text = json!({ "MsgType": "text", "Content": n.to_string() });
        made.push(rig.sandbox.push_by_hand(BRAND, &text, Some(LIN)).await.unwrap().id);
    }
    let mut shuffled: Vec<u64> = rig.sandbox.release(Order::Shuffled).await.iter().map(|push| push.id).collect();
    assert_ne!(shuffled, made);
    shuffled.sort_unstable();
    assert_eq!(shuffled, made);
}

#[tokio::test]
async fn attempts_can_be_spoiled_one_by_one() {
    let rig = Rig::start().await;
    rig.followed(LIN, BRAND).await;
    let one = |kind: FaultKind| {
        let rig = &rig;
        async move {
            rig.service.forget();
            fault(rig, kind.clone(), 1);
            let push = rig.sandbox.say(LIN, BRAND, "你好").await.unwrap().push;
            assert_eq!(push.attempts[0].fault, Some(kind.name()));
            rig.service.got()
        }
    };
    let got = one(FaultKind::Skew { seconds: -600 }).await;
    assert_eq!(got[0].query["timestamp"], (1_795_226_400 - 600).to_string());
    assert!(is_signed(&got[0]), "the signature fits the wrong time");
    let got = one(FaultKind::WrongKey).await;
    assert!(is_signed(&got[0]) && opened(&got[0], KEY, "wxbrand").is_none());
    let got = one(FaultKind::PreviousKey).await;
    assert!(opened(&got[0], KEY, "wxbrand").is_none() && opened(&got[0], OLD_KEY, "wxbrand").is_some());
    let got = one(FaultKind::UpperHex).await;
    assert!(!is_signed(&got[0]));
    assert_eq!(got[0].query["msg_signature"], got[0].query["msg_signature"].to_ascii_uppercase());
    let got = one(FaultKind::Downgrade).await;
    assert!(got[0].body.contains("你好") && !got[0].query.contains_key("encrypt_type"));
    let got = one(FaultKind::WrongSignature).await;
    assert!(!is_signed(&got[0]));
    let expected = sign([SIGN, &got[0].query["timestamp"], &got[0].query["nonce"], &encrypt_field(&got[0])]);
    assert_ne!(got[0].query["msg_signature"], expected);
    let got = one(FaultKind::CutAfter).await;
    assert_eq!(got.len(), 2, "the answer was lost, so it comes again");
    assert_eq!(opened(&got[0], KEY, "wxbrand"), opened(&got[1], KEY, "wxbrand"));
}

#[tokio::test]
async fn a_rotated_key_is_used_at_once() {
    let rig = Rig::start().await;
    let rotate = AccountPatch { rotate_key: true, ..AccountPatch::default() };
    let fresh = rig.sandbox.change_account(BRAND, rotate).unwrap().new_aes_key.unwrap();
    let openid = rig.followed(LIN, BRAND).await;
    assert!(opened(&rig.service.got()[0], &fresh, "wxbrand").is_some());
    rig.service.will([Say::Body(sealed(&reply(&openid, BRAND, "旧钥匙"), "wxbrand", "1795226400"))]);
    let push = rig.sandbox.say(LIN, BRAND, "你好").await.unwrap().push;
    assert_eq!(push.outcome, Outcome::Replied, "a reply with the previous key is taken");
}

#[tokio::test]
async fn the_console_tests_the_address() {
    let rig = Rig::start().await;
    let verified = rig.sandbox.verify_url(BRAND).await.unwrap();
    assert!(verified.ok);
    rig.service.stop().await;
    let verified = rig.sandbox.verify_url(BRAND).await.unwrap();
    assert_eq!((verified.ok, verified.status), (false, None));
}
