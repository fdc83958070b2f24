//! A push that the domain cannot handle, whatever the reason.

use chrono::TimeDelta;
use entity::{
    chat::message,
    jobs::job::{self, State},
    wechat::push,
};
use futures_util::future::join;
use huilian::sandbox::{Outcome, Via};
use sea_orm::{ConnectionTrait, DbBackend};

use crate::support::{TestApp, story};

/// From now on no message with the word 毒 can be written.
async fn poison(app: &TestApp) {
    let sql = match app.app.db.backend() {
        DbBackend::Postgres => {
            "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'poison'; END $$;
             CREATE TRIGGER poison BEFORE INSERT ON message
             FOR EACH ROW WHEN (NEW.text LIKE '%毒%') EXECUTE FUNCTION poison()"
        }
        _ => {
            "CREATE TRIGGER poison BEFORE INSERT ON message WHEN NEW.text LIKE '%毒%'
             BEGIN SELECT RAISE(ABORT, 'poison'); END"
        }
    };
    app.app.db.read().execute_unprepared(sql).await.expect("a trigger");
}

async fn cure(app: &TestApp) {
    let sql = match app.app.db.backend() {
        DbBackend::Postgres => "DROP TRIGGER poison ON message",
        _ => "DROP TRIGGER poison",
    };
    app.app.db.read().execute_unprepared(sql).await.expect("no trigger");
}

#[actix_web::test]
async fn a_push_that_cannot_be_handled_is_kept_and_handled_when_that_is_mended() {
    story(async |app| {
        let (sick, well) = (app.follower("林小满").await, app.follower("周一鸣").await);
        poison(app).await;
        let (swallowed, answered) = join(sick.say("brand", "会员 毒"), well.say("brand", "会员")).await;
        assert_eq!(swallowed.outcome, Outcome::Acknowledged, "WeChat need not repeat it: {swallowed:#?}");
        assert_eq!(answered.outcome, Outcome::Replied, "nobody else suffers: {answered:#?}");
        assert_eq!(app.sandbox.again(swallowed.id).await.expect("a repetition").outcome, Outcome::Acknowledged);
        app.run_jobs().await;
        app.advance(TimeDelta::seconds(10));
        app.run_jobs().await;
        let waits = app.rows::<job::Entity>().await;
        assert_eq!(waits.len(), 1, "{waits:#?}");
        assert_eq!((waits[0].kind.as_str(), waits[0].state), ("wechat.handle_push", State::Live));
        assert_eq!(app.rows::<push::Entity>().await.iter().filter(|push| !push.handled).count(), 1);

        cure(app).await;
        app.advance(TimeDelta::seconds(20));
        app.run_jobs().await;
        let thread = app.rows::<message::Entity>().await;
        assert_eq!(thread.iter().filter(|line| line.text == "会员 毒").count(), 1);
        let heard = sick.heard("brand");
        assert!(matches!(heard.as_slice(), [_, (Via::Custom, reply)] if reply.starts_with("会员权益")), "{heard:?}");
        assert_eq!(app.sandbox.again(swallowed.id).await.expect("a repetition").outcome, Outcome::Acknowledged);
        assert!(app.rows::<push::Entity>().await.iter().all(|push| push.handled));
        app.run_jobs().await;
        assert_eq!(sick.heard("brand").len(), 2, "nothing is said twice");
    })
    .await;
}
