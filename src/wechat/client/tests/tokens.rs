//! The account token: fetched once, shared, replaced only by a newer one.

use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::{join, join_all};
use serde_json::json;

use crate::{
    infra::random::Random,
    wechat::{
        client::{Api, Failure, NotSent},
        scripted::{Gate, Reply, SECRET, Scripted, TOKEN_PATH},
    },
};

const TAGS: &str = "/cgi-bin/tags/get";

fn brand(wechat: &crate::wechat::client::WeChat) -> Api {
    wechat.of(&"brand".parse().unwrap()).unwrap()
}

#[tokio::test]
async fn a_hundred_parallel_calls_fetch_one_token() {
    let server = Scripted::start().await;
    server.always(TAGS, Reply::json(json!({"tags": []})));
    let api = server.brand();
    let outcomes = join_all((0..100).map(|_| api.tags())).await;
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!(server.seen(TAGS).len(), 100);
    let asked = server.only(TOKEN_PATH);
    assert_eq!(
        asked.json(),
        json!({"grant_type": "client_credential", "appid": "wx-brand", "secret": SECRET, "force_refresh": false})
    );
    assert!(asked.query.is_empty(), "the secret stays out of addresses");
}

#[tokio::test]
async fn two_nodes_fetch_one_token() {
    let server = Scripted::start().await;
    server.always(TAGS, Reply::json(json!({"tags": []})));
    let gate = Gate::closed();
    server.next(TOKEN_PATH, Reply::token("T1").behind(&gate));
    let (one, two) = (brand(&server.node_that_waits()), brand(&server.node_that_waits()));
    let opening = async {
        gate.arrival().await;
        gate.open();
    };
    let ((first, second), ()) = join(join(one.tags(), two.tags()), opening).await;
    first.unwrap();
    second.unwrap();
    server.only(TOKEN_PATH);
}

#[tokio::test]
async fn a_node_that_cannot_get_the_lock_asks_by_itself_after_three_seconds() {
    let server = Scripted::start().await;
    server.always(TAGS, Reply::json(json!({"tags": []})));
    let random = Random::seeded(1);
    let dead_node = server.cache.lock("wechat:token:wx-brand", Duration::from_secs(10), &random).await;
    assert!(dead_node.is_some());
    server.brand().tags().await.unwrap();
    server.only(TOKEN_PATH);
    let waited: Duration = server.waits.lock().unwrap().iter().sum();
    assert_eq!(waited.as_secs(), 3);
}

#[tokio::test]
async fn a_failed_fetch_is_shared_with_those_who_waited_for_it() {
    let server = Scripted::start().await;
    let gate = Gate::closed();
    server.always(TOKEN_PATH, Reply::new(502, "text/html", "<html>").behind(&gate));
    let api = server.brand();
    let calls = join_all((0..20).map(|_| api.tags()));
    let opening = async {
        gate.arrival().await;
        gate.open();
    };
    let (outcomes, ()) = join(calls, opening).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Err(Failure::NotSent(NotSent::NoToken(_))))));
    assert_eq!(server.seen(TOKEN_PATH).len(), 3, "the tries of one fetch");
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_for_everybody() {
    let server = Scripted::start().await;
    server.always(TAGS, Reply::json(json!({"tags": []})));
    let api = server.brand();
    for (current, errcode) in [("T1", 40001), ("T2", 40014), ("T3", 42001)] {
        server.always(TOKEN_PATH, Reply::token(current));
        api.tags().await.unwrap();
        server.refuse(current, errcode);
        server.always(TOKEN_PATH, Reply::token(&format!("after {current}")));
        let before = server.seen(TOKEN_PATH).len();
        let outcomes = join_all((0..10).map(|_| api.tags())).await;
        assert!(outcomes.iter().all(Result::is_ok), "{errcode}");
        assert_eq!(server.seen(TOKEN_PATH).len(), before + 1, "{errcode}: one new token");
        server.refuse(&format!("after {current}"), 40001);
    }
}

#[tokio::test]
async fn a_late_refusal_of_a_former_token_leaves_the_newer_one_alone() {
    let server = Scripted::start().await;
    let gate = Gate::closed();
    server.next(TAGS, Reply::error(40001).behind(&gate));
    server.next(TAGS, Reply::error(40001));
    server.always(TAGS, Reply::json(json!({"tags": []})));
    server.next(TOKEN_PATH, Reply::token("T1"));
    server.next(TOKEN_PATH, Reply::token("T2"));
    let api = server.brand();
    let overtaking = async {
        gate.arrival().await;
        api.tags().await.unwrap();
        // The cache may be emptied at any moment; this process still knows the newer token.
        let stored = server.cache.get("wechat:token:wx-brand").await.unwrap();
        assert!(server.cache.compare_and_delete("wechat:token:wx-brand", &stored).await);
        gate.open();
    };
    let (outcome, ()) = join(api.tags(), overtaking).await;
    outcome.unwrap();
    let tokens: Vec<String> = server.seen(TAGS).iter().map(|seen| seen.token().to_owned()).collect();
    assert_eq!(tokens, ["T1", "T1", "T2", "T2"]);
    assert_eq!(server.seen(TOKEN_PATH).len(), 2);
}

#[tokio::test]
async fn a_newer_token_of_another_node_survives_the_refusal_of_an_older_one() {
    let server = Scripted::start().await;
    server.always(TAGS, Reply::json(json!({"tags": []})));
    let (one, two) = (server.brand(), server.brand());
    one.tags().await.unwrap();
    two.tags().await.unwrap();
    server.next(TOKEN_PATH, Reply::token("T2"));
    // Node one is refused and stores T2; node two, still with T1, is refused later.
    server.refuse("T1", 40001);
    one.tags().await.unwrap();
    two.tags().await.unwrap();
    let tokens: Vec<String> = server.seen(TAGS).iter().map(|seen| seen.token().to_owned()).collect();
    assert_eq!(tokens, ["T1", "T1", "T1", "T2", "T1", "T2"]);
    assert_eq!(server.seen(TOKEN_PATH).len(), 2);
}

