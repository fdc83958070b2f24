use serde_json::{Value, json};

use super::{KEY, OPENID, somebody};
use crate::wechat::{
    client::{Failure, Trouble},
    errcode::Action,
    mini::{
        login::LoginError,
        phone::{PhoneError, PhoneNumber},
        risk::{Occasion, Risk, RiskQuestion},
    },
    scripted::{Reply, SECRET, Scripted},
};

const LOGIN: &str = "/sns/jscode2session";
const CHECK: &str = "/wxa/checksession";
const RENEW: &str = "/wxa/resetusersessionkey";
const PHONE: &str = "/wxa/business/getuserphonenumber";
const RISK: &str = "/wxa/getuserriskrank";
/// HMAC of nothing with `KEY`.
const NOTHING_SIGNED: &str = "7154f9f8b4b76b92f541cbf0e37d48840fa06e5e42da92a6f80168a1516a4735";

fn session() -> Value {
    json!({ "openid": OPENID, "session_key": KEY })
}

fn phone(info: &Value) -> Reply {
    Reply::json(json!({ "errcode": 0, "errmsg": "ok", "phone_info": info }))
}

#[tokio::test]
async fn a_login_code_gives_person_and_session() {
    let server = Scripted::start().await;
    let mut bound = session();
    bound["unionid"] = json!("ocMvos6NjeKLIBqg5Mr9QjxrP1FA");
    server.next(LOGIN, Reply::json(bound));
    server.next(LOGIN, Reply::json(json!({"openid": OPENID, "session_key": KEY, "unionid": "", "errcode": 0})));
    let api = server.shop();
    let login = api.login("C1").await.unwrap();
    assert_eq!((login.openid.as_str(), login.session_key.expose()), (OPENID, KEY));
    assert_eq!(login.unionid.as_ref().unwrap().as_str(), "ocMvos6NjeKLIBqg5Mr9QjxrP1FA");
    assert!(api.login("C2").await.unwrap().unionid.is_none());
    let asked = &server.seen(LOGIN)[0].query;
    let asked: Vec<(&str, &str)> = asked.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(
        asked,
        [("appid", "wx-shop"), ("grant_type", "authorization_code"), ("js_code", "C1"), ("secret", SECRET)]
    );
    let printed = format!("{login:?}");
    assert!(!printed.contains(KEY) && !printed.contains(OPENID), "{printed}");
}

#[tokio::test]
async fn why_nobody_logged_in_is_told_apart() {
    let server = Scripted::start().await;
    let api = server.shop();
    let until = Some(server.clock.now() + chrono::TimeDelta::seconds(60));
    for (errcode, expected) in [
        (40029, LoginError::Code),
        (40163, LoginError::Code),
        (45011, LoginError::TooOften { until }),
        (40226, LoginError::HighRisk),
    ] {
        server.next(LOGIN, Reply::error(errcode));
        assert_eq!(api.login("C").await.unwrap_err(), expected, "{errcode}");
    }
    for (reply, trouble) in [
        (Reply::lost(), Trouble::Lost),
        (Reply::json(json!({"openid": OPENID, "session_key": "too short"})), Trouble::Form),
    ] {
        server.next(LOGIN, reply);
        assert_eq!(api.login("C").await.unwrap_err(), LoginError::Failed(Failure::Unknown(trouble)));
    }
    assert_eq!(api.login("").await.unwrap_err(), LoginError::Code);
    assert_eq!(server.seen(LOGIN).len(), 6, "each code was tried once, and what is none not at all");
    assert!(server.node().alarms().await.values().all(Vec::is_empty), "one person's trouble alarms nobody");
}

#[tokio::test]
async fn a_session_stands_until_wechat_refuses_its_signature() {
    let server = Scripted::start().await;
    let (api, key) = (server.shop(), KEY.parse().unwrap());
    server.next(CHECK, Reply::ok());
    server.next(CHECK, Reply::error(87009));
    server.next(CHECK, Reply::error(87008));
    assert!(api.session_stands(&somebody(), &key).await.unwrap());
    assert!(!api.session_stands(&somebody(), &key).await.unwrap());
    assert_eq!(api.session_stands(&somebody(), &key).await.unwrap_err().errcode(), Some(87008));
    let query = &server.seen(CHECK)[0].query;
    assert_eq!((query["openid"].as_str(), query["sig_method"].as_str()), (OPENID, "hmac_sha256"));
    assert_eq!(query["signature"], NOTHING_SIGNED);
}

#[tokio::test]
async fn a_renewed_session_replaces_the_old_once() {
    let server = Scripted::start().await;
    let (api, key) = (server.shop(), KEY.parse().unwrap());
    let fresh = "HyVFkGl5F5OQWJZZaNzBBg==";
    server.next(RENEW, Reply::json(json!({"errcode": 0, "errmsg": "ok", "openid": OPENID, "session_key": fresh})));
    server.next(RENEW, Reply::error(87009));
    server.next(RENEW, Reply::lost());
    assert_eq!(api.renew_session(&somebody(), &key).await.unwrap().expose(), fresh);
    assert_eq!(api.renew_session(&somebody(), &key).await.unwrap_err().action(), Some(Action::Reauth));
    assert_eq!(api.renew_session(&somebody(), &key).await.unwrap_err(), Failure::Unknown(Trouble::Lost));
    assert_eq!(server.seen(RENEW).len(), 3);
}

