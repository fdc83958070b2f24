//! Opening the database, tuned for the engine.

use std::{path::Path, time::Duration};

use sea_orm::{
    ConnectOptions, Database as SeaDatabase, DatabaseConnection,
    sqlx::{
        AssertSqlSafe, Executor,
        sqlite::{SqliteJournalMode, SqliteSynchronous},
    },
};
use secrecy::ExposeSecret;
use tracing::log::LevelFilter;

use crate::{
    error::{Code, Error, Result},
    infra::config::Database,
};

/// How long SQLite waits for another process's write before it gives up.
const BUSY: Duration = Duration::from_secs(5);
/// Page cache of one SQLite connection, in KiB (negative by SQLite's convention).
const PAGE_CACHE: &str = "-65536";

/// How PostgreSQL is to go about statements. Everything that is asked has an index (`tests/it` holds that), but a plan is
/// kept, and one that was made while a table was empty would read it whole for as long as a minute of a campaign's first
/// rush. A page of twenty lines is not worth three processes, either, which read far more than it takes and leave the
/// others none; nor a compiler.
const PLANS: &str = "SET enable_seqscan TO off; SET max_parallel_workers_per_gather TO 0; SET jit TO off";

/// Opens the pool that `config` describes. A SQLite file and its folder are created when missing.
///
/// # Errors
/// When the folder cannot be made or the database does not answer.
pub async fn connect(config: &Database) -> Result<DatabaseConnection> {
    let url = config.url.expose_secret();
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(config.connections)
        .acquire_timeout(config.acquire_timeout)
        .connect_timeout(config.acquire_timeout)
        .sqlx_logging_level(LevelFilter::Trace)
        .sqlx_slow_statements_logging_settings(LevelFilter::Warn, Duration::from_secs(1))
        .record_stmt_in_spans(false);
    if let Some(path) = url.strip_prefix("sqlite:") {
        let path = Path::new(path.trim_start_matches("//"));
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(Error::internal)?;
        }
        // In this mode the file stays whole either way.
        let synchronous = if config.relaxed { SqliteSynchronous::Normal } else { SqliteSynchronous::Full };
        options.map_sqlx_sqlite_opts(move |options| {
            options
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(synchronous)
                .busy_timeout(BUSY)
                .foreign_keys(true)
                .pragma("temp_store", "memory")
                .pragma("cache_size", PAGE_CACHE)
        });
    } else {
        // A pushed-out connection costs one round trip to notice; asking first costs one for every use.
        options.test_before_acquire_if_idle_for(Duration::from_secs(5));
        // Told as statements: a pooler in between may not pass on what connections are opened with.
        let idle = config.transaction_idle.as_millis();
        let settings = format!("SET idle_in_transaction_session_timeout TO {idle}; {PLANS}");
        options.map_sqlx_postgres_pool_opts(move |pool| {
            let settings = settings.clone();
            pool.after_connect(move |connection, _| {
                let settings = settings.clone();
                Box::pin(async move { connection.execute(AssertSqlSafe(settings)).await.map(drop) })
            })
        });
        if config.relaxed {
            options.map_sqlx_postgres_opts(|options| options.options([("synchronous_commit", "off")]));
        }
    }
    SeaDatabase::connect(options).await.map_err(|error| Error::new(Code::Unavailable).because(error))
}
