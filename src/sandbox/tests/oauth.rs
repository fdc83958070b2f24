use std::collections::BTreeMap;

use serde_json::{Value, json};
use url::Url;

use super::rig::{BRAND, LIN, MINI, Rig, SECRET, SHOP, ZHOU, fine, refused};
use crate::sandbox::{AccountPatch, Consent, Trouble};

const TOKEN: &str = "/sns/oauth2/access_token";

/// The authorize address of an account, on the service's own host.
fn address(rig: &Rig, account: &str, scope: &str) -> String {
    rig.url(&format!(
        "/connect/oauth2/authorize?appid=wx{account}&redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2Fm%3Fx%3D1&response_type=code&scope={scope}&state=s7#wechat_redirect"
    ))
}

async fn exchange(rig: &Rig, account: &str, code: &str) -> Value {
    let appid = format!("wx{account}");
    let grant = "authorization_code";
    rig.get_bare(TOKEN, &[("appid", &appid), ("secret", SECRET), ("code", code), ("grant_type", grant)]).await
}

async fn code(rig: &Rig, scope: &str, consent: Consent) -> String {
    rig.sandbox.authorize(LIN, &address(rig, BRAND, scope), consent).unwrap().code.unwrap()
}

async fn profile(rig: &Rig, answer: &Value) -> Value {
    let (token, openid) = (answer["access_token"].as_str().unwrap(), answer["openid"].as_str().unwrap());
    rig.get_bare("/sns/userinfo", &[("access_token", token), ("openid", openid), ("lang", "zh_CN")]).await
}

#[tokio::test]
async fn the_silent_scope_gives_the_openid_and_nothing_else() {
    let rig = Rig::start().await;
    let back = rig.sandbox.authorize(LIN, &address(&rig, BRAND, "snsapi_base"), Consent::Refuse).unwrap();
    let url: Url = back.redirect.parse().unwrap();
    assert_eq!((url.host_str(), url.port(), url.path()), (Some("127.0.0.1"), Some(8080), "/m"));
    let query: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!((query["x"].as_str(), query["state"].as_str()), ("1", "s7"));
    assert_eq!(Some(&query["code"]), back.code.as_ref(), "nobody is asked, so nobody refuses");
    let answer = exchange(&rig, BRAND, &query["code"]).await;
    assert_eq!((&answer["scope"], &answer["expires_in"]), (&json!("snsapi_base"), &json!(7200)));
    assert_eq!(answer["openid"], rig.openid(LIN, BRAND));
    assert!(answer.get("errcode").is_none() && answer.get("unionid").is_none(), "{answer}");
    refused(&profile(&rig, &answer).await, 48001);
}

#[tokio::test]
async fn with_consent_name_picture_and_unionid_are_told() {
    let rig = Rig::start().await;
    let answer = exchange(&rig, BRAND, &code(&rig, "snsapi_userinfo", Consent::Allow).await).await;
    let unionid = rig.sandbox.person(LIN).unwrap().unionid;
    assert_eq!(answer["unionid"].as_str(), unionid.as_deref());
    assert!(answer.get("is_snapshotuser").is_none());
    let told = profile(&rig, &answer).await;
    assert_eq!((&told["nickname"], &told["sex"], &told["unionid"]), (&json!("林小满"), &json!(0), &answer["unionid"]));
    assert!(told["headimgurl"].as_str().unwrap().ends_with("/132"));
    let (token, openid) = (answer["access_token"].as_str().unwrap(), rig.openid(LIN, BRAND));
    fine(&rig.get_bare("/sns/auth", &[("access_token", token), ("openid", &openid)]).await);
    let foreign = rig.openid(ZHOU, BRAND);
    refused(&rig.get_bare("/sns/auth", &[("access_token", token), ("openid", &foreign)]).await, 40003);
    refused(&rig.get_bare("/sns/userinfo", &[("access_token", "no"), ("openid", &openid)]).await, 40001);
    refused(&rig.get_bare("/cgi-bin/user/info", &[("access_token", token), ("openid", &openid)]).await, 40001);
    let calls = rig.sandbox.calls(1);
    assert_eq!(calls[0].account.as_deref(), Some(BRAND), "a web token belongs to its account");
    assert!(!calls[0].request.contains(token));
}

#[tokio::test]
async fn whoever_refuses_comes_back_without_a_code() {
    let rig = Rig::start().await;
    let back = rig.sandbox.authorize(LIN, &address(&rig, BRAND, "snsapi_userinfo"), Consent::Refuse).unwrap();
    assert_eq!((back.redirect.as_str(), back.code), ("http://127.0.0.1:8080/m?x=1&state=s7", None));
}

