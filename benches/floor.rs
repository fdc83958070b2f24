//! Floors: how fast the same database takes the simplest durable row, one insert a commit, with nothing else around it.
//! The row is the one that a push is stored as.

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use huilian::infra::{clock::Clock, config, db, random::Random};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use tempfile::NamedTempFile;

/// As the service's own table of pushes, with its indexes.
const TABLE: [&str; 2] = [
    "CREATE TABLE floor (key text PRIMARY KEY, account text NOT NULL, kind text NOT NULL, open_id text NOT NULL, \
     body text NOT NULL, sent_at timestamptz NOT NULL, received_at timestamptz NOT NULL, handled boolean NOT NULL)",
    "CREATE INDEX floor_age ON floor (received_at)",
];

/// A database server, or none.
pub enum Engine {
    /// `postgres://user@host:port/name` of a server that flushes every commit to disk.
    Postgres(url::Url),
    /// The folder for the files.
    Sqlite(PathBuf),
}

/// What the engine takes in a second, and how it was asked.
pub struct Floor {
    /// What was measured.
    pub name: &'static str,
    /// Rows per second.
    pub rows: f64,
}

impl Engine {
    /// As people call it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Postgres(_) => "PostgreSQL",
            Self::Sqlite(_) => "SQLite",
        }
    }

    /// The address of a database called `name`, as the service's configuration wants it.
    pub fn database(&self, name: &str) -> String {
        match self {
            Self::Postgres(server) => {
                let mut database = server.clone();
                database.set_path(name);
                database.into()
            }
            Self::Sqlite(folder) => format!("sqlite:{}", folder.join(name).with_extension("db").display()),
        }
    }

    /// Makes the database for the service, and the one for the floor with its table.
    pub async fn prepare(&self) -> Result<()> {
        match self {
            Self::Postgres(server) => {
                open(server.as_str()).await?.execute_unprepared("CREATE DATABASE huilian").await?;
                prepare(server).await
            }
            Self::Sqlite(_) => make(&self.database("floor")).await,
        }
    }

    /// Single-row inserts per second: on PostgreSQL by pgbench with `clients` at once, on SQLite, which has one writer,
    /// by one connection of the driver and with the settings that the service uses.
    pub async fn floor(&self, clients: usize, duration: Duration) -> Result<Floor> {
        match self {
            Self::Postgres(server) => pgbench(server, clients, duration),
            Self::Sqlite(_) => insert(&open(&self.database("floor")).await?, duration).await,
        }
    }

    /// How many pushes the service's database holds.
    pub async fn stored(&self) -> Result<u64> {
        let database = open(&self.database("huilian")).await?;
        let count = "SELECT count(*) AS pushes FROM push";
        let row = database.query_one_raw(Statement::from_string(database.get_database_backend(), count)).await?;
        Ok(u64::try_from(row.context("a count")?.try_get::<i64>("", "pushes")?)?)
    }
}

/// Makes the database for the floor of a PostgreSQL server, unless another part has.
pub async fn prepare(server: &url::Url) -> Result<()> {
    let open = open(server.as_str()).await?;
    let made = "SELECT 1 FROM pg_database WHERE datname = 'floor'";
    if open.query_one_raw(Statement::from_string(DbBackend::Postgres, made)).await?.is_some() {
        return Ok(());
    }
    open.execute_unprepared("CREATE DATABASE floor").await?;
    make(&Engine::Postgres(server.clone()).database("floor")).await
}

async fn make(floor: &str) -> Result<()> {
    let floor = open(floor).await?;
    for statement in TABLE {
        floor.execute_unprepared(statement).await?;
    }
    Ok(())
}

async fn open(url: &str) -> Result<DatabaseConnection> {
    let acquire_timeout = Duration::from_secs(10);
    let transaction_idle = Duration::from_secs(30);
    let url = url.to_owned().into();
    Ok(db::connect(&config::Database { url, connections: 1, acquire_timeout, transaction_idle, relaxed: false })
        .await?)
}

/// A row of about the size that a short message makes.
const BODY: usize = 330;

fn pgbench(server: &url::Url, clients: usize, duration: Duration) -> Result<Floor> {
    let (script, mut pgbench, database) = inserts(server, clients, duration)?;
    let asked = pgbench.arg(database.as_str()).output()?;
    drop(script);
    let said = String::from_utf8_lossy(&asked.stdout);
    let complaint = || format!("pgbench says: {said}{}", String::from_utf8_lossy(&asked.stderr));
    ensure!(asked.status.success(), complaint());
    let rate = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    Ok(Floor { name: "pgbench single-row inserts", rows: rate.with_context(complaint)? })
}

/// Inserts so many rows a second, each durable, while something else is measured on the same server.
pub fn beside(server: &url::Url, rate: u32, duration: Duration) -> Result<Beside> {
    let (script, mut pgbench, database) = inserts(server, 4, duration)?;
    let process = pgbench
        .arg(format!("--rate={rate}"))
        .arg(database.as_str())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    Ok(Beside { process, _script: script })
}

/// A load that runs.
pub struct Beside {
    process: Child,
    _script: NamedTempFile,
}

impl Beside {
    /// Waits for its end.
    pub fn end(mut self) -> Result<()> {
        ensure!(self.process.wait()?.success(), "the other load failed");
        Ok(())
    }
}

/// pgbench, ready to insert when it is told into which database; the script must outlive it.
fn inserts(server: &url::Url, clients: usize, duration: Duration) -> Result<(NamedTempFile, Command, url::Url)> {
    let mut database = server.clone();
    database.set_path("floor");
    let script = NamedTempFile::new()?;
    let body = "x".repeat(BODY);
    std::fs::write(
        script.path(),
        format!(
            "INSERT INTO floor VALUES (gen_random_uuid(), 'brand', 'text', 'oMeasured0000000000000000000', '{body}', \
             now(), now(), true);\n"
        ),
    )?;
    let mut pgbench = Command::new("pgbench");
    pgbench.args(["--no-vacuum", "--protocol=prepared", "--jobs=2"]);
    pgbench.arg(format!("--client={clients}")).arg(format!("--time={}", duration.as_secs().max(1)));
    pgbench.arg("--file").arg(script.path());
    Ok((script, pgbench, database))
}

async fn insert(database: &DatabaseConnection, duration: Duration) -> Result<Floor> {
    const ROW: &str = "INSERT INTO floor VALUES (?, 'brand', 'text', ?, ?, ?, ?, true)";
    let body = "x".repeat(BODY);
    let began = Instant::now();
    let mut rows = 0;
    while began.elapsed() < duration {
        let now = Clock::system().now();
        let key = Random::system().uuid().to_string();
        let values = [key.into(), "oMeasured0000000000000000000".into(), body.as_str().into(), now.into(), now.into()];
        database.execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, ROW, values)).await?;
        rows += 1;
    }
    Ok(Floor { name: "single-row inserts by one connection", rows: f64::from(rows) / began.elapsed().as_secs_f64() })
}
