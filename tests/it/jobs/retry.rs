//! What fails is tried later and later, then parked where staff see it; what cannot be done yet waits for free.

use chrono::TimeDelta;
use entity::{
    admin::staff::Role,
    jobs::job::State,
    types::{Id, JobId},
};
use huilian::infra::db::{NewJob, Tx};
use reqwest::StatusCode;
use serde_json::json;

use super::step::{Act, Stage, Step, enqueue, only, queue};
use crate::support::{TestApp, story, story_with};

const PARKED: &str = "/api/admin/v1/jobs/parked";

/// A story that ends with parked jobs.
async fn story_of_failure(test: impl AsyncFnOnce(&TestApp)) {
    story_with(|settings| settings.leave_jobs = true, test).await;
}

#[actix_web::test]
async fn a_failing_job_is_tried_later_and_later_and_then_parked() {
    story_of_failure(async |app| {
        let (stage, _begun) = Stage::new();
        let worker = stage.worker(app);
        enqueue(app, &[Step::new("a")]).await;
        (0..4).for_each(|_| stage.then("a", Act::Fail));
        for (attempt, step) in [(1, 4), (2, 8), (3, 10)] {
            assert_eq!(worker.run_due().await.expect("runs"), 1, "attempt {attempt}");
            let job = only(app).await;
            let delay = job.due_at - app.clock.now();
            assert!(delay >= TimeDelta::seconds(step) / 2 && delay <= TimeDelta::seconds(step), "{attempt}: {delay}");
            assert_eq!((job.state, job.attempts), (State::Live, attempt));
            assert!(job.error.is_some_and(|error| error.contains("as the script says")));
            app.advance(delay - TimeDelta::milliseconds(1));
            assert_eq!(worker.run_due().await.expect("runs"), 0, "not a moment earlier");
            app.advance(TimeDelta::milliseconds(1));
        }
        assert!(stage.given_up().is_empty(), "there is one more attempt");
        assert_eq!(worker.run_due().await.expect("runs"), 1);
        assert_eq!(only(app).await.state, State::Dead);
        assert_eq!(stage.given_up(), ["a"]);
        app.advance(TimeDelta::days(30));
        assert_eq!(worker.run_due().await.expect("runs"), 0, "parked for good");
    })
    .await;
}

#[actix_web::test]
async fn headquarters_see_parked_jobs_and_let_them_run_again_from_the_start() {
    story_of_failure(async |app| {
        let (stage, _begun) = Stage::new();
        let worker = stage.worker(app);
        enqueue(app, &[Step::new("a"), Step::new("b")]).await;
        stage.then("a", Act::Park);
        stage.then("b", Act::Park);
        worker.run_due().await.expect("runs");
        assert_eq!(stage.given_up(), ["a", "b"]);
        let staff = app.staff(Role::Headquarters).await;
        let shown = staff.get(&format!("{PARKED}?limit=1")).await;
        assert_eq!(shown.body["items"][0]["kind"], "test.step");
        assert!(shown.body["items"][0]["error"].as_str().is_some_and(|error| error.contains("as the script says")));
        let next = shown.body["next"].as_str().expect("a second page");
        let rest = staff.get(&format!("{PARKED}?limit=1&cursor={next}")).await;
        assert_eq!(rest.body["items"].as_array().map(Vec::len), Some(1));
        assert!(rest.body.get("next").is_none(), "{rest:?}");

        let id = rest.body["items"][0]["id"].as_str().expect("an id");
        let again = format!("/api/admin/v1/jobs/{id}/run-again");
        assert_eq!(staff.post(&again, &json!({})).await.status, StatusCode::NO_CONTENT);
        assert_eq!(staff.post(&again, &json!({})).await.status, StatusCode::NOT_FOUND, "it is no longer parked");
        (0..3).for_each(|_| stage.then("a", Act::Fail));
        for _ in 0..3 {
            worker.run_due().await.expect("runs");
            app.advance(TimeDelta::seconds(10));
        }
        worker.run_due().await.expect("runs");
        assert_eq!(stage.begun(), ["a", "b", "a", "a", "a", "a"], "four fresh attempts");
        assert_eq!(only(app).await.state, State::Dead, "b is still parked");
        let left = staff.get(PARKED).await;
        assert_eq!(left.body["items"].as_array().map(Vec::len), Some(1));
    })
    .await;
}

