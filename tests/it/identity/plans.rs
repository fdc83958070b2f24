//! Every statement of a look-up, a resolution and a merge goes by an index, on both engines.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use entity::identity::identity::Source;
use huilian::{
    app::App,
    belongings::BELONGINGS,
    identity::{belonging::Belongings, find, merge, own, resolve},
    infra::db::{Db, Reactions, Tx},
};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use secrecy::ExposeSecret;

use super::people::{
    Shows::{Card, OpenId, Phone, UnionId},
    claim, claims, somebody,
};
use crate::support::{TestApp, open, story_with};

/// Statements by their text, as the database got them.
pub type Heard = Arc<Mutex<BTreeMap<String, Statement>>>;

/// The application's database, with ears.
pub async fn listening(app: &TestApp) -> (Db, Heard) {
    let heard = Heard::default();
    let mut connection = open(app.app.config.database.url.expose_secret()).await;
    let ears = Arc::clone(&heard);
    connection.set_metric_callback(move |info| {
        ears.lock().expect("ears").entry(info.statement.sql.clone()).or_insert_with(|| info.statement.clone());
    });
    let App { clock, random, cache, .. } = app.app.clone();
    (Db::new(connection, clock, random, cache, Reactions::default()).handing(Belongings(BELONGINGS)), heard)
}

/// Some of everything: finding, creating, linking, joining, contradicting, undoing, splitting.
async fn live(app: &TestApp, db: &Db) {
    let show = async |source, shows: &[_]| {
        let claims = claims(app, source, shows);
        app.advance(chrono::TimeDelta::seconds(1));
        db.tx(async |tx: &Tx| resolve(tx, &claims).await).await.expect("a member")
    };
    let wechat = Source::MiniLogin;
    let old = show(Source::Import, &[Card(1), Phone(1)]).await.member;
    show(wechat, &[OpenId("brand", 1), UnionId(1)]).await;
    show(wechat, &[OpenId("mini", 1), UnionId(1)]).await;
    let joined = show(wechat, &[OpenId("brand", 1), Phone(1)]).await;
    assert_eq!((joined.member, joined.merges.len()), (old, 1));
    let other = show(wechat, &[OpenId("brand", 2), Phone(1)]).await;
    assert_eq!(other.conflicts.len(), 1);
    assert!(find(db.read(), &claim(app, Phone(1))).await.expect("an answer").is_some());
    let staff = somebody(app);
    let undo = async |tx: &Tx| {
        own(tx, old).await?;
        merge::undo(tx, joined.merges[0], staff, None).await.map(drop)
    };
    db.tx(undo).await.expect("a report");
    let identities: Vec<_> = app.rows::<entity::identity::identity::Entity>().await;
    let card = identities.iter().find(|row| row.member_id == old).expect("a card").id;
    db.tx(async |tx: &Tx| merge::split(tx, old, &[card], None, staff, None).await.map(drop)).await.expect("a split");
}

/// Steps of a plan that read a whole table of this domain.
async fn scans(db: &impl ConnectionTrait, statement: &Statement) -> Vec<String> {
    let backend = db.get_database_backend();
    let (explain, column) = match backend {
        DbBackend::Sqlite => ("EXPLAIN QUERY PLAN ", "detail"),
        _ => ("EXPLAIN ", "QUERY PLAN"),
    };
    let explained = Statement { sql: format!("{explain}{}", statement.sql), ..statement.clone() };
    let rows = db.query_all_raw(explained).await.unwrap_or_else(|error| panic!("{}: {error}", statement.sql));
    let steps: Vec<String> = rows.iter().map(|row| row.try_get("", column).expect("a step")).collect();
    let whole = |step: &&String| match backend {
        DbBackend::Sqlite => step.starts_with("SCAN") && !step.contains("VALUES CLAUSE"),
        _ => step.contains("Seq Scan"),
    };
    steps.iter().filter(whole).cloned().collect()
}

/// Every statement that was heard goes by an index; `least` of them there must be, some of which lock.
pub async fn assert_indexed(app: &TestApp, db: &Db, heard: &Heard, least: usize) {
    if db.backend() == DbBackend::Postgres {
        // What the text of a statement does not say is not locked.
        let heard = heard.lock().expect("ears");
        for lock in ["FOR UPDATE", "FOR SHARE"] {
            assert!(heard.keys().any(|sql| sql.ends_with(lock)), "{lock} is never sent");
        }
    }
    let (broken, count) = scanned(app, heard).await;
    assert!(count > least, "{count} statements were heard");
    assert!(broken.is_empty(), "{broken:#?}");
}

/// Steps of what was heard that read a whole table, as connections of the service are set, and how many statements there were.
pub async fn scanned(app: &TestApp, heard: &Heard) -> (Vec<String>, usize) {
    let heard: Vec<Statement> = heard.lock().expect("ears").values().cloned().collect();
    let verbs = ["SELECT", "UPDATE", "DELETE", "INSERT"];
    let about: Vec<_> =
        heard.iter().filter(|statement| verbs.iter().any(|verb| statement.sql.starts_with(verb))).collect();
    let count = about.len();
    let mut broken = Vec::new();
    for statement in about {
        for step in scans(app.app.db.read(), statement).await {
            broken.push(format!("{step}: {}", statement.sql));
        }
    }
    (broken, count)
}

#[actix_web::test]
async fn every_statement_goes_by_an_index() {
    story_with(
        |settings| settings.leave_jobs = true,
        async |app| {
            let (db, heard) = listening(app).await;
            live(app, &db).await;
            assert_indexed(app, &db, &heard, 20).await;
        },
    )
    .await;
}
