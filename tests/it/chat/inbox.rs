//! Staff read and answer threads.

use chrono::TimeDelta;
use entity::{admin::staff::Role, reach::delivery};
use huilian::sandbox::{FaultKind, NewFault, Outcome, Via};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{StaffActor, story};

const CUSTOM_SEND: &str = "/cgi-bin/message/custom/send";

async fn only_thread(staff: &StaffActor<'_>) -> String {
    let list = staff.get("/api/admin/v1/conversations").await;
    assert_eq!(list.body["items"].as_array().map(Vec::len), Some(1), "{list:?}");
    list.body["items"][0]["id"].as_str().expect("an id").to_owned()
}

fn text(content: &str) -> Value {
    json!({ "message": { "kind": "text", "content": content } })
}

#[actix_web::test]
async fn a_clerk_answers_and_the_follower_hears_it() {
    story(async |app| {
        let person = app.person("林小满");
        person.follow("brand").await;
        person.say("brand", "转人工").await;
        let clerk = app.staff(Role::Clerk).await;
        let thread = only_thread(&clerk).await;
        let path = format!("/api/admin/v1/conversations/{thread}/messages");
        let said = clerk.post_once(&path, "answer-0001", &text("你好，我是小周，有什么可以帮你？")).await;
        assert_eq!(said.status, StatusCode::CREATED, "{said:?}");
        app.run_jobs().await;
        assert_eq!(person.heard("brand").last(), Some(&(Via::Custom, "你好，我是小周，有什么可以帮你？".to_owned())));
        let messages = clerk.get(&path).await;
        assert_eq!(messages.body["items"][0]["author"], "staff", "the newest first");
        assert_eq!(messages.body["items"][0]["delivery"]["state"], "sent");
        assert_eq!(person.say("brand", "活动").await.outcome, Outcome::Acknowledged, "the robot stays silent");
    })
    .await;
}

#[actix_web::test]
async fn the_same_key_sends_once_and_another_body_under_it_is_refused() {
    story(async |app| {
        let person = app.follower("周一鸣").await;
        person.say("brand", "在吗").await;
        let clerk = app.staff(Role::Clerk).await;
        let path = format!("/api/admin/v1/conversations/{}/messages", only_thread(&clerk).await);
        let first = clerk.post_once(&path, "answer-0001", &text("在的")).await;
        let again = clerk.post_once(&path, "answer-0001", &text("在的")).await;
        assert_eq!(first.body["id"], again.body["id"]);
        let other = clerk.post_once(&path, "answer-0001", &text("不在")).await;
        assert_eq!(other.body["code"], "idempotency_key_reused");
        assert_eq!(clerk.post(&path, &text("在的")).await.body["code"], "idempotency_key_missing");
        app.run_jobs().await;
        assert_eq!(person.heard("brand").iter().filter(|(via, _)| *via == Via::Custom).count(), 1);
    })
    .await;
}

#[actix_web::test]
async fn when_the_window_has_closed_staff_are_told_before_wechat_would() {
    story(async |app| {
        let person = app.follower("何思远").await;
        person.say("brand", "在吗").await;
        let clerk = app.staff(Role::Clerk).await;
        let thread = only_thread(&clerk).await;
        let path = format!("/api/admin/v1/conversations/{thread}");
        let open = clerk.get(&path).await;
        assert_eq!(open.body["windows"][0]["left"], 5, "{open:?}");
        app.advance(TimeDelta::hours(49));
        let clerk = app.staff(Role::Clerk).await;
        assert_eq!(clerk.get(&path).await.body["windows"], json!([]));
        let refused = clerk.post_once(&format!("{path}/messages"), "answer-0002", &text("在的")).await;
        assert_eq!((refused.status, &refused.body["code"]), (StatusCode::CONFLICT, &json!("window_closed")));
        app.run_jobs().await;
        assert!(app.sandbox.calls(50).iter().all(|call| call.path != CUSTOM_SEND), "WeChat was not asked");
    })
    .await;
}

