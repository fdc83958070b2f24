//! A node is told to stop while it works.

use std::time::Duration;

use entity::{jobs::job, reach::delivery};
use futures_util::future::{join, join_all};
use huilian::{
    infra::clock::Clock,
    sandbox::{FaultKind, NewFault, Outcome, Told},
};
use sea_orm::EntityTrait;
use serde_json::Value;

use super::rig::{Rig, WORDS};
use crate::support::{Process, Proxy, soon};

/// Much less than anybody gives a process to stop.
const QUICKLY: Duration = Duration::from_secs(10);

async fn stops_well(process: Process) {
    let (status, said) = tokio::time::timeout(QUICKLY, process.ended()).await.expect("a quick end");
    assert!(status.success(), "{status} {said:#?}");
    // The pool may find a connection closed when it is no longer needed.
    let worry = |line: &&Value| {
        let own = line["target"].as_str().is_some_and(|target| target.starts_with("huilian"));
        line["level"] == "ERROR" || (line["level"] == "WARN" && own)
    };
    let worried: Vec<&Value> = said.iter().filter(worry).collect();
    assert!(worried.is_empty(), "{worried:#?}");
}

#[actix_web::test]
async fn a_rolling_restart_under_load_answers_every_request_that_it_has_taken() {
    let rig = Rig::new().await;
    let balancer = Proxy::held();
    let (sandbox, people) = (rig.sandbox(), rig.people(10));
    sandbox.set_callback_base(&format!("http://{}", balancer.address));
    let mut node = rig.process().await;
    balancer.turn_to(&[node.address]);
    let mut events = sandbox.events();
    let crowd = join_all(people.iter().map(async |person| {
        sandbox.follow(person, "brand", None).await.expect("following");
        for word in 0..WORDS {
            sandbox.say(person, "brand", &format!("问{word}")).await.expect("writing");
        }
    }));
    let roll = async {
        for _ in 0..3 {
            for _ in 0..100 {
                let _ = events.recv().await;
            }
            let next = rig.process().await;
            balancer.turn_to(&[next.address]);
            let former = std::mem::replace(&mut node, next);
            former.terminate();
            stops_well(former).await;
        }
        node
    };
    let (_, last) = join(crowd, roll).await;
    last.terminate();
    stops_well(last).await;
    for push in sandbox.pushes(None, usize::MAX) {
        // A connection that nobody had taken yet is closed, and made again; no request is turned away or cut off.
        let turned_away = push.attempts.iter().any(|attempt| attempt.status.is_some_and(|status| status != 200));
        let answered = push.outcome == Outcome::Replied || push.kind != "text";
        assert!(answered && !turned_away, "{push:#?}");
    }
    for person in &people {
        assert_eq!(rig.heard(person, "brand").len(), WORDS);
    }
}

#[actix_web::test]
async fn what_runs_is_finished_and_idle_connections_do_not_hold_it_up() {
    let rig = Rig::new().await;
    let node = rig.process().await;
    let (sandbox, person) = (rig.sandbox(), rig.people(1).remove(0));
    sandbox.set_callback_base(&format!("http://{}", node.address));
    // A browser keeps its connection.
    let browser = reqwest::Client::builder().no_proxy().build().expect("a client");
    let alive = browser.get(format!("http://{}/healthz", node.address)).send().await.expect("an answer");
    assert_eq!(alive.text().await.expect("a body"), "ok");
    // The message arrives, WeChat's answer takes its time.
    let send = "/cgi-bin/message/custom/send";
    sandbox.add_fault(NewFault::once(send, FaultKind::Slow { millis: 700 })).expect("a fault");
    let mut events = sandbox.events();
    sandbox.say(&person, "shop", "问1").await.expect("writing");
    soon(async {
        while !sandbox.calls(usize::MAX).iter().any(|call| call.path == send) {
            while !matches!(events.recv().await, Ok(Told::Call { .. })) {}
        }
    })
    .await;
    node.terminate();
    stops_well(node).await;
    let app = rig.app(Clock::system()).await;
    let deliveries = delivery::Entity::find().all(app.db.read()).await.expect("deliveries");
    let states: Vec<_> = deliveries.iter().map(|delivery| delivery.state).collect();
    assert_eq!(states, [delivery::State::Sent], "the node waited for WeChat's answer");
    assert!(job::Entity::find().all(app.db.read()).await.expect("jobs").is_empty(), "and closed the job");
}
