//! Jobs of one key run one after the other, in the order they were written; a unique job is there once.

use chrono::TimeDelta;
use entity::jobs::job::State;
use tokio_util::sync::CancellationToken;

use super::step::{Act, Stage, Step, enqueue, queue};
use crate::support::{story, story_with};

#[actix_web::test]
async fn a_job_that_fails_holds_back_the_later_ones_of_its_key_and_no_others() {
    story(async |app| {
        let (stage, _begun) = Stage::new();
        let worker = stage.worker(app);
        let of_key = |name| Step::after_others_of(name, "thread");
        enqueue(app, &[of_key("a"), of_key("b"), of_key("c"), Step::new("free")]).await;
        stage.then("a", Act::Fail);
        worker.run_due().await.expect("runs");
        assert_eq!(stage.begun(), ["a", "free"]);
        app.advance(TimeDelta::seconds(5));
        worker.run_due().await.expect("runs");
        assert_eq!(stage.begun(), ["a", "free", "a", "b", "c"]);
        assert!(queue(app).await.is_empty());
    })
    .await;
}

#[actix_web::test]
async fn a_parked_job_makes_way_for_the_later_ones_of_its_key() {
    story_with(
        |settings| settings.leave_jobs = true,
        async |app| {
            let (stage, _begun) = Stage::new();
            enqueue(app, &[Step::after_others_of("a", "thread"), Step::after_others_of("b", "thread")]).await;
            stage.then("a", Act::Park);
            stage.worker(app).run_due().await.expect("runs");
            assert_eq!(stage.begun(), ["a", "b"]);
            assert_eq!(queue(app).await.iter().map(|job| job.state).collect::<Vec<_>>(), [State::Dead]);
        },
    )
    .await;
}

#[actix_web::test]
async fn many_units_of_work_keep_their_order_within_each_key() {
    story(async |app| {
        let (stage, _begun) = Stage::new();
        for round in 0..5 {
            let steps: Vec<Step> =
                (0..4).map(|key| Step::after_others_of(&format!("{key}:{round}"), &format!("key{key}"))).collect();
            enqueue(app, &steps).await;
        }
        stage.worker(app).run_due().await.expect("runs");
        for key in 0..4 {
            let ran: Vec<String> =
                stage.begun().into_iter().filter(|name| name.starts_with(&format!("{key}:"))).collect();
            let expected: Vec<String> = (0..5).map(|round| format!("{key}:{round}")).collect();
            assert_eq!(ran, expected);
        }
    })
    .await;
}

#[actix_web::test]
async fn several_slots_run_several_jobs_but_never_two_of_one_key() {
    story(async |app| {
        let (stage, mut begun) = Stage::new();
        let (stop, worker) = (CancellationToken::new(), stage.worker(app));
        let (a, b, free) = (stage.works("a"), stage.works("b"), stage.works("free"));
        let of_key = |name| Step::after_others_of(name, "thread");
        enqueue(app, &[of_key("a"), of_key("b"), Step::new("free")]).await;
        let running = actix_web::rt::spawn({
            let stop = stop.clone();
            async move { worker.run(stop).await }
        });
        let mut first = [begun.recv().await.expect("a run"), begun.recv().await.expect("a run")];
        first.sort();
        assert_eq!(first, ["a", "free"], "both at once, and not b");
        assert_eq!(queue(app).await.len(), 3, "nothing has ended");
        drop(a);
        assert_eq!(begun.recv().await.as_deref(), Some("b"), "its turn comes when a has ended");
        assert_eq!(stage.ended(), ["a"]);
        drop((b, free));
        stop.cancel();
        running.await.expect("the worker ends");
        assert!(queue(app).await.is_empty());
    })
    .await;
}

#[actix_web::test]
async fn a_unique_job_is_not_added_while_one_waits_or_runs() {
    story_with(
        |settings| settings.leave_jobs = true,
        async |app| {
            let (stage, mut begun) = Stage::new();
            let worker = stage.worker(app);
            let step = || Step::only_one_of("a", "nightly");
            enqueue(app, &[step(), step(), Step::only_one_of("other", "weekly")]).await;
            enqueue(app, &[step()]).await;
            assert_eq!(queue(app).await.len(), 2, "while one waits");

            let done = stage.works("a");
            let running = actix_web::rt::spawn(async move { worker.run_due().await });
            while begun.recv().await.as_deref() != Some("a") {}
            enqueue(app, &[step()]).await;
            let keys = queue(app).await.into_iter().filter(|job| job.unique_key.as_deref() == Some("nightly"));
            assert_eq!(keys.count(), 1, "while it runs");
            drop(done);
            running.await.expect("the worker ends").expect("runs");

            stage.then("a", Act::Park);
            enqueue(app, &[step()]).await;
            stage.worker(app).run_due().await.expect("runs");
            enqueue(app, &[step()]).await;
            let states: Vec<State> = queue(app).await.into_iter().map(|job| job.state).collect();
            assert_eq!(states, [State::Dead, State::Live], "a parked one is in nobody's way");
        },
    )
    .await;
}

#[actix_web::test]
async fn a_job_for_later_waits_until_then() {
    story(async |app| {
        let (stage, _begun) = Stage::new();
        let worker = stage.worker(app);
        let due = app.clock.now() + TimeDelta::hours(3);
        enqueue(app, &[Step { due: Some(due), ..Step::new("later") }, Step::new("now")]).await;
        worker.run_due().await.expect("runs");
        app.advance(TimeDelta::hours(3) - TimeDelta::milliseconds(1));
        worker.run_due().await.expect("runs");
        assert_eq!(stage.begun(), ["now"]);
        app.advance(TimeDelta::milliseconds(1));
        worker.run_due().await.expect("runs");
        assert_eq!(stage.begun(), ["now", "later"]);
    })
    .await;
}
