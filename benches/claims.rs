//! How long a claim takes when ten thousand come for what a thousand have: by HTTP, on PostgreSQL, exact.

use std::{
    path::Path,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, ensure};
use chrono::TimeDelta;
use entity::{
    identity::session::Entrance,
    types::{AccountKey, CampaignId, GrantId, OpenId},
};
use huilian::{
    app::App,
    error::Error,
    identity::session::{Opened, open},
    infra::{clock::Clock, config::Config, db::Tx, random::Random},
    rewards::{
        Because, Grant,
        campaign::{By, approve, create, run},
        check::check,
        grant,
        stop::{Cause, Scope, put},
        terms::Terms,
    },
    wechat::folder::{Folder, Secrets},
};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::json;
use tokio::task::JoinSet;

use crate::{
    brand::FOLDER,
    node::Node,
    report::{Bar, Measure, Report, rounded},
};

/// What each gets, in fen.
const AMOUNT: i64 = 100;
/// Claims for each promise: its owner's own, again and again, and those of others.
const FOR_EACH: usize = 10;
/// Connections that claim at the same time.
const CONNECTIONS: usize = 64;

/// Measures on a PostgreSQL database of this server, which is made for it: `promises` people, ten times as many claims.
pub async fn measure(server: &url::Url, promises: usize, folder: &Path, report: &mut Report) -> Result<()> {
    let mut database = server.clone();
    database.set_path("claims");
    let made = Command::new("psql").args(["-X", "-q", "-c", "CREATE DATABASE claims"]).arg(server.as_str()).output()?;
    ensure!(made.status.success(), "no database: {}", String::from_utf8_lossy(&made.stderr));
    let mut config = Config::load(None, [])?;
    config.database.url = database.as_str().to_owned().into();
    let brand = Folder::load(Path::new(FOLDER), Secrets::Development)?;
    let app = App::build(config, brand, Clock::system(), Random::system()).await.map_err(failed)?;
    let campaign = campaign(&app, promises).await?;
    let people = people(&app, campaign, promises).await?;
    let node = Node::start(database.as_str(), &folder.join("claims.log")).await?;
    let requests = promises * FOR_EACH;
    let (latencies, took, granted) = claim(&node, people, requests).await?;
    node.stop().await?;
    ensure!(granted == requests / 2, "{granted} of {requests} claims were heard, which all were the owners' own");
    let sum = AMOUNT * i64::try_from(promises)?;
    let books = check(&app.db, campaign).await.map_err(failed)?;
    ensure!(books.agree && books.account.reserved == sum, "the books: {books:?}");
    let count = "SELECT count(*) AS made, count(DISTINCT grant_id) AS different FROM payout";
    let row = app.db.read().query_one_raw(Statement::from_string(DbBackend::Postgres, count)).await?;
    let row = row.context("a count")?;
    let (paid, different): (i64, i64) = (row.try_get("", "made")?, row.try_get("", "different")?);
    ensure!(paid == i64::try_from(promises)? && different == paid, "{paid} payouts for {different} promises");
    let milliseconds = |percent: usize| {
        let place = (latencies.len() * percent).div_ceil(100).saturating_sub(1);
        latencies.get(place).map(|time| time.as_secs_f64() * 1000.0).context("nothing was answered")
    };
    let rate = f64::from(u32::try_from(requests)?) / took.as_secs_f64();
    report.add(
        Measure::new(format!("p99 of a claim, {CONNECTIONS} at once, PostgreSQL"), milliseconds(99)?, "ms")
            .against(Bar::Below(200.0))
            .with("claims", requests)
            .with("promises", promises)
            .with("claims_per_second", rounded(rate))
            .with("p50_ms", rounded(milliseconds(50)?))
            .with("max_ms", rounded(milliseconds(100)?)),
    )
}

fn failed(error: Error) -> anyhow::Error {
    anyhow!("{error:?}")
}

