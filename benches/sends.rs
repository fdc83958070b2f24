//! How long it takes from the moment staff answer somebody in a chat until WeChat has the message: by HTTP in, through the
//! queue, by the customer-service API out.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use entity::{admin::staff::Role, types::ConversationId};
use huilian::admin::Post;
use reqwest::Method;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::json;

use crate::{
    brand::Brand,
    latency::Latencies,
    load::{self, Pace},
    node::Node,
    pushes,
    report::{Report, rounded},
    server::{Server, failed},
    staff::Staff,
    wechat::Wechat,
};

/// Messages to each person: fewer than WeChat allows after a word of theirs.
const FOR_EACH: usize = 4;
const CONNECTIONS: usize = 16;
/// How often it is looked whether everything has arrived, and for how long.
const LOOK: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_secs(60);

/// Measures so many answers a second for so long.
pub async fn measure(server: &Server<'_>, (rate, duration): (u32, Duration), report: &mut Report) -> Result<()> {
    let database = server.create("sends")?;
    let app = server.app(&database).await?;
    Staff::add(&app, "all", Post::of(Role::Headquarters, None).map_err(failed)?).await?;
    let wechat = Wechat::start()?;
    let node = Node::with_wechat(database.as_str(), &server.folder.join("sends.log"), &wechat.url()).await?;
    let count = usize::try_from(rate)? * usize::try_from(duration.as_secs())?;
    let brand = Brand::load()?;
    let people = u64::try_from(count.div_ceil(FOR_EACH))?;
    let requests = pushes::requests(&brand, 1..people + 1)?;
    pushes::run(&brand, node.address, requests, CONNECTIONS, Pace::FlatOut, PATIENCE).await?;
    let sql = "SELECT id FROM conversation ORDER BY id";
    let rows = app.db.read().query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
    let threads: Arc<Vec<ConversationId>> =
        Arc::new(rows.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>()?);
    ensure!(u64::try_from(threads.len())? == people, "{} threads of {people} people", threads.len());
    let staff = Arc::new(Staff::sign_in(&node, "all", CONNECTIONS).await?);
    let due = load::open(count, rate, move |number| answer(Arc::clone(&staff), Arc::clone(&threads), number)).await?;
    let began = Instant::now();
    let arrived = loop {
        let arrived = wechat.arrived();
        if arrived.len() == count {
            break arrived;
        }
        ensure!(began.elapsed() < PATIENCE, "{} of {count} answers have arrived", arrived.len());
        tokio::time::sleep(LOOK).await;
    };
    let mut times = Vec::with_capacity(count);
    for (number, due) in due.iter().enumerate() {
        let at = arrived.get(&text(number)).context("an answer that did not arrive")?;
        times.push(at.saturating_duration_since(*due));
    }
    let (first, last) = (due.first().context("an answer")?, arrived.values().max().context("an answer")?);
    let took = last.saturating_duration_since(*first).as_secs_f64();
    report.add(
        Latencies::of(times)?
            .p99(format!("p99 from an answer of staff until WeChat has it, {rate}/s, PostgreSQL"))
            .with("sent_per_second", rounded(f64::from(u32::try_from(count)?) / took)),
    )?;
    node.stop().await?;
    wechat.stop().await;
    drop(app);
    server.remove("sends")
}

fn text(number: usize) -> String {
    format!("您好，您的第 {number} 个问题已经为您查好了。")
}

async fn answer(staff: Arc<Staff>, threads: Arc<Vec<ConversationId>>, number: usize) -> Result<()> {
    let thread = threads.get(number % threads.len()).context("a thread")?;
    let request = staff.ask(Method::POST, &format!("/conversations/{thread}/messages"));
    let said = json!({ "message": { "kind": "text", "content": text(number) } });
    let request = request.header("Idempotency-Key", format!("answer-{number:06}")).json(&said);
    let answer = request.send().await?;
    let status = answer.status();
    ensure!(status.is_success(), "answer {number} was answered with {status}: {}", answer.text().await?);
    Ok(())
}
