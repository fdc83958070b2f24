//! Stopping loses nothing: what runs is finished, what waits is left to the next worker; so does a crash.

use chrono::TimeDelta;
use huilian::jobs::schedule::Schedule;
use tokio_util::sync::CancellationToken;

use super::step::{Stage, Step, enqueue, only, queue};
use crate::support::story;

#[actix_web::test]
async fn a_stopping_worker_finishes_what_runs_and_takes_nothing_new() {
    story(async |app| {
        let (stage, mut begun) = Stage::new();
        // With one place, which "a" takes, no claim can be under way when the order to stop comes.
        let worker = stage.worker_set(app, Schedule::default(), |jobs| jobs.workers = 1);
        let stop = CancellationToken::new();
        let done = stage.works("a");
        enqueue(app, &[Step::new("a")]).await;
        let running = actix_web::rt::spawn({
            let stop = stop.clone();
            async move { worker.run(stop).await }
        });
        begun.recv().await.expect("a run");
        stop.cancel();
        enqueue(app, &[Step::new("b")]).await;
        drop(done);
        running.await.expect("the worker ends");
        assert_eq!(stage.ended(), ["a"]);
        let left = only(app).await;
        assert_eq!((left.attempts, left.payload["name"].as_str()), (0, Some("b")));
        stage.worker(app).run_due().await.expect("runs");
        assert_eq!(stage.ended(), ["a", "b"]);
    })
    .await;
}

#[actix_web::test]
async fn a_worker_hears_of_new_work_without_looking() {
    story(async |app| {
        let (stage, mut begun) = Stage::new();
        let quiet = std::time::Duration::from_secs(3600);
        let worker = stage.worker_set(app, Schedule::default(), |jobs| jobs.poll = quiet);
        let stop = CancellationToken::new();
        let running = actix_web::rt::spawn({
            let stop = stop.clone();
            async move { worker.run(stop).await }
        });
        for name in ["a", "b", "c"] {
            enqueue(app, &[Step::new(name)]).await;
            assert_eq!(begun.recv().await.as_deref(), Some(name));
        }
        stop.cancel();
        running.await.expect("the worker ends");
        assert!(queue(app).await.is_empty());
    })
    .await;
}

#[actix_web::test]
async fn what_a_crash_cut_off_runs_again_when_the_lease_ends() {
    story(async |app| {
        let (stage, mut begun) = Stage::new();
        let worker = stage.worker(app);
        let _never = stage.works("a");
        enqueue(app, &[Step::new("a")]).await;
        let crashing = actix_web::rt::spawn(async move { worker.run_due().await });
        begun.recv().await.expect("a run");
        crashing.abort();
        assert!(crashing.await.is_err(), "cut off");
        let worker = stage.worker(app);
        assert_eq!(worker.run_due().await.expect("runs"), 0, "the lease still holds");
        app.advance(TimeDelta::seconds(60));
        assert_eq!(worker.run_due().await.expect("runs"), 1);
        assert_eq!(stage.ended(), ["a"]);
        assert!(queue(app).await.is_empty());
    })
    .await;
}
