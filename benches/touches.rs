//! How long it takes from a touch by an invitation until it is decided whose it is and what follows is due: people whom the
//! mini program has just met tell the codes by which they came, beside few members and beside a million. Once in a program that rewards
//! some days later, and once in one that rewards both at once, where the job that gives is enqueued with the decision.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use chrono::TimeDelta;
use entity::{
    identity::session::Entrance,
    types::{AccountKey, CampaignId, OpenId},
};
use huilian::{
    app::App,
    identity::session::{Opened, open},
    infra::db::Tx,
    referral::{
        code,
        program::{self, Terms},
    },
    rewards::{
        self,
        campaign::{self, By},
    },
};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use serde_json::json;
use uuid::Uuid;

use crate::{
    latency::Latencies,
    load,
    node::Node,
    people,
    report::{Bar, Report, rounded},
    server::{Server, failed, psql},
};

/// Touches in a second.
const RATE: u32 = 500;
/// Seconds at that rate before it counts: connections are open and statements known then.
const WARM_UP: u32 = 2;
/// Touches before the measurement, so that no table is empty: a program that nobody has come by yet is not what is measured.
const EARLIER: u32 = 500;
/// Members who invite.
const INVITERS: usize = 1_000;
/// How often it is looked whether something was decided: the figures are greater than the truth by that at most.
const LOOK: Duration = Duration::from_millis(5);
/// How many decisions may overlap in time at most, so that their ids may come in another order.
const OVERLAP: usize = 100;
/// How long it is waited for the last decision, and for the last reward.
const PATIENCE: Duration = Duration::from_secs(300);

/// What follows from a touch.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Follows {
    /// Nothing for some days.
    Later,
    /// Points for both, at once.
    Reward,
}

/// Measures beside so many members, for so long.
pub async fn measure(server: &Server<'_>, members: u64, duration: Duration, report: &mut Report) -> Result<()> {
    let name = format!("touches{members}");
    let database = server.create(&name)?;
    let app = server.app(&database).await?;
    people::fill(&app, &database, members, server.folder)?;
    for (round, follows) in [Follows::Later, Follows::Reward].into_iter().enumerate() {
        let (program, codes) = codes(&app, members, follows).await?;
        let codes = Arc::new(codes);
        let warming = RATE * WARM_UP;
        let touches = warming + RATE * u32::try_from(duration.as_secs())?;
        let mut earlier = guests(&app, round, usize::try_from(EARLIER + touches)?).await?;
        let guests = earlier.split_off(usize::try_from(EARLIER)?);
        let start = async || Node::start(database.as_str(), &server.folder.join("touches.log")).await;
        let node = start().await?;
        let (told, decided) =
            tokio::join!(tell(&node, earlier, Arc::clone(&codes)), watch(app.db.read(), program, EARLIER));
        told?;
        decided?;
        if follows == Follows::Reward {
            rewarded(app.db.read(), program, EARLIER, Instant::now()).await?;
        }
        node.stop().await?;
        // Nor is it the filling that is measured.
        psql(&database, "VACUUM ANALYZE")?;
        psql(&database, "CHECKPOINT")?;
        let node = start().await?;
        let watched = watch(app.db.read(), program, EARLIER + touches);
        let (told, decided) = tokio::join!(tell(&node, guests, codes), watched);
        let (told, decided) = (told?, decided?);
        let mut told: Vec<(Uuid, Instant)> = told.into_iter().collect();
        told.sort_unstable_by_key(|(_, due)| *due);
        let (counted, from) = (told.get(usize::try_from(warming)?..), told.first());
        let (counted, (_, from)) = (counted.context("touches that count")?, from.context("a touch")?);
        let mut latencies = Vec::with_capacity(counted.len());
        for (member, due) in counted {
            let at = decided.get(member).context("a touch that nothing followed")?;
            latencies.push(at.saturating_duration_since(*due));
        }
        let latencies = Latencies::of(latencies)?;
        let last = decided.values().max().context("a decision")?;
        let (_, first) = counted.first().context("a touch")?;
        let rate = f64::from(touches - warming) / last.saturating_duration_since(*first).as_secs_f64();
        let until = if follows == Follows::Reward { "decision and reward job" } else { "decision" };
        let mut measure = latencies
            .p99(format!("p99 from touch to {until} at {RATE}/s, PostgreSQL"))
            .beside(members)
            .against(Bar::Below(100.0))
            .with("decided_per_second", rounded(rate));
        if follows == Follows::Reward {
            // Each touch earns two grants; none may be missing.
            let took = rewarded(app.db.read(), program, EARLIER + touches, *from).await?;
            measure = measure.with("rewarded_per_second", rounded(f64::from(touches) / took.as_secs_f64()));
        }
        node.stop().await?;
        report.add(measure)?;
    }
    drop(app);
    server.remove(&name)
}

