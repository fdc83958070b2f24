//! Two to four nodes, real processes on one database and one Redis, share pushes and jobs evenly.

use futures_util::future::join_all;
use huilian::sandbox::{FaultKind, NewFault, Outcome};

use crate::{
    faults::Rig,
    support::{Column, Process, Proxy, column},
};

const PEOPLE: usize = 24;
const WORDS: usize = 5;
/// How long WeChat takes for one message: so nodes are full, and what is waiting is there for all of them.
const SLOW: u64 = 150;
/// A node runs at least one part in so many of its fair share.
const LEAST: u32 = 4;

/// The sum of a figure of a process over all labels that hold `label`.
async fn figure(process: &Process, name: &str, label: &str) -> u32 {
    let url = format!("http://{}/metrics", process.address);
    let text = reqwest::get(url).await.expect("figures").text().await.expect("figures");
    let lines = text.lines().filter(|line| line.starts_with(name) && line.contains(label));
    lines.filter_map(|line| line.rsplit(' ').next()?.parse::<u32>().ok()).sum()
}

async fn shared_by(count: usize) {
    let rig = Rig::new().await;
    let mut nodes = Vec::new();
    for _ in 0..count {
        let node = rig.process().await;
        // It listens before its threads have everything: a balancer asks as well before it sends anybody.
        let ready = reqwest::get(format!("http://{}/readyz", node.address)).await.expect("an answer");
        assert!(ready.status().is_success(), "{ready:?}");
        nodes.push(node);
    }
    let balancer = Proxy::held();
    balancer.turn_to(&nodes.iter().map(|node| node.address).collect::<Vec<_>>());
    let (sandbox, people) = (rig.sandbox(), rig.people(PEOPLE));
    sandbox.set_callback_base(&format!("http://{}", balancer.address));
    let slow =
        NewFault { times: None, ..NewFault::once("/cgi-bin/message/custom/send", FaultKind::Slow { millis: SLOW }) };
    sandbox.add_fault(slow).expect("a fault");
    join_all(people.iter().map(async |person| {
        for word in 0..WORDS {
            let pushed = sandbox.say(person, "shop", &format!("问{word}")).await.expect("writing").push;
            assert_eq!(pushed.outcome, Outcome::Acknowledged, "{pushed:#?}");
        }
    }))
    .await;
    rig.until(|| people.iter().all(|person| rig.heard(person, "shop").len() >= WORDS)).await;
    for person in &people {
        assert_eq!(rig.heard(person, "shop").len(), WORDS, "each is answered once");
    }
    let (mut pushes, mut jobs) = (Vec::new(), Vec::new());
    for node in &nodes {
        pushes.push(figure(node, "wechat_pushes_total", "").await);
        jobs.push(figure(node, "jobs_total", "reach.deliver").await);
    }
    let parts = u32::try_from(count).expect("a small number");
    for (what, shares) in [("pushes", &pushes), ("jobs", &jobs)] {
        let least = *shares.iter().min().expect("a node");
        assert!(least * parts * LEAST >= shares.iter().sum(), "{what} of {count} nodes: {shares:?}");
    }
    // What WeChat repeated, because the machine was busy, is counted again and answered no second time.
    let sent = sandbox.pushes(None, usize::MAX);
    let attempts = sent.iter().map(|push| push.attempts.len()).sum();
    let counted = usize::try_from(pushes.iter().sum::<u32>()).expect("a number");
    assert!((PEOPLE * WORDS..=attempts).contains(&counted), "{counted} of {attempts}");
    for node in &nodes {
        node.terminate();
    }
    for (status, said) in join_all(nodes.into_iter().map(Process::ended)).await {
        assert!(status.success(), "{status}");
        assert!(said.iter().all(|line| line["level"] != "ERROR"), "{said:#?}");
    }
}

#[actix_web::test]
async fn two_three_and_four_nodes_share_the_work_evenly() {
    // Wake-ups and tokens are shared through Redis.
    if column() == Column::Embedded {
        return;
    }
    for count in [2, 3, 4] {
        shared_by(count).await;
    }
}