/// A campaign whose budget is for all of them, and which hands nothing to WeChat Pay.
async fn campaign(app: &App, promises: usize) -> Result<CampaignId> {
    let now = app.clock.now();
    let terms: Terms = serde_json::from_value(json!({
        "name": "测量",
        "gives": {
            "kind": "red_packet", "merchant": "main", "account": "brand", "send_name": "惠联", "wishing": "谢谢",
            "act_name": "测量", "remark": "测量",
        },
        "amount": { "kind": "fixed", "amount": AMOUNT }, "budget": AMOUNT * i64::try_from(promises)?,
        "starts_at": now - TimeDelta::hours(1), "ends_at": now + TimeDelta::days(1), "claim": { "hours": 12 },
        "guard": { "one_person_percent": 100 },
    }))?;
    let [writer, approver] = [(); 2].map(|()| app.random.id(now));
    let made = app.db.tx(async |tx: &Tx| {
        put(tx, &Scope::All, Cause::Staff, "a measurement", None, None).await?;
        let row = create(tx, &terms, writer).await?;
        let by = |version| By { staff: approver, version, reason: "a measurement" };
        let row = approve(tx, row.id, &app.config.rewards, by(row.version)).await?;
        run(tx, row.id, by(row.version)).await
    });
    Ok(made.await.map_err(failed)?.id)
}

/// Signed-in people, each with a promise: token and grant.
async fn people(app: &App, campaign: CampaignId, promises: usize) -> Result<Vec<(String, GrantId)>> {
    let account: AccountKey = "brand".parse()?;
    let mut people = Vec::with_capacity(promises);
    for number in 0..promises {
        let open_id: OpenId = format!("oClaimant{number:019}").parse()?;
        let (entrance, device) = (Entrance::WebPage, "bench");
        let who = Opened { account: &account, open_id: &open_id, union_id: None, entrance, device, key: None };
        let (fresh, outcome) = open(&app.db, &app.vault, who).await.map_err(failed)?;
        let because = Because { rule: "bench".to_owned(), what: number.to_string() };
        let wish = Grant { member: outcome.member, campaign, amount: None, key: number.to_string(), because };
        let granted = app.db.tx(async |tx: &Tx| grant(tx, &wish).await).await.map_err(failed)?;
        people.push((fresh.token, granted.id));
    }
    Ok(people)
}

/// Every other claim is the owner's own; the rest is somebody else's, who must not have it. Gives the latencies in order,
/// how long it took in all, and how many were heard.
async fn claim(
    node: &Node,
    people: Vec<(String, GrantId)>,
    requests: usize,
) -> Result<(Vec<Duration>, Duration, usize)> {
    let (people, next) = (Arc::new(people), Arc::new(AtomicUsize::new(0)));
    let base = format!("http://{}/api/mini/v1/grants", node.address);
    let client = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(CONNECTIONS).build()?;
    let began = Instant::now();
    let mut claimants = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (people, next, base, client) = (Arc::clone(&people), Arc::clone(&next), base.clone(), client.clone());
        claimants.spawn(async move {
            let (mut latencies, mut heard) = (Vec::new(), 0);
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= requests {
                    return anyhow::Ok((latencies, heard));
                }
                // Those of one promise come at the same time.
                let (whose, own) = (number / FOR_EACH, number % 2 == 0);
                let (_, grant) = people.get(whose).context("a promise")?;
                let other = if own { whose } else { (whose + 1) % people.len() };
                let (token, _) = people.get(other).context("somebody")?;
                let request = client.post(format!("{base}/{grant}/claim")).bearer_auth(token);
                let sent = Instant::now();
                let answer = request.header("Idempotency-Key", format!("claim-{number}")).send().await?;
                let status = answer.status().as_u16();
                answer.bytes().await?;
                latencies.push(sent.elapsed());
                match (own, status) {
                    (true, 200) => heard += 1,
                    (false, 404) => {}
                    _ => return Err(anyhow!("claim {number} was answered with {status}")),
                }
            }
        });
    }
    let (mut latencies, mut heard) = (Vec::with_capacity(requests), 0);
    while let Some(claimant) = claimants.join_next().await {
        let (some, count) = claimant??;
        latencies.extend(some);
        heard += count;
    }
    latencies.sort_unstable();
    Ok((latencies, began.elapsed(), heard))
}
