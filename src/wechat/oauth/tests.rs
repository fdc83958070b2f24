use serde_json::json;
use url::Url;

use super::{CodeError, Scope};
use crate::wechat::{
    client::{Failure, NotSent, Trouble},
    errcode::Action,
    scripted::{Reply, SECRET, Scripted},
};

const EXCHANGE: &str = "/sns/oauth2/access_token";
const PROFILE: &str = "/sns/userinfo";
const OPENID: &str = "o6_bmjrPTlm6_2sgVt7hMZOPfL2M";
const TOKEN: &str = "web-t0ken-that-must-stay-secret";

fn exchanged() -> serde_json::Value {
    json!({
        "access_token": TOKEN, "expires_in": 7200, "refresh_token": "R", "openid": OPENID, "scope": "snsapi_base"
    })
}

#[tokio::test]
async fn the_authorize_url_has_wechats_order_and_escapes_the_way_back() {
    let api = Scripted::start().await.brand();
    let url = api.authorize_url("https://h5.example.com/m?next=/我 的&x=1#/a", Scope::Base, "aZ09").unwrap();
    let (start, query) = url.split_once('?').unwrap();
    assert!(start.ends_with("/connect/oauth2/authorize"), "{start}");
    assert_eq!(
        query,
        "appid=wx-brand&redirect_uri=https%3A%2F%2Fh5.example.com%2Fm%3Fnext%3D%2F%25E6%2588%2591%2520%25E7%259A%2584%26x%3D1%23%2Fa\
         &response_type=code&scope=snsapi_base&state=aZ09#wechat_redirect"
    );
    let read: Url = url.parse().unwrap();
    let back = read.query_pairs().find(|(name, _)| name == "redirect_uri").unwrap().1.into_owned();
    assert_eq!(back, "https://h5.example.com/m?next=/%E6%88%91%20%E7%9A%84&x=1#/a");
    let asked = api.authorize_url("http://127.0.0.1:8080/", Scope::UserInfo, &"s".repeat(128)).unwrap();
    assert!(asked.contains("&scope=snsapi_userinfo&state=sss"), "{asked}");
}

#[tokio::test]
async fn what_wechat_would_refuse_or_lose_makes_no_url() {
    let api = Scripted::start().await.brand();
    let field = |redirect: &str, state: &str| match api.authorize_url(redirect, Scope::Base, state) {
        Err(Failure::NotSent(NotSent::Invalid(fields))) => fields[0].field.clone(),
        other => panic!("{other:?}"),
    };
    for redirect in ["", "/m", "h5.example.com", "javascript:alert(1)", "https://me@h5.example.com/"] {
        assert_eq!(field(redirect, "s"), "redirect_uri", "{redirect}");
    }
    for state in ["", "a-b", "a b", "状态", &"s".repeat(129)] {
        assert_eq!(field("https://h5.example.com/", state), "state", "{state}");
    }
}

#[tokio::test]
async fn a_code_gives_the_visitor_with_or_without_a_unionid() {
    let server = Scripted::start().await;
    server.next(EXCHANGE, Reply::json(exchanged()));
    let mut more = exchanged();
    more["unionid"] = json!("o7abcdefghijklmnopqrstuvwxyz");
    more["scope"] = json!("snsapi_base,snsapi_userinfo");
    server.next(EXCHANGE, Reply::json(more));
    let mut snapshot = exchanged();
    (snapshot["is_snapshotuser"], snapshot["unionid"]) = (json!(1), json!(""));
    server.next(EXCHANGE, Reply::json(snapshot));
    let api = server.brand();
    let plain = api.exchange_code("C1").await.unwrap();
    assert_eq!((plain.openid.as_str(), plain.unionid.is_none()), (OPENID, true));
    assert_eq!((plain.scope, plain.snapshot), (Scope::Base, false));
    let told = api.exchange_code("C2").await.unwrap();
    assert_eq!(told.unionid.as_ref().unwrap().as_str(), "o7abcdefghijklmnopqrstuvwxyz");
    assert_eq!((told.scope, told.snapshot), (Scope::UserInfo, false));
    let invented = api.exchange_code("C3").await.unwrap();
    assert!(invented.snapshot && invented.unionid.is_none());
    let asked = &server.seen(EXCHANGE)[0];
    let query: Vec<(&str, &str)> = asked.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(
        query,
        [("appid", "wx-brand"), ("code", "C1"), ("grant_type", "authorization_code"), ("secret", SECRET)],
        "no account token"
    );
    assert_eq!(asked.method, "GET");
    let printed = format!("{plain:?} {told:?}");
    assert!(!printed.contains(TOKEN) && !printed.contains(OPENID), "{printed}");
}

