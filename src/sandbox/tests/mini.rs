use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use super::rig::{BRAND, LIN, MINI, Rig, SECRET, ZHOU, fine, refused};
use crate::{
    sandbox::{AccountPatch, PersonPatch, Trouble},
    wechat::mini::SessionKey,
};

const LOGIN: &str = "/sns/jscode2session";
const PHONE: &str = "/wxa/business/getuserphonenumber";
const RISK: &str = "/wxa/getuserriskrank";
const SHEN: &str = "shen-qiuyue";
const GU: &str = "gu-beichuan";

async fn exchange(rig: &Rig, code: &str) -> Value {
    let query = [("appid", "wxmini"), ("secret", SECRET), ("js_code", code), ("grant_type", "authorization_code")];
    rig.get_bare(LOGIN, &query).await
}

async fn login(rig: &Rig, person: &str) -> Value {
    exchange(rig, &rig.sandbox.login(person, MINI).unwrap()).await
}

fn key(answer: &Value) -> SessionKey {
    answer["session_key"].as_str().unwrap_or_else(|| panic!("{answer}")).parse().unwrap()
}

async fn session(rig: &Rig, path: &str, key: &SessionKey) -> Value {
    let openid = rig.openid(LIN, MINI);
    let signature = key.sign(b"");
    let query = [("openid", openid.as_str()), ("signature", &signature), ("sig_method", "hmac_sha256")];
    rig.get(MINI, path, &query).await
}

#[tokio::test]
async fn a_login_code_works_once_for_five_minutes_and_for_its_mini_program() {
    let rig = Rig::start().await;
    let code = rig.sandbox.login(LIN, MINI).unwrap();
    let foreign = [("appid", "wxbrand"), ("secret", SECRET), ("js_code", &code), ("grant_type", "authorization_code")];
    refused(&rig.get_bare(LOGIN, &foreign).await, 40029);
    let answer = exchange(&rig, &code).await;
    assert_eq!(answer["openid"], rig.openid(LIN, MINI));
    assert!(answer["unionid"].is_string() && answer.get("errcode").is_none(), "{answer}");
    refused(&exchange(&rig, &code).await, 40029);
    let late = rig.sandbox.login(LIN, MINI).unwrap();
    rig.advance(300);
    refused(&exchange(&rig, &late).await, 40029);
    let phone = rig.sandbox.tap_phone(LIN, MINI, None).unwrap().code;
    refused(&exchange(&rig, &phone).await, 40029);
    let all = [("appid", "wxmini"), ("secret", SECRET), ("js_code", "c"), ("grant_type", "authorization_code")];
    for (left_out, errcode) in [("appid", 41002), ("secret", 41004), ("js_code", 41008), ("grant_type", 40002)] {
        let query: Vec<_> = all.into_iter().filter(|(name, _)| *name != left_out).collect();
        refused(&rig.get_bare(LOGIN, &query).await, errcode);
    }
    assert!(matches!(rig.sandbox.login(LIN, BRAND), Err(Trouble::Invalid(_))));
    let shown = rig.sandbox.calls(20).into_iter().map(|call| call.answer + &call.request).collect::<String>();
    assert!(!shown.contains(key(&answer).expose()) && !shown.contains(SECRET), "secrets are masked");
}

#[tokio::test]
async fn a_blocked_person_and_a_hasty_one_do_not_get_in() {
    let rig = Rig::with(|options| options.settings.logins_per_minute = 2).await;
    let patch = |blocked| PersonPatch { login_blocked: Some(blocked), ..PersonPatch::default() };
    rig.sandbox.change_person(ZHOU, patch(true)).unwrap();
    refused(&login(&rig, ZHOU).await, 40226);
    rig.sandbox.change_person(ZHOU, patch(false)).unwrap();
    login(&rig, ZHOU).await["openid"].as_str().unwrap();
    let early = rig.sandbox.login(ZHOU, MINI).unwrap();
    refused(&exchange(&rig, &early).await, 45011);
    assert!(login(&rig, LIN).await["openid"].is_string(), "another person has a count of their own");
    rig.advance(60);
    assert!(exchange(&rig, &early).await["openid"].is_string(), "the code was not used up");
}

