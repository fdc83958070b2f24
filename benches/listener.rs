//! A server within this process, on a thread of its own.

use std::net::SocketAddr;

use actix_web::{App, HttpServer, dev::ServerHandle, web::ServiceConfig};
use anyhow::{Context, Result};

/// A running one.
pub struct Listener {
    address: SocketAddr,
    server: ServerHandle,
}

impl Listener {
    /// Starts it on any port that is free.
    pub fn start(routes: impl Fn(&mut ServiceConfig) + Clone + Send + 'static) -> Result<Self> {
        let server = HttpServer::new(move || App::new().configure(routes.clone()));
        let server = server.workers(1).disable_signals().bind(("127.0.0.1", 0))?;
        let address = server.addrs().first().copied().context("an address")?;
        let running = server.run();
        let server = running.handle();
        actix_rt::spawn(running);
        Ok(Self { address, server })
    }

    /// Where it is, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Ends it.
    pub async fn stop(self) {
        self.server.stop(true).await;
    }
}
