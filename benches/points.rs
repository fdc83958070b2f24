//! How many postings a second the ledger of points takes, beside what the same server does of pgbench's own bookkeeping.

use std::{
    path::Path,
    process::Command,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use entity::types::{MemberId, Points};
use huilian::{
    app::App,
    infra::{clock::Clock, config::Config, db::Tx, random::Random},
    points::{Available, Because, Give, Spend, give, spend},
    wechat::folder::{Folder, Secrets},
};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tokio::{runtime, sync::oneshot, task::LocalSet};
use uuid::Uuid;

use crate::{
    brand::FOLDER,
    report::{Bar, Measure, Report},
};

/// Who post at the same time.
const CLIENTS: u32 = 32;
/// On as many threads as pgbench, which are as many as a node has on two cores.
const THREADS: u32 = 2;
/// Members whose points they post.
const MEMBERS: u64 = 100_000;
/// pgbench's accounts, in hundreds of thousands: as many as there are members.
const SCALE: &str = "1";

/// Measures on PostgreSQL databases of this server, which are made for it.
pub async fn measure(server: &url::Url, rounds: u32, duration: Duration, report: &mut Report) -> Result<()> {
    let database = |name: &str| {
        let mut database = server.clone();
        database.set_path(name);
        database
    };
    for name in ["points", "pgbench"] {
        asked(Command::new("psql").args(["-X", "-q", "-c", &format!("CREATE DATABASE {name}")]).arg(server.as_str()))?;
    }
    asked(
        Command::new("pgbench").args(["--initialize", "--quiet", "--scale", SCALE]).arg(database("pgbench").as_str()),
    )?;
    let mut config = Config::load(None, [])?;
    config.database.url = database("points").as_str().to_owned().into();
    config.database.connections = CLIENTS;
    let brand = Folder::load(Path::new(FOLDER), Secrets::Development)?;
    let app = Arc::new(App::build(config, brand, Clock::system(), Random::system()).await.map_err(failed)?);
    fill(&app).await?;
    // Everybody has an account before it counts.
    post(&app, Duration::from_secs(1)).await?;
    let mut measured = Vec::new();
    for _ in 0..rounds {
        let floor = pgbench(&database("pgbench"), duration)?;
        measured.push((floor, post(&app, duration).await?));
    }
    let name = format!("postings to the points ledger, {CLIENTS} at once, PostgreSQL");
    report.add(Measure::of_rounds(name, &measured, "/s", "pgbench simple-update").against(Bar::TimesFloor(0.5)))?;
    adds_up(&app).await
}

fn failed(error: huilian::error::Error) -> anyhow::Error {
    anyhow::anyhow!("{error:?}")
}

fn asked(command: &mut Command) -> Result<String> {
    let asked = command.output()?;
    ensure!(asked.status.success(), "{command:?} says: {}", String::from_utf8_lossy(&asked.stderr));
    Ok(String::from_utf8(asked.stdout)?)
}

fn pgbench(database: &url::Url, duration: Duration) -> Result<f64> {
    let (clients, threads) = (CLIENTS.to_string(), THREADS.to_string());
    let seconds = duration.as_secs().max(1).to_string();
    let said = asked(
        Command::new("pgbench")
            .args(["--builtin=simple-update", "--protocol=prepared", "--jobs", &threads])
            .args(["--client", &clients, "--time", &seconds])
            .arg(database.as_str()),
    )?;
    let rate = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    rate.with_context(|| format!("pgbench says: {said}"))
}

fn member(number: u64) -> MemberId {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 | u128::from(number)).into()
}

async fn fill(app: &App) -> Result<()> {
    let members = format!(
        "INSERT INTO member (id, state, created_at, updated_at) \
         SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'active', now(), now() \
         FROM generate_series(0, {}) n",
        MEMBERS - 1
    );
    app.db.read().execute_unprepared(&members).await?;
    app.db.read().execute_unprepared("ANALYZE").await?;
    Ok(())
}

/// Gives two points and spends one, again and again, each in a transaction of its own; gives postings per second.
async fn post(app: &Arc<App>, duration: Duration) -> Result<f64> {
    let began = Instant::now();
    let threads = (0..THREADS).map(|_| {
        let app = Arc::clone(app);
        let (done, posted) = oneshot::channel();
        thread::spawn(move || {
            let runtime = runtime::Builder::new_current_thread().enable_all().build();
            let clients = runtime
                .map_err(Into::into)
                .and_then(|runtime| LocalSet::new().block_on(&runtime, clients(&app, began, duration)));
            let _ = done.send(clients);
        });
        posted
    });
    let mut posted = 0;
    for thread in threads.collect::<Vec<_>>() {
        posted += thread.await??;
    }
    Ok(f64::from(posted) / began.elapsed().as_secs_f64())
}

/// One thread's share of them; gives how often they posted.
async fn clients(app: &Arc<App>, began: Instant, duration: Duration) -> Result<u32> {
    let clients = (0..CLIENTS / THREADS).map(|_| {
        let app = Arc::clone(app);
        tokio::task::spawn_local(async move {
            let mut posted = 0;
            while began.elapsed() < duration {
                // Spread over all members, in no order that a cache would like.
                let whom = u64::try_from(app.random.below(usize::try_from(MEMBERS)?))?;
                let (member, key) = (member(whom), app.random.uuid().to_string());
                let because = Because::new("测量", "Measured");
                let spending = Spend { member, points: Points::from(1), key: format!("{key}-out"), because };
                let giving = Give {
                    member,
                    points: Points::from(2),
                    key,
                    because: spending.because.clone(),
                    available: Available::Now,
                    expires_at: None,
                    rule: None,
                    caps: Vec::new(),
                };
                app.db.tx(async |tx: &Tx| give(tx, &giving).await.map(drop)).await.map_err(failed)?;
                app.db.tx(async |tx: &Tx| spend(tx, &spending).await.map(drop)).await.map_err(failed)?;
                posted += 2;
            }
            anyhow::Ok(posted)
        })
    });
    let mut posted = 0;
    for client in clients.collect::<Vec<_>>() {
        posted += client.await??;
    }
    Ok(posted)
}

/// What was measured must be right, too.
async fn adds_up(app: &App) -> Result<()> {
    let wrong = "SELECT count(*) AS wrong FROM points_account a WHERE a.balance <> \
         (SELECT sum(delta) FROM points_entry e WHERE e.member_id = a.member_id) OR a.balance <> \
         (SELECT sum(remaining) FROM points_lot l WHERE l.member_id = a.member_id)";
    let row = app.db.read().query_one_raw(Statement::from_string(DbBackend::Postgres, wrong)).await?;
    let wrong: i64 = row.context("a count")?.try_get("", "wrong")?;
    ensure!(wrong == 0, "{wrong} accounts do not add up");
    Ok(())
}
