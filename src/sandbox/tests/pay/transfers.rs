use serde_json::{Value, json};

use super::till::{CREATE, OTHER, PAY, Till, read};
use crate::sandbox::{
    MerchantPatch,
    tests::rig::{BRAND, LIN, ZHOU},
};

#[tokio::test]
async fn a_transfer_waits_for_the_person_and_then_arrives() {
    let till = Till::start().await;
    let before = till.balance();
    let created = till.create(&till.transfer(LIN, "t1")).await;
    created.state("WAIT_USER_CONFIRM");
    let body = created.json();
    assert_eq!(body["out_bill_no"], "t1");
    assert_eq!(body["transfer_bill_no"].as_str().unwrap().len(), 34);
    assert!(body["package_info"].as_str().unwrap().starts_with("ABBQO+oYAAAB"));
    assert_eq!(body["package_info"].as_str().unwrap().len(), 156);
    assert_eq!(body["create_time"], "2026-11-21T10:00:00+08:00");
    assert_eq!(till.balance(), before - 100, "the money is locked");
    let found = till.query("t1").await.json();
    assert_eq!((&found["state"], &found["mch_id"]), (&json!("WAIT_USER_CONFIRM"), &json!("1900001109")));
    assert!(found.get("package_info").is_none());
    let id = till.rig.sandbox.wallet(LIN).unwrap().transfers[0].id;
    till.rig.sandbox.confirm_transfer(LIN, id).unwrap();
    till.query("t1").await.state("SUCCESS");
    let by_number = format!("{CREATE}/transfer-bill-no/{}", body["transfer_bill_no"].as_str().unwrap());
    till.call("GET", &by_number, None).await.state("SUCCESS");
    assert_eq!((till.balance(), till.rig.sandbox.wallet(LIN).unwrap().balance), (before - 100, 100));
    assert!(till.rig.sandbox.confirm_transfer(LIN, id).is_err(), "once is enough");
}

#[tokio::test]
async fn the_same_number_pays_once() {
    let till = Till::start().await;
    let (before, request) = (till.balance(), till.transfer(LIN, "t1"));
    let first = till.create(&request).await.json();
    assert_eq!(till.create(&request).await.json(), first);
    let mut other = request.clone();
    other["transfer_amount"] = json!(101);
    till.create(&other).await.refused(400, "INVALID_REQUEST");
    let mut other = request.clone();
    other["openid"] = json!(till.rig.openid(ZHOU, BRAND));
    till.create(&other).await.refused(400, "INVALID_REQUEST");
    assert_eq!(till.balance(), before - 100);
    till.rig.advance(24 * 3600 + 1);
    let late = till.create(&request).await;
    late.refused(400, "INVALID_REQUEST");
    assert!(late.body.contains("超出重试期"));
}