#[tokio::test]
async fn unionids_follow_the_binding_and_may_come_late_or_change() {
    let rig = Rig::start().await;
    let bind = |platform: &str| {
        let patch = AccountPatch { open_platform: Some(platform.to_owned()), ..AccountPatch::default() };
        rig.sandbox.change_account(MINI, patch).unwrap();
    };
    rig.followed(LIN, BRAND).await;
    let info = rig.get(BRAND, "/cgi-bin/user/info", &[("openid", &rig.openid(LIN, BRAND))]).await;
    bind("");
    assert!(login(&rig, LIN).await.get("unionid").is_none());
    bind("open");
    assert_eq!(login(&rig, LIN).await["unionid"], info["unionid"]);
    bind("another");
    let other = login(&rig, LIN).await["unionid"].as_str().unwrap().to_owned();
    assert_ne!(info["unionid"], other);
    assert_eq!(other.len(), 28);
    assert!(login(&rig, SHEN).await.get("unionid").is_none(), "hers is withheld");
}

#[tokio::test]
async fn a_session_key_is_checked_renewed_and_replaced_by_a_login() {
    let rig = Rig::start().await;
    let first = key(&login(&rig, LIN).await);
    fine(&session(&rig, "/wxa/checksession", &first).await);
    let renewed = session(&rig, "/wxa/resetusersessionkey", &first).await;
    fine(&renewed);
    assert_eq!(renewed["openid"], rig.openid(LIN, MINI));
    refused(&session(&rig, "/wxa/checksession", &first).await, 87009);
    refused(&session(&rig, "/wxa/resetusersessionkey", &first).await, 87009);
    fine(&session(&rig, "/wxa/checksession", &key(&renewed)).await);
    rig.sandbox.login(LIN, MINI).unwrap();
    refused(&session(&rig, "/wxa/checksession", &key(&renewed)).await, 87009);
    let (lin, zhou) = (rig.openid(LIN, MINI), rig.openid(ZHOU, MINI));
    let check = async |query: &[(&str, &str)]| rig.get(MINI, "/wxa/checksession", query).await;
    refused(&check(&[("openid", &lin), ("signature", "00"), ("sig_method", "md5")]).await, 87008);
    refused(&check(&[("openid", &zhou), ("signature", "00"), ("sig_method", "hmac_sha256")]).await, 87009);
    refused(&check(&[("openid", "oNobody"), ("signature", "00"), ("sig_method", "hmac_sha256")]).await, 40003);
    refused(&check(&[]).await, 41009);
}

#[tokio::test]
async fn a_phone_code_gives_the_chosen_number_once_to_its_person() {
    let rig = Rig::start().await;
    let code = rig.sandbox.tap_phone(LIN, MINI, None).unwrap().code;
    let (lin, zhou) = (rig.openid(LIN, MINI), rig.openid(ZHOU, MINI));
    refused(&rig.post(MINI, PHONE, json!({ "code": code, "openid": zhou })).await, 40029);
    refused(&rig.post(BRAND, PHONE, json!({ "code": code, "openid": lin })).await, 48001);
    let answer = rig.post(MINI, PHONE, json!({ "code": code, "openid": lin })).await;
    fine(&answer);
    let info = &answer["phone_info"];
    assert_eq!((&info["purePhoneNumber"], &info["countryCode"]), (&json!("13800000001"), &json!("86")));
    assert_eq!(info["watermark"], json!({ "timestamp": 1_795_226_400, "appid": "wxmini" }));
    refused(&rig.post(MINI, PHONE, json!({ "code": code, "openid": lin })).await, 40029);
    let late = rig.sandbox.tap_phone(LIN, MINI, None).unwrap().code;
    rig.advance(300);
    refused(&rig.post(MINI, PHONE, json!({ "code": late })).await, 40029);
    let login = rig.sandbox.login(LIN, MINI).unwrap();
    refused(&rig.post(MINI, PHONE, json!({ "code": login })).await, 40029);
    refused(&rig.post(MINI, PHONE, json!({})).await, 41008);

    let numbers = async |person: &str, number: Option<&str>| {
        let code = rig.sandbox.tap_phone(person, MINI, number).unwrap().code;
        rig.post(MINI, PHONE, json!({ "code": code })).await["phone_info"].clone()
    };
    assert_eq!(numbers(ZHOU, Some("13900000002")).await["purePhoneNumber"], "13900000002");
    let abroad = numbers(GU, None).await;
    assert_eq!((&abroad["countryCode"], &abroad["phoneNumber"]), (&json!(852), &json!("+85291234567")));
    assert!(matches!(rig.sandbox.tap_phone(SHEN, MINI, None), Err(Trouble::Conflict(_))));
    assert_eq!(numbers(SHEN, Some("13700001234")).await["purePhoneNumber"], "13700001234");
    assert_eq!(rig.sandbox.person(SHEN).unwrap().phones, ["+86 13700001234"], "WeChat remembers it");
}

