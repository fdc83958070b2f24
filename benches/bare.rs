//! The floor under answers: actix alone, which says the same bytes to everybody.

use actix_web::{
    HttpResponse,
    web::{self, Bytes, ServiceConfig},
};
use anyhow::Result;
use reqwest::Client;

use crate::{
    latency::Latencies,
    listener::Listener,
    load::{self, Pace},
};

/// What it is, for the report.
pub const IS: &str = "actix alone that answers the same bytes, at the same rate";

/// How long it takes to get these bytes.
pub async fn latencies(body: Bytes, count: usize, connections: usize, pace: Pace) -> Result<Latencies> {
    let bare = Listener::start(move |config: &mut ServiceConfig| {
        let body = body.clone();
        let answer = move || {
            let body = body.clone();
            async move { HttpResponse::Ok().content_type("application/json").body(body) }
        };
        config.default_service(web::to(answer));
    })?;
    let client = Client::builder().no_proxy().pool_max_idle_per_host(connections).build()?;
    let url = bare.url();
    let ask = move |_| {
        let request = client.get(&url);
        async move {
            request.send().await?.error_for_status()?.bytes().await?;
            Ok(())
        }
    };
    load::each(connections * 4, connections, Pace::FlatOut, ask.clone()).await?;
    let latencies = load::each(count, connections, pace, ask).await?.latencies;
    bare.stop().await;
    Ok(latencies)
}
