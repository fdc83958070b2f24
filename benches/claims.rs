//! How long a claim takes when ten thousand come for what a thousand have: by HTTP, on PostgreSQL, exact.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use chrono::TimeDelta;
use entity::{
    identity::session::Entrance,
    types::{AccountKey, CampaignId, GrantId, OpenId},
};
use huilian::{
    app::App,
    identity::session::{Opened, open},
    infra::db::Tx,
    rewards::{
        Because, Grant,
        campaign::{By, approve, create, run},
        check::check,
        grant,
        stop::{Cause, Scope, put},
        terms::Terms,
    },
};
use reqwest::Client;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::json;

use crate::{
    load::{self, Pace},
    node::Node,
    report::{Bar, Report, rounded},
    server::{Server, failed},
};

/// What each gets, in fen.
const AMOUNT: i64 = 100;
/// Claims for each promise: its owner's own, again and again, and those of others.
const FOR_EACH: usize = 10;
/// Connections that claim at the same time.
const CONNECTIONS: usize = 64;

/// Measures `promises` people and ten times as many claims.
pub async fn measure(server: &Server<'_>, promises: usize, report: &mut Report) -> Result<()> {
    let database = server.create("claims")?;
    let app = server.app(&database).await?;
    let campaign = campaign(&app, promises).await?;
    let people = people(&app, campaign, promises).await?;
    let node = Node::start(database.as_str(), &server.folder.join("claims.log")).await?;
    let requests = promises * FOR_EACH;
    let claimants = Arc::new(Claimants::new(&node, people)?);
    let ask = {
        let claimants = Arc::clone(&claimants);
        move |number| Arc::clone(&claimants).claim(number)
    };
    let outcome = load::each(requests, CONNECTIONS, Pace::FlatOut, ask).await?;
    node.stop().await?;
    let sum = AMOUNT * i64::try_from(promises)?;
    let books = check(&app.db, campaign).await.map_err(failed)?;
    ensure!(books.agree && books.account.reserved == sum, "the books: {books:?}");
    let count = "SELECT count(*) AS made, count(DISTINCT grant_id) AS different FROM payout";
    let row = app.db.read().query_one_raw(Statement::from_string(DbBackend::Postgres, count)).await?;
    let row = row.context("a count")?;
    let (paid, different): (i64, i64) = (row.try_get("", "made")?, row.try_get("", "different")?);
    ensure!(paid == i64::try_from(promises)? && different == paid, "{paid} payouts for {different} promises");
    report.add(
        outcome
            .latencies
            .p99(format!("p99 of a claim, {CONNECTIONS} at once, PostgreSQL"))
            .against(Bar::Below(200.0))
            .with("claims", requests)
            .with("promises", promises)
            .with("claims_per_second", rounded(outcome.per_second()?)),
    )?;
    server.remove("claims")
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

/// Those who claim, each with a session and a promise of their own.
struct Claimants {
    client: Client,
    base: String,
    people: Vec<(String, GrantId)>,
}

impl Claimants {
    fn new(node: &Node, people: Vec<(String, GrantId)>) -> Result<Self> {
        let client = Client::builder().no_proxy().pool_max_idle_per_host(CONNECTIONS).build()?;
        Ok(Self { client, base: format!("http://{}/api/mini/v1/grants", node.address), people })
    }

    /// Every other claim is the owner's own, which is heard; the rest is somebody else's, who must not have it. Those of one
    /// promise come at the same time.
    async fn claim(self: Arc<Self>, number: usize) -> Result<()> {
        let (whose, own) = (number / FOR_EACH, number.is_multiple_of(2));
        let (_, grant) = self.people.get(whose).context("a promise")?;
        let other = if own { whose } else { (whose + 1) % self.people.len() };
        let (token, _) = self.people.get(other).context("somebody")?;
        let request = self.client.post(format!("{}/{grant}/claim", self.base)).bearer_auth(token);
        let answer = request.header("Idempotency-Key", format!("claim-{number:05}")).send().await?;
        let status = answer.status().as_u16();
        answer.bytes().await?;
        ensure!(status == if own { 200 } else { 404 }, "claim {number} was answered with {status}");
        Ok(())
    }
}
