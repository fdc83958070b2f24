//! Two nodes on one database, one Redis and one WeChat.

use std::time::Duration;

use entity::{chat::message, jobs::job, wechat::push};
use futures_util::future::{join, join_all};
use huilian::{
    admin::{self, Post},
    infra::clock::Clock,
    sandbox::Outcome,
};
use reqwest::StatusCode;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use super::rig::Rig;
use crate::support::{Column, Process, Proxy, column, story};

#[actix_web::test]
async fn a_push_that_comes_to_both_nodes_at_once_is_one_message_and_one_reply() {
    story(async |app| {
        let other = app.another_node().await;
        let people: Vec<String> = (0..20).map(|n| format!("oTestPerson{n:017}")).collect();
        let here: Vec<_> = people.iter().map(|person| app.text_from("brand", person, 7, "会员")).collect();
        let there: Vec<_> = people.iter().rev().map(|person| other.text_from("brand", person, 7, "会员")).collect();
        let here = join_all(here.iter().map(|delivery| delivery.send()));
        let there = join_all(there.iter().map(|delivery| delivery.send()));
        let (here, mut there) = join(here, there).await;
        there.reverse();
        for (one, two) in here.iter().zip(&there) {
            assert_eq!((one.0, two.0), (StatusCode::OK, StatusCode::OK), "{one:?} {two:?}");
            assert!((one.1 == "success") != (two.1 == "success"), "the reply leaves at one node: {one:?} {two:?}");
        }
        assert_eq!(app.rows::<push::Entity>().await.len(), people.len());
        assert_eq!(app.rows::<message::Entity>().await.len(), 2 * people.len(), "what was said, and the replies");
        other.finish().await;
        app.run_jobs().await;
    })
    .await;
}

/// The sum of a figure of a process over all labels that hold `label`.
async fn figure(process: &Process, name: &str, label: &str) -> u64 {
    let url = format!("http://{}/metrics", process.address);
    let text = reqwest::get(url).await.expect("figures").text().await.expect("figures");
    let lines = text.lines().filter(|line| line.starts_with(name) && line.contains(label));
    lines.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum()
}

#[actix_web::test]
async fn two_nodes_share_pushes_jobs_tokens_and_rules() {
    // Tokens and wake-ups are shared through Redis.
    if column() == Column::Embedded {
        return;
    }
    let rig = Rig::new().await;
    let (one, two) = join(rig.process(), rig.process()).await;
    let balancer = Proxy::held();
    balancer.turn_to(&[one.address, two.address]);
    let (sandbox, people) = (rig.sandbox(), rig.people(10));
    sandbox.set_callback_base(&format!("http://{}", balancer.address));
    join_all(people.iter().map(async |person| {
        sandbox.follow(person, "brand", None).await.expect("following");
        for word in 0..4 {
            for account in ["brand", "shop"] {
                let pushed = sandbox.say(person, account, &format!("问{word}")).await.expect("writing").push;
                assert!(matches!(pushed.outcome, Outcome::Replied | Outcome::Acknowledged), "{pushed:#?}");
                assert_eq!(pushed.attempts.len(), 1, "{pushed:#?}");
            }
        }
    }))
    .await;
    // The passive replies are there; the others come by jobs of either node.
    let expected = ["答0", "答1", "答2", "答3"].map(String::from);
    let sorted = |person: &str, account: &str| {
        let mut heard = rig.heard(person, account);
        heard.sort();
        heard
    };
    rig.until(|| people.iter().all(|person| rig.heard(person, "shop").len() >= expected.len())).await;
    for person in &people {
        assert_eq!((sorted(person, "brand"), sorted(person, "shop")), (expected.to_vec(), expected.to_vec()));
    }
    let calls = |path: &str, account: &str| {
        let calls = sandbox.calls(usize::MAX).into_iter();
        calls.filter(|call| call.path == path && call.account.as_deref() == Some(account)).count()
    };
    assert_eq!(calls("/cgi-bin/message/custom/send", "shop"), people.len() * expected.len(), "no job ran twice");
    for account in ["brand", "shop"] {
        assert_eq!(calls("/cgi-bin/stable_token", account), 1, "{account}: one token for both nodes");
    }
    let pushes = [figure(&one, "wechat_pushes_total", "").await, figure(&two, "wechat_pushes_total", "").await];
    assert_eq!(pushes[0] + pushes[1], 90);
    assert!(pushes.iter().all(|count| (30..=60).contains(count)), "about half each: {pushes:?}");

    let jobs = [figure(&one, "jobs_total", "reach.deliver").await, figure(&two, "jobs_total", "reach.deliver").await];
    assert!(jobs.iter().all(|count| *count > 0), "both work: {jobs:?}");

    a_rule_of_one_answers_at_the_other(&rig, &one, &two).await;

    one.terminate();
    two.terminate();
    let ((first, said_first), (second, said_second)) = join(one.ended(), two.ended()).await;
    assert!(first.success() && second.success(), "{first} {said_first:#?} {second} {said_second:#?}");
    let app = rig.app(Clock::system()).await;
    let left = job::Entity::find().all(app.db.read()).await.expect("jobs");
    assert!(left.is_empty(), "{left:#?}");
    let worried = said_first.iter().chain(&said_second).filter(|line| line["level"] == "ERROR");
    assert_eq!(worried.collect::<Vec<_>>(), Vec::<&Value>::new());
}

async fn a_rule_of_one_answers_at_the_other(rig: &Rig, one: &Process, two: &Process) {
    let app = rig.app(Clock::system()).await;
    let password = "a long enough secret";
    admin::staff::add(&app.db, "chief", "店长", password.to_owned(), Post::Headquarters).await.expect("staff");
    let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(30)).build().expect("a client");
    let api = format!("http://{}/api/admin/v1", one.address);
    let session = http.post(format!("{api}/sessions")).json(&json!({ "login": "chief", "password": password }));
    let session: Value = session.send().await.expect("a session").json().await.expect("a session");
    let rule = json!({
        "account": "brand", "name": "新词", "priority": 1,
        "condition": { "on": { "exact": ["新词"] } },
        "action": { "replies": [{ "kind": "text", "content": "新答" }] }
    });
    let made = http.post(format!("{api}/reply-rules")).bearer_auth(session["token"].as_str().expect("a token"));
    assert_eq!(made.json(&rule).send().await.expect("an answer").status(), StatusCode::CREATED);
    // The other node is woken and reads the rules between two of these messages, long before it would look by itself.
    rig.sandbox().set_callback_base(&format!("http://{}", two.address));
    let person = &rig.people(1)[0];
    rig.sandbox().follow(person, "brand", None).await.expect("following");
    for _ in 0..200 {
        rig.sandbox().say(person, "brand", "新词").await.expect("writing");
        if rig.heard(person, "brand").contains(&"新答".to_owned()) {
            return;
        }
    }
    panic!("the other node does not know the rule");
}
