//! Who shares or visits becomes another one's name, two again, or nobody: what was earned follows.

use entity::share::visit::State;
use huilian::tracking::origin::Origin;
use serde_json::json;

use super::{PAGE, came, has, link_of, running, stand};
use crate::{
    referral::{forget, join, part, person},
    support::{TestApp, story},
};

/// A sharer and two visitors who have been to the page.
async fn visited(app: &TestApp) -> (entity::types::MemberId, String, Vec<entity::types::MemberId>) {
    running(app, json!({ "dwell_seconds": 0 })).await;
    let sharer = person(app, 1).await;
    let key = link_of(app, sharer, PAGE).await;
    app.advance(chrono::TimeDelta::minutes(1));
    let mut guests = Vec::new();
    for number in [10, 11] {
        came(app, number, &key, app.clock.now(), Origin::default()).await;
        guests.push(person(app, number).await);
        app.run_jobs().await;
    }
    assert_eq!(has(app, sharer).await, 120);
    (sharer, key, guests)
}

#[actix_web::test]
async fn two_visitors_who_are_one_count_once_until_they_are_two_again() {
    story(async |app| {
        let (sharer, _, guests) = visited(app).await;
        let merge = join(app, guests[0], guests[1]).await;
        app.run_jobs().await;
        assert_eq!(has(app, sharer).await, 60);
        assert!(stand(app).await.contains(&(State::Reversed, "merged".to_owned())));
        part(app, merge).await;
        app.run_jobs().await;
        assert_eq!(has(app, sharer).await, 120);
    })
    .await;
}

#[actix_web::test]
async fn a_visitor_who_turns_out_to_be_the_sharer_brings_nothing() {
    story(async |app| {
        let (sharer, _, guests) = visited(app).await;
        let merge = join(app, sharer, guests[0]).await;
        app.run_jobs().await;
        assert_eq!(has(app, sharer).await, 60);
        part(app, merge).await;
        app.run_jobs().await;
        assert_eq!(has(app, sharer).await, 120);
    })
    .await;
}

#[actix_web::test]
async fn a_sharer_who_is_another_one_keeps_what_was_earned() {
    story(async |app| {
        let (sharer, key, _) = visited(app).await;
        let other = person(app, 2).await;
        join(app, other, sharer).await;
        app.run_jobs().await;
        assert_eq!(has(app, other).await, 120);
        came(app, 12, &key, app.clock.now(), Origin::default()).await;
        person(app, 12).await;
        app.run_jobs().await;
        assert_eq!(has(app, other).await, 180, "the link stands for whoever they have become");
    })
    .await;
}

#[actix_web::test]
async fn what_a_forgotten_visitor_brought_stays_and_what_a_forgotten_sharer_shared_brings_nothing() {
    story(async |app| {
        let (sharer, key, guests) = visited(app).await;
        forget(app, guests[0]).await;
        assert_eq!(has(app, sharer).await, 120);
        forget(app, sharer).await;
        came(app, 12, &key, app.clock.now(), Origin::default()).await;
        person(app, 12).await;
        app.run_jobs().await;
        assert!(stand(app).await.contains(&(State::Refused, "sharer_gone".to_owned())), "{:?}", stand(app).await);
    })
    .await;
}
