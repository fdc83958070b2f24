//! Wrong configuration: the token call is not made for a minute, and staff see why.

use chrono::TimeDelta;
use entity::types::AccountKey;
use serde_json::json;

use crate::wechat::{
    client::{Failure, NotSent},
    errcode::{Action, Scope},
    scripted::{Reply, Scripted, TOKEN_PATH},
};

const TAGS: &str = "/cgi-bin/tags/get";

fn brand() -> AccountKey {
    "brand".parse().unwrap()
}

/// Why there was no token.
fn cause(outcome: Result<impl std::fmt::Debug, Failure>) -> Failure {
    match outcome {
        Err(Failure::NotSent(NotSent::NoToken(cause))) => *cause,
        other => panic!("{other:?} should have no token"),
    }
}

#[tokio::test]
async fn a_configuration_error_opens_the_circuit_on_all_nodes_for_a_minute() {
    let server = Scripted::start().await;
    server.always(TAGS, Reply::json(json!({"tags": []})));
    let (one, two) = (server.brand(), server.brand());
    let codes = [40164, 61004, 45035, 40125, 40013, 40243, 40001, 89503, 50007];
    for (round, errcode) in codes.into_iter().enumerate() {
        server.next(TOKEN_PATH, Reply::error(errcode));
        let Failure::Refused(refusal) = cause(one.tags().await) else { panic!("{errcode} is a refusal") };
        assert_eq!((refusal.errcode, refusal.action), (errcode, Action::Config(Scope::Account)));
        server.advance(TimeDelta::seconds(59));
        for api in [&one, &two] {
            let Failure::NotSent(NotSent::Held { errcode: held, .. }) = cause(api.tags().await) else {
                panic!("{errcode} opens the circuit")
            };
            assert_eq!(held, errcode);
        }
        assert_eq!(server.seen(TOKEN_PATH).len(), round + 1);
        server.advance(TimeDelta::seconds(1));
    }
    assert!(server.seen(TAGS).is_empty());
    two.tags().await.unwrap();
    assert!(one.wechat.alarms().await[&brand()].is_empty(), "a token closes the circuit and ends the alarm");
}

#[tokio::test]
async fn an_alarm_names_code_beginning_and_the_refused_address() {
    let server = Scripted::start().await;
    let refusal = json!({"errcode": 40164, "errmsg": "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 65f1a2b3-0a1b2c3d-4e5f6071"});
    server.always(TOKEN_PATH, Reply::json(refusal));
    let api = server.brand();
    let first = server.clock.now();
    api.tags().await.unwrap_err();
    let last = server.advance(TimeDelta::seconds(61));
    api.tags().await.unwrap_err();
    let alarms = api.wechat.alarms().await;
    assert_eq!(alarms.len(), 2, "one list an account");
    assert!(alarms[&"shop".parse().unwrap()].is_empty());
    let [(path, alarm)] = alarms[&brand()].as_slice() else { panic!("one alarm") };
    assert_eq!((*path, alarm.errcode, alarm.since, alarm.last), (TOKEN_PATH, 40164, first, last));
    assert_eq!(alarm.rejected_ip, Some("203.0.113.7".parse().unwrap()));
    assert_eq!(alarm.until, Some(last + TimeDelta::seconds(60)));
    assert_eq!(alarms[&brand()].len(), 1);
}

#[tokio::test]
async fn a_missing_right_raises_an_alarm_without_holding_back() {
    let server = Scripted::start().await;
    server.next(TAGS, Reply::error(48001));
    server.always(TAGS, Reply::json(json!({"tags": []})));
    let api = server.brand();
    assert_eq!(api.tags().await.unwrap_err().action(), Some(Action::Config(Scope::Account)));
    assert_eq!(api.wechat.alarms().await[&brand()][0].1.errcode, 48001);
    api.tags().await.unwrap();
    assert!(api.wechat.alarms().await[&brand()].is_empty());
}

#[tokio::test]
async fn trouble_with_one_person_or_one_template_is_no_alarm() {
    let server = Scripted::start().await;
    let api = server.brand();
    for errcode in [40003, 40037, 43101, 45015, 40001] {
        server.next(TAGS, Reply::error(errcode));
        server.next(TAGS, Reply::error(errcode));
        api.tags().await.unwrap_err();
    }
    assert!(api.wechat.alarms().await[&brand()].is_empty());
}

#[tokio::test]
async fn a_busy_token_call_is_tried_again_and_opens_no_circuit() {
    let server = Scripted::start().await;
    server.always(TAGS, Reply::json(json!({"tags": []})));
    server.next(TOKEN_PATH, Reply::error(-1));
    server.next(TOKEN_PATH, Reply::new(502, "text/html", "<html>"));
    server.brand().tags().await.unwrap();
    assert_eq!(server.seen(TOKEN_PATH).len(), 3);
}
