//! Refused, not sent, unknown, unavailable: what is certain about a failure.

use std::time::Duration;

use serde_json::json;

use crate::{
    error::Code,
    wechat::{
        client::{Call, Failure, NotSent, Trouble},
        endpoints::{Auth, Effect, Endpoint, Method},
        errcode::{Action, Pace, Reason},
        message::{CustomMessage, custom::Send},
        scripted::{Gate, Reply, Scripted},
    },
};

const SEND: &str = "/cgi-bin/message/custom/send";
const TAGS: &str = "/cgi-bin/tags/get";

fn hello() -> Send {
    let message = CustomMessage::text("你好");
    Send { touser: "o6_bmjrPTlm6_2sgVt7hMZOPfL2M".parse().unwrap(), message, customservice: None, businessid: None }
}

#[tokio::test]
async fn a_refusal_carries_code_meaning_action_and_request_id() {
    let server = Scripted::start().await;
    server.always(SEND, Reply::error(45015));
    let Err(Failure::Refused(refusal)) = server.brand().send_custom(&hello()).await else { panic!("refused") };
    assert_eq!((refusal.errcode, refusal.action), (45015, Action::Stop(Reason::WindowClosed)));
    assert_eq!(refusal.rid.as_deref(), Some("65f1a2b3-0a1b2c3d-4e5f6071"));
    assert_eq!(refusal.meaning_zh, "超出客服消息可发送时间");
    let told = crate::error::Error::from(Failure::Refused(refusal));
    assert_eq!(told.code(), Code::WindowClosed);
    assert_eq!(
        told.detail_text(),
        Some("微信 45015：超出客服消息可发送时间 / WeChat 45015: the customer-service window is closed")
    );
}

#[tokio::test]
async fn success_comes_with_a_code_of_zero_or_with_none() {
    let server = Scripted::start().await;
    server.next(SEND, Reply::ok());
    server.next(SEND, Reply::json(json!({})));
    let api = server.brand();
    api.send_custom(&hello()).await.unwrap();
    api.send_custom(&hello()).await.unwrap();
}

#[tokio::test]
async fn nothing_was_sent_when_nobody_listens() {
    let mut server = Scripted::start().await;
    let api = server.brand();
    server.always(SEND, Reply::ok());
    api.send_custom(&hello()).await.unwrap();
    server.unplug();
    let unplugged = server.brand();
    let failure = unplugged.send_custom(&hello()).await.unwrap_err();
    assert_eq!(failure, Failure::NotSent(NotSent::Unreachable));
    assert_eq!(server.seen(SEND).len(), 1);
    let used: Vec<u64> =
        unplugged.wechat.quotas(&"brand".parse().unwrap()).await.iter().map(|usage| usage.used).collect();
    assert_eq!(used, [1, 1], "a call that did not leave is not counted");
}

#[tokio::test]
async fn after_the_request_left_the_outcome_of_a_send_is_unknown_and_it_is_not_repeated() {
    let mut server = Scripted::start().await;
    server.hurry(Duration::from_millis(300));
    let api = server.brand();
    let troubles = [
        (Reply::lost(), Trouble::Lost),
        (Reply::new(502, "text/html", "<html>Bad Gateway</html>"), Trouble::Status(502)),
        (Reply::new(500, "application/json", "{}"), Trouble::Status(500)),
        (Reply::elsewhere(TAGS), Trouble::Status(302)),
        (Reply::new(200, "text/html", "<html>"), Trouble::Form),
        (Reply::new(200, "application/json", "{\"errcode\":0,"), Trouble::Form),
        (Reply::new(200, "application/json", ""), Trouble::Form),
        (Reply::ok().behind(&Gate::closed()), Trouble::Timeout),
    ];
    let count = troubles.len();
    for (reply, trouble) in troubles {
        server.next(SEND, reply);
        assert_eq!(api.send_custom(&hello()).await, Err(Failure::Unknown(trouble)));
    }
    assert_eq!(server.seen(SEND).len(), count);
    assert!(server.seen(TAGS).is_empty(), "a redirect is not followed: the token would go with it");
}

