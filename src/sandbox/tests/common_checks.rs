use serde_json::json;

use super::rig::{BRAND, MINI, Rig, refused};

#[tokio::test]
async fn what_every_call_checks() {
    let rig = Rig::start().await;
    let token = rig.token(BRAND).await;
    let send = "/cgi-bin/message/custom/send";
    for (method, path, body, code) in [
        ("GET", "/cgi-bin/no/such", "", 40066),
        ("POST", "/wxa/no_such", "{}", 40066),
        ("GET", send, "", 43002),
        ("POST", "/cgi-bin/getcallbackip", "{}", 43001),
        ("POST", send, "", 44002),
        ("POST", send, "not json", 47001),
        ("POST", send, "[1]", 47001),
        ("POST", send, r#"{"touser":"x","msgtype":"text","text":{"content":"\u4f60\u597d"}}"#, 40033),
    ] {
        let request = rig.client().request(method.parse().unwrap(), rig.url(path));
        let answer = request.query(&[("access_token", &token)]).body(body).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        refused(&answer.json().await.unwrap(), code);
    }
}

#[tokio::test]
async fn each_kind_of_account_has_its_calls() {
    let rig = Rig::start().await;
    refused(&rig.get(MINI, "/cgi-bin/menu/get", &[]).await, 48001);
    refused(&rig.post(MINI, "/cgi-bin/message/template/send", json!({})).await, 48001);
    refused(&rig.post(BRAND, "/cgi-bin/message/subscribe/send", json!({})).await, 48001);
}

#[tokio::test]
async fn the_way_to_the_service_can_be_tested() {
    let rig = Rig::start().await;
    let path = "/cgi-bin/callback/check";
    let all = rig.post(BRAND, path, json!({ "action": "all", "check_operator": "DEFAULT" })).await;
    assert_eq!(all["dns"][0]["ip"], "127.0.0.1");
    assert_eq!(all["ping"][0]["package_loss"], "0%");
    refused(&rig.post(BRAND, path, json!({ "action": "guess" })).await, 40202);
    refused(&rig.post(BRAND, path, json!({ "action": "dns", "check_operator": "X" })).await, 40203);
    let ips = rig.get(BRAND, "/cgi-bin/get_api_domain_ip", &[]).await;
    assert!(ips["ip_list"].is_array() && ips.get("errcode").is_none());
}
