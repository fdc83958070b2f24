//! Transfers: what is sent, and what each answer is taken for.

use serde_json::{Value, json};

use super::{
    super::{
        Answer, Kind, OutNo, Refusal, Settings, Why,
        crypto::{Certificate, PrivateKey},
        development,
        transfer::{Transfer, TransferState},
    },
    requests::{transfer, with},
    rig::{Reply, Rig, Signed, settings},
};

fn request() -> Transfer {
    serde_json::from_value(transfer()).unwrap()
}

fn number() -> OutNo {
    "plfk2020042013".parse().unwrap()
}

fn created() -> Value {
    json!({
        "out_bill_no": "plfk2020042013",
        "transfer_bill_no": "1330000071100999991182020050700019480001",
        "create_time": "2026-11-21T10:00:00.120+08:00",
        "state": "WAIT_USER_CONFIRM",
        "package_info": "affffddafdfafddffda==",
        "something_new": { "in": "2027" }
    })
}

fn queried(state: &str) -> Value {
    json!({
        "mch_id": "1900001109",
        "out_bill_no": "plfk2020042013",
        "transfer_bill_no": "1330000071100999991182020050700019480001",
        "appid": "wxf636efh567hg4356",
        "state": state,
        "transfer_amount": 100,
        "transfer_remark": "邀请奖励",
        "openid": "o-MYE42l80oelYMDE34nYD456Xoy",
        "create_time": "2026-11-21T10:00:00+08:00",
        "update_time": "2026-11-21T10:00:31+08:00"
    })
}

fn why<T>(answer: Answer<T>) -> Option<Why> {
    match answer {
        Answer::Unknown(unknown) => Some(unknown.why),
        Answer::Done(_) | Answer::Refused(_) => None,
    }
}

fn kind<T>(answer: Answer<T>) -> Option<Kind> {
    match answer {
        Answer::Refused(Refusal { kind, .. }) => Some(kind),
        Answer::Done(_) | Answer::Unknown(_) => None,
    }
}

