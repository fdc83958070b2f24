//! How long it takes to log in to the mini program, for members whom it knows, while WeChat answers at once.

use std::sync::Arc;

use anyhow::{Result, ensure};
use reqwest::Client;
use serde_json::json;

use crate::{
    bare,
    load::{self, Pace},
    node::Node,
    people,
    report::{Report, rounded},
    server::{Server, psql},
    wechat::Wechat,
};

/// Who log in at the same time.
const CONNECTIONS: usize = 16;
/// People who come back again and again, spread over all members.
const PEOPLE: usize = 1_000;

/// Measures so many logins beside so many members.
pub async fn measure(server: &Server<'_>, members: u64, logins: usize, report: &mut Report) -> Result<()> {
    let name = format!("logins{members}");
    let database = server.create(&name)?;
    let app = server.app(&database).await?;
    people::fill(&app, &database, members, server.folder)?;
    app.db.read().close_by_ref().await?;
    let wechat = Wechat::start()?;
    let node = Node::with_wechat(database.as_str(), &server.folder.join("logins.log"), &wechat.url()).await?;
    let client = Client::builder().no_proxy().pool_max_idle_per_host(CONNECTIONS).build()?;
    let visitors = Arc::new(Visitors { client, url: format!("http://{}/api/mini/v1/sessions", node.address), members });
    let ask = {
        let visitors = Arc::clone(&visitors);
        move |number| Arc::clone(&visitors).log_in(number)
    };
    // The first time each of them is met.
    load::each(PEOPLE, CONNECTIONS, Pace::FlatOut, ask.clone()).await?;
    psql(&database, "VACUUM ANALYZE")?;
    psql(&database, "CHECKPOINT")?;
    let page = visitors.request(0)?.send().await?.bytes().await?;
    let (rate, outcome) = load::at_half(logins, CONNECTIONS, ask).await?;
    let floor = bare::latencies(page, logins, CONNECTIONS, Pace::per_second(rate)).await?;
    report.add(
        outcome
            .latencies
            .p99("p99 of a login to the mini program, PostgreSQL")
            .beside(members)
            .over(floor.at(99.0), bare::IS)
            .with("rate_per_second", rounded(rate))
            .with("logins_per_second_at_most", rounded(rate * 2.0)),
    )?;
    node.stop().await?;
    wechat.stop().await;
    server.remove(&name)
}

/// Those who log in.
struct Visitors {
    client: Client,
    url: String,
    members: u64,
}

impl Visitors {
    fn request(&self, number: usize) -> Result<reqwest::RequestBuilder> {
        let whom = u64::try_from(number % PEOPLE)?.wrapping_mul(2_654_435_761) % self.members;
        let body = json!({ "account": "shop", "code": format!("{number}-{whom}"), "device": "bench" });
        Ok(self.client.post(&self.url).json(&body))
    }

    async fn log_in(self: Arc<Self>, number: usize) -> Result<()> {
        let answer = self.request(number)?.send().await?;
        let status = answer.status().as_u16();
        answer.bytes().await?;
        ensure!(status == 201, "login {number} was answered with {status}");
        Ok(())
    }
}
