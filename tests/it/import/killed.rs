//! Whatever is killed when, every row is taken over once.

use std::fmt::Write as _;

use chrono::TimeDelta;
use entity::{
    identity::{identity, member},
    jobs::job,
    members::{import, import_part, import_row, import_row::Outcome, profile, standing},
    types::ImportId,
};
use futures_util::FutureExt;
use huilian::{
    app::App,
    infra::{clock::Clock, db::Tx},
    jobs::{Job as _, Worker},
    members::import::{Brought, Context, Run, finish_by_guess, keep, start},
};
use sea_orm::{EntityTrait, PaginatorTrait};

use crate::{
    faults::Rig,
    support::{TestApp, story},
};

const ROWS: usize = 12_000;

/// Many people, every hundredth row a repetition and another one not valid.
fn many() -> String {
    let mut text = "card,phone,name,points\n".to_owned();
    for row in 0..ROWS {
        let person = if row % 100 == 99 { row - 1 } else { row };
        let points = if row % 100 == 50 { "many".to_owned() } else { person.to_string() };
        writeln!(text, "C{person:07},139{person:08},会员{person},{points}").expect("a line");
    }
    text
}

async fn bring(app: &App, text: &str) -> ImportId {
    let mut file = tempfile::tempfile().expect("a file");
    std::io::Write::write_all(&mut file, text.as_bytes()).expect("a file");
    std::io::Seek::rewind(&mut file).expect("a file");
    let bytes = u64::try_from(text.len()).expect("a length");
    let (name, digest, origin) = ("many.csv".to_owned(), String::new(), "pos".to_owned());
    let brought = Brought { file, name, digest, bytes, origin, staff: None };
    let kept = keep(&app.db, &app.vault, &app.config.imports, brought).await.expect("a table");
    app.db.tx(async |tx: &Tx| finish_by_guess(tx, &kept).await).await.expect("an import");
    app.db.tx(async |tx: &Tx| start(tx, kept.id).await).await.expect("an order");
    kept.id
}

/// Every row stands in the journal once, and every person is a member once.
async fn whole(app: &App) {
    let db = app.db.read();
    let count = |outcome| async move {
        let rows = import_row::Entity::find().all(db).await.expect("rows");
        rows.into_iter().filter(|row| row.outcome == outcome).count()
    };
    let (rejected, repeated) = (ROWS / 100, ROWS / 100);
    let people = ROWS - rejected - repeated;
    assert_eq!(count(Outcome::Rejected).await, rejected);
    assert_eq!(count(Outcome::Matched).await, repeated);
    assert_eq!(count(Outcome::Created).await, people);
    for (what, found) in [
        ("members", member::Entity::find().count(db).await),
        ("profiles", profile::Entity::find().count(db).await),
        ("standings", standing::Entity::find().count(db).await),
    ] {
        assert_eq!(found.expect("a count"), u64::try_from(people).expect("a number"), "{what}");
    }
    let identities = identity::Entity::find().count(db).await.expect("a count");
    assert_eq!(identities, u64::try_from(people * 2).expect("a number"));
    assert!(import_part::Entity::find().all(db).await.expect("parts").is_empty());
    let import = import::Entity::find().one(db).await.expect("a row").expect("an import");
    assert_eq!((import.state, import.done), (import::State::Done, i32::try_from(ROWS).expect("a number")));
    let counts = huilian::members::import::Counts {
        matches: Default::default(),
        ..serde_json::from_value(import.counts).expect("counts")
    };
    assert_eq!(
        (counts.created, counts.rejected),
        (u32::try_from(people).expect("a number"), u32::try_from(rejected).expect("a number"))
    );
}

#[actix_web::test]
async fn a_killed_node_leaves_the_rest_to_the_next_one() {
    let rig = Rig::new().await;
    let clock = Clock::system();
    let app = rig.app(clock.clone()).await;
    bring(&app, &many()).await;
    // Three nodes die in the middle of their parts; a fourth one comes when their leases are over.
    for parts in [1, 2, 3] {
        let mut process = rig.process().await;
        for _ in 0..parts {
            process.line("imported rows").await;
        }
        process.kill();
        end_leases(&app).await;
    }
    let left = import_part::Entity::find().count(app.db.read()).await.expect("a count");
    assert!((1..=7).contains(&left), "{left} parts are left, so the kills struck");
    let mut process = rig.process().await;
    process.line("imported").await;
    process.kill();
    whole(&app).await;
}

/// As if the leases of the dead were over.
async fn end_leases(app: &App) {
    use sea_orm::{ColumnTrait, QueryFilter, sea_query::Expr};
    let due =
        job::Entity::update_many().col_expr(job::Column::DueAt, Expr::value(app.clock.now() - TimeDelta::seconds(1)));
    due.filter(job::Column::Kind.eq(Run::KIND)).exec(app.db.read()).await.expect("jobs");
}

#[actix_web::test]
async fn two_workers_on_one_file_do_no_row_twice() {
    story(async |app: &TestApp| {
        let id = bring(&app.app, &many()).await;
        let other = app.another_node().await;
        let (one, two): (Worker, Worker) = (app.app.worker().expect("a worker"), other.app.worker().expect("a worker"));
        let again = async || {
            let context = Context { db: other.app.db.clone(), vault: other.app.vault.clone() };
            while import_part::Entity::find().count(other.app.db.read()).await.expect("a count") > 0 {
                let _ = Run { import: id }.run(context.clone()).await;
            }
            two.run_due().await.expect("a database that answers");
        };
        let first = async { one.run_due().await.expect("a database that answers") };
        futures_util::future::join(first.boxed_local(), again().boxed_local()).await;
        app.run_jobs().await;
        whole(&app.app).await;
        other.finish().await;
    })
    .await;
}
