//! WeChat refuses what we took for granted.

use chrono::TimeDelta;
use entity::{admin::staff::Role, reach::delivery, types::AccountKey};
use futures_util::future::join_all;
use huilian::sandbox::{AccountPatch, FaultKind, NewFault, Outcome, Via};
use reqwest::StatusCode;
use secrecy::ExposeSecret;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::support::{TestApp, soon, story};

const SEND: &str = "/cgi-bin/message/custom/send";
const TOKEN: &str = "/cgi-bin/stable_token";

/// How often an API was called for the mini program, and how often with success.
fn calls(app: &TestApp, path: &str) -> (usize, usize) {
    let calls = app.sandbox.calls(usize::MAX);
    let calls = || calls.iter().filter(|call| call.path == path && call.account.as_deref() == Some("shop"));
    (calls().count(), calls().filter(|call| call.errcode.unwrap_or(0) == 0).count())
}

#[actix_web::test]
async fn a_token_that_a_foreign_service_took_away_is_replaced_and_nothing_is_said_twice() {
    story(async |app| {
        let people: Vec<_> = (0..12).map(|n| app.person(&format!("路人{n}"))).collect();
        join_all(people.iter().map(|person| person.say("shop", "在吗"))).await;
        let heard = || people.iter().map(|person| person.heard("shop").len()).sum::<usize>();
        let mut events = app.sandbox.events();
        let stop = CancellationToken::new();
        let (worker, until) = (app.app.worker().expect("a worker"), stop.clone());
        let working = actix_web::rt::spawn(async move { worker.run(until).await });
        for wanted in [3, 6] {
            soon(async {
                while heard() < wanted {
                    let _ = events.recv().await;
                }
            })
            .await;
            app.sandbox.invalidate_tokens("shop").expect("an account");
        }
        stop.cancel();
        soon(working).await.expect("the worker");
        // A message that both losses struck waits for its next attempt.
        app.advance(TimeDelta::seconds(10));
        app.run_jobs().await;
        assert!(people.iter().all(|person| person.heard("shop").len() == 1));
        let deliveries = app.rows::<delivery::Entity>().await;
        assert!(deliveries.iter().all(|delivery| delivery.state == delivery::State::Sent), "{deliveries:#?}");
        let (asked, sent) = calls(app, SEND);
        assert_eq!(sent, 12, "of {asked}");
        assert!((1..=3).contains(&calls(app, TOKEN).0), "one token for each loss at most: {:?}", calls(app, TOKEN));
    })
    .await;
}

#[actix_web::test]
async fn when_our_count_of_a_window_was_wrong_wechat_is_believed() {
    story(async |app| {
        let person = app.person("林小满");
        person.follow("brand").await;
        person.say("brand", "转人工").await;
        app.run_jobs().await;
        let clerk = app.staff(Role::Clerk).await;
        let threads = clerk.get("/api/admin/v1/conversations").await;
        let thread = format!("/api/admin/v1/conversations/{}", threads.body["items"][0]["id"].as_str().expect("an id"));
        let messages = format!("{thread}/messages");
        let text = |words: &str| json!({ "message": { "kind": "text", "content": words } });
        let closed = FaultKind::Errcode { errcode: 45015, errmsg: None };
        app.sandbox.add_fault(NewFault::once(SEND, closed)).expect("a fault");
        assert_ne!(clerk.get(&thread).await.body["windows"], json!([]), "open as far as we know");
        let said = clerk.post_once(&messages, "answer-0001", &text("在的")).await;
        assert_eq!(said.status, StatusCode::CREATED, "{said:?}");
        app.run_jobs().await;
        let newest = clerk.get(&messages).await.body["items"][0].clone();
        assert_eq!(newest["delivery"]["state"], "refused", "staff see that it did not arrive: {newest}");
        let refused = clerk.post_once(&messages, "answer-0002", &text("还在吗")).await;
        assert_eq!((refused.status, &refused.body["code"]), (StatusCode::CONFLICT, &json!("window_closed")));
        assert_eq!(clerk.get(&thread).await.body["windows"], json!([]));
        // The person's next word opens it anew.
        assert_eq!(person.say("brand", "在吗").await.outcome, Outcome::Acknowledged);
        let said = clerk.post_once(&messages, "answer-0003", &text("在的")).await;
        assert_eq!(said.status, StatusCode::CREATED, "{said:?}");
        app.run_jobs().await;
        assert_eq!(person.heard("brand").last(), Some(&(Via::Custom, "在的".to_owned())));
        assert_eq!(person.heard("brand").iter().filter(|(via, _)| *via == Via::Custom).count(), 1);
    })
    .await;
}

#[actix_web::test]
async fn a_wrong_secret_opens_the_circuit_raises_an_alarm_and_costs_no_message() {
    story(async |app| {
        let shop: AccountKey = "shop".parse().expect("a key");
        let right = app.account("shop").secret.expose_secret().to_owned();
        let secret = |secret: &str| AccountPatch { secret: Some(secret.to_owned()), ..AccountPatch::default() };
        app.sandbox.change_account("shop", secret("somebody has reset it")).expect("an account");
        let people: Vec<_> = (0..4).map(|n| app.person(&format!("路人{n}"))).collect();
        join_all(people.iter().map(|person| person.say("shop", "在吗"))).await;
        app.run_jobs().await;
        assert_eq!(calls(app, TOKEN), (1, 0), "the first refusal holds back the other calls");
        let alarms = app.app.wechat.alarms().await;
        assert!(
            matches!(alarms[&shop].as_slice(), [(TOKEN, obstacle)] if obstacle.errcode == 40125 && obstacle.alarm),
            "{alarms:?}"
        );
        let waits = app.rows::<delivery::Entity>().await;
        assert!(waits.iter().all(|delivery| delivery.state == delivery::State::Queued), "{waits:#?}");
        // Once a minute it is tried again.
        app.advance(TimeDelta::seconds(61));
        app.run_jobs().await;
        assert_eq!(calls(app, TOKEN), (2, 0));
        app.sandbox.change_account("shop", secret(&right)).expect("an account");
        app.advance(TimeDelta::seconds(61));
        app.run_jobs().await;
        assert!(people.iter().all(|person| person.heard("shop").len() == 1), "nothing is lost, nothing is doubled");
        assert_eq!(calls(app, TOKEN), (3, 1));
        assert_eq!(app.app.wechat.alarms().await[&shop], []);
    })
    .await;
}