#[tokio::test]
async fn a_snapshot_shows_somebody_invented() {
    let rig = Rig::start().await;
    let forced = address(&rig, BRAND, "snsapi_userinfo").replace('#', "&forceSnapShot=true#");
    let first = rig.sandbox.authorize(LIN, &forced, Consent::Allow).unwrap().code.unwrap();
    let mut seen = vec![rig.openid(LIN, BRAND)];
    for code in [first, code(&rig, "snsapi_userinfo", Consent::Snapshot).await] {
        let answer = exchange(&rig, BRAND, &code).await;
        assert_eq!(answer["is_snapshotuser"], 1);
        assert_ne!(answer["unionid"].as_str(), rig.sandbox.person(LIN).unwrap().unionid.as_deref());
        refused(&profile(&rig, &answer).await, 48001);
        let openid = answer["openid"].as_str().unwrap().to_owned();
        assert!(openid.len() == 28 && !seen.contains(&openid), "{openid}");
        refused(&rig.get(BRAND, "/cgi-bin/user/info", &[("openid", &openid)]).await, 40003);
        seen.push(openid);
    }
    let silent = exchange(&rig, BRAND, &code(&rig, "snsapi_base", Consent::Snapshot).await).await;
    assert!(silent.get("is_snapshotuser").is_none(), "the silent scope opens no snapshot");
}

#[tokio::test]
async fn a_code_works_once_for_five_minutes_and_for_its_account() {
    let rig = Rig::start().await;
    let used = code(&rig, "snsapi_base", Consent::Allow).await;
    refused(&exchange(&rig, SHOP, &used).await, 40029);
    assert!(exchange(&rig, BRAND, &used).await["openid"].is_string());
    refused(&exchange(&rig, BRAND, &used).await, 40163);
    let (in_time, late) =
        (code(&rig, "snsapi_base", Consent::Allow).await, code(&rig, "snsapi_base", Consent::Allow).await);
    rig.advance(299);
    assert!(exchange(&rig, BRAND, &in_time).await["openid"].is_string());
    rig.advance(1);
    refused(&exchange(&rig, BRAND, &late).await, 42003);
    refused(&exchange(&rig, BRAND, &used).await, 40163);
    refused(&exchange(&rig, BRAND, "0nothing").await, 40029);
    let login = rig.sandbox.login(LIN, MINI).unwrap();
    refused(&exchange(&rig, MINI, &login).await, 40029);
    let all = [("appid", "wxbrand"), ("secret", SECRET), ("code", "c"), ("grant_type", "authorization_code")];
    for (left_out, errcode) in [("appid", 41002), ("secret", 41004), ("code", 41008), ("grant_type", 40002)] {
        let query: Vec<_> = all.into_iter().filter(|(name, _)| *name != left_out).collect();
        refused(&rig.get_bare(TOKEN, &query).await, errcode);
    }
    let wrong = [("appid", "wxbrand"), ("secret", "no"), ("code", "c"), ("grant_type", "authorization_code")];
    refused(&rig.get_bare(TOKEN, &wrong).await, 40125);
}

#[tokio::test]
async fn a_web_token_lives_two_hours_and_is_renewed_for_thirty_days() {
    let rig = Rig::start().await;
    let answer = exchange(&rig, BRAND, &code(&rig, "snsapi_userinfo", Consent::Allow).await).await;
    let renewal = answer["refresh_token"].as_str().unwrap();
    let renew = async |appid: &str, token: &str| {
        let query = [("appid", appid), ("grant_type", "refresh_token"), ("refresh_token", token)];
        rig.get_bare("/sns/oauth2/refresh_token", &query).await
    };
    rig.advance(7200);
    refused(&profile(&rig, &answer).await, 42001);
    let renewed = renew("wxbrand", renewal).await;
    assert_eq!((&renewed["openid"], &renewed["refresh_token"]), (&answer["openid"], &answer["refresh_token"]));
    assert_eq!(profile(&rig, &renewed).await["nickname"], "林小满");
    refused(&profile(&rig, &answer).await, 40001);
    refused(&renew("wxshop", renewal).await, 40030);
    refused(&renew("wxbrand", "no").await, 40030);
    refused(&renew("wxnone", renewal).await, 40013);
    rig.advance(30 * 86_400);
    refused(&renew("wxbrand", renewal).await, 42002);
}

