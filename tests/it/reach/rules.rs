//! Consent, quiet hours, caps and time hold for every message, whatever WeChat would take.

use chrono::TimeDelta;
use entity::reach::message::State;
use huilian::reach::{Message, MessageState};
use reqwest::StatusCode;
use serde_json::json;

use super::{Somebody, message, offer, put, somebody, stands, tries};
use crate::{
    members::VERSION,
    support::{TestApp, story, story_with},
};

async fn says(known: &Somebody<'_>, purpose: &str, granted: bool) {
    let body = json!({ "granted": granted, "version": VERSION });
    let given = known.consumer.put(&format!("/api/mini/v1/consents/{purpose}"), &body).await;
    assert_eq!(given.status, StatusCode::OK, "{given:?}");
}

/// Puts a message on its way, does what is due, and says how it stands.
async fn ends(app: &TestApp, message: &Message) -> (MessageState, Option<String>) {
    let id = put(app, message).await;
    app.run_jobs().await;
    stands(app, id).await
}

fn held(why: &str) -> (MessageState, Option<String>) {
    (State::Suppressed, Some(why.to_owned()))
}

#[actix_web::test]
async fn offers_need_a_yes_and_service_holds_until_a_no() {
    story(async |app| {
        let known = somebody(app, "林小满").await;
        assert_eq!(ends(app, &offer(app, known.member, "a")).await, held("no_consent"));
        assert_eq!(ends(app, &message(app, known.member, "b")).await.0, State::Delivered);
        says(&known, "marketing", true).await;
        assert_eq!(ends(app, &offer(app, known.member, "c")).await.0, State::Delivered);
        says(&known, "marketing", false).await;
        app.advance(TimeDelta::days(1));
        assert_eq!(ends(app, &offer(app, known.member, "d")).await, held("no_consent"), "at once");
        says(&known, "service", false).await;
        assert_eq!(ends(app, &message(app, known.member, "e")).await, held("no_consent"));
        assert_eq!(ends(app, &offer(app, known.member, "a")).await, held("no_consent"), "and it stays so");
        assert_eq!(known.told(), 2);
    })
    .await;
}

#[actix_web::test]
async fn leaving_an_account_closes_it_and_says_nothing_about_consent() {
    story(async |app| {
        let known = somebody(app, "林小满").await;
        says(&known, "marketing", true).await;
        let before = app.rows::<entity::members::consent::Entity>().await;
        known.writes().await;
        known.person.unfollow("brand").await;
        app.run_jobs().await;
        let refused = (State::Refused, Some("no_channel".to_owned()));
        assert_eq!(ends(app, &offer(app, known.member, "a")).await, refused);
        assert_eq!(app.rows::<entity::members::consent::Entity>().await, before);
        known.person.follow("brand").await;
        app.run_jobs().await;
        assert_eq!(ends(app, &offer(app, known.member, "b")).await.0, State::Sent, "the yes of before holds");
    })
    .await;
}

#[actix_web::test]
async fn at_night_it_waits_for_the_morning_unless_it_cannot() {
    story(async |app| {
        let known = somebody(app, "林小满").await;
        says(&known, "marketing", true).await;
        // 23:02 in Shanghai.
        app.advance(TimeDelta::hours(13));
        let waits = put(app, &message(app, known.member, "waits")).await;
        let waiting = offer(app, known.member, "an offer waits");
        let waiting = put(app, &Message { expires_at: app.clock.now() + TimeDelta::hours(20), ..waiting }).await;
        app.run_jobs().await;
        let quiet = (State::Queued, Some("quiet".to_owned()));
        assert_eq!((stands(app, waits).await, stands(app, waiting).await), (quiet.clone(), quiet));
        // What ends before the morning goes, and is not held by those that wait.
        let soon = app.clock.now() + TimeDelta::hours(3);
        let urgent = Message { expires_at: soon, ..message(app, known.member, "ends at night") };
        assert_eq!(ends(app, &urgent).await.0, State::Delivered);
        let late = Message { expires_at: soon, ..offer(app, known.member, "an offer of the night") };
        assert_eq!(ends(app, &late).await, held("quiet"));
        assert_eq!(known.told(), 1);
        app.advance(TimeDelta::hours(8) + TimeDelta::minutes(57));
        app.run_jobs().await;
        assert_eq!(known.told(), 1, "one minute to eight");
        app.advance(TimeDelta::minutes(1));
        app.run_jobs().await;
        assert_eq!((stands(app, waits).await.0, stands(app, waiting).await.0), (State::Delivered, State::Delivered));
        assert_eq!(known.told(), 3);
    })
    .await;
}

#[actix_web::test]
async fn a_brand_that_disturbs_nobody_holds_back_what_ends_at_night() {
    story_with(
        |settings| settings.config.reach.quiet_deadlines = false,
        async |app| {
            let known = somebody(app, "林小满").await;
            app.advance(TimeDelta::hours(13));
            let soon = app.clock.now() + TimeDelta::hours(3);
            let urgent = Message { expires_at: soon, ..message(app, known.member, "ends at night") };
            assert_eq!(ends(app, &urgent).await, held("quiet"));
        },
    )
    .await;
}

#[actix_web::test]
async fn caps_of_a_day_and_a_week_are_of_what_was_sent() {
    story_with(
        |settings| settings.config.reach.marketing_unanswered = 0,
        async |app| {
            let known = somebody(app, "林小满").await;
            says(&known, "marketing", true).await;
            let mut told = Vec::new();
            for day in 0..8 {
                let first = ends(app, &offer(app, known.member, &format!("{day} first"))).await;
                let second = ends(app, &offer(app, known.member, &format!("{day} second"))).await;
                assert_eq!(second, held("capped"), "a second one on day {day}");
                told.push(first.0);
                app.advance(TimeDelta::days(1));
            }
            use State::{Delivered, Suppressed};
            let week = [Delivered, Delivered, Delivered, Suppressed, Suppressed, Suppressed, Suppressed, Delivered];
            assert_eq!(told, week, "three in any seven days");
            assert_eq!(ends(app, &message(app, known.member, "service")).await.0, Delivered, "caps are of offers");
        },
    )
    .await;
}

#[actix_web::test]
async fn who_never_answers_is_left_alone_until_they_do_something() {
    let set = |settings: &mut crate::support::Settings| {
        settings.config.reach.marketing_unanswered = 2;
        settings.config.reach.marketing_per_week = 100;
    };
    story_with(set, async |app| {
        let known = somebody(app, "林小满").await;
        says(&known, "marketing", true).await;
        for day in 0..2 {
            assert_eq!(ends(app, &offer(app, known.member, &format!("{day}"))).await.0, State::Delivered);
            app.advance(TimeDelta::days(1));
        }
        assert_eq!(ends(app, &offer(app, known.member, "tired")).await, held("fatigued"));
        known.writes().await;
        assert_eq!(ends(app, &offer(app, known.member, "awake")).await.0, State::Sent);
    })
    .await;
}

#[actix_web::test]
async fn what_has_lost_its_sense_is_not_said() {
    story(async |app| {
        let known = somebody(app, "林小满").await;
        let over = Message { expires_at: app.clock.now(), ..message(app, known.member, "a") };
        assert_eq!(ends(app, &over).await, (State::Expired, Some("expired".to_owned())));
        // No node worked for a day.
        let id = put(app, &message(app, known.member, "b")).await;
        app.advance(TimeDelta::hours(24));
        app.run_jobs().await;
        assert_eq!((stands(app, id).await.0, tries(app, id).await), (State::Expired, Vec::new()));
        assert_eq!(known.told(), 0);
    })
    .await;
}