#[tokio::test]
async fn what_nobody_confirms_lapses_and_comes_back() {
    let till = Till::start().await;
    let before = till.balance();
    till.create(&till.transfer(LIN, "t1")).await.state("WAIT_USER_CONFIRM");
    till.rig.advance(24 * 3600 - 1);
    till.query("t1").await.state("WAIT_USER_CONFIRM");
    till.rig.advance(1);
    let lapsed = till.query("t1").await;
    lapsed.state("FAIL");
    assert_eq!(lapsed.json()["fail_reason"], "OVERDUE_CLOSE");
    assert_eq!(lapsed.json()["update_time"], "2026-11-22T10:00:00+08:00");
    assert_eq!(till.balance(), before);
    let id = till.rig.sandbox.wallet(LIN).unwrap().transfers[0].id;
    assert!(till.rig.sandbox.confirm_transfer(LIN, id).is_err());
    till.rig.advance(30 * 24 * 3600);
    till.query("t1").await.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn the_merchant_cancels_before_the_person_confirms() {
    let till = Till::with(|options| options.settings.pay.cancel_takes = 60).await;
    let before = till.balance();
    let cancel = |number: &str| format!("{CREATE}/out-bill-no/{number}/cancel");
    till.create(&till.transfer(LIN, "t1")).await;
    till.call("POST", &cancel("t1"), None).await.state("CANCELING");
    assert_eq!(till.balance(), before - 100);
    till.rig.advance(60);
    till.query("t1").await.state("CANCELLED");
    till.call("POST", &cancel("t1"), None).await.state("CANCELLED");
    assert_eq!(till.balance(), before);
    till.create(&till.transfer(LIN, "t2")).await;
    let id = till.rig.sandbox.wallet(LIN).unwrap().transfers[0].id;
    till.rig.sandbox.confirm_transfer(LIN, id).unwrap();
    till.call("POST", &cancel("t2"), None).await.refused(400, "INVALID_REQUEST");
    till.call("POST", &cancel("t3"), None).await.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn what_the_scene_or_the_account_does_not_allow_is_refused() {
    let till = Till::start().await;
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut body = till.transfer(LIN, "t1");
        change(&mut body);
        body
    };
    let cases: Vec<(Value, u16, &str)> = vec![
        (changed(&|b| b["transfer_amount"] = json!(9)), 400, "INVALID_REQUEST"),
        (changed(&|b| b["transfer_amount"] = json!(20_001)), 400, "INVALID_REQUEST"),
        (changed(&|b| b["transfer_amount"] = json!("100")), 400, "PARAM_ERROR"),
        (changed(&|b| b["transfer_scene_id"] = json!("1005")), 403, "NO_AUTH"),
        (changed(&|b| b["transfer_scene_report_infos"] = json!([])), 400, "PARAM_ERROR"),
        (changed(&|b| b["transfer_scene_report_infos"][1]["info_type"] = json!("别的")), 400, "PARAM_ERROR"),
        (changed(&|b| b["user_recv_perception"] = json!("退款")), 400, "INVALID_REQUEST"),
        (changed(&|b| b["out_bill_no"] = json!("t-1")), 400, "PARAM_ERROR"),
        (changed(&|b| b["sub_mchid"] = json!("1900000001")), 400, "PARAM_ERROR"),
        (changed(&|b| b["transfer_remark"] = Value::Null), 400, "PARAM_ERROR"),
        (changed(&|b| b["transfer_remark"] = json!("恭喜🎉")), 400, "PARAM_ERROR"),
        (changed(&|b| b["appid"] = json!("wxnobody")), 400, "PARAM_ERROR"),
        (changed(&|b| b["openid"] = json!(till.rig.openid(LIN, "shop"))), 400, "PARAM_ERROR"),
        (changed(&|b| b["notify_url"] = json!("https://example.test/n?a=1")), 400, "PARAM_ERROR"),
        (changed(&|b| b["notify_url"] = json!("http://example.test/n")), 400, "PARAM_ERROR"),
        (changed(&|b| b["user_name"] = json!("林小满")), 400, "PARAM_ERROR"),
    ];
    let before = till.balance();
    for (body, status, code) in cases {
        till.create(&body).await.refused(status, code);
    }
    till.rig.sandbox.change_merchant(PAY, &MerchantPatch { frozen: Some(true), ..Default::default() }).unwrap();
    till.create(&till.transfer(LIN, "t1")).await.refused(403, "USER_ERROR");
    till.rig.sandbox.change_merchant(PAY, &MerchantPatch { frozen: Some(false), ..Default::default() }).unwrap();
    assert_eq!(till.balance(), before);
    till.create(&till.transfer(LIN, "t1")).await.state("WAIT_USER_CONFIRM");
}

#[tokio::test]
async fn an_empty_account_pays_with_the_same_number_after_a_top_up() {
    let till = Till::with(|options| options.merchants[0].balance = 50).await;
    till.create(&till.transfer(LIN, "t1")).await.refused(403, "NOT_ENOUGH");
    till.query("t1").await.refused(404, "NOT_FOUND");
    till.rig.sandbox.top_up(PAY, 50).unwrap();
    till.create(&till.transfer(LIN, "t1")).await.state("WAIT_USER_CONFIRM");
    assert_eq!(till.balance(), 0);
    assert!(till.rig.sandbox.top_up(PAY, 0).is_err() && till.rig.sandbox.top_up("nobody", 1).is_err());
}

#[tokio::test]
async fn money_does_not_go_to_whom_wechat_distrusts() {
    let till = Till::start().await;
    till.rig.sandbox.set_pay_risk(LIN, Some("TRANSFER_RISK")).unwrap();
    let before = till.balance();
    till.create(&till.transfer(LIN, "t1")).await.state("ACCEPTED");
    let failed = till.query("t1").await;
    failed.state("FAIL");
    assert_eq!(failed.json()["fail_reason"], "TRANSFER_RISK");
    assert_eq!(till.balance(), before);
}

#[tokio::test]
async fn calls_per_second_are_limited() {
    let till = Till::with(|options| options.settings.pay.transfers_per_second = 2).await;
    for number in ["t1", "t2"] {
        till.create(&till.transfer(LIN, number)).await.state("WAIT_USER_CONFIRM");
    }
    assert_eq!(till.create(&till.transfer(LIN, "t3")).await.status, 429);
    till.rig.advance(1);
    till.create(&till.transfer(LIN, "t3")).await.state("WAIT_USER_CONFIRM");
}

#[tokio::test]
async fn a_caller_is_checked_before_anything_else() {
    let till = Till::start().await;
    let body = till.transfer(LIN, "t1").to_string();
    let now = till.rig.clock.now().timestamp();
    let right = till.authorization("POST", CREATE, &body, now);
    let other = till.rig.sandbox.merchant(OTHER).unwrap();
    let cases: Vec<(String, &str)> = vec![
        (String::new(), "格式"),
        (right.replace("RSA2048", "SM2"), "格式"),
        (right.replace(",timestamp", ",time"), "格式"),
        (till.authorization("POST", CREATE, &body, now - 301), "5分钟"),
        (till.authorization("POST", CREATE, &body, now + 301), "5分钟"),
        (right.replace("1900001109", "1900001108"), "商户号"),
        (right.replace("1900001109", &other.mchid), "序列号"),
        (right.replace(&till.access.certificate_serial, &other.certificate_serial), "序列号"),
        (till.authorization("POST", CREATE, &format!("{body} "), now), "签名"),
        (till.authorization("GET", CREATE, &body, now), "签名"),
    ];
    for (authorization, why) in cases {
        let request = till.rig.client().post(till.rig.url(CREATE)).header("Accept", "application/json");
        let request = request.header("User-Agent", "till").header("Content-Type", "application/json");
        let request = request.header("Authorization", &authorization).body(body.clone());
        let answered = read(request.send().await.unwrap()).await;
        answered.refused(401, "SIGN_ERROR");
        assert!(answered.body.contains(why), "{authorization}: {answered:?}");
        assert!(answered.headers["request-id"].ends_with("-268443699"));
        assert!(answered.headers.contains_key("wechatpay-signature"), "refusals are signed too");
    }
    let bare = till.request("POST", CREATE, Some(&till.transfer(LIN, "t1")));
    let unknown = bare.try_clone().unwrap().header("Wechatpay-Serial", "PUB_KEY_ID_0100");
    read(unknown.send().await.unwrap()).await.refused(400, "PARAM_ERROR");
    till.verify(&read(bare.send().await.unwrap()).await);
    till.call("GET", "/v3/nothing", None).await.refused(404, "RESOURCE_NOT_EXISTS");
    till.call("GET", CREATE, None).await.refused(405, "METHOD_NOT_ALLOWED");
    let detail = read(till.request("GET", "/v3/certificates", None).header("Authorization", "x").send().await.unwrap());
    assert_eq!(detail.await.status, 401);
}

#[tokio::test]
async fn a_wrong_signature_is_explained() {
    let till = Till::start().await;
    let authorization = till.authorization("GET", "/v3/certificates", "x", till.rig.clock.now().timestamp());
    let request = till.rig.client().get(till.rig.url("/v3/certificates")).header("Accept", "*/*");
    let request = request.header("User-Agent", "till").header("Authorization", authorization);
    let detail = read(request.send().await.unwrap()).await.json()["detail"].clone();
    assert_eq!(detail["detail"]["issue"], "sign not match");
    assert_eq!(detail["sign_information"]["url"], "/v3/certificates");
    assert_eq!(detail["sign_information"]["sign_message_length"], 66);
}