#[tokio::test]
async fn an_address_that_wechat_would_not_take_is_refused_with_its_number() {
    let rig = Rig::start().await;
    let good = address(&rig, BRAND, "snsapi_base");
    let domain = AccountPatch { web_domain: Some("m.example.com".to_owned()), ..AccountPatch::default() };
    rig.sandbox.change_account(SHOP, domain).unwrap();
    for (address, why) in [
        (good.replace("127.0.0.1%3A8080", "evil.net"), "10003"),
        (good.replace("127.0.0.1%3A8080", "a.127.0.0.1.nip.io"), "10003"),
        (good.replace("http%3A%2F%2F127.0.0.1%3A8080%2Fm%3Fx%3D1", "m"), "10003"),
        (good.replace("http%3A", "ftp%3A"), "10003"),
        (address(&rig, SHOP, "snsapi_base"), "10003"),
        (good.replace("wxbrand", "wxnone"), "10013"),
        (good.replace("snsapi_base", "snsapi_login"), "10005"),
        (address(&rig, MINI, "snsapi_base"), "10005"),
        (good.replace("response_type=code", "response_type=token"), "response_type"),
        (good.replace("state=s7", "state=a-b"), "state"),
        (good.replace("scope=snsapi_base&state=s7", "state=s7&scope=snsapi_base"), "顺序"),
        (good.replace("#wechat_redirect", ""), "wechat_redirect"),
        (good.replace("/connect/oauth2/", "/connect/"), "wechat_redirect"),
    ] {
        match rig.sandbox.authorize(LIN, &address, Consent::Allow) {
            Err(Trouble::Invalid(text)) => assert!(text.contains(why), "{text} for {address}"),
            other => panic!("{other:?} for {address}"),
        }
    }
    let at_home = address(&rig, SHOP, "snsapi_base").replace("127.0.0.1%3A8080", "m.example.com%3A8443");
    rig.sandbox.authorize(LIN, &at_home, Consent::Allow).unwrap();
    assert!(rig.sandbox.authorize("nobody", &good, Consent::Allow).is_err());
}

#[tokio::test]
async fn a_browser_is_asked_who_holds_it_and_what_the_page_may_know() {
    let rig = Rig::start().await;
    let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let silent = address(&rig, BRAND, "snsapi_base");
    let page = browser.get(&silent).send().await.unwrap().text().await.unwrap();
    assert!(
        page.contains("这是谁的手机") && page.contains("/sandbox/v1/people/lin-xiaoman/open?url=%2Fconnect"),
        "{page}"
    );
    let (_, href) = page.split_once("<a href=\"/sandbox/v1/people/lin-xiaoman").unwrap();
    let href = format!("/sandbox/v1/people/lin-xiaoman{}", href.split_once('"').unwrap().0);
    let taken = browser.get(rig.url(&href)).send().await.unwrap();
    let cookie = taken.headers()["set-cookie"].to_str().unwrap().split_once(';').unwrap().0.to_owned();
    let onward = taken.headers()["location"].to_str().unwrap().to_owned();
    let back = browser.get(rig.url(&onward)).header("cookie", &cookie).send().await.unwrap();
    assert_eq!(back.status(), 302);
    let back = back.headers()["location"].to_str().unwrap().to_owned();
    assert!(back.starts_with("http://127.0.0.1:8080/m?x=1&code="), "{back}");

    let asking = address(&rig, BRAND, "snsapi_userinfo");
    let page = browser.get(&asking).header("cookie", &cookie).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("林小满") && page.contains("允许") && page.contains("惠联brand"), "{page}");
    let answer = |consent: &str| {
        let form = [("person", LIN), ("consent", consent)];
        browser.post(asking.replace("#wechat_redirect", "")).form(&form).send()
    };
    for (consent, has_code) in [("allow", true), ("snapshot", true), ("refuse", false)] {
        let answered = answer(consent).await.unwrap();
        let back = answered.headers()["location"].to_str().unwrap();
        assert_eq!((answered.status().as_u16(), back.contains("code=")), (302, has_code), "{back}");
    }
    let wrong = browser.get(silent.replace("127.0.0.1%3A8080", "evil.net")).send().await.unwrap();
    assert_eq!(wrong.status(), 200, "an error is a page");
    assert!(wrong.text().await.unwrap().contains("10003"));
    let outside = browser.get(rig.url("/sandbox/v1/people/lin-xiaoman/open?url=javascript:alert(1)"));
    assert_eq!(outside.send().await.unwrap().status(), 422);

    // Whoever takes the phone over is not signed in as the one before; who has it already stays signed in.
    for (person, ended) in [("lin-xiaoman", false), ("shen-qiuyue", true)] {
        let url = rig.url(&format!("/sandbox/v1/people/{person}/open?url=%2Fcodes"));
        let carried = format!("{cookie}; huilian_session=hlc_1");
        let handed = browser.get(url).header("cookie", carried).send().await.unwrap();
        let set: Vec<_> = handed.headers().get_all("set-cookie").iter().map(|set| set.to_str().unwrap()).collect();
        let gone = set.iter().any(|set| set.starts_with("huilian_session=;") && set.contains("Max-Age=0"));
        assert_eq!((handed.status().as_u16(), gone), (302, ended), "{person}: {set:?}");
    }
}
