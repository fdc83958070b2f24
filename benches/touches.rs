//! How long it takes from a touch by an invitation until it is decided whose it is and what follows is due: people whom the
//! mini program has just met tell the codes by which they came, beside a million members.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use chrono::TimeDelta;
use entity::{
    identity::session::Entrance,
    types::{AccountKey, OpenId},
};
use huilian::{
    app::App,
    identity::session::{Opened, open},
    infra::{clock::Clock, config::Config, db::Tx, random::Random},
    referral::{
        code,
        program::{self, Terms},
    },
    rewards::campaign::By,
    wechat::folder::{Folder, Secrets},
};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use serde_json::json;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::{
    brand::FOLDER,
    node::Node,
    people::{self, psql},
    report::{Bar, Measure, Report, rounded},
};

/// Touches in a second.
const RATE: u32 = 500;
/// Seconds at that rate before it counts: connections are open and statements known then.
const WARM_UP: u32 = 2;
/// Members who invite.
const INVITERS: usize = 1_000;
/// How often it is looked whether something was decided: the figures are greater than the truth by that at most.
const LOOK: Duration = Duration::from_millis(5);
/// How many decisions may overlap in time at most, so that their ids may come in another order.
const OVERLAP: usize = 100;
/// How long it is waited for the last decision.
const PATIENCE: Duration = Duration::from_secs(120);

/// Measures on a PostgreSQL database of this server, which is made for it.
pub async fn measure(
    server: &url::Url,
    members: u64,
    duration: Duration,
    folder: &Path,
    report: &mut Report,
) -> Result<()> {
    let mut database = server.clone();
    database.set_path("touches");
    psql(server, "CREATE DATABASE touches")?;
    let mut config = Config::load(None, [])?;
    config.database.url = database.as_str().to_owned().into();
    let brand = Folder::load(Path::new(FOLDER), Secrets::Development)?;
    let app = App::build(config, brand, Clock::system(), Random::system()).await.map_err(failed)?;
    people::fill(&app, &database, members, folder)?;
    let codes = codes(&app, members).await?;
    let warming = RATE * WARM_UP;
    let touches = warming + RATE * u32::try_from(duration.as_secs())?;
    let guests = guests(&app, usize::try_from(touches)?).await?;
    // Nor is it the filling that is measured.
    psql(&database, "VACUUM ANALYZE")?;
    psql(&database, "CHECKPOINT")?;
    let node = Node::start(database.as_str(), &folder.join("touches.log")).await?;
    let (told, decided) = tokio::join!(tell(&node, guests, codes), watch(app.db.read(), touches));
    let (told, decided) = (told?, decided?);
    node.stop().await?;
    let mut told: Vec<(Uuid, Instant)> = told.into_iter().collect();
    told.sort_unstable_by_key(|(_, due)| *due);
    let counted = told.get(usize::try_from(warming)?..).context("touches that count")?;
    let mut latencies = Vec::with_capacity(counted.len());
    for (member, due) in counted {
        let at = decided.get(member).context("a touch that nothing followed")?;
        latencies.push(at.saturating_duration_since(*due));
    }
    latencies.sort_unstable();
    let at = |percent: usize| -> Result<f64> {
        let place = (latencies.len() * percent).div_ceil(100).saturating_sub(1);
        Ok(latencies.get(place).context("a latency")?.as_secs_f64() * 1000.0)
    };
    let last = decided.values().max().context("a decision")?;
    let (_, first) = counted.first().context("a touch")?;
    let rate = f64::from(touches - warming) / last.saturating_duration_since(*first).as_secs_f64();
    let name = format!("p99 from touch to decision at {RATE}/s, {members} members, PostgreSQL");
    report.add(
        Measure::new(name, at(99)?, "ms")
            .against(Bar::Below(100.0))
            .with("decided_per_second", rounded(rate))
            .with("p50_ms", rounded(at(50)?))
            .with("max_ms", rounded(at(100)?)),
    )
}

fn failed(error: huilian::error::Error) -> anyhow::Error {
    anyhow::anyhow!("{error:?}")
}