#[tokio::test]
async fn a_second_refusal_ends_the_call() {
    let server = Scripted::start().await;
    server.always(TAGS, Reply::error(40001));
    let failure = server.brand().tags().await.unwrap_err();
    assert_eq!(failure.errcode(), Some(40001));
    assert_eq!((server.seen(TAGS).len(), server.seen(TOKEN_PATH).len()), (2, 2));
}

#[tokio::test]
async fn an_answer_to_an_older_fetch_does_not_replace_a_newer_token() {
    let server = Scripted::start().await;
    server.always(TAGS, Reply::json(json!({"tags": []})));
    let gate = Gate::closed();
    server.next(TOKEN_PATH, Reply::token("old").behind(&gate));
    server.next(TOKEN_PATH, Reply::token("new"));
    let (slow, quick) = (server.brand(), server.brand());
    let overtaking = async {
        gate.arrival().await;
        server.advance(TimeDelta::seconds(4));
        quick.tags().await.unwrap();
        gate.open();
    };
    let (outcome, ()) = join(slow.tags(), overtaking).await;
    outcome.unwrap();
    server.brand().tags().await.unwrap();
    let tokens: Vec<String> = server.seen(TAGS).iter().map(|seen| seen.token().to_owned()).collect();
    assert_eq!(tokens, ["new", "new", "new"]);
    assert_eq!(server.seen(TOKEN_PATH).len(), 2);
}

#[tokio::test]
async fn a_token_is_renewed_one_to_two_minutes_before_its_end() {
    let server = Scripted::start().await;
    server.always(TAGS, Reply::json(json!({"tags": []})));
    let api = server.brand();
    api.tags().await.unwrap();
    server.advance(TimeDelta::seconds(7200 - 121));
    api.tags().await.unwrap();
    server.only(TOKEN_PATH);
    server.advance(TimeDelta::seconds(62));
    api.tags().await.unwrap();
    assert_eq!(server.seen(TOKEN_PATH).len(), 2);
}

#[tokio::test]
async fn a_short_life_is_used() {
    let server = Scripted::start().await;
    server.always(TAGS, Reply::json(json!({"tags": []})));
    server.always(TOKEN_PATH, Reply::json(json!({"access_token": "short", "expires_in": 100})));
    let api = server.brand();
    api.tags().await.unwrap();
    server.advance(TimeDelta::seconds(49));
    api.tags().await.unwrap();
    server.only(TOKEN_PATH);
    server.advance(TimeDelta::seconds(2));
    api.tags().await.unwrap();
    assert_eq!(server.seen(TOKEN_PATH).len(), 2);
}

#[tokio::test]
async fn the_former_token_serves_while_no_new_one_can_be_had() {
    let server = Scripted::start().await;
    server.always(TAGS, Reply::json(json!({"tags": []})));
    let api = server.brand();
    api.tags().await.unwrap();
    server.always(TOKEN_PATH, Reply::new(502, "text/html", "<html>"));
    server.advance(TimeDelta::seconds(7200 - 30));
    api.tags().await.unwrap();
    assert!(server.seen(TOKEN_PATH).len() > 1, "a new one was asked for");
    server.advance(TimeDelta::seconds(30));
    assert!(matches!(api.tags().await, Err(Failure::NotSent(NotSent::NoToken(_)))));
}

#[tokio::test]
async fn nobody_waits_for_a_new_token_while_the_former_one_is_accepted() {
    let server = Scripted::start().await;
    server.always(TAGS, Reply::json(json!({"tags": []})));
    let api = server.brand();
    api.tags().await.unwrap();
    server.advance(TimeDelta::seconds(7200 - 30));
    let gate = Gate::closed();
    server.always(TOKEN_PATH, Reply::token("T2").behind(&gate));
    let meanwhile = async {
        gate.arrival().await;
        api.tags().await.unwrap();
        gate.open();
    };
    let (outcome, ()) = join(api.tags(), meanwhile).await;
    outcome.unwrap();
    let tokens: Vec<String> = server.seen(TAGS).iter().map(|seen| seen.token().to_owned()).collect();
    assert_eq!(tokens, ["T1", "T1", "T2"]);
}

#[tokio::test]
async fn tickets_are_shared_like_tokens() {
    let server = Scripted::start().await;
    server.always(
        "/cgi-bin/ticket/getticket",
        Reply::json(json!({"errcode": 0, "errmsg": "ok", "ticket": "K", "expires_in": 7200})),
    );
    let hosts = ["h5.example.com".to_owned()];
    let (one, two) = (server.brand(), server.brand());
    let page = "https://h5.example.com/m?a=%E4%BD%A0&b=1#top";
    let config = one.js_config(page, &hosts).await.unwrap();
    join_all((0..20).map(|_| two.js_config(page, &hosts))).await.into_iter().for_each(|config| drop(config.unwrap()));
    let asked = server.only("/cgi-bin/ticket/getticket");
    assert_eq!(asked.query.get("type").map(String::as_str), Some("jsapi"));
    let url = "https://h5.example.com/m?a=%E4%BD%A0&b=1";
    let signature = crate::wechat::js_sdk::sign("K", &config.nonce_str, config.timestamp, url);
    assert_eq!((config.app_id.as_str(), config.signature), ("wx-brand", signature));
    assert_eq!(config.timestamp, server.clock.now().timestamp());
    assert!(one.js_config("https://evil.example.com/", &hosts).await.is_err());
}
