use serde_json::json;

use super::rig::{BRAND, MINI, Rig, SECRET, SHOP, fine, refused};
use crate::sandbox::{AccountPatch, Limit};

const PROBE: &str = "/cgi-bin/getcallbackip";

fn limit(rig: &Rig, path: &str, per_day: Option<u32>, per_minute: Option<u32>) {
    let quotas = [(path.to_owned(), Limit { per_day, per_minute })].into();
    rig.sandbox.change_account(BRAND, AccountPatch { quotas: Some(quotas), ..AccountPatch::default() }).unwrap();
}

#[tokio::test]
async fn a_day_ends_at_midnight_in_china_and_a_minute_after_a_minute() {
    let rig = Rig::start().await;
    limit(&rig, PROBE, Some(2), None);
    for _ in 0..2 {
        assert!(rig.get(BRAND, PROBE, &[]).await["ip_list"].is_array());
    }
    refused(&rig.get(BRAND, PROBE, &[]).await, 45009);
    assert!(rig.get(SHOP, PROBE, &[]).await["ip_list"].is_array(), "each account has its own quota");
    rig.advance(14 * 3600 - 1);
    refused(&rig.get(BRAND, PROBE, &[]).await, 45009);
    rig.advance(1);
    assert!(rig.get(BRAND, PROBE, &[]).await["ip_list"].is_array());
    limit(&rig, PROBE, None, Some(1));
    refused(&rig.get(BRAND, PROBE, &[]).await, 45011);
    rig.advance(60);
    assert!(rig.get(BRAND, PROBE, &[]).await["ip_list"].is_array());
}

#[tokio::test]
async fn quotas_can_be_seen_and_cleared() {
    let rig = Rig::start().await;
    limit(&rig, PROBE, Some(1), Some(9));
    rig.get(BRAND, PROBE, &[]).await;
    let shown = rig.post(BRAND, "/cgi-bin/openapi/quota/get", json!({ "cgi_path": PROBE })).await;
    assert_eq!(shown["quota"], json!({ "daily_limit": 1, "used": 1, "remain": 0 }));
    assert_eq!(shown["rate_limit"], json!({ "call_count": 9, "refresh_second": 60 }));
    for path in ["/cgi-bin/openapi/quota/get", "/cgi-bin/openapi/quota/clear"] {
        refused(&rig.post(BRAND, path, json!({ "cgi_path": "/cgi-bin/nothing" })).await, 76021);
    }
    refused(&rig.get(BRAND, PROBE, &[]).await, 45009);
    fine(&rig.post(BRAND, "/cgi-bin/openapi/quota/clear", json!({ "cgi_path": PROBE })).await);
    assert!(rig.get(BRAND, PROBE, &[]).await["ip_list"].is_array());
    refused(&rig.get(BRAND, PROBE, &[]).await, 45009);
    fine(&rig.post(BRAND, "/cgi-bin/clear_quota", json!({ "appid": "wxbrand" })).await);
    assert!(rig.get(BRAND, PROBE, &[]).await["ip_list"].is_array());
}

#[tokio::test]
async fn all_quotas_can_be_cleared_ten_times_a_month() {
    let rig = Rig::start().await;
    refused(&rig.post(BRAND, "/cgi-bin/clear_quota", json!({ "appid": "wxshop" })).await, 40013);
    let by_secret = json!({ "appid": "wxbrand", "appsecret": SECRET });
    for _ in 0..9 {
        fine(&rig.post_bare("/cgi-bin/clear_quota/v2", &by_secret).await);
    }
    fine(&rig.post(BRAND, "/cgi-bin/clear_quota", json!({ "appid": "wxbrand" })).await);
    refused(&rig.post_bare("/cgi-bin/clear_quota/v2", &by_secret).await, 48006);
    refused(&rig.post(BRAND, "/cgi-bin/clear_quota", json!({ "appid": "wxbrand" })).await, 48006);
    refused(&rig.post_bare("/cgi-bin/clear_quota/v2", &json!({ "appid": "wxbrand", "appsecret": "x" })).await, 40125);
    rig.advance(10 * 24 * 3600);
    fine(&rig.post_bare("/cgi-bin/clear_quota/v2", &by_secret).await);
}

#[tokio::test]
async fn one_quota_can_be_cleared_fifty_times_a_month() {
    let rig = Rig::start().await;
    let clear = || rig.post(BRAND, "/cgi-bin/openapi/quota/clear", json!({ "cgi_path": PROBE }));
    for _ in 0..50 {
        fine(&clear().await);
    }
    refused(&clear().await, 48006);
}

#[tokio::test]
async fn a_rid_tells_what_was_refused() {
    let rig = Rig::start().await;
    let answer = rig.post(BRAND, "/cgi-bin/tags/create", json!({ "tag": { "name": "" } })).await;
    refused(&answer, 45158);
    let (_, rid) = answer["errmsg"].as_str().unwrap().split_once("rid: ").unwrap();
    let path = "/cgi-bin/openapi/rid/get";
    let found = rig.post(BRAND, path, json!({ "rid": rid })).await;
    fine(&found);
    let request = &found["request"];
    assert_eq!(request["request_url"], "/cgi-bin/tags/create?access_token=***");
    assert_eq!(request["request_body"], r#"{"tag":{"name":""}}"#);
    assert_eq!(request["client_ip"], "127.0.0.1");
    assert!(request["response_body"].as_str().unwrap().contains("45158"));
    refused(&rig.post(MINI, path, json!({ "rid": rid })).await, 76003);
    refused(&rig.post(BRAND, path, json!({ "rid": "00000000-00000000-00000000" })).await, 76001);
    refused(&rig.post(BRAND, path, json!({ "rid": "nonsense" })).await, 76002);
    rig.advance(7 * 24 * 3600 + 1);
    refused(&rig.post(BRAND, path, json!({ "rid": rid })).await, 76004);
}