#[actix_web::test]
async fn the_allowance_is_counted_and_the_message_after_it_is_not_sent() {
    story(async |app| {
        let person = app.follower("方可").await;
        person.say("brand", "在吗").await;
        let clerk = app.staff(Role::Clerk).await;
        let path = format!("/api/admin/v1/conversations/{}/messages", only_thread(&clerk).await);
        // All six are accepted while the window is open; the sixth finds it used up when its turn comes.
        for n in 0..6 {
            let said = clerk.post_once(&path, &format!("answer-{n:04}"), &text(&format!("第 {n} 句"))).await;
            assert_eq!(said.status, StatusCode::CREATED, "{said:?}");
        }
        app.run_jobs().await;
        let sent: Vec<String> =
            person.heard("brand").into_iter().filter(|(via, _)| *via == Via::Custom).map(|(_, text)| text).collect();
        assert_eq!(sent, ["第 0 句", "第 1 句", "第 2 句", "第 3 句", "第 4 句"], "in order");
        let last = app.rows::<delivery::Entity>().await.pop().expect("a delivery");
        assert_eq!((last.state, last.reason.as_deref()), (delivery::State::Refused, Some("window_closed")));
    })
    .await;
}

#[actix_web::test]
async fn an_answer_lost_after_the_effect_is_never_sent_again() {
    story(async |app| {
        let person = app.follower("许知夏").await;
        person.say("brand", "在吗").await;
        let clerk = app.staff(Role::Clerk).await;
        let path = format!("/api/admin/v1/conversations/{}/messages", only_thread(&clerk).await);
        app.sandbox.add_fault(NewFault::once(CUSTOM_SEND, FaultKind::ResetAfter)).expect("a fault");
        clerk.post_once(&path, "answer-0001", &text("在的")).await;
        app.run_jobs().await;
        app.advance(TimeDelta::hours(3));
        app.run_jobs().await;
        assert_eq!(person.heard("brand").iter().filter(|(via, _)| *via == Via::Custom).count(), 1);
        let delivery = app.rows::<delivery::Entity>().await.pop().expect("a delivery");
        assert_eq!(delivery.state, delivery::State::Unknown, "and staff can see that it is not known");
    })
    .await;
}

#[actix_web::test]
async fn what_a_busy_wechat_did_is_not_known_so_the_message_is_not_sent_again() {
    story(async |app| {
        let person = app.follower("苏晚晴").await;
        person.say("brand", "在吗").await;
        let clerk = app.staff(Role::Clerk).await;
        let path = format!("/api/admin/v1/conversations/{}/messages", only_thread(&clerk).await);
        let busy = FaultKind::Errcode { errcode: -1, errmsg: None };
        app.sandbox.add_fault(NewFault::once(CUSTOM_SEND, busy)).expect("a fault");
        clerk.post_once(&path, "answer-0001", &text("在的")).await;
        app.run_jobs().await;
        app.advance(TimeDelta::hours(1));
        app.run_jobs().await;
        let delivery = app.rows::<delivery::Entity>().await.pop().expect("a delivery");
        assert_eq!((delivery.state, delivery.reason.as_deref()), (delivery::State::Unknown, Some("-1")));
    })
    .await;
}

#[actix_web::test]
async fn what_certainly_did_not_leave_waits_and_arrives_once() {
    story(async |app| {
        let person = app.follower("苏晚晴").await;
        person.say("brand", "在吗").await;
        let clerk = app.staff(Role::Clerk).await;
        let path = format!("/api/admin/v1/conversations/{}/messages", only_thread(&clerk).await);
        app.advance(TimeDelta::hours(3));
        let down = NewFault { times: None, ..NewFault::once("/cgi-bin/stable_token", FaultKind::Http { status: 502 }) };
        app.sandbox.add_fault(down).expect("a fault");
        clerk.post_once(&path, "answer-0001", &text("在的")).await;
        app.run_jobs().await;
        let waiting = app.rows::<delivery::Entity>().await.pop().expect("a delivery");
        assert_eq!(waiting.state, delivery::State::Queued);
        app.sandbox.clear_faults();
        app.advance(TimeDelta::minutes(1));
        app.run_jobs().await;
        assert_eq!(app.rows::<delivery::Entity>().await[0].state, delivery::State::Sent);
        assert_eq!(person.heard("brand").iter().filter(|(via, _)| *via == Via::Custom).count(), 1);
        let windows = clerk.get(path.trim_end_matches("/messages")).await;
        assert_eq!(windows.body["windows"][0]["left"], 4, "only what was sent is counted");
    })
    .await;
}

