//! What was backed up comes back, at the moment that was asked for.

use std::process::Command;

use huilian::infra::clock::Clock;
use sea_orm::{ConnectionTrait, EntityTrait, PaginatorTrait};

use super::{path, text};
use crate::support::{Column, column, open, story};

/// The scripts and settings of `deploy/backup` on a PostgreSQL of their own; needs no other server.
#[test]
fn a_database_comes_back_as_it_was_at_a_moment() {
    if column() == Column::Embedded {
        return;
    }
    let script = path("tests/servers/point-in-time");
    let run = Command::new(script).arg(env!("CARGO_BIN_EXE_huilian")).output().expect("the script");
    let said = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(run.status.success(), "{said}\n{}", String::from_utf8_lossy(&run.stderr));
    let expected = [
        // One is kept, the figure for the alarm is there.
        "bases: 1",
        "figure: huilian_backup_completed_seconds",
        // Anna stood in the first base, bert in the second, carl came after it, dora after the moment.
        "original: anna bert carl dora",
        "moment: anna bert carl",
        "latest: anna bert carl dora",
        "afterwards: anna bert carl emil",
        "before the first base: refused",
        "a folder that is there: refused",
        "another piece of that name: refused",
        "the same piece again: taken",
        "a base that was bent: refused",
    ];
    assert_eq!(said.lines().collect::<Vec<_>>(), expected);
}

#[actix_web::test]
async fn a_file_of_sqlite_is_copied_whole_while_it_is_written_to() {
    if column() == Column::Production {
        return;
    }
    let document = text("deploy/BACKUP.md");
    let statement = document.split_once("\"VACUUM INTO '").expect("the statement that operators are told").1;
    let told = statement.split('\'').next().expect("a name");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let copy = folder.path().join(told);
    story(async |app| {
        for name in ["林小满", "王大力"] {
            app.follower(name).await;
        }
        let followers = || entity::identity::follower::Entity::find();
        let before = followers().count(app.app.db.read()).await.expect("a count");
        let backup = async {
            let statement = format!("VACUUM INTO '{}'", copy.display());
            app.app.db.read().execute_unprepared(&statement).await.expect("a copy");
        };
        futures_util::future::join(backup, app.follower("赵六")).await;
        assert_eq!(followers().count(app.app.db.read()).await.expect("a count"), before + 1);
        // The copy is a database of its own, on which the program starts.
        let mut config = app.app.config.clone();
        config.database.url = format!("sqlite:{}", copy.display()).into();
        let restored = huilian::app::Stores::open(&config, &Clock::system(), &app.app.random).await.expect("a start");
        let there = followers().count(restored.db.read()).await.expect("a count");
        assert!((before..=before + 1).contains(&there), "{there} of {before} and one on the way");
        let whole = open(&format!("sqlite:{}", copy.display())).await;
        let checked =
            whole.query_one_raw(sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, "PRAGMA integrity_check"));
        let checked = checked.await.expect("an answer").expect("a row");
        assert_eq!(checked.try_get_by_index::<String>(0).expect("a word"), "ok");
    })
    .await;
}
