//! Addresses and the test of the way from WeChat to the service (protocol section 1.7, item 6).

use serde_json::json;

use super::{
    api::{Call, Outcome},
    errcode::Refusal,
    world::World,
};

/// `GET /cgi-bin/getcallbackip`: pushes come from this machine.
pub(super) fn callback_ip(_: &mut World, _: &Call) -> Outcome {
    Ok(json!({ "ip_list": ["127.0.0.1"] }).into())
}

/// `GET /cgi-bin/get_api_domain_ip`
pub(super) fn api_ip(_: &mut World, _: &Call) -> Outcome {
    Ok(json!({ "ip_list": ["127.0.0.1"] }).into())
}

/// `POST /cgi-bin/callback/check`
pub(super) fn check(world: &mut World, call: &Call) -> Outcome {
    let action = call.text("/action", 40202)?;
    if !["all", "dns", "ping"].contains(&action) {
        return Err(Refusal::of(40202));
    }
    let operator = call.at("/check_operator").and_then(|value| value.as_str()).unwrap_or("DEFAULT");
    if !["DEFAULT", "CHINANET", "UNICOM", "CAP"].contains(&operator) {
        return Err(Refusal::of(40203));
    }
    let account = world.caller(&call.account)?.key.clone();
    let url = world.accounts.get(&account).and_then(|account| world.callback_url(account));
    let host = url.and_then(|url| url.parse::<url::Url>().ok()?.host_str().map(str::to_owned));
    let ip = host.ok_or_else(|| Refusal::saying(40201, "invalid url, not configured"))?;
    let mut answer = serde_json::Map::new();
    if action != "ping" {
        answer.insert("dns".to_owned(), json!([{ "ip": ip, "real_operator": operator }]));
    }
    if action != "dns" {
        let ping = json!([{ "ip": ip, "from_operator": operator, "package_loss": "0%", "time": "0.1ms" }]);
        answer.insert("ping".to_owned(), ping);
    }
    Ok(serde_json::Value::Object(answer).into())
}
