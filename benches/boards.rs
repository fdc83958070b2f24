//! How quickly a page of a leaderboard comes when a million have invited somebody: by HTTP, with the caller's own rank.

use std::sync::Arc;

use actix_web::web::Bytes;
use anyhow::{Context, Result, ensure};
use chrono::TimeDelta;
use entity::{
    identity::session::Entrance,
    types::{AccountKey, OpenId},
};
use huilian::{
    identity::session::{Opened, open},
    infra::db::Tx,
    referral::program::{self, Terms},
    rewards::campaign::By,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    bare,
    load::{self, Pace},
    node::Node,
    report::{Bar, Report, rounded},
    server::{Server, failed, psql},
};

/// Members who look.
const LOOKERS: usize = 200;
/// Who look at the same time.
const CONNECTIONS: usize = 8;

/// Measures beside so many inviters.
pub async fn measure(server: &Server<'_>, inviters: u64, pages: usize, report: &mut Report) -> Result<()> {
    let name = format!("boards{inviters}");
    let database = server.create(&name)?;
    let app = server.app(&database).await?;
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
    let node = Node::start(database.as_str(), &server.folder.join("boards.log")).await?;
    let looker = Arc::new(Looker::new(lookers)?);
    for (by, what) in [("matured", "by invitations"), ("value", "by value")] {
        let path = format!("http://{}/api/mini/v1/referral-programs/{program}/board?by={by}&limit=100", node.address);
        let ask = |path: String| {
            let looker = Arc::clone(&looker);
            move |number| Arc::clone(&looker).look(path.clone(), number)
        };
        load::each(LOOKERS, CONNECTIONS, Pace::FlatOut, ask(path.clone())).await?;
        let page = looker.page(&path, 0).await?;
        let (rate, outcome) = load::at_half(pages, CONNECTIONS, ask(path)).await?;
        let floor = bare::latencies(page, pages, CONNECTIONS, Pace::per_second(rate)).await?;
        report.add(
            outcome
                .latencies
                .p99(format!("p99 of a leaderboard page {what}, PostgreSQL"))
                .beside(inviters)
                .over(floor.at(99.0), bare::IS)
                .against(Bar::Below(50.0))
                .with("lines", 100)
                .with("rate_per_second", rounded(rate)),
        )?;
    }
    node.stop().await?;
    server.remove(&name)
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

/// Members who look, each with a session of their own.
struct Looker {
    client: reqwest::Client,
    tokens: Vec<String>,
}

impl Looker {
    fn new(lookers: Vec<(String, Uuid)>) -> Result<Self> {
        let client = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(CONNECTIONS).build()?;
        Ok(Self { client, tokens: lookers.into_iter().map(|(token, _)| token).collect() })
    }

    async fn page(&self, path: &str, number: usize) -> Result<Bytes> {
        let token = self.tokens.get(number % self.tokens.len()).context("a looker")?;
        Ok(self.client.get(path).bearer_auth(token).send().await?.error_for_status()?.bytes().await?)
    }

    async fn look(self: Arc<Self>, path: String, number: usize) -> Result<()> {
        let body: Value = serde_json::from_slice(&self.page(&path, number).await?)?;
        let lines = body.get("items").and_then(Value::as_array).map_or(0, Vec::len);
        let own = body.pointer("/own/rank").and_then(Value::as_i64).unwrap_or(0);
        ensure!(lines == 100 && own > 0, "{lines} lines, own rank {own}");
        Ok(())
    }
}