#[tokio::test]
async fn what_the_phone_encrypts_opens_with_the_session_of_that_moment() {
    let rig = Rig::start().await;
    assert!(matches!(rig.sandbox.user_data(LIN, MINI, false), Err(Trouble::Conflict(_))), "there is no session");
    assert!(rig.sandbox.tap_phone(LIN, MINI, None).unwrap().encrypted_data.is_none());
    let key = key(&login(&rig, LIN).await);
    let data = rig.sandbox.user_data(LIN, MINI, false).unwrap();
    assert_eq!(data.signature, hex::encode(Sha1::digest(format!("{}{}", data.raw_data, key.expose()))));
    assert!(data.raw_data.contains("微信用户"));
    let legacy = rig.sandbox.user_data(LIN, MINI, true).unwrap();
    assert!(legacy.raw_data.contains("林小满") && !legacy.raw_data.contains("openId"));
    rig.sandbox.login(LIN, MINI).unwrap();
    let later = rig.sandbox.user_data(LIN, MINI, false).unwrap();
    assert!(!key.vouches_for(&later.raw_data, &later.signature) && key.vouches_for(&data.raw_data, &data.signature));
}

#[tokio::test]
async fn a_risk_rank_is_told_about_people_who_were_here_lately() {
    let rig = Rig::start().await;
    let ask = |openid: &str| json!({ "appid": "wxmini", "openid": openid, "scene": 1, "client_ip": "203.0.113.7" });
    let lin = rig.openid(LIN, MINI);
    refused(&rig.post(MINI, RISK, ask(&lin)).await, 61010);
    login(&rig, LIN).await;
    assert_eq!(rig.post(MINI, RISK, ask(&lin)).await["risk_rank"], 0);
    let patch = |rank| PersonPatch { risk_rank: Some(rank), ..PersonPatch::default() };
    rig.sandbox.change_person(LIN, patch(4)).unwrap();
    let answer = rig.post(MINI, RISK, ask(&lin)).await;
    assert_eq!((&answer["risk_rank"], &answer["errmsg"]), (&json!(4), &json!("getuserriskrank succ")));
    assert!(answer["unoin_id"].is_u64());
    assert!(rig.sandbox.change_person(LIN, patch(5)).is_err());
    for (name, value, errcode) in
        [("appid", json!("wxbrand"), 40013), ("openid", json!("oNobody"), 40003), ("scene", json!(3), 40097)]
    {
        let mut body = ask(&lin);
        body[name] = value;
        refused(&rig.post(MINI, RISK, body).await, errcode);
    }
    let mut nowhere = ask(&lin);
    nowhere["client_ip"] = json!("here");
    refused(&rig.post(MINI, RISK, nowhere).await, 40097);
    rig.advance(2 * 3600 + 1);
    refused(&rig.post(MINI, RISK, ask(&lin)).await, 61010);
}

