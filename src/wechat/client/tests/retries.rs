//! How often and after which delay a call is made again.

use std::time::Duration;

use serde_json::json;

use crate::wechat::{
    client::{Failure, Trouble},
    scripted::{Reply, Scripted},
};

const TAGS: &str = "/cgi-bin/tags/get";
const REMARK: &str = "/cgi-bin/user/info/updateremark";
const SEND_NOTHING_TWICE: &str = "/cgi-bin/tags/create";

fn waits(server: &Scripted) -> Vec<Duration> {
    std::mem::take(&mut server.waits.lock().unwrap())
}

#[tokio::test]
async fn a_busy_wechat_is_asked_three_times_with_doubling_delays() {
    let server = Scripted::start().await;
    server.always(TAGS, Reply::error(-1));
    let failure = server.brand().tags().await.unwrap_err();
    assert_eq!(failure.errcode(), Some(-1));
    assert_eq!(server.seen(TAGS).len(), 3);
    let waits = waits(&server);
    assert_eq!(waits.iter().map(Duration::as_secs).collect::<Vec<_>>(), [1, 2]);
    assert!(waits[0] < Duration::from_millis(1250) && waits[1] < Duration::from_millis(2500), "{waits:?}");
    let next = failure.until().unwrap() - server.clock.now();
    assert_eq!(next.num_seconds(), 4, "the caller may try again after the last delay");
}

#[tokio::test]
async fn the_third_try_may_succeed() {
    let server = Scripted::start().await;
    server.next(TAGS, Reply::error(-1));
    server.next(TAGS, Reply::lost());
    server.next(TAGS, Reply::json(json!({"tags": []})));
    assert_eq!(server.brand().tags().await, Ok(Vec::new()));
    assert_eq!(server.seen(TAGS).len(), 3);
}

#[tokio::test]
async fn transport_trouble_is_retried_for_reads_and_repeatable_writes() {
    let server = Scripted::start().await;
    let api = server.brand();
    server.always(TAGS, Reply::new(503, "text/html", "<html>"));
    assert_eq!(api.tags().await, Err(Failure::Unavailable(Trouble::Status(503))));
    assert_eq!(server.seen(TAGS).len(), 3);
    server.always(REMARK, Reply::lost());
    let somebody = "o6_bmjrPTlm6_2sgVt7hMZOPfL2M".parse().unwrap();
    assert_eq!(api.set_remark(&somebody, "老客户").await, Err(Failure::Unknown(Trouble::Lost)));
    assert_eq!(server.seen(REMARK).len(), 3);
}

#[tokio::test]
async fn what_has_an_effect_each_time_is_made_once() {
    let server = Scripted::start().await;
    let api = server.brand();
    for reply in [Reply::error(-1), Reply::lost(), Reply::new(502, "text/html", "")] {
        server.next(SEND_NOTHING_TWICE, reply);
        api.create_tag("新客").await.unwrap_err();
    }
    assert_eq!(server.seen(SEND_NOTHING_TWICE).len(), 3);
    assert!(waits(&server).is_empty());
}

#[tokio::test]
async fn an_unknown_code_is_asked_again_once_for_a_read_only() {
    let server = Scripted::start().await;
    let api = server.brand();
    server.always(TAGS, Reply::error(99_999));
    assert_eq!(api.tags().await.unwrap_err().errcode(), Some(99_999));
    assert_eq!(server.seen(TAGS).len(), 2);
    server.always(REMARK, Reply::error(99_999));
    let somebody = "o6_bmjrPTlm6_2sgVt7hMZOPfL2M".parse().unwrap();
    assert_eq!(api.set_remark(&somebody, "x").await.unwrap_err().errcode(), Some(99_999));
    assert_eq!(server.seen(REMARK).len(), 1);
}

#[tokio::test]
async fn a_permanent_refusal_is_not_asked_again() {
    let server = Scripted::start().await;
    server.always(TAGS, Reply::error(48001));
    server.brand().tags().await.unwrap_err();
    assert_eq!(server.seen(TAGS).len(), 1);
}

#[tokio::test]
async fn nobody_listening_is_tried_three_times() {
    let mut server = Scripted::start().await;
    server.unplug();
    server.brand().tags().await.unwrap_err();
    assert_eq!(waits(&server).len(), 2);
}
