use super::till::{OTHER, PAY, SEND, Till, client, failed, sent, sign, xml};
use crate::sandbox::{
    MerchantPatch, PacketState,
    tests::rig::{BRAND, LIN, ZHOU},
};

#[tokio::test]
async fn a_packet_is_sent_opened_and_in_the_pocket() {
    let till = Till::start().await;
    let before = till.balance();
    let answer = till.send(LIN, "p1").await;
    sent(&answer);
    assert_eq!((answer.str("mch_billno"), answer.str("total_amount")), (Some("p1"), Some("100")));
    let list_id = answer.str("send_listid").unwrap().to_owned();
    assert!(list_id.starts_with("100004170120261121") && list_id.len() == 31, "{list_id}");
    assert_eq!(till.balance(), before - 100);
    let state = till.packet_state("p1").await;
    sent(&state);
    assert_eq!((state.str("status"), state.str("detail_id")), (Some("SENT"), Some(list_id.as_str())));
    assert_eq!((state.str("send_time"), state.str("hb_type")), (Some("2026-11-21 10:00:00"), Some("NORMAL")));
    let packet = till.rig.sandbox.wallet(LIN).unwrap().packets[0].clone();
    assert_eq!((packet.sender.as_str(), packet.wishing.as_str()), ("惠联小店", "恭喜发财 & 万事如意"));
    till.rig.advance(60);
    assert_eq!(till.rig.sandbox.open_packet(LIN, packet.id).unwrap().state, PacketState::Received);
    assert!(till.rig.sandbox.open_packet(LIN, packet.id).is_err() && till.rig.sandbox.open_packet(ZHOU, 1).is_err());
    let state = till.packet_state("p1").await;
    assert_eq!(state.str("status"), Some("RECEIVED"));
    let info = state.child("hblist").unwrap().child("hbinfo").unwrap();
    assert_eq!((info.str("amount"), info.str("rcv_time")), (Some("100"), Some("2026-11-21 10:01:00")));
    assert_eq!(till.rig.sandbox.wallet(LIN).unwrap().balance, 100);
    till.rig.advance(48 * 3600);
    assert_eq!(till.packet_state("p1").await.str("status"), Some("RECEIVED"));
    assert_eq!(till.balance(), before - 100);
}

#[tokio::test]
async fn a_packet_that_nobody_opens_comes_back() {
    let till = Till::start().await;
    let before = till.balance();
    till.send(LIN, "p1").await;
    till.rig.advance(24 * 3600);
    assert_eq!(till.packet_state("p1").await.str("status"), Some("RFUND_ING"));
    assert_eq!(till.balance(), before - 100);
    let id = till.rig.sandbox.wallet(LIN).unwrap().packets[0].id;
    assert!(till.rig.sandbox.open_packet(LIN, id).is_err());
    till.rig.advance(600);
    let state = till.packet_state("p1").await;
    assert_eq!((state.str("status"), state.str("refund_amount")), (Some("REFUND"), Some("100")));
    assert_eq!(state.str("refund_time"), Some("2026-11-22 10:10:00"));
    assert_eq!(till.balance(), before);
    till.rig.advance(30 * 24 * 3600);
    failed(&till.packet_state("p1").await, "NOT_FOUND");
}

#[tokio::test]
async fn the_same_number_sends_once() {
    let till = Till::start().await;
    let before = till.balance();
    let first = till.send(LIN, "p1").await;
    let mut again = till.packet(LIN, "p1");
    again.insert("nonce_str".to_owned(), "another".to_owned());
    sign(&mut again, &till.access.v2_key);
    assert_eq!(till.post(SEND, &again).await, first, "only the nonce differs");
    let more = till.packet_with(LIN, "p1", &[("total_amount", "101")]);
    failed(&till.post(SEND, &more).await, "FATAL_ERROR");
    failed(&till.send(ZHOU, "p1").await, "FATAL_ERROR");
    assert_eq!(till.balance(), before - 100);
}

#[tokio::test]
async fn followers_find_it_in_the_chat_others_among_the_notices() {
    let till = Till::start().await;
    till.rig.followed(LIN, BRAND).await;
    till.send(LIN, "p1").await;
    till.send(ZHOU, "p2").await;
    let chat = till.rig.sandbox.chat(LIN, BRAND).unwrap();
    let message = chat.messages.last().unwrap();
    assert_eq!((message.kind.as_str(), &message.content["wishing"]), ("red_packet", &"恭喜发财 & 万事如意".into()));
    assert_eq!(message.content["packet"], till.rig.sandbox.wallet(LIN).unwrap().packets[0].id);
    assert!(till.rig.sandbox.chat(ZHOU, BRAND).unwrap().messages.is_empty());
    let arrival = |person| serde_json::to_value(till.rig.sandbox.wallet(person).unwrap().packets[0].arrival).unwrap();
    assert_eq!((arrival(LIN), arrival(ZHOU)), ("chat".into(), "notice".into()));
}

#[tokio::test]
async fn the_certificate_is_asked_for_at_the_door() {
    let till = Till::start().await;
    let body = xml(&till.packet(LIN, "p1"));
    let nobody = client(&till.access, false);
    let (status, text) = till.post_with(&nobody, SEND, body.clone()).await.unwrap();
    assert!(status == 400 && text.starts_with("<html>") && text.contains("No required SSL certificate"), "{text}");
    let other = client(&till.rig.sandbox.merchant(OTHER).unwrap(), true);
    let (status, text) = till.post_with(&other, SEND, body.clone()).await.unwrap();
    assert!(status == 200 && text.contains("<err_code><![CDATA[CA_ERROR]]>"), "{text}");
    let plain = till.rig.client().post(till.rig.url(SEND)).body(body.clone()).send().await.unwrap();
    assert_eq!(plain.status(), 400);
    till.rig.advance(6 * 365 * 24 * 3600);
    let (status, text) = till.post_with(&till.tls, SEND, body).await.unwrap();
    assert!(status == 400 && text.contains("The SSL certificate error"), "{text}");
    assert!(till.rig.sandbox.wallet(LIN).unwrap().packets.is_empty());
}

