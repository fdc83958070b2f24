use serde_json::{Value, json};

use super::rig::{BRAND, MINI, Rig, SECRET, fine, refused};
use crate::sandbox::AccountPatch;

async fn classic(rig: &Rig) -> Value {
    let query = [("grant_type", "client_credential"), ("appid", "wxbrand"), ("secret", SECRET)];
    rig.get_bare("/cgi-bin/token", &query).await
}

async fn stable(rig: &Rig, force: bool) -> Value {
    let body = json!({
        "grant_type": "client_credential", "appid": "wxbrand", "secret": SECRET, "force_refresh": force,
    });
    rig.post_bare("/cgi-bin/stable_token", &body).await
}

fn text(answer: &Value) -> String {
    answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

async fn probe(rig: &Rig, token: &str) -> Value {
    rig.get_bare("/cgi-bin/getcallbackip", &[("access_token", token)]).await
}

#[tokio::test]
async fn a_classic_call_replaces_the_token_and_the_old_one_lives_five_minutes() {
    let rig = Rig::start().await;
    let first = classic(&rig).await;
    assert_eq!(first["expires_in"], 7200);
    assert!(first.get("errcode").is_none());
    let second = classic(&rig).await;
    assert_ne!(text(&first), text(&second));
    rig.advance(299);
    assert!(probe(&rig, &text(&first)).await["ip_list"].is_array());
    rig.advance(1);
    refused(&probe(&rig, &text(&first)).await, 42001);
    assert!(probe(&rig, &text(&second)).await["ip_list"].is_array());
    rig.advance(6900);
    refused(&probe(&rig, &text(&second)).await, 42001);
}

#[tokio::test]
async fn a_stable_token_is_shared_and_renewed_five_minutes_before_its_end() {
    let rig = Rig::start().await;
    let first = stable(&rig, false).await;
    assert_eq!(first["expires_in"], 7200);
    rig.advance(1000);
    let same = stable(&rig, false).await;
    assert_eq!((text(&same), &same["expires_in"]), (text(&first), &json!(6200)));
    rig.advance(5899);
    assert_eq!(stable(&rig, false).await["expires_in"], 301);
    rig.advance(1);
    let second = stable(&rig, false).await;
    assert_ne!(text(&second), text(&first));
    assert_eq!(second["expires_in"], 7200);
    for token in [text(&first), text(&second)] {
        assert!(probe(&rig, &token).await["ip_list"].is_array(), "both are valid in the overlap");
    }
    rig.advance(300);
    refused(&probe(&rig, &text(&first)).await, 42001);
    assert_eq!(text(&stable(&rig, false).await), text(&second));
}

#[tokio::test]
async fn the_two_kinds_of_token_do_not_touch_each_other() {
    let rig = Rig::start().await;
    let stable_token = text(&stable(&rig, false).await);
    let classic_token = text(&classic(&rig).await);
    stable(&rig, true).await;
    classic(&rig).await;
    assert!(probe(&rig, &classic_token).await["ip_list"].is_array());
    refused(&probe(&rig, &stable_token).await, 40001);
}

#[tokio::test]
async fn forcing_kills_the_old_token_but_not_within_thirty_seconds() {
    let rig = Rig::start().await;
    let first = text(&stable(&rig, false).await);
    let second = text(&stable(&rig, true).await);
    refused(&probe(&rig, &first).await, 40001);
    rig.advance(29);
    assert_eq!(text(&stable(&rig, true).await), second, "no refresh within 30 s");
    rig.advance(1);
    let mut last = text(&stable(&rig, true).await);
    assert_ne!(last, second);
    for _ in 0..18 {
        rig.advance(30);
        let next = text(&stable(&rig, true).await);
        assert_ne!(next, last);
        last = next;
    }
    rig.advance(30);
    refused(&stable(&rig, true).await, 45009);
    assert_eq!(text(&stable(&rig, false).await), last, "the normal mode still works");
    rig.advance(24 * 3600);
    assert_ne!(text(&stable(&rig, true).await), last, "a new day, twenty more");
}

#[tokio::test]
async fn wrong_credentials_are_named() {
    let rig = Rig::start().await;
    let good = json!({ "grant_type": "client_credential", "appid": "wxbrand", "secret": SECRET });
    for (field, value, code) in [
        ("grant_type", json!("password"), 40002),
        ("appid", json!("wxnobody"), 40013),
        ("appid", json!(null), 41002),
        ("secret", json!("wrong"), 40125),
        ("secret", json!(null), 41004),
    ] {
        let mut body = good.clone();
        body[field] = value.clone();
        refused(&rig.post_bare("/cgi-bin/stable_token", &body).await, code);
        let query: Vec<(&str, &str)> = ["grant_type", "appid", "secret"]
            .into_iter()
            .filter_map(|name| Some((name, body[name].as_str()?)))
            .collect();
        refused(&rig.get_bare("/cgi-bin/token", &query).await, code);
    }
}

#[tokio::test]
async fn a_caller_off_the_list_learns_his_address() {
    let rig = Rig::start().await;
    let shut = AccountPatch { ip_allowed: Some(false), ..AccountPatch::default() };
    rig.sandbox.change_account(BRAND, shut).unwrap();
    for answer in [stable(&rig, false).await, classic(&rig).await] {
        refused(&answer, 40164);
        let text = answer["errmsg"].as_str().unwrap();
        assert!(text.starts_with("invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist rid: "), "{text}");
    }
    let open = AccountPatch { ip_allowed: Some(true), secret_frozen: Some(true), ..AccountPatch::default() };
    rig.sandbox.change_account(BRAND, open).unwrap();
    refused(&stable(&rig, false).await, 40243);
}

#[tokio::test]
async fn missing_wrong_and_taken_tokens_differ() {
    let rig = Rig::start().await;
    refused(&rig.get_bare("/cgi-bin/getcallbackip", &[]).await, 41001);
    let unknown = probe(&rig, "98_nobody").await;
    refused(&unknown, 40001);
    assert!(unknown["errmsg"].as_str().unwrap().starts_with(
        "invalid credential, access_token is invalid or not latest, could get access_token by getStableAccessToken"
    ));
    let token = text(&stable(&rig, false).await);
    rig.sandbox.invalidate_tokens(BRAND).unwrap();
    refused(&probe(&rig, &token).await, 40001);
    assert_ne!(text(&stable(&rig, false).await), token);
    refused(&rig.get(MINI, "/cgi-bin/user/get", &[]).await, 48001);
}

#[tokio::test]
async fn a_ticket_stays_when_the_token_changes() {
    let rig = Rig::start().await;
    let first = rig.get(BRAND, "/cgi-bin/ticket/getticket", &[("type", "jsapi")]).await;
    fine(&first);
    assert_eq!(first["expires_in"], 7200);
    stable(&rig, true).await;
    rig.advance(3600);
    let same = rig.get(BRAND, "/cgi-bin/ticket/getticket", &[("type", "jsapi")]).await;
    assert_eq!((&same["ticket"], &same["expires_in"]), (&first["ticket"], &json!(3600)));
    let card = rig.get(BRAND, "/cgi-bin/ticket/getticket", &[("type", "wx_card")]).await;
    assert_ne!(card["ticket"], first["ticket"]);
    rig.advance(3600);
    let next = rig.get(BRAND, "/cgi-bin/ticket/getticket", &[("type", "jsapi")]).await;
    assert_ne!(next["ticket"], first["ticket"]);
    refused(&rig.get(BRAND, "/cgi-bin/ticket/getticket", &[("type", "other")]).await, 40097);
}