#[tokio::test]
async fn people_and_their_codes_are_made_over_http() {
    let rig = Rig::start().await;
    let (status, person) = rig
        .control("PATCH", "/people/shen-qiuyue", json!({ "phones": ["13700000009", "+852 61234567"], "risk_rank": 3 }))
        .await;
    assert_eq!((status, &person["phones"]), (200, &json!(["+86 13700000009", "+852 61234567"])));
    assert_eq!((&person["risk_rank"], &person["login_blocked"]), (&json!(3), &json!(false)));
    let (_, made) = rig.control("POST", "/people/shen-qiuyue/login", json!({ "account": MINI })).await;
    assert_eq!(exchange(&rig, made["code"].as_str().unwrap()).await["openid"], rig.openid(SHEN, MINI));
    let (_, tap) = rig.control("POST", "/people/shen-qiuyue/phone", json!({ "account": MINI })).await;
    assert!(tap["code"].is_string() && tap["encryptedData"].is_string() && tap["iv"].is_string(), "{tap}");
    let (_, data) = rig.control("POST", "/people/shen-qiuyue/userinfo", json!({ "account": MINI })).await;
    assert!(data["rawData"].is_string() && data["signature"].is_string(), "{data}");
    let url = rig.url("/connect/oauth2/authorize?appid=wxbrand&redirect_uri=http%3A%2F%2F127.0.0.1%2F&response_type=code&scope=snsapi_userinfo&state=s#wechat_redirect");
    let (_, refused) =
        rig.control("POST", "/people/shen-qiuyue/authorize", json!({ "url": url, "consent": "refuse" })).await;
    assert_eq!(refused, json!({ "redirect": "http://127.0.0.1/?state=s", "code": null }));
    for (path, body, expected) in [
        ("/people/nobody/login", json!({ "account": MINI }), 404),
        ("/people/lin-xiaoman/login", json!({ "account": BRAND }), 422),
        ("/people/lin-xiaoman/userinfo", json!({ "account": MINI }), 409),
        ("/people/lin-xiaoman/phone", json!({ "account": MINI, "number": "12" }), 422),
        ("/people/lin-xiaoman/authorize", json!({ "url": "https://example.com/" }), 422),
    ] {
        let (status, answer) = rig.control("POST", path, body).await;
        assert_eq!(status, expected, "{path}: {answer}");
    }
    let (status, _) = rig.control("PATCH", "/people/lin-xiaoman", json!({ "phones": ["13800000001", "12"] })).await;
    assert_eq!((status, rig.sandbox.person(LIN).unwrap().phones.len()), (422, 1), "all or nothing");
}

#[tokio::test]
async fn a_mini_program_asks_the_service_and_nobody_else() {
    let rig = Rig::start().await;
    let state = rig.sandbox.state();
    assert_eq!(state.service.url.as_deref(), Some(rig.service.base.as_str()));
    assert_eq!(state.service.login_path, "/api/mini/v1/sessions");
    let body = json!({ "account": MINI, "code": "c" });
    let (status, answer) =
        rig.control("POST", "/requests", json!({ "path": "/wechat/mini/callback", "body": body, "token": "t" })).await;
    assert_eq!((status, &answer["status"], &answer["answer"]), (200, &json!(200), &json!("success")));
    assert_eq!(rig.service.got()[0].body, body.to_string());
    let (_, missing) = rig.control("POST", "/requests", json!({ "method": "GET", "path": "/nothing" })).await;
    assert_eq!(missing["status"], 404);
    for bad in ["api", "//evil.net/", "/a b", "/\\evil.net"] {
        assert_eq!(rig.control("POST", "/requests", json!({ "path": bad })).await.0, 422, "{bad}");
    }
    let patch = json!({ "url": "http://127.0.0.1:9", "login_path": "/login" });
    let (status, changed) = rig.control("PATCH", "/service", patch).await;
    assert_eq!(
        (status, &changed["login_path"], &changed["phone_path"]),
        (200, &json!("/login"), &json!("/api/mini/v1/phone"))
    );
    let (_, nobody) = rig.control("POST", "/requests", json!({ "path": "/" })).await;
    assert_eq!((&nobody["status"], nobody["answer"].as_str().is_some_and(|why| !why.is_empty())), (&Value::Null, true));
    for bad in [json!({ "url": "ftp://x" }), json!({ "phone_path": "x" }), json!({ "colour": "red" })] {
        assert_eq!(rig.control("PATCH", "/service", bad).await.0, 422);
    }
}