#[tokio::test]
async fn why_a_code_gave_nobody_is_told_apart() {
    let server = Scripted::start().await;
    let api = server.brand();
    for (errcode, expected) in [(40163, CodeError::Used), (40029, CodeError::Invalid), (42003, CodeError::Invalid)] {
        server.next(EXCHANGE, Reply::error(errcode));
        assert_eq!(api.exchange_code("C").await.unwrap_err(), expected, "{errcode}");
    }
    server.next(EXCHANGE, Reply::error(40125));
    let CodeError::Failed(failure) = api.exchange_code("C").await.unwrap_err() else { panic!("a set-up error") };
    assert!(matches!(failure.action(), Some(Action::Config(_))), "{failure:?}");
    for code in ["", "with blank", "中", &"c".repeat(513)] {
        assert_eq!(api.exchange_code(code).await.unwrap_err(), CodeError::Invalid);
    }
    assert_eq!(server.seen(EXCHANGE).len(), 4, "what cannot be a code is not asked about");
}

#[tokio::test]
async fn an_exchange_without_an_answer_is_unknown_and_made_once() {
    let server = Scripted::start().await;
    let api = server.brand();
    for (reply, trouble) in [
        (Reply::lost(), Trouble::Lost),
        (Reply::new(502, "text/html", "<html>"), Trouble::Status(502)),
        (Reply::json(json!({"openid": "<script>"})), Trouble::Form),
    ] {
        server.next(EXCHANGE, reply);
        assert_eq!(api.exchange_code("C").await.unwrap_err(), CodeError::Failed(Failure::Unknown(trouble)));
    }
    assert_eq!(server.seen(EXCHANGE).len(), 3);
}

#[tokio::test]
async fn one_persons_limit_holds_nobody_else_back() {
    let server = Scripted::start().await;
    let api = server.brand();
    server.next(EXCHANGE, Reply::error(45011));
    server.next(EXCHANGE, Reply::json(exchanged()));
    let CodeError::Failed(failure) = api.exchange_code("C").await.unwrap_err() else { panic!("a limit") };
    assert_eq!(failure.errcode(), Some(45011));
    api.exchange_code("C").await.unwrap();
}

#[tokio::test]
async fn a_profile_is_read_with_the_visitors_own_token() {
    let server = Scripted::start().await;
    server.always(EXCHANGE, Reply::json(exchanged()));
    server.next(
        PROFILE,
        Reply::json(json!({
            "openid": OPENID, "nickname": "小满😀", "sex": 0, "province": "", "city": "", "country": "",
            "headimgurl": "https://thirdwx.qlogo.cn/mmopen/x/132", "privilege": []
        })),
    );
    server.next(PROFILE, Reply::error(48001));
    let api = server.brand();
    let visitor = api.exchange_code("C").await.unwrap();
    let profile = api.visitor_profile(&visitor).await.unwrap();
    assert_eq!((profile.nickname.as_str(), profile.unionid.is_none()), ("小满😀", true));
    assert_eq!(profile.headimgurl.as_deref(), Some("https://thirdwx.qlogo.cn/mmopen/x/132"));
    assert!(!format!("{profile:?}").contains("小满"), "a nickname is personal");
    let failure = api.visitor_profile(&visitor).await.unwrap_err();
    assert_eq!(failure.action(), Some(Action::Reauth));
    let asked = &server.seen(PROFILE)[0].query;
    assert_eq!(
        (asked["access_token"].as_str(), asked["openid"].as_str(), asked["lang"].as_str()),
        (TOKEN, OPENID, "zh_CN")
    );
}