#[actix_web::test]
async fn a_transfer_is_signed_sent_and_its_answer_read() {
    let rig = Rig::start().await;
    rig.next(Reply::json(200, &created()));
    let Answer::Done(done) = rig.merchant().create_transfer(&request()).await else { panic!("it was made") };
    assert_eq!((done.number, done.state), (number(), TransferState::WaitUserConfirm));
    assert_eq!(format!("{:?}", done.package_info.unwrap()), "PackageInfo(…)");
    let seen = rig.last();
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/v3/fund-app/mch-transfer/transfer-bills"));
    assert_eq!(seen.header("wechatpay-serial"), development::PUBLIC_KEY_ID);
    assert_eq!((seen.header("accept"), seen.header("content-type")), ("application/json", "application/json"));
    assert!(seen.header("user-agent").starts_with("huilian/"));
    let authorization = seen.header("authorization");
    let field = |name: &str| {
        let (_, rest) = authorization.split_once(&format!("{name}=\"")).unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    assert_eq!(field("mchid"), "1900001109");
    assert_eq!(field("serial_no"), "5F1C72E2A8931B72A2E13AF8DEE92471EB397115");
    let head = format!("POST\n{}\n{}\n{}\n", seen.path, field("timestamp"), field("nonce_str"));
    let message = [head.as_bytes(), seen.body.as_slice(), b"\n"].concat();
    let certificate = Certificate::from_pem(development::CERTIFICATE).unwrap();
    assert!(certificate.key.verifies(&message, &field("signature")));
    assert_eq!(field("timestamp"), rig.clock.now().timestamp().to_string());
}

#[actix_web::test]
async fn a_name_travels_encrypted_for_the_key_that_the_header_names() {
    let rig = Rig::start().await;
    rig.next(Reply::json(200, &created()));
    let named = with(transfer(), "user_name", json!("张三"));
    let answer = rig.merchant().create_transfer(&serde_json::from_value(named).unwrap()).await;
    assert!(matches!(answer, Answer::Done(_)), "{answer:?}");
    let sealed = rig.last().json()["user_name"].as_str().unwrap().to_owned();
    let opened = super::rig::platform_key().open(&sealed).unwrap();
    assert_eq!(opened, "张三".as_bytes());
    assert!(PrivateKey::from_pem(development::PRIVATE_KEY).unwrap().open(&sealed).is_err());
}

#[actix_web::test]
async fn an_accepted_transfer_whose_answer_cannot_be_believed_is_unknown() {
    let rig = Rig::start().await;
    for signed in
        [Signed::Not, Signed::Badly, Signed::LongAgo, Signed::ByCertificate, Signed::ByStranger, Signed::Probe]
    {
        rig.next(Reply::json(200, &created()).signed(signed));
        assert_eq!(why(rig.merchant().create_transfer(&request()).await), Some(Why::Signature), "{signed:?}");
    }
    rig.next(Reply::error(400, "INVALID_REQUEST", "x").signed(Signed::Badly));
    assert_eq!(why(rig.merchant().create_transfer(&request()).await), Some(Why::Signature), "signed by nobody");
}

#[actix_web::test]
async fn every_answer_is_one_of_three() {
    let rig = Rig::start().await;
    let html = "<html><head><title>502 Bad Gateway</title></head></html>";
    let unknown = [
        (Reply::new(502, html).signed(Signed::Not), Why::Status),
        (Reply::new(200, html), Why::Form),
        (Reply::new(200, "{\"out_bill_no\":\"plfk20"), Why::Form),
        (Reply::new(429, "").signed(Signed::Not), Why::Throttled),
        (Reply::error(429, "FREQUENCY_LIMIT_EXCEED", "频率过高"), Why::Throttled),
        (Reply::error(500, "SYSTEM_ERROR", "系统异常"), Why::System),
        (Reply::error(503, "SERVICE_UNAVAILABLE", ""), Why::System),
        (Reply::error(400, "SOMETHING_NEW", ""), Why::Code),
        (Reply::json(202, &json!({})), Why::Processing),
        (Reply::json(200, &with(created(), "out_bill_no", json!("another"))), Why::OtherOrder),
        (Reply::json(200, &with(created(), "state", json!("DANCING"))), Why::Form),
        (Reply::lost(), Why::Lost),
        (Reply::new(200, vec![b' '; 2 << 20]), Why::TooLarge),
    ];
    for (reply, expected) in unknown {
        rig.next(reply);
        assert_eq!(why(rig.merchant().create_transfer(&request()).await), Some(expected), "{expected:?}");
    }
    let refused = [
        (Reply::error(403, "NOT_ENOUGH", "商户运营账户资金不足"), Kind::NotEnough),
        (Reply::error(400, "INVALID_REQUEST", "单号已存在但信息不一致,请查单后比较确认"), Kind::Mismatch),
        (Reply::error(401, "SIGN_ERROR", "签名错误").signed(Signed::Not), Kind::Config),
    ];
    for (reply, expected) in refused {
        rig.next(reply);
        assert_eq!(kind(rig.merchant().create_transfer(&request()).await), Some(expected));
    }
}

#[actix_web::test]
async fn silence_and_nobody_there_are_told_apart() {
    let mut rig = Rig::start().await;
    rig.timeout = std::time::Duration::from_millis(300);
    rig.next(Reply::never());
    assert_eq!(why(rig.merchant().create_transfer(&request()).await), Some(Why::Timeout));
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut settings = settings();
    settings.addresses.v3 = format!("http://{free}");
    assert_eq!(why(rig.elsewhere(settings).create_transfer(&request()).await), Some(Why::Unreachable));
}

#[actix_web::test]
async fn what_breaks_a_rule_never_leaves() {
    let rig = Rig::start().await;
    let foreign: Transfer = serde_json::from_value(with(transfer(), "appid", json!("wx0000000000000000"))).unwrap();
    let answer = rig.merchant().create_transfer(&foreign).await;
    let Answer::Refused(refusal) = answer else { panic!("{answer:?}") };
    assert_eq!((refusal.code.as_str(), refusal.kind), (Refusal::NOT_SENT, Kind::Invalid));
    let slow = Settings { rates: super::super::settings::Rates { transfer: 5, ..settings().rates }, ..settings() };
    let merchant = rig.merchant_with(slow);
    rig.next(Reply::json(200, &created()));
    assert!(matches!(merchant.create_transfer(&request()).await, Answer::Done(_)));
    assert_eq!(kind(merchant.create_transfer(&request()).await), Some(Kind::Rate), "the clock stands still");
    assert_eq!(rig.seen().len(), 1);
}

#[actix_web::test]
async fn a_query_says_what_it_came_to() {
    let rig = Rig::start().await;
    let states = [
        ("ACCEPTED", TransferState::Accepted),
        ("PROCESSING", TransferState::Processing),
        ("WAIT_USER_CONFIRM", TransferState::WaitUserConfirm),
        ("TRANSFERING", TransferState::Transfering),
        ("SUCCESS", TransferState::Success),
        ("FAIL", TransferState::Fail),
        ("CANCELING", TransferState::Canceling),
        ("CANCELLED", TransferState::Cancelled),
    ];
    for (text, state) in states {
        rig.next(Reply::json(200, &queried(text)));
        let Answer::Done(bill) = rig.merchant().transfer(&number()).await else { panic!("{text}") };
        assert_eq!((bill.state, bill.amount.get()), (state, 100));
    }
    let seen = rig.last();
    assert_eq!(seen.path, "/v3/fund-app/mch-transfer/transfer-bills/out-bill-no/plfk2020042013");
    assert_eq!((seen.method.as_str(), seen.header("wechatpay-serial")), ("GET", development::PUBLIC_KEY_ID));
    let mut bare = queried("SUCCESS");
    for optional in ["mch_id", "transfer_bill_no", "appid", "openid", "create_time", "update_time"] {
        bare = with(bare, optional, Value::Null);
    }
    rig.next(Reply::json(200, &bare));
    assert!(matches!(rig.merchant().transfer(&number()).await, Answer::Done(_)), "documented fields may be missing");
    for (reply, expected) in [
        (Reply::error(404, "NOT_FOUND", "记录不存在"), Why::NotFound),
        (Reply::json(200, &with(queried("SUCCESS"), "mch_id", json!("1900000000"))), Why::OtherOrder),
        (Reply::json(200, &with(queried("SUCCESS"), "out_bill_no", json!("another"))), Why::OtherOrder),
    ] {
        rig.next(reply);
        assert_eq!(why(rig.merchant().transfer(&number()).await), Some(expected));
    }
}

#[actix_web::test]
async fn a_cancellation_has_no_body_and_takes_effect_later() {
    let rig = Rig::start().await;
    let body = json!({
        "out_bill_no": "plfk2020042013", "transfer_bill_no": "1330", "state": "CANCELING",
        "update_time": "2026-11-21T10:00:31+08:00"
    });
    rig.next(Reply::json(200, &body));
    let Answer::Done(cancelled) = rig.merchant().cancel_transfer(&number()).await else { panic!("it is cancelled") };
    assert_eq!(cancelled.state, TransferState::Canceling);
    let seen = rig.last();
    assert_eq!(seen.path, "/v3/fund-app/mch-transfer/transfer-bills/out-bill-no/plfk2020042013/cancel");
    assert!(seen.method == "POST" && seen.body.is_empty());
    rig.next(Reply::json(200, &json!({ "echo_message": "惠联" })));
    assert_eq!(rig.merchant().echo("惠联").await, Answer::Done(()));
}

#[actix_web::test]
async fn a_page_gets_what_opens_the_confirmation() {
    let rig = Rig::start().await;
    let package = super::super::transfer::PackageInfo("affff==".to_owned());
    let parameters = rig.merchant().transfer_parameters("wx8888888888888888", package);
    let expected = json!({ "mchId": "1900001109", "appId": "wx8888888888888888", "package": "affff==" });
    assert_eq!(serde_json::to_value(&parameters).unwrap(), expected);
    assert_eq!(rig.merchant().notify_url(), "https://crm.example.com/wechat/pay/main/notify");
}
