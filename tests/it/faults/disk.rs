//! The disk is full: nothing is taken that cannot be kept, and everything goes on when there is room again.

use entity::{chat::message, wechat::push};
use huilian::sandbox::{Outcome, Push, Verdict};
use reqwest::StatusCode;
use sea_orm::{ConnectionTrait, DbBackend};

use crate::support::{Column, TestApp, column, story_with};

/// What a person says at a time, in letters: some pages of a database.
const LETTERS: usize = 600;
/// So many of them fill any room that is left within.
const MOST: usize = 500;

/// From now on the file may not grow (SQLite), or the server says what it says when its disk is full (PostgreSQL: a disk of
/// its own would need root).
async fn fill(app: &TestApp) {
    let sql = match app.app.db.backend() {
        DbBackend::Postgres => {
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
               RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
             CREATE TRIGGER full_disk BEFORE INSERT ON message FOR EACH ROW EXECUTE FUNCTION full_disk()"
        }
        // Not below what it is.
        _ => "PRAGMA max_page_count = 1",
    };
    app.app.db.read().execute_unprepared(sql).await.expect("a full disk");
}

async fn make_room(app: &TestApp) {
    let sql = match app.app.db.backend() {
        DbBackend::Postgres => "DROP TRIGGER full_disk ON message",
        _ => "PRAGMA max_page_count = 1000000",
    };
    app.app.db.read().execute_unprepared(sql).await.expect("room");
}

#[actix_web::test]
async fn a_full_disk_takes_nothing_it_cannot_keep_and_loses_nothing_it_took() {
    story_with(
        |settings| {
            // The limit of SQLite is one of a connection.
            if column() == Column::Embedded {
                settings.config.database.connections = 1;
            }
        },
        async |app| {
            let person = app.follower("林小满").await;
            fill(app).await;
            let mut taken: Vec<Push> = Vec::new();
            let refused = loop {
                assert!(taken.len() < MOST, "it never gets full");
                let words = format!("会员 {} {}", taken.len(), "满".repeat(LETTERS));
                let pushed = person.say("brand", &words).await;
                if pushed.outcome == Outcome::Failed {
                    break pushed;
                }
                assert_eq!(pushed.outcome, Outcome::Replied, "{pushed:#?}");
                taken.push(pushed);
            };
            for attempt in &refused.attempts {
                assert_eq!((attempt.verdict, attempt.status), (Verdict::Refused, Some(503)), "{refused:#?}");
            }
            assert_eq!(app.get("/healthz").await.status, StatusCode::OK);
            let kept = app.rows::<push::Entity>().await;
            assert_eq!(kept.len(), 1 + taken.len(), "the follow, and what was taken");
            make_room(app).await;
            assert_eq!(app.sandbox.again(refused.id).await.expect("a repetition").outcome, Outcome::Replied);
            app.run_jobs().await;
            let kept = app.rows::<push::Entity>().await;
            assert!(kept.len() == 2 + taken.len() && kept.iter().all(|push| push.handled), "{kept:#?}");
            for pushed in taken.iter().chain([&refused]) {
                assert_eq!(kept.iter().filter(|row| row.body == pushed.plaintext).count(), 1, "{pushed:#?}");
            }
            assert_eq!(person.heard("brand").len(), 2 + taken.len(), "the welcome, and one reply to each");
            assert_eq!(app.rows::<message::Entity>().await.len(), 2 * kept.len(), "both sides, nothing half done");
        },
    )
    .await;
}
