//! Whatever people permit and do, whatever WeChat refuses or loses, in any order: permits are never fewer than none, and
//! no key is said twice.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use entity::reach::{
    delivery,
    message::{self, State},
    permit, window,
};
use huilian::sandbox::{FaultKind, NewFault};
use proptest::{
    prelude::{Just, Strategy, prop},
    prop_oneof,
    test_runner::{Config, TestRunner},
};
use serde_json::json;

use super::{BRAND, CUSTOM_SEND, SHOP, SUBSCRIBE_SEND, Somebody, TEMPLATE_SEND, message as tell, put, somebody};
use crate::support::{Answered, TestApp};

#[derive(Clone, Debug)]
enum Act {
    /// Something under the key of this number, which may have come before.
    Tell(usize),
    Permit(bool),
    /// The client says that there is a permit.
    Claim,
    /// Switched off in the settings.
    SwitchOff,
    Write,
    Leave,
    Follow,
    Fault(&'static str, FaultKind),
    Work,
    Pass(i64),
}

fn faults() -> impl Strategy<Value = Act> {
    let path = prop_oneof![Just(CUSTOM_SEND), Just(SUBSCRIBE_SEND), Just(TEMPLATE_SEND)];
    let code = |errcode| FaultKind::Errcode { errcode, errmsg: None };
    let kind = prop_oneof![
        Just(code(43101)),
        Just(code(45015)),
        Just(code(45047)),
        Just(code(47003)),
        Just(code(43108)),
        Just(code(-1)),
        Just(FaultKind::ResetAfter),
        Just(FaultKind::ResetBefore),
        Just(FaultKind::JobFailed),
    ];
    (path, kind).prop_map(|(path, kind)| Act::Fault(path, kind))
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let one = prop_oneof![
        6 => (0..8_usize).prop_map(Act::Tell),
        3 => prop::bool::ANY.prop_map(Act::Permit),
        1 => Just(Act::Claim),
        1 => Just(Act::SwitchOff),
        2 => Just(Act::Write),
        1 => Just(Act::Leave),
        1 => Just(Act::Follow),
        4 => faults(),
        4 => Just(Act::Work),
        2 => (1..600_i64).prop_map(Act::Pass),
    ];
    prop::collection::vec(one, 5..30)
}

async fn play(app: &TestApp, known: &Somebody<'_>, round: usize, acts: &[Act]) {
    for (step, act) in acts.iter().enumerate() {
        match act {
            Act::Tell(number) => {
                let mut message = tell(app, known.member, &format!("{round}:{number}"));
                message.values.insert("campaign".to_owned(), format!("春游{round}之{number}"));
                put(app, &message).await;
            }
            Act::Permit(shop) => {
                known.permits(if *shop { "shop" } else { "brand" }, if *shop { SHOP } else { BRAND }).await
            }
            Act::Claim => {
                let url = format!("{}/api/mini/v1/permits", app.base_url);
                let request = app.http.post(url).bearer_auth(&known.consumer.token);
                let request = request.header("Idempotency-Key", format!("permit-{round}-{step}"));
                Answered::read(request.json(&json!({ "answers": { SHOP: "accept" } }))).await;
            }
            Act::SwitchOff => {
                app.advance(TimeDelta::seconds(1));
                let list = json!([{ "TemplateId": SHOP, "SubscribeStatusString": "reject" }]);
                let event = json!({ "MsgType": "event", "Event": "subscribe_msg_change_event", "List": list });
                known.person.event("shop", event).await;
            }
            Act::Write => drop(app.sandbox.say(&known.person.id, "brand", "转人工").await),
            Act::Leave => drop(app.sandbox.unfollow(&known.person.id, "brand").await),
            Act::Follow => drop(app.sandbox.follow(&known.person.id, "brand", None).await),
            Act::Fault(path, kind) => drop(app.sandbox.add_fault(NewFault::once(path, kind.clone())).expect("a fault")),
            Act::Work => drop(app.run_jobs().await),
            Act::Pass(minutes) => app.advance(TimeDelta::minutes(*minutes)),
        }
        holds(app, known, round).await;
    }
    app.sandbox.clear_faults();
    for _ in 0..4 {
        app.advance(TimeDelta::hours(13));
        app.run_jobs().await;
    }
    holds(app, known, round).await;
    let open: Vec<_> = app.rows::<message::Entity>().await;
    let open: Vec<_> = open.iter().filter(|row| matches!(row.state, State::Queued | State::Sending)).collect();
    assert!(open.is_empty(), "everything comes to an end: {open:#?}");
}

async fn holds(app: &TestApp, known: &Somebody<'_>, round: usize) {
    for row in app.rows::<permit::Entity>().await {
        assert!(row.available >= 0 && row.unconfirmed >= 0, "{row:?}");
    }
    for row in app.rows::<window::Entity>().await {
        assert!((0..=row.allowed).contains(&row.used), "{row:?}");
    }
    let tries = app.rows::<delivery::Entity>().await;
    let messages = app.rows::<message::Entity>().await;
    let keys: BTreeSet<_> = messages.iter().map(|row| &row.key).collect();
    assert_eq!(keys.len(), messages.len(), "one key, one message");
    for message in &messages {
        let left = |row: &&delivery::Model| row.message_id == Some(message.id) && row.state != delivery::State::Refused;
        let left: Vec<_> = tries.iter().filter(left).collect();
        assert!(left.len() <= 1, "what may have arrived is not tried again: {left:#?}");
        let number =
            message.key.split_once(':').map(|(_, number)| format!("春游{round}之{number}")).unwrap_or_default();
        let heard = ["brand", "shop"].into_iter().flat_map(|account| known.person.heard(account));
        let heard = heard.filter(|(_, text)| text.contains(&number)).count();
        assert!(heard <= 1, "{message:?} was heard {heard} times");
        let never = matches!(message.state, State::Refused | State::Suppressed | State::Expired);
        assert!(!never || heard == 0 || message.key.split(':').next() != Some(&round.to_string()), "{message:?}");
    }
}

#[test]
fn whatever_happens_in_whatever_order_nothing_is_said_twice() {
    let system = actix_web::rt::System::new();
    let app = system.block_on(TestApp::start(|settings| {
        settings.leave_jobs = true;
        settings.config.http.rate_per_minute = 100_000;
    }));
    let mut runner = TestRunner::new(Config { cases: 16, failure_persistence: None, ..Config::default() });
    let round = std::cell::Cell::new(0);
    let checked = runner.run(&acts(), |acts| {
        system.block_on(async {
            round.set(round.get() + 1);
            let known = somebody(&app, &format!("路人{}", round.get())).await;
            play(&app, &known, round.get(), &acts).await;
        });
        Ok(())
    });
    system.block_on(app.finish());
    checked.expect("nothing is said twice");
}
