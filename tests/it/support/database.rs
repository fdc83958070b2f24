//! A database for each test, copied from a template that is migrated once.
//!
//! `TEST_DATABASE_URL` names a PostgreSQL server on which databases may be created; without it each test gets a SQLite
//! file. `TEST_REDIS_URL` names a Redis; without it the cache is in the process.

use std::{path::PathBuf, sync::OnceLock, time::Duration};

use huilian::infra::{config, db};
use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseConnection};
use tempfile::TempDir;
use tokio::sync::Mutex;
use uuid::Uuid;

/// On which engines the tests run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// SQLite and the in-process cache.
    Embedded,
    /// PostgreSQL and Redis.
    Production,
}

/// What the environment asks for.
pub fn column() -> Column {
    if postgres().is_some() { Column::Production } else { Column::Embedded }
}

/// The Redis of this column; empty for the in-process cache.
pub fn redis() -> String {
    variable("TEST_REDIS_URL").unwrap_or_default()
}

#[expect(clippy::disallowed_methods, reason = "the test command hands the servers over by variables")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn postgres() -> Option<String> {
    variable("TEST_DATABASE_URL")
}

/// A fresh database with the schema of today.
pub struct TestDatabase {
    pub url: String,
    _folder: Option<TempDir>,
}

struct Template {
    postgres: Option<String>,
    file: Option<(TempDir, PathBuf)>,
}

static TEMPLATE: Mutex<Option<Template>> = Mutex::const_new(None);

impl TestDatabase {
    pub async fn fresh() -> Self {
        let mut template = TEMPLATE.lock().await;
        if template.is_none() {
            *template = Some(make_template().await);
        }
        let template = template.as_ref().expect("the template was just made");
        match (&template.postgres, &template.file) {
            (Some(name), _) => Self::on_postgres(&format!("TEMPLATE {name}")).await,
            (None, Some((_, file))) => {
                let folder = tempfile::tempdir().expect("a temporary folder");
                let copy = folder.path().join("test.db");
                std::fs::copy(file, &copy).expect("a copy of the template");
                Self { url: format!("sqlite:{}", copy.display()), _folder: Some(folder) }
            }
            (None, None) => panic!("there is no template"),
        }
    }

    /// A database in which nobody has done anything.
    pub async fn empty() -> Self {
        if postgres().is_some() {
            return Self::on_postgres("").await;
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { url: format!("sqlite:{}", folder.path().join("test.db").display()), _folder: Some(folder) }
    }

    async fn on_postgres(options: &str) -> Self {
        let fresh = unique_name();
        administrate(&format!("CREATE DATABASE {fresh} {options}")).await;
        Self { url: on_server(&fresh), _folder: None }
    }
}

/// A database without anything in it.
pub struct EmptyDatabase {
    pub url: String,
    _folder: Option<TempDir>,
}

impl EmptyDatabase {
    pub async fn fresh() -> Self {
        if postgres().is_some() {
            let name = unique_name();
            administrate(&format!("CREATE DATABASE {name}")).await;
            return Self { url: on_server(&name), _folder: None };
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite:{}", folder.path().join("empty.db").display());
        Self { url, _folder: Some(folder) }
    }
}

async fn make_template() -> Template {
    if postgres().is_some() {
        let name = unique_name();
        administrate(&format!("CREATE DATABASE {name}")).await;
        migrate(&on_server(&name)).await;
        return Template { postgres: Some(name), file: None };
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("template.db");
    migrate(&format!("sqlite:{}", file.display())).await;
    Template { postgres: None, file: Some((folder, file)) }
}

async fn migrate(url: &str) {
    let connection = open(url).await;
    Migrator::up(&connection, None).await.expect("migrations");
    if url.starts_with("sqlite:") {
        // Everything into the one file that is copied.
        connection.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await.expect("a checkpoint");
    }
    connection.close().await.expect("closing the template");
}

async fn administrate(sql: &str) {
    let connection = open(&postgres().expect("a server")).await;
    connection.execute_unprepared(sql).await.expect("a new database");
    connection.close().await.expect("closing the connection");
}

pub async fn open(url: &str) -> DatabaseConnection {
    let settings = config::Database {
        url: url.to_owned().into(),
        connections: 4,
        acquire_timeout: Duration::from_secs(20),
        transaction_idle: Duration::from_secs(60),
        relaxed: false,
    };
    db::connect(&settings).await.expect("a database that answers")
}

/// The address of another database on the same server.
fn on_server(name: &str) -> String {
    let mut url = url::Url::parse(&postgres().expect("a server")).expect("an address");
    url.set_path(name);
    url.to_string()
}

/// A name that no other test run uses.
pub fn unique_name() -> String {
    static SEED: OnceLock<huilian::infra::random::Random> = OnceLock::new();
    let random = SEED.get_or_init(huilian::infra::random::Random::system);
    let id: Uuid = random.uuid();
    format!("t{}", id.simple())
}
