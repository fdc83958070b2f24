//! How quickly a page of a leaderboard comes when a million have invited somebody: by HTTP, with the caller's own rank.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
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
    referral::program::{self, Terms},
    rewards::campaign::By,
    wechat::folder::{Folder, Secrets},
};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::{
    brand::FOLDER,
    node::Node,
    people::psql,
    report::{Bar, Measure, Report, rounded},
};

/// Members who look.
const LOOKERS: usize = 200;
/// Who look at the same time.
const CONNECTIONS: usize = 8;

/// Measures on a PostgreSQL database of this server, which is made for it.
pub async fn measure(server: &url::Url, inviters: u64, pages: usize, folder: &Path, report: &mut Report) -> Result<()> {
    let mut database = server.clone();
    database.set_path("boards");
    psql(server, "CREATE DATABASE boards")?;
    let mut config = Config::load(None, [])?;
    config.database.url = database.as_str().to_owned().into();
    let brand = Folder::load(Path::new(FOLDER), Secrets::Development)?;
    let app = App::build(config, brand, Clock::system(), Random::system()).await.map_err(failed)?;
    let now = app.clock.now();
    let rules = json!({ "attribution": "first", "window_days": 7 });
    let terms: Terms = serde_json::from_value(json!({
        "name": "测量", "starts_at": now - TimeDelta::days(40), "ends_at": now + TimeDelta::days(1), "rules": rules,
    }))?;
    let staff = app.random.id(now);
    let made = app.db.tx(async |tx: &Tx| {
        let row = program::create(tx, &terms, staff).await?;
        program::run(tx, row.id, By { staff, version: row.version, reason: "a measurement" }).await
    });
    let program = made.await.map_err(failed)?.id;
    let account: AccountKey = "brand".parse()?;
    let mut lookers = Vec::with_capacity(LOOKERS);
    for number in 0..LOOKERS {
        let open_id: OpenId = format!("oLooker{number:021}").parse()?;
        let (entrance, device) = (Entrance::WebPage, "bench");
        let who = Opened { account: &account, open_id: &open_id, union_id: None, entrance, device, key: None };
        let (fresh, outcome) = open(&app.db, &app.vault, who).await.map_err(failed)?;
        lookers.push((fresh.token, Uuid::from(outcome.member)));
    }
    app.db.read().close_by_ref().await?;
    fill(&database, Uuid::from(program), inviters, &lookers)?;
    let node = Node::start(database.as_str(), &folder.join("boards.log")).await?;
    for (by, what) in [("matured", "by invitations"), ("value", "by value")] {
        let path = format!("http://{}/api/mini/v1/referral-programs/{program}/board?by={by}&limit=100", node.address);
        look(&path, &lookers, LOOKERS).await?;
        let latencies = look(&path, &lookers, pages).await?;
        let at = |percent: usize| -> Result<f64> {
            let place = (latencies.len() * percent).div_ceil(100).saturating_sub(1);
            Ok(latencies.get(place).context("a latency")?.as_secs_f64() * 1000.0)
        };
        let name = format!("p99 of a leaderboard page {what}, {inviters} inviters, {CONNECTIONS} at once, PostgreSQL");
        let measure = Measure::new(name, at(99)?, "ms").against(Bar::Below(50.0)).with("lines", 100);
        report.add(measure.with("p50_ms", rounded(at(50)?)).with("max_ms", rounded(at(100)?)))?;
    }
    node.stop().await
}

fn failed(error: huilian::error::Error) -> anyhow::Error {
    anyhow::anyhow!("{error:?}")
}

/// Writes the standings of so many inviters, most of whom invited few, and how many stand at each figure. Those who look
/// stand among the others.
fn fill(database: &url::Url, program: Uuid, inviters: u64, lookers: &[(String, Uuid)]) -> Result<()> {
    let member = "('01900000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid";
    // One of n has invited about a million by n: as in life, few have brought most.
    let figures = "greatest(1, 20000 / n + n % 3)";
    let standing = |who: &str, from: &str| {
        format!(
            "INSERT INTO referral_standing (program_id, period, member, matured, value_fen, reached_at) \
             SELECT '{program}', 'all', {who}, {figures}, {figures} * (100 + n % 9973), now() - n * interval '1 second' \
             FROM {from}"
        )
    };
    psql(database, &standing(member, &format!("generate_series(1, {inviters}) n")))?;
    let profile = format!(
        "INSERT INTO member_profile (member_id, told, joined_at, joined_by, nickname, updated_at) \
         SELECT {member}, '{{}}', now(), 'follow', '会员' || n, now() FROM generate_series(1, 1000) n"
    );
    psql(database, &profile)?;
    let list: Vec<String> = lookers
        .iter()
        .enumerate()
        .map(|(number, (_, id))| format!("('{id}'::uuid, {}::bigint)", number * 97 + 1))
        .collect();
    psql(database, &standing("id", &format!("(VALUES {}) looker (id, n)", list.join(", "))))?;
    // The ranges of figures as the service cuts them: each figure of its own below 256, a doubling in 32 parts above.
    for (board, column) in [("matured", "matured"), ("value", "value_fen")] {
        let doublings = format!("(floor(log(2, {column}::numeric)))::int");
        let places = format!(
            "INSERT INTO referral_place (program_id, period, board, bucket, members) \
             SELECT '{program}', 'all', '{board}', CASE WHEN {column} < 256 THEN {column}::int ELSE \
             256 + ({doublings} - 8) * 32 + ((({column} - (1::bigint << {doublings})) * 32) >> {doublings})::int END AS bucket, count(*) \
             FROM referral_standing GROUP BY bucket"
        );
        psql(database, &places)?;
    }
    psql(database, "VACUUM ANALYZE")
}

/// Looks so often, and gives how long each look took, in order.
async fn look(path: &str, lookers: &[(String, Uuid)], pages: usize) -> Result<Vec<Duration>> {
    let client = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(CONNECTIONS).build()?;
    let tokens: Arc<Vec<String>> = Arc::new(lookers.iter().map(|(token, _)| token.clone()).collect());
    let next = Arc::new(AtomicUsize::new(0));
    let mut looking = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (client, tokens, next, path) = (client.clone(), Arc::clone(&tokens), Arc::clone(&next), path.to_owned());
        looking.spawn(async move {
            let mut latencies = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= pages {
                    return anyhow::Ok(latencies);
                }
                let token = tokens.get(number % tokens.len()).context("a looker")?;
                let sent = Instant::now();
                let answer = client.get(&path).bearer_auth(token).send().await?;
                let status = answer.status();
                let body: Value = answer.json().await?;
                latencies.push(sent.elapsed());
                let lines = body.get("items").and_then(Value::as_array).map_or(0, Vec::len);
                let own = body.pointer("/own/rank").and_then(Value::as_i64).unwrap_or(0);
                ensure!(status.is_success() && lines == 100 && own > 0, "{status}: {lines} lines, own rank {own}");
            }
        });
    }
    let mut latencies = Vec::with_capacity(pages);
    while let Some(some) = looking.join_next().await {
        latencies.extend(some??);
    }
    latencies.sort_unstable();
    Ok(latencies)
}