#[tokio::test]
async fn a_request_is_checked_in_wechats_order() {
    let till = Till::start().await;
    let (_, text) = till.post_with(&till.tls, SEND, "<xml><a>".to_owned()).await.unwrap();
    assert!(text.contains("XML_ERROR"), "{text}");
    let with = |more: &[(&str, &str)]| till.packet_with(LIN, "p1", more);
    for (more, code) in [
        (&[("re_openid", "")][..], "PARAM_ERROR"),
        (&[("mch_billno", "p-1")], "PARAM_ERROR"),
        (&[("send_name", "惠联小店惠联小店惠联小店")], "PARAM_ERROR"),
        (&[("total_amount", "1.5")], "PARAM_ERROR"),
        (&[("total_amount", "-100")], "PARAM_ERROR"),
        (&[("client_ip", "localhost")], "PARAM_ERROR"),
        (&[("mch_id", "1900009999")], "CA_ERROR"),
        (&[("sign_type", "MD5")], "SIGN_ERROR"),
        (&[("appid", "wxbrand")], "SIGN_ERROR"),
        (&[("wxappid", "wxnobody")], "ILLEGAL_APPID"),
        (&[("wxappid", "wxmini")], "ILLEGAL_APPID"),
        (&[("wxappid", "wxshop")], "OPENID_ERROR"),
        (&[("total_num", "2")], "PARAM_ERROR"),
        (&[("total_amount", "99")], "MONEY_LIMIT"),
        (&[("total_amount", "20001")], "MONEY_LIMIT"),
        (&[("total_amount", "99"), ("scene_id", "PRODUCT_5")], "PARAM_ERROR"),
        (&[("total_amount", "29"), ("scene_id", "PRODUCT_2")], "MONEY_LIMIT"),
    ] {
        till.rig.advance(1);
        let answer = till.post(SEND, &with(more)).await;
        failed(&answer, code);
    }
    let mut forged = with(&[]);
    forged.insert("total_amount".to_owned(), "200".to_owned());
    let answer = till.post(SEND, &forged).await;
    failed(&answer, "SIGN_ERROR");
    assert_eq!((answer.str("mch_billno"), answer.str("total_amount")), (Some("p1"), Some("200")), "echoed");
    assert!(till.rig.sandbox.wallet(LIN).unwrap().packets.is_empty());
    till.rig.advance(1);
    sent(&till.post(SEND, &with(&[("total_amount", "99"), ("scene_id", "PRODUCT_2")])).await);
}

#[tokio::test]
async fn caps_risk_and_balance_hold_packets_back() {
    let till = Till::with(|options| {
        options.merchants[0].balance = 350;
        options.settings.pay.packet_count_per_person = 2;
        options.settings.pay.packets_per_person = 250;
        options.settings.pay.packets_per_day = 400;
    })
    .await;
    till.rig.sandbox.set_pay_risk(ZHOU, Some("TRANSFER_RISK")).unwrap();
    failed(&till.send(ZHOU, "p0").await, "NO_AUTH");
    failed(&till.send(ZHOU, "p0").await, "FREQ_LIMIT");
    till.rig.sandbox.set_pay_risk(ZHOU, None).unwrap();
    sent(&till.send(LIN, "p1").await);
    failed(&till.post(SEND, &till.packet_with(LIN, "p2", &[("total_amount", "160")])).await, "RCVDAMOUNT_LIMIT");
    sent(&till.send(LIN, "p3").await);
    failed(&till.send(LIN, "p4").await, "SENDNUM_LIMIT");
    failed(&till.post(SEND, &till.packet_with(ZHOU, "p5", &[("total_amount", "160")])).await, "NOTENOUGH");
    failed(&till.post(SEND, &till.packet_with(ZHOU, "p6", &[("total_amount", "201")])).await, "SENDAMOUNT_LIMIT");
    till.rig.sandbox.top_up(PAY, 100).unwrap();
    till.rig.advance(1);
    sent(&till.post(SEND, &till.packet_with(ZHOU, "p5", &[("total_amount", "160")])).await);
    till.rig.sandbox.change_merchant(PAY, &MerchantPatch { frozen: Some(true), ..Default::default() }).unwrap();
    failed(&till.send(ZHOU, "p7").await, "PAYER_ACCOUNT_ABNORMAL");
    till.rig.sandbox.change_merchant(PAY, &MerchantPatch { frozen: Some(false), ..Default::default() }).unwrap();
    till.rig.sandbox.top_up(PAY, 1000).unwrap();
    till.rig.advance(24 * 3600);
    sent(&till.send(LIN, "p4").await);
}

#[tokio::test]
async fn packets_per_second_are_limited() {
    let till = Till::with(|options| options.settings.pay.packets_per_second = 1).await;
    sent(&till.send(LIN, "p1").await);
    failed(&till.send(LIN, "p2").await, "FREQ_LIMIT");
    till.rig.advance(1);
    sent(&till.send(LIN, "p2").await);
}