/// The codes of members who invite, in a program whose rewards follow some days later.
async fn codes(app: &App, members: u64) -> Result<Vec<String>> {
    let now = app.clock.now();
    let rules = json!({
        "attribution": "first", "window_days": 7, "mature_days": 3, "qualification": { "follow": "brand" },
    });
    let terms: Terms = serde_json::from_value(json!({
        "name": "测量", "starts_at": now - TimeDelta::hours(1), "ends_at": now + TimeDelta::days(30), "rules": rules,
    }))?;
    let staff = app.random.id(now);
    let made = app.db.tx(async |tx: &Tx| {
        let row = program::create(tx, &terms, staff).await?;
        program::run(tx, row.id, By { staff, version: row.version, reason: "a measurement" }).await
    });
    let program = made.await.map_err(failed)?.id;
    let mut codes = Vec::with_capacity(INVITERS);
    for number in 0..INVITERS {
        let member = people::member(u64::try_from(number)?.wrapping_mul(2_654_435_761) % members);
        let made = app.db.tx(async |tx: &Tx| code::mine(tx, program, member, None).await).await.map_err(failed)?;
        codes.push(made.code);
    }
    Ok(codes)
}

/// People whom the mini program has just met: token and member.
async fn guests(app: &App, count: usize) -> Result<Vec<(String, Uuid)>> {
    let account: AccountKey = "shop".parse()?;
    let mut guests = Vec::with_capacity(count);
    for number in 0..count {
        let open_id: OpenId = format!("oGuest{number:022}").parse()?;
        let (entrance, device) = (Entrance::MiniProgram, "bench");
        let who = Opened { account: &account, open_id: &open_id, union_id: None, entrance, device, key: None };
        let (fresh, outcome) = open(&app.db, &app.vault, who).await.map_err(failed)?;
        guests.push((fresh.token, outcome.member.into()));
    }
    Ok(guests)
}

/// Tells the touches, each at its own time whatever became of those before; gives for each member when it was due.
async fn tell(node: &Node, guests: Vec<(String, Uuid)>, codes: Vec<String>) -> Result<BTreeMap<Uuid, Instant>> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    let (path, codes) = (format!("http://{}/api/mini/v1/touches", node.address), Arc::new(codes));
    let (start, step) = (Instant::now() + Duration::from_millis(100), Duration::from_secs(1) / RATE);
    let mut due = BTreeMap::new();
    let mut telling = JoinSet::new();
    for (number, (token, member)) in (0_u32..).zip(guests) {
        let at = start + step * number;
        due.insert(member, at);
        let (client, path, codes) = (client.clone(), path.clone(), Arc::clone(&codes));
        tokio::time::sleep_until(at.into()).await;
        telling.spawn(async move {
            let code = codes.get(usize::try_from(number)? % codes.len()).context("a code")?;
            let body = json!({ "code": code, "carrier": "mini_code" });
            let device = format!("device-{number:08}");
            let request = client.post(path).bearer_auth(token).header("x-device-id", device).json(&body);
            let status = request.send().await?.status();
            ensure!(status.as_u16() == 204, "touch {number} was answered with {status}");
            anyhow::Ok(())
        });
    }
    while let Some(told) = telling.join_next().await {
        told??;
    }
    Ok(due)
}

/// When each decision could be seen.
async fn watch(db: &DatabaseConnection, touches: u32) -> Result<BTreeMap<Uuid, Instant>> {
    let (began, mut seen) = (Instant::now(), BTreeMap::new());
    let mut after = Uuid::nil();
    while u32::try_from(seen.len())? < touches {
        ensure!(began.elapsed() < PATIENCE, "{} of {touches} touches are decided", seen.len());
        tokio::time::sleep(LOOK).await;
        // Ids follow time but for the moment in which units of work overlap.
        let sql = "SELECT id, invitee FROM referral WHERE id > $1 ORDER BY id";
        let rows = db.query_all_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, [after.into()])).await?;
        let now = Instant::now();
        for row in &rows {
            seen.entry(row.try_get::<Uuid>("", "invitee")?).or_insert(now);
        }
        let settled = rows.len().saturating_sub(OVERLAP);
        if let Some(row) = settled.checked_sub(1).and_then(|last| rows.get(last)) {
            after = row.try_get("", "id")?;
        }
    }
    Ok(seen)
}
