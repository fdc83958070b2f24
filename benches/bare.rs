//! The floor under answers: actix alone, which says the same bytes to everybody.

use std::net::SocketAddr;

use actix_web::{
    App, HttpResponse, HttpServer,
    dev::ServerHandle,
    web::{self, Bytes},
};
use anyhow::{Context, Result};
use reqwest::Client;

use crate::{
    latency::Latencies,
    load::{self, Pace},
};

/// What it is, for the report.
pub const IS: &str = "actix alone that answers the same bytes, at the same rate";

/// A running one.
pub struct Bare {
    address: SocketAddr,
    server: ServerHandle,
}

impl Bare {
    /// Starts it on a thread of its own.
    pub fn start(body: Bytes) -> Result<Self> {
        let app = move || {
            let body = body.clone();
            let answer = move || {
                let body = body.clone();
                async move { HttpResponse::Ok().content_type("application/json").body(body) }
            };
            App::new().default_service(web::to(answer))
        };
        let server = HttpServer::new(app).workers(1).disable_signals().bind(("127.0.0.1", 0))?;
        let address = server.addrs().first().copied().context("an address")?;
        let running = server.run();
        let server = running.handle();
        actix_rt::spawn(running);
        Ok(Self { address, server })
    }

    /// How long its answers take.
    pub async fn latencies(&self, count: usize, connections: usize, pace: Pace) -> Result<Latencies> {
        let client = Client::builder().no_proxy().pool_max_idle_per_host(connections).build()?;
        let url = format!("http://{}/", self.address);
        let ask = move |_| {
            let request = client.get(&url);
            async move {
                request.send().await?.error_for_status()?.bytes().await?;
                Ok(())
            }
        };
        load::each(connections * 4, connections, Pace::FlatOut, ask.clone()).await?;
        Ok(load::each(count, connections, pace, ask).await?.latencies)
    }

    /// Ends it.
    pub async fn stop(self) {
        self.server.stop(true).await;
    }
}