#[actix_web::test]
async fn only_headquarters_may_revive_jobs_and_unknown_ones_are_not_found() {
    story(async |app| {
        let unknown: JobId = app.app.random.id(app.clock.now());
        let path = format!("/api/admin/v1/jobs/{unknown}/run-again");
        let headquarters = app.staff(Role::Headquarters).await;
        assert_eq!(headquarters.post(&path, &json!({})).await.status, StatusCode::NOT_FOUND);
        let manager = app.staff(Role::Manager).await;
        assert_eq!(manager.post(&path, &json!({})).await.status, StatusCode::FORBIDDEN);
        assert_eq!(manager.get(PARKED).await.status, StatusCode::FORBIDDEN);
        assert_eq!(JobId::PREFIX.len() + 1 + 26, unknown.to_string().len());
    })
    .await;
}

#[actix_web::test]
async fn deferring_does_not_count_as_an_attempt() {
    story(async |app| {
        let (stage, _begun) = Stage::new();
        let worker = stage.worker(app);
        enqueue(app, &[Step::new("a")]).await;
        for _ in 0..12 {
            let until = app.clock.now() + TimeDelta::hours(1);
            stage.then("a", Act::Defer(until));
            assert_eq!(worker.run_due().await.expect("runs"), 1);
            let job = only(app).await;
            assert_eq!((job.state, job.attempts, job.due_at), (State::Live, 0, until));
            app.advance(TimeDelta::hours(1));
        }
        (0..3).for_each(|_| stage.then("a", Act::Fail));
        for _ in 0..4 {
            worker.run_due().await.expect("runs");
            app.advance(TimeDelta::seconds(10));
        }
        assert!(queue(app).await.is_empty(), "all four attempts were left");
    })
    .await;
}

#[actix_web::test]
async fn what_cannot_be_helped_is_parked_at_once() {
    story_of_failure(async |app| {
        let (stage, _begun) = Stage::new();
        enqueue(app, &[Step::new("a")]).await;
        stage.then("a", Act::Park);
        assert_eq!(stage.worker(app).run_due().await.expect("runs"), 1);
        let job = only(app).await;
        assert_eq!((job.state, job.attempts), (State::Dead, 1));
    })
    .await;
}

#[actix_web::test]
async fn a_panic_is_a_failure_like_any_other_and_harms_nobody_else() {
    story(async |app| {
        let (stage, _begun) = Stage::new();
        let worker = stage.worker(app);
        enqueue(app, &[Step::new("a"), Step::new("b")]).await;
        stage.then("a", Act::Panic);
        assert_eq!(worker.run_due().await.expect("the worker lives"), 2);
        let job = only(app).await;
        assert_eq!((job.state, job.attempts), (State::Live, 1));
        assert!(job.error.is_some_and(|error| error.contains("panicked")));
        app.advance(TimeDelta::seconds(4));
        worker.run_due().await.expect("runs");
        assert_eq!(stage.ended(), ["b", "a"]);
        assert!(queue(app).await.is_empty());
    })
    .await;
}

#[actix_web::test]
async fn a_kind_that_only_a_newer_node_knows_waits_for_it() {
    story_of_failure(async |app| {
        let newer = NewJob {
            kind: "test.newer",
            payload: json!({}),
            order_key: None,
            unique_key: None,
            due_at: None,
            when: None,
        };
        let write = async |tx: &Tx| tx.enqueue(newer.clone());
        app.app.db.tx(write).await.expect("a job in the queue");
        app.run_jobs().await;
        let job = only(app).await;
        assert_eq!((job.state, job.attempts), (State::Live, 1));
        assert!(job.due_at > app.clock.now());
    })
    .await;
}

#[actix_web::test]
async fn a_payload_that_cannot_be_read_is_parked() {
    story_of_failure(async |app| {
        let (stage, _begun) = Stage::new();
        let broken = NewJob {
            kind: "test.step",
            payload: json!({ "name": 7 }),
            order_key: None,
            unique_key: None,
            due_at: None,
            when: None,
        };
        let write = async |tx: &Tx| tx.enqueue(broken.clone());
        app.app.db.tx(write).await.expect("a job in the queue");
        stage.worker(app).run_due().await.expect("runs");
        assert_eq!(only(app).await.state, State::Dead);
        assert!(stage.begun().is_empty());
    })
    .await;
}