/// The codes of members who invite to a program.
async fn codes(app: &App, members: u64, follows: Follows) -> Result<(Uuid, Vec<String>)> {
    let now = app.clock.now();
    let rules = match follows {
        Follows::Later => json!({
            "attribution": "first", "window_days": 7, "mature_days": 3, "qualification": { "follow": "brand" },
        }),
        Follows::Reward => {
            let rewards = json!({ "inviter": campaign(app).await?, "invitee": campaign(app).await? });
            json!({ "attribution": "first", "window_days": 7, "rewards": rewards })
        }
    };
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
    Ok((program.into(), codes))
}

/// A campaign that gives points, as many as anybody wants.
async fn campaign(app: &App) -> Result<CampaignId> {
    let now = app.clock.now();
    let terms: rewards::terms::Terms = serde_json::from_value(json!({
        "name": "测量", "gives": { "kind": "points" }, "amount": { "kind": "fixed", "amount": 10 }, "budget": 1_000_000,
        "starts_at": now - TimeDelta::hours(1), "ends_at": now + TimeDelta::days(1),
    }))?;
    let [writer, approver] = [(); 2].map(|()| app.random.id(now));
    let made = app.db.tx(async |tx: &Tx| {
        let row = campaign::create(tx, &terms, writer).await?;
        let by = |version| By { staff: approver, version, reason: "a measurement" };
        let row = campaign::approve(tx, row.id, &app.config.rewards, by(row.version)).await?;
        campaign::run(tx, row.id, by(row.version)).await
    });
    Ok(made.await.map_err(failed)?.id)
}

/// People whom the mini program has just met: token and member.
async fn guests(app: &App, round: usize, count: usize) -> Result<Vec<(String, Uuid)>> {
    let account: AccountKey = "shop".parse()?;
    let mut guests = Vec::with_capacity(count);
    for number in 0..count {
        let open_id: OpenId = format!("oGuest{round}{number:021}").parse()?;
        let (entrance, device) = (Entrance::MiniProgram, "bench");
        let who = Opened { account: &account, open_id: &open_id, union_id: None, entrance, device, key: None };
        let (fresh, outcome) = open(&app.db, &app.vault, who).await.map_err(failed)?;
        guests.push((fresh.token, outcome.member.into()));
    }
    Ok(guests)
}

/// Tells the touches, each at its own time whatever became of those before; gives for each member when it was due.
async fn tell(node: &Node, guests: Vec<(String, Uuid)>, codes: Arc<Vec<String>>) -> Result<BTreeMap<Uuid, Instant>> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    let path = format!("http://{}/api/mini/v1/touches", node.address);
    let members: Vec<Uuid> = guests.iter().map(|(_, member)| *member).collect();
    let guests = Arc::new(guests);
    let touch = move |number: usize| {
        let (client, path, codes, guests) = (client.clone(), path.clone(), Arc::clone(&codes), Arc::clone(&guests));
        async move {
            let (token, member) = guests.get(number).context("a guest")?;
            let code = codes.get(number % codes.len()).context("a code")?;
            let body = json!({ "code": code, "carrier": "mini_code" });
            let device = format!("device-{member}");
            // Of each network a few.
            let address = format!("10.{}.{}.1", (number / 250) % 250, number % 250);
            let request = client.post(path).bearer_auth(token).header("x-device-id", device);
            let status = request.header("x-forwarded-for", address).json(&body).send().await?.status();
            ensure!(status.as_u16() == 204, "touch {number} was answered with {status}");
            Ok(())
        }
    };
    let due = load::open(members.len(), RATE, touch).await?;
    Ok(members.into_iter().zip(due).collect())
}

/// When each decision could be seen.
async fn watch(db: &DatabaseConnection, program: Uuid, touches: u32) -> Result<BTreeMap<Uuid, Instant>> {
    let (began, mut seen) = (Instant::now(), BTreeMap::new());
    let mut after = Uuid::nil();
    while u32::try_from(seen.len())? < touches {
        ensure!(began.elapsed() < PATIENCE, "{} of {touches} touches are decided", seen.len());
        tokio::time::sleep(LOOK).await;
        // Ids follow time but for the moment in which units of work overlap.
        let sql = "SELECT id, invitee FROM referral WHERE id > $1 AND program_id = $2 ORDER BY id";
        let values = [after.into(), program.into()];
        let rows = db.query_all_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
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

/// How long it took until every touch had brought its rewards.
async fn rewarded(db: &DatabaseConnection, program: Uuid, touches: u32, from: Instant) -> Result<Duration> {
    let began = Instant::now();
    loop {
        let sql = "SELECT count(*) AS given FROM referral_reward WHERE program_id = $1 AND state = 'given'";
        let row = db.query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, [program.into()])).await?;
        let given: i64 = row.context("a count")?.try_get("", "given")?;
        if given == i64::from(2 * touches) {
            return Ok(from.elapsed());
        }
        ensure!(began.elapsed() < PATIENCE, "{given} rewards are given for {touches} touches");
        tokio::time::sleep(20 * LOOK).await;
    }
}
