//! Quotas: counted per day of China, and held back without asking once WeChat has said that they are used up.

use chrono::TimeDelta;
use entity::types::AccountKey;
use serde_json::json;

use crate::{
    infra::clock,
    wechat::{
        client::{Failure, NotSent},
        scripted::{Reply, Scripted},
    },
};

const TAGS: &str = "/cgi-bin/tags/get";

fn brand() -> AccountKey {
    "brand".parse().unwrap()
}

fn held(outcome: Result<impl std::fmt::Debug, Failure>) -> (i64, clock::Time) {
    match outcome {
        Err(Failure::NotSent(NotSent::Held { errcode, until })) => (errcode, until),
        other => panic!("{other:?} should be held back"),
    }
}

#[tokio::test]
async fn a_used_up_quota_is_not_asked_for_again_before_midnight_in_china() {
    let server = Scripted::start().await;
    server.next(TAGS, Reply::error(45009));
    server.always(TAGS, Reply::json(json!({"tags": []})));
    let (one, two) = (server.brand(), server.brand());
    let failure = one.tags().await.unwrap_err();
    let midnight = "2026-11-21T16:00:00Z".parse().unwrap();
    assert_eq!((failure.errcode(), failure.until()), (Some(45009), Some(midnight)));
    server.advance(midnight - server.clock.now() - TimeDelta::milliseconds(1));
    assert_eq!(held(two.tags().await), (45009, midnight), "on every node, to the last millisecond");
    assert_eq!(server.seen(TAGS).len(), 1);
    two.quota("/cgi-bin/tags/get").await.unwrap_err();
    let alarms = two.wechat.alarms().await;
    assert_eq!(alarms[&brand()].iter().map(|(path, it)| (*path, it.errcode)).collect::<Vec<_>>(), [(TAGS, 45009)]);
    server.advance(TimeDelta::milliseconds(1));
    one.tags().await.unwrap();
    assert!(one.wechat.alarms().await[&brand()].is_empty(), "a success ends the alarm");
}

#[tokio::test]
async fn other_apis_and_other_accounts_go_on() {
    let server = Scripted::start().await;
    server.next(TAGS, Reply::error(45009));
    server.always(TAGS, Reply::json(json!({"tags": []})));
    server.always("/cgi-bin/getcallbackip", Reply::json(json!({"ip_list": ["101.226.103.0/25"]})));
    server.brand().tags().await.unwrap_err();
    assert_eq!(server.brand().callback_addresses().await.unwrap(), ["101.226.103.0/25"]);
    server.shop().tags().await.unwrap();
}

#[tokio::test]
async fn a_limit_per_minute_holds_back_for_a_minute() {
    let server = Scripted::start().await;
    server.always(TAGS, Reply::json(json!({"tags": []})));
    let api = server.brand();
    for refusal in
        [Reply::error(45011), Reply::json(json!({"errcode": 45009, "errmsg": "reach max api minute quota limit"}))]
    {
        server.next(TAGS, refusal);
        let now = server.clock.now();
        let until = api.tags().await.unwrap_err().until().unwrap();
        assert_eq!(until - now, TimeDelta::seconds(60));
        server.advance(TimeDelta::seconds(59));
        assert_eq!(held(api.tags().await).1, until);
        assert!(api.wechat.alarms().await[&brand()].is_empty(), "nobody has to act");
        server.advance(TimeDelta::seconds(1));
        api.tags().await.unwrap();
    }
}

#[tokio::test]
async fn calls_are_counted_per_api_and_day() {
    let server = Scripted::start().await;
    server.always(TAGS, Reply::json(json!({"tags": []})));
    let api = server.brand();
    for _ in 0..3 {
        api.tags().await.unwrap();
    }
    let used = |usages: Vec<crate::wechat::quota::Usage>| -> Vec<(&'static str, u64)> {
        usages.into_iter().map(|usage| (usage.path, usage.used)).collect()
    };
    assert_eq!(used(api.wechat.quotas(&brand()).await), [("/cgi-bin/stable_token", 1), (TAGS, 3)]);
    assert!(api.wechat.quotas(&"shop".parse().unwrap()).await.is_empty());
    server.advance(clock::next_midnight(server.clock.now()) - server.clock.now());
    assert!(api.wechat.quotas(&brand()).await.is_empty());
}

#[tokio::test]
async fn a_reset_at_wechat_lets_calls_pass_again() {
    let server = Scripted::start().await;
    server.always(TAGS, Reply::json(json!({"tags": []})));
    server.always("/cgi-bin/clear_quota", Reply::ok());
    server.always("/cgi-bin/clear_quota/v2", Reply::ok());
    server.always("/cgi-bin/openapi/quota/clear", Reply::ok());
    let left = json!({"errcode": 0, "quota": {"daily_limit": 10, "used": 1, "remain": 9}, "rate_limit": {"call_count": 5, "refresh_second": 60}});
    server.always("/cgi-bin/openapi/quota/get", Reply::json(left));
    let api = server.brand();
    for way in 0..4 {
        server.next(TAGS, Reply::error(45009));
        api.tags().await.unwrap_err();
        held(api.tags().await);
        match way {
            0 => api.clear_quotas().await.unwrap(),
            1 => api.clear_quotas_by_secret().await.unwrap(),
            2 => api.clear_quota(TAGS).await.unwrap(),
            _ => assert_eq!(api.quota(TAGS).await.unwrap().day.remain, 9),
        }
        api.tags().await.unwrap();
    }
    assert_eq!(server.only("/cgi-bin/clear_quota").json(), json!({"appid": "wx-brand"}));
    let by_secret = server.only("/cgi-bin/clear_quota/v2");
    assert!(by_secret.query.is_empty());
    assert_eq!(by_secret.json(), json!({"appid": "wx-brand", "appsecret": crate::wechat::scripted::SECRET}));
    assert_eq!(server.only("/cgi-bin/openapi/quota/clear").json(), json!({"cgi_path": TAGS}));
}

#[tokio::test]
async fn a_monthly_quota_is_deferred_to_the_next_month() {
    let server = Scripted::start().await;
    server.always("/cgi-bin/clear_quota", Reply::error(48006));
    let failure = server.brand().clear_quotas().await.unwrap_err();
    assert_eq!(failure.until(), Some("2026-11-30T16:00:00Z".parse().unwrap()));
}
