//! Lines of the schedule: once over all nodes, once after a pause, in Asia/Shanghai time.

use chrono::TimeDelta;
use entity::jobs::schedule;
use futures_util::future::{FutureExt, join};
use huilian::jobs::schedule::Schedule;

use super::step::{Stage, Step, queue};
use crate::support::story;

fn hourly() -> Schedule {
    Schedule::default().at("test.hourly", "0 * * * *", || Step::new("hourly")).expect("a line")
}

#[actix_web::test]
async fn a_line_fires_once_over_two_nodes_and_not_before_its_time() {
    story(async |app| {
        let other = app.another_node().await;
        let (stage, _begun) = Stage::new();
        let (one, two) = (stage.worker_with(app, hourly()), stage.worker_with(&other, hourly()));
        let both = async || {
            let (one, two) = join(one.run_due().boxed_local(), two.run_due().boxed_local()).await;
            one.expect("runs") + two.expect("runs")
        };
        assert_eq!(both().await, 0, "a new line begins with its next moment");
        app.advance(TimeDelta::minutes(60) - TimeDelta::milliseconds(1));
        assert_eq!(both().await, 0);
        app.advance(TimeDelta::milliseconds(1));
        assert_eq!(both().await, 1);
        assert_eq!(both().await, 0, "not twice in one moment");
        for _ in 0..5 {
            app.advance(TimeDelta::hours(1));
            assert_eq!(both().await, 1);
        }
        other.finish().await;
    })
    .await;
}

#[actix_web::test]
async fn after_a_long_pause_a_line_fires_once_and_then_goes_on_as_planned() {
    story(async |app| {
        let (stage, _begun) = Stage::new();
        let worker = stage.worker_with(app, hourly());
        worker.run_due().await.expect("runs");
        app.advance(TimeDelta::days(3) + TimeDelta::minutes(20));
        worker.run_due().await.expect("runs");
        assert_eq!(stage.begun(), ["hourly"]);
        let row = app.rows::<schedule::Entity>().await.remove(0);
        assert_eq!(row.next_at, app.clock.now() + TimeDelta::minutes(40));
        app.advance(TimeDelta::minutes(40));
        worker.run_due().await.expect("runs");
        assert_eq!(stage.begun().len(), 2);
    })
    .await;
}

#[actix_web::test]
async fn times_of_day_are_those_of_shanghai() {
    story(async |app| {
        let (stage, _begun) = Stage::new();
        let nightly = Schedule::default().at("test.nightly", "30 3 * * *", || Step::new("nightly")).expect("a line");
        stage.worker_with(app, nightly).run_due().await.expect("runs");
        let row = app.rows::<schedule::Entity>().await.remove(0);
        assert_eq!(row.next_at.to_rfc3339(), "2026-11-21T19:30:00+00:00", "03:30 of the next day in Shanghai");
        assert!(queue(app).await.is_empty());
    })
    .await;
}

#[actix_web::test]
async fn every_line_of_the_table_runs_to_its_end() {
    story(async |app| {
        app.run_jobs().await;
        assert!(!app.rows::<schedule::Entity>().await.is_empty());
        app.advance(TimeDelta::days(1));
        let lines = app.rows::<schedule::Entity>().await.len();
        assert!(app.run_jobs().await >= lines, "each line enqueued its job");
        assert!(queue(app).await.is_empty(), "and nothing failed");
    })
    .await;
}

#[test]
fn a_time_that_cannot_be_read_is_refused_when_the_table_is_built() {
    assert!(Schedule::default().at("test.bad", "every full moon", || Step::new("x")).is_err());
}
