//! The real binary is killed again and again while a crowd chats.

use std::collections::{BTreeSet, HashMap};

use chrono::TimeDelta;
use entity::{
    chat::{conversation, message},
    jobs::job,
    reach::delivery,
    wechat::push,
};
use futures_util::future::{join, join_all};
use huilian::{
    app::App,
    infra::{clock::Clock, random::Random},
    sandbox::{Outcome, Sandbox, Told, Verdict},
};
use sea_orm::EntityTrait;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::rig::{Rig, WORDS};
use crate::support::Proxy;

const PEOPLE: usize = 30;
/// Words that each person says to the mini program as well: as many as WeChat lets us answer even when the answers
/// wait for the lease of a killed node.
const ANSWERED_LATER: usize = 4;
const KILLS: usize = 8;

/// Waits until so much more has happened in the sandbox.
async fn happenings(events: &mut Receiver<Told>, count: usize) {
    for _ in 0..count {
        match events.recv().await {
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

/// A person follows and says every word once.
async fn chat_away(sandbox: &Sandbox, person: &str) {
    sandbox.follow(person, "brand", None).await.expect("following");
    for word in 0..WORDS {
        let text = format!("问{word}");
        sandbox.say(person, "brand", &text).await.expect("writing");
        if word % (WORDS / ANSWERED_LATER) == 0 {
            sandbox.say(person, "shop", &text).await.expect("writing");
        }
    }
}

#[actix_web::test]
async fn killed_at_random_moments_it_loses_nothing_and_does_nothing_twice() {
    let (rig, random) = (Rig::new().await, Random::seeded(20_261_121));
    let (sandbox, people) = (rig.sandbox(), rig.people(PEOPLE));
    // A load balancer: it keeps WeChat waiting while no node is there.
    let balancer = Proxy::held();
    sandbox.set_callback_base(&format!("http://{}", balancer.address));

    let mut process = rig.process().await;
    balancer.turn_to(&[process.address]);
    let mut events = sandbox.events();
    let crowd = join_all(people.iter().map(|person| chat_away(sandbox, person)));
    let killer = async {
        for _ in 0..KILLS {
            happenings(&mut events, 100 + random.below(100)).await;
            balancer.hold();
            process.kill();
            process = rig.process().await;
            balancer.turn_to(&[process.address]);
        }
        process
    };
    let (_, process) = join(crowd, killer).await;
    sandbox.settled().await;
    process.terminate();
    let (status, said) = process.ended().await;
    assert!(status.success(), "{status} {said:#?}");

    let clock = Clock::manual(Clock::system().now());
    let app = rig.app(clock.clone()).await;
    finish_jobs(&app, &clock).await;
    heard_once(&rig, &people);
    sent_once(sandbox, &app).await;
    told_once(sandbox, &app).await;
}

/// Lets leases of killed nodes and delays of retries end, and runs what is due then.
async fn finish_jobs(app: &App, clock: &Clock) {
    let worker = app.worker().expect("a worker");
    for _ in 0..10 {
        worker.run_due().await.expect("a database that answers");
        clock.advance(TimeDelta::seconds(61));
    }
    let left = job::Entity::find().all(app.db.read()).await.expect("jobs");
    // The first line of the schedule may have come due meanwhile; nothing else may be left.
    assert!(left.is_empty(), "jobs are left: {left:#?}");
}

/// No reply reached a chat twice.
fn heard_once(rig: &Rig, people: &[String]) {
    for (person, account) in people.iter().flat_map(|person| [(person, "brand"), (person, "shop")]) {
        let heard = rig.heard(person, account);
        let different: BTreeSet<_> = heard.iter().collect();
        assert_eq!(different.len(), heard.len(), "{person} at {account} heard something twice: {heard:?}");
    }
}

/// Every message of our own was sent, or was cut off by a kill on its way: then it is not sent again.
async fn sent_once(sandbox: &Sandbox, app: &App) {
    let deliveries = delivery::Entity::find().all(app.db.read()).await.expect("deliveries");
    let count = |state| deliveries.iter().filter(|delivery| delivery.state == state).count();
    let (sent, unknown) = (count(delivery::State::Sent), count(delivery::State::Unknown));
    let settled = [delivery::State::Sent, delivery::State::Unknown];
    let others: Vec<_> = deliveries.iter().filter(|delivery| !settled.contains(&delivery.state)).collect();
    assert!(others.is_empty(), "neither sent nor cut off: {others:#?}");
    let sends = sandbox.calls(usize::MAX).into_iter().filter(|call| call.path == "/cgi-bin/message/custom/send");
    let arrived = sends.filter(|call| call.errcode == Some(0)).count();
    assert!((sent..=sent + unknown).contains(&arrived), "{sent} sent, {unknown} unknown, {arrived} arrived");
    assert!(unknown <= KILLS * 8, "{unknown} messages are unknown, more than the kills can have struck");
}

/// What WeChat regards as taken stands in its thread once; nothing stands there that was not said, nothing twice.
async fn told_once(sandbox: &Sandbox, app: &App) {
    let db = app.db.read();
    let threads: HashMap<_, _> = conversation::Entity::find()
        .all(db)
        .await
        .expect("threads")
        .into_iter()
        .map(|thread| (thread.id, (thread.account.to_string(), thread.open_id.as_str().to_owned())))
        .collect();
    let mut written = HashMap::<_, usize>::new();
    for line in message::Entity::find().all(db).await.expect("messages") {
        let (account, open_id) = threads[&line.conversation_id].clone();
        *written.entry((account, open_id, line.text)).or_default() += 1;
    }
    assert!(written.values().all(|times| *times == 1), "written twice: {written:?}");
    let mut kept = HashMap::<_, usize>::new();
    for row in push::Entity::find().all(db).await.expect("pushes") {
        assert!(row.handled, "{row:?} waits");
        *kept.entry(row.body).or_default() += 1;
    }
    let pushes = sandbox.pushes(None, usize::MAX);
    assert_eq!(pushes.len(), PEOPLE * (1 + WORDS + ANSWERED_LATER));
    let (mut repeated, mut failed) = (0, 0);
    for push in &pushes {
        let times = kept.remove(&push.plaintext).unwrap_or(0);
        let replied = push.attempts.iter().filter(|attempt| attempt.verdict == Verdict::Replied).count();
        assert!(times <= 1 && replied <= 1, "{times} rows, {replied} replies: {push:#?}");
        match push.outcome {
            Outcome::Replied | Outcome::Acknowledged => {
                assert_eq!(times, 1, "taken and lost: {push:#?}");
                let answered = replied == 1 || push.account == "shop" || push.kind != "text";
                assert!(answered || push.attempts.len() > 1, "no reply although nothing struck: {push:#?}");
            }
            Outcome::Failed => failed += 1,
            Outcome::Pending => panic!("not settled: {push:#?}"),
        }
        repeated += usize::from(push.attempts.len() > 1);
    }
    assert!(kept.is_empty(), "never said: {kept:?}");
    assert!(repeated > 0, "the kills struck nothing");
    assert!(failed <= KILLS, "{failed} pushes were given up although a node came back each time");
    let texts = pushes.iter().filter(|push| push.kind == "text" && push.outcome != Outcome::Failed).count();
    let said = written.keys().filter(|(_, _, text)| text.starts_with('问')).count();
    assert!(said >= texts, "{said} of {texts} texts stand in their threads");
}