#[tokio::test]
async fn a_read_without_an_answer_is_unavailable() {
    let server = Scripted::start().await;
    let api = server.brand();
    server.always(TAGS, Reply::new(502, "text/html", "<html>"));
    assert_eq!(api.tags().await, Err(Failure::Unavailable(Trouble::Status(502))));
    server.always(TAGS, Reply::json(json!({"tags": "none"})));
    assert_eq!(api.tags().await, Err(Failure::Unavailable(Trouble::Form)));
}

#[tokio::test]
async fn an_http_refusal_of_the_request_line_is_a_refusal() {
    let server = Scripted::start().await;
    for status in [412, 414] {
        server.always(SEND, Reply::new(status, "text/html", "<html>"));
        let failure = server.brand().send_custom(&hello()).await.unwrap_err();
        assert_eq!(failure.action(), Some(Action::Stop(Reason::Bug)), "{failure}");
    }
}

#[tokio::test]
async fn a_busy_wechat_leaves_a_send_alone_and_an_unknown_code_too() {
    let server = Scripted::start().await;
    let api = server.brand();
    for errcode in [-1, 99_999] {
        server.next(SEND, Reply::error(errcode));
        let failure = api.send_custom(&hello()).await.unwrap_err();
        assert_eq!(failure.action(), Some(Action::Stop(Reason::Unsafe)), "{errcode}");
    }
    server.next(SEND, Reply::error(45011));
    let failure = api.send_custom(&hello()).await.unwrap_err();
    assert_eq!(failure.action(), Some(Action::Backoff(Pace::Minute)));
    assert_eq!(server.seen(SEND).len(), 3);
}

#[tokio::test]
async fn an_unknown_account_is_told() {
    let server = Scripted::start().await;
    let missing = server.node().of(&"other".parse().unwrap()).err();
    assert_eq!(missing, Some(Failure::NotSent(NotSent::NoAccount)));
}

#[tokio::test]
async fn a_send_is_repeated_once_with_a_new_token_because_it_was_refused_before_it_was_done() {
    let server = Scripted::start().await;
    server.always(SEND, Reply::ok());
    server.refuse("T1", 42001);
    server.next("/cgi-bin/stable_token", Reply::token("T1"));
    server.next("/cgi-bin/stable_token", Reply::token("T2"));
    server.brand().send_custom(&hello()).await.unwrap();
    let tokens: Vec<String> = server.seen(SEND).iter().map(|seen| seen.token().to_owned()).collect();
    assert_eq!(tokens, ["T1", "T2"]);
}

#[tokio::test]
async fn what_carries_a_persons_own_credential_concerns_that_person_alone() {
    let server = Scripted::start().await;
    let login = Endpoint { method: Method::Get, path: "/sns/jscode2session", auth: Auth::Person, effect: Effect::Code };
    let call = Call::to(login).query("appid", "wx-shop").query("js_code", "C");
    let api = server.shop();
    for (errcode, action) in [
        (40001, Action::Reauth),
        (42001, Action::Reauth),
        (48001, Action::Reauth),
        (45011, Action::Backoff(Pace::Minute)),
    ] {
        server.next(login.path, Reply::error(errcode));
        let failure = api.call(&call).await.err().unwrap();
        assert_eq!(failure.action(), Some(action), "{errcode}");
    }
    server.next(login.path, Reply::json(json!({"openid": "oA", "session_key": "k"})));
    assert!(api.call(&call).await.is_ok(), "one person's limit holds nobody else back");
    assert!(server.seen("/cgi-bin/stable_token").is_empty(), "the account token has no part in it");
    assert!(api.wechat.alarms().await.values().all(Vec::is_empty));
    assert_eq!(server.seen(login.path)[0].query["js_code"], "C");
}

#[tokio::test]
async fn calls_can_be_made_from_any_task() {
    fn any_task<T: std::marker::Send>(_: &T) {}
    let server = Scripted::start().await;
    let api = server.brand();
    let account = "brand".parse().unwrap();
    any_task(&api.tags());
    any_task(&api.send_custom(&hello()));
    any_task(&api.js_config("", &[]));
    any_task(&api.quota(TAGS));
    any_task(&api.wechat.alarms());
    any_task(&api.wechat.quotas(&account));
}