#[actix_web::test]
async fn lists_are_paged_newest_first_and_masked() {
    story(async |app| {
        for name in ["甲", "乙", "丙"] {
            app.follower(name).await.say("brand", name).await;
            app.advance(TimeDelta::seconds(1));
        }
        let clerk = app.staff(Role::Clerk).await;
        let first = clerk.get("/api/admin/v1/conversations?limit=2&account=brand&state=robot").await;
        assert_eq!(first.body["items"][0]["preview"], "丙", "{first:?}");
        let next = first.body["next"].as_str().expect("another page");
        let second = clerk.get(&format!("/api/admin/v1/conversations?limit=2&cursor={next}")).await;
        assert_eq!(second.body["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(second.body["items"][0]["preview"], "甲");
        assert!(second.body.get("next").is_none());
        assert!(second.body["items"][0]["person"].as_str().is_some_and(|person| person.starts_with("OpenID(…")));
        assert_eq!(clerk.get("/api/admin/v1/conversations?limit=0").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(clerk.get("/api/admin/v1/conversations?cursor=x").await.status, StatusCode::BAD_REQUEST);
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn a_thread_names_whose_it_is_once_that_is_known() {
    story(async |app| {
        let person = app.person("林小满");
        person.follow("brand").await;
        app.run_jobs().await;
        app.follower("周雨眠").await.say("brand", "在吗").await;
        let consumer = person.log_in("shop").await;
        let named = consumer.patch("/api/mini/v1/profile", &json!({ "nickname": "小满" })).await;
        assert_eq!(named.status, StatusCode::OK, "{named:?}");
        app.run_jobs().await;
        let clerk = app.staff(Role::Clerk).await;
        let list = async || clerk.get("/api/admin/v1/conversations").await.body;
        let member = consumer.member().await;
        assert!(!list().await.to_string().contains(&member), "whom a clerk may not open a clerk is not told of");
        app.at_home(member.parse().expect("an id")).await;
        app.run_jobs().await;
        let list = list().await;
        let theirs = list["items"].as_array().expect("threads").iter().find(|thread| thread["member"] == json!(member));
        let theirs = theirs.unwrap_or_else(|| panic!("no thread of {member}: {list}"));
        assert_eq!(theirs["nickname"], json!("小满"));
        let detail = clerk.get(&format!("/api/admin/v1/conversations/{}", theirs["id"].as_str().expect("an id"))).await;
        assert_eq!((&detail.body["member"], &detail.body["nickname"]), (&json!(member), &json!("小满")));
        let others =
            list["items"].as_array().expect("threads").iter().filter(|thread| thread["member"] != json!(member));
        assert!(others.clone().count() == 1 && others.clone().all(|thread| thread.get("nickname").is_none()), "{list}");
    })
    .await;
}

#[actix_web::test]
async fn who_writes_where_staff_answer_waits_from_their_first_words_on() {
    story(async |app| {
        let person = app.follower("林小满").await;
        let clerk = app.staff(Role::Clerk).await;
        let path = format!("/api/admin/v1/conversations/{}", only_thread(&clerk).await);
        let since = async || clerk.get(&path).await.body["waiting_since"].clone();
        let state = async |state: &str| {
            let told = clerk.put(&format!("{path}/state"), &json!({ "state": state })).await;
            assert_eq!(told.status, StatusCode::OK, "{told:?}");
        };
        person.say("brand", "会员").await;
        assert_eq!(since().await, Value::Null, "the robot answers");
        let asked = json!(app.clock.now());
        person.say("brand", "转人工").await;
        assert_eq!(since().await, asked, "who is handed over waits");
        app.advance(TimeDelta::minutes(7));
        person.say("brand", "有人吗").await;
        clerk.put(&format!("{path}/read"), &json!({})).await;
        assert_eq!(since().await, asked, "still since the first words, also when somebody has read them");
        clerk.post_once(&format!("{path}/messages"), "answer-0001", &text("在的")).await;
        assert_eq!(since().await, Value::Null, "answered");
        app.advance(TimeDelta::minutes(1));
        let again = json!(app.clock.now());
        person.say("brand", "谢谢，还有").await;
        assert_eq!(since().await, again);
        state("robot").await;
        assert_eq!(since().await, Value::Null, "nobody waits for staff there");
        state("human").await;
        assert_eq!(since().await, again, "taken over with words that nobody has read");
        app.run_jobs().await;
    })
    .await;
}
