//! Redis is gone, silent, or emptied. With the in-process cache there is nothing that could go.

use std::time::Duration;

use entity::{admin::staff::Role, types::AccountKey};
use huilian::sandbox::{Outcome, Via};
use reqwest::StatusCode;
use secrecy::ExposeSecret;
use tokio_util::sync::CancellationToken;

use crate::support::{Block, Column, Proxy, Settings, TestApp, column, soon};

/// A product with a proxy before its Redis.
async fn through_a_proxy(set: impl FnOnce(&mut Settings)) -> (TestApp, Proxy) {
    let mut between = None;
    let app = TestApp::start(|settings| {
        let (proxy, url) = Proxy::before(settings.config.cache.url.expose_secret());
        settings.config.cache.url = url.into();
        between = Some(proxy);
        set(settings);
    });
    (app.await, between.expect("a proxy"))
}

/// How often WeChat was asked for the token of an account.
fn token_calls(app: &TestApp, account: &str) -> usize {
    let calls = app.sandbox.calls(usize::MAX).into_iter();
    calls.filter(|call| call.path == "/cgi-bin/stable_token" && call.account.as_deref() == Some(account)).count()
}

#[actix_web::test]
async fn without_redis_a_node_goes_on_with_its_own_memory() {
    if column() == Column::Embedded {
        return;
    }
    for silent in [false, true] {
        let (app, proxy) = through_a_proxy(|settings| settings.config.http.rate_per_minute = 5).await;
        let person = app.follower("林小满").await;
        person.say("shop", "在吗").await;
        app.run_jobs().await;
        if silent {
            proxy.hold()
        } else {
            proxy.break_off()
        }
        assert_eq!(person.say("brand", "会员").await.outcome, Outcome::Replied);
        assert_eq!(person.say("shop", "还在吗").await.outcome, Outcome::Acknowledged);
        app.run_jobs().await;
        let heard = person.heard("shop");
        assert!(matches!(heard.as_slice(), [(Via::Custom, _), (Via::Custom, _)]), "{heard:?}");
        for account in ["brand", "shop"] {
            assert_eq!(token_calls(&app, account), 1, "the node keeps the token of {account}");
        }
        let mut allowed = Vec::new();
        for _ in 0..8 {
            allowed.push(app.get("/api/admin/v1/reply-rules").await.status);
        }
        let (before, after) = allowed.split_at(5);
        assert!(before.iter().all(|status| *status == StatusCode::UNAUTHORIZED), "{allowed:?}");
        assert!(after.iter().all(|status| *status == StatusCode::TOO_MANY_REQUESTS), "{allowed:?}");
        let ready = app.get("/readyz").await;
        assert_eq!((ready.status, &ready.body["cache"]), (StatusCode::OK, &false.into()), "slower, but ready");

        proxy.mend();
        let mut looks = 0;
        while app.get("/readyz").await.body["cache"] != true {
            looks += 1;
            assert!(looks < 20, "the node does not find back to Redis");
        }
        app.finish().await;
    }
}

#[actix_web::test]
async fn an_emptied_redis_costs_one_token_for_each_node() {
    if column() == Column::Embedded {
        return;
    }
    let app = TestApp::start(|_| {}).await;
    let other = app.another_node().await;
    let (person, guest) = (app.person("周一鸣"), app.person("何思远"));
    person.say("shop", "在吗").await;
    app.run_jobs().await;
    assert_eq!(token_calls(&app, "shop"), 1);
    let cache = &app.app.config.cache;
    assert!(emptied(cache.url.expose_secret(), &cache.prefix).await > 0, "nothing was kept");
    person.say("shop", "还在吗").await;
    app.run_jobs().await;
    assert_eq!(token_calls(&app, "shop"), 1, "the node has it still");
    guest.say("shop", "在吗").await;
    other.run_jobs().await;
    assert_eq!(token_calls(&app, "shop"), 2, "the other node never had it");
    assert_eq!((person.heard("shop").len(), guest.heard("shop").len()), (2, 1));
    other.finish().await;
    app.finish().await;
}

/// Removes everything of a product from Redis; gives how much there was.
pub async fn emptied(url: &str, prefix: &str) -> usize {
    let client = redis::Client::open(url).expect("an address");
    let mut connection = client.get_multiplexed_async_connection().await.expect("Redis");
    let keys: Vec<String> =
        redis::cmd("KEYS").arg(format!("{prefix}*")).query_async(&mut connection).await.expect("keys");
    if !keys.is_empty() {
        let _: usize = redis::cmd("DEL").arg(&keys).query_async(&mut connection).await.expect("an answer");
    }
    keys.len()
}

#[actix_web::test]
async fn without_wake_ups_another_node_looks_for_jobs_by_itself() {
    if column() == Column::Embedded {
        return;
    }
    let (app, proxy) = through_a_proxy(|settings| settings.config.jobs.poll = Duration::from_millis(50)).await;
    let other = app.another_node().await;
    proxy.break_off();
    let stop = CancellationToken::new();
    let (worker, until) = (other.app.worker().expect("a worker"), stop.clone());
    let working = actix_web::rt::spawn(async move { worker.run(until).await });
    let in_step = other.app.keep_in_step(stop.clone());
    let person = app.person("苏晚晴");
    let mut events = app.sandbox.events();
    person.say("shop", "在吗").await;
    soon(async {
        while person.heard("shop").is_empty() {
            let _ = events.recv().await;
        }
    })
    .await;
    stop.cancel();
    soon(working).await.expect("the worker");
    soon(in_step).await.expect("the relay");
    let shop: AccountKey = "shop".parse().expect("a key");
    assert_eq!(other.app.wechat.alarms().await[&shop], []);
    other.finish().await;
    app.finish().await;
}

#[actix_web::test]
async fn without_redis_pages_hear_their_own_node_and_are_told_to_look_when_it_is_back() {
    if column() == Column::Embedded {
        return;
    }
    let (app, proxy) = through_a_proxy(|settings| settings.config.http.heartbeat = Duration::from_secs(3600)).await;
    let stop = CancellationToken::new();
    let person = app.follower("林小满").await;
    let mut page = app.staff(Role::Clerk).await.open_page().await;
    let in_step = app.app.keep_in_step(stop.clone());
    let look = Block::Comment("look".to_owned());
    // The others are heard from here on.
    page.until(&look).await;
    proxy.break_off();
    person.say("brand", "在吗").await;
    page.until(&Block::needs()).await;
    proxy.mend();
    // They may have said something meanwhile.
    page.until(&look).await;
    stop.cancel();
    soon(in_step).await.expect("the relay");
    app.finish().await;
}
