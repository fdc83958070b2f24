//! The queue is empty most of the time, and PostgreSQL keeps the plan of a statement: one that was made then must do when very
//! many jobs come at once.

use huilian::jobs::{Registry, Worker, schedule::Schedule};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::{identity::plans::listening, support::story};

#[actix_web::test]
async fn a_claim_goes_by_indexes_even_where_the_queue_was_empty() {
    story(async |app| {
        let (db, heard) = listening(app).await;
        let node = &app.app;
        let worker = Worker::new(
            db.clone(),
            node.cache.clone(),
            Registry::default(),
            Schedule::default(),
            node.config.jobs.clone(),
        );
        assert_eq!(worker.run_due().await.expect("nothing is due"), 0);
        let heard: Vec<Statement> = heard.lock().expect("ears").values().cloned().collect();
        let read = node.db.read();
        let (explain, column, whole) = match read.get_database_backend() {
            DbBackend::Sqlite => ("EXPLAIN QUERY PLAN", "detail", "SCAN"),
            _ => ("EXPLAIN", "QUERY PLAN", "Seq Scan"),
        };
        if read.get_database_backend() == DbBackend::Postgres {
            // What is known of the table: it has no page.
            read.execute_unprepared("VACUUM ANALYZE job").await.expect("an empty table");
        }
        let claims: Vec<_> = heard.iter().filter(|statement| statement.sql.starts_with("UPDATE job")).collect();
        assert!(!claims.is_empty(), "{heard:?}");
        for claim in claims {
            let explained = Statement { sql: format!("{explain} {}", claim.sql), ..claim.clone() };
            let rows = read.query_all_raw(explained).await.expect("a plan");
            let plan: Vec<String> = rows.iter().map(|row| row.try_get("", column).expect("a step")).collect();
            assert!(!plan.iter().any(|step| step.contains(whole)), "{plan:#?}");
            assert!(plan.iter().any(|step| step.contains("job_order")), "{plan:#?}");
            // An index that is read from one end to the other is no better than the table, and what is searched anew for each
            // row of a join may be taken beyond the limit.
            assert!(!plan.iter().any(|step| step.contains("Join") || step.contains("Nested Loop")), "{plan:#?}");
        }
    })
    .await;
}