#[tokio::test]
async fn a_phone_code_gives_country_and_number_however_wechat_writes_them() {
    let server = Scripted::start().await;
    let api = server.shop();
    let mark = json!({ "timestamp": 1_637_744_274, "appid": "wx-shop" });
    for (info, expected) in [
        (
            json!({"phoneNumber": "13800000001", "purePhoneNumber": "13800000001", "countryCode": 86, "watermark": mark}),
            ("86", "13800000001"),
        ),
        (
            json!({"phoneNumber": "13800000001", "purePhoneNumber": "13800000001", "countryCode": "86", "watermark": mark}),
            ("86", "13800000001"),
        ),
        (
            json!({"phoneNumber": "+85291234567", "purePhoneNumber": "91234567", "countryCode": "852", "watermark": mark}),
            ("852", "91234567"),
        ),
    ] {
        server.next(PHONE, phone(&info));
        let number = api.phone_number("P", &somebody()).await.unwrap();
        assert_eq!((number.country_code.as_str(), number.national.as_str()), expected);
    }
    let asked = &server.seen(PHONE)[0];
    assert_eq!(asked.json(), json!({ "code": "P", "openid": OPENID }), "the person is always named");
    assert_eq!(asked.token(), "T1");
}

#[tokio::test]
async fn a_phone_code_that_gives_no_number_says_why() {
    let server = Scripted::start().await;
    let api = server.shop();
    server.next(PHONE, Reply::error(40029));
    assert_eq!(api.phone_number("P", &somebody()).await.unwrap_err(), PhoneError::Code);
    assert_eq!(api.phone_number("", &somebody()).await.unwrap_err(), PhoneError::Code);
    let good = json!({"purePhoneNumber": "13800000001", "countryCode": "86"});
    let with = |name: &str, value: Value| {
        let mut info = good.clone();
        info["watermark"] = json!({ "timestamp": 1, "appid": "wx-shop" });
        info[name] = value;
        info
    };
    for info in [
        good.clone(),
        with("watermark", json!({ "timestamp": 1, "appid": "wx-brand" })),
        with("purePhoneNumber", json!("")),
        with("purePhoneNumber", json!("1380000000112345")),
        with("countryCode", json!("86 ext")),
        with("countryCode", json!(null)),
    ] {
        server.next(PHONE, phone(&info));
        let failure = api.phone_number("P", &somebody()).await.unwrap_err();
        assert_eq!(failure, PhoneError::Failed(Failure::Unknown(Trouble::Form)), "{info}");
    }
    server.next(PHONE, Reply::lost());
    let failure = api.phone_number("P", &somebody()).await.unwrap_err();
    assert_eq!(failure, PhoneError::Failed(Failure::Unknown(Trouble::Lost)));
    server.next(PHONE, Reply::error(40001));
    server.next(PHONE, phone(&with("countryCode", json!(86))));
    let number = api.phone_number("P", &somebody()).await.unwrap();
    assert_eq!(format!("{number:?}"), "PhoneNumber(+86 …0001)");
}

#[tokio::test]
async fn the_risk_of_a_person_is_a_rank_or_unknown() {
    let server = Scripted::start().await;
    let api = server.shop();
    let openid = somebody();
    let number = PhoneNumber { country_code: "86".to_owned(), national: "13800000001".to_owned() };
    let question = RiskQuestion {
        openid: &openid,
        occasion: Occasion::Marketing,
        client_ip: "::ffff:203.0.113.7".parse().unwrap(),
        phone: Some(&number),
    };
    let rank = |rank: u8| {
        Reply::json(json!({"errcode": 0, "errmsg": "getuserriskrank succ", "risk_rank": rank, "unoin_id": 7}))
    };
    for (reply, expected) in [
        (rank(0), Risk::Rank(0)),
        (rank(4), Risk::Rank(4)),
        (rank(9), Risk::Rank(4)),
        (Reply::error(61010), Risk::Unknown),
    ] {
        server.next(RISK, reply);
        assert_eq!(api.risk(&question).await.unwrap(), expected);
    }
    assert!(Risk::Rank(4) < Risk::Unknown, "the unknown are trusted least");
    server.next(RISK, Reply::error(48001));
    assert_eq!(api.risk(&question).await.unwrap_err().errcode(), Some(48001));
    assert_eq!(
        server.seen(RISK)[0].json(),
        json!({
            "appid": "wx-shop", "openid": OPENID, "scene": 1, "client_ip": "203.0.113.7", "mobile_no": "13800000001"
        })
    );
    let alone = RiskQuestion { occasion: Occasion::Register, phone: None, ..question };
    server.next(RISK, rank(1));
    assert_eq!(api.risk(&alone).await.unwrap(), Risk::Rank(1));
    let asked = server.seen(RISK).pop().unwrap().json();
    assert_eq!((&asked["scene"], asked.get("mobile_no")), (&json!(0), None));
}
