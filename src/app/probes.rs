//! What a node answers that only runs jobs: whether it is alive, whether it is ready, and its figures.

use std::net::SocketAddr;

use actix_web::{
    App as ActixApp, HttpServer,
    dev::ServerHandle,
    middleware::from_fn,
    web::{self, Data},
};
use tokio::task::JoinHandle;

use super::App;
use crate::{
    error::{Error, Result},
    http::{self, health::JobKinds},
    routes,
};

impl App {
    /// Answers operators, and nobody else, until stopped.
    ///
    /// # Errors
    /// When the address is taken.
    pub fn probes(&self, address: SocketAddr) -> Result<Probes> {
        let app = self.clone();
        let kinds = JobKinds(self.registry().kinds().collect());
        let server = HttpServer::new(move || {
            ActixApp::new()
                .app_data(Data::new(app.random.clone()))
                .app_data(Data::new(app.cache.clone()))
                .app_data(Data::new(app.db.clone()))
                .app_data(Data::new(app.metrics.clone()))
                .app_data(Data::new(kinds.clone()))
                .configure(routes::operations)
                .default_service(web::to(http::problem::not_found))
                .wrap(from_fn(http::request::name_and_measure))
        })
        .workers(1)
        .disable_signals()
        .bind(address)
        .map_err(Error::internal)?;
        let address = server.addrs().first().copied().unwrap_or(address);
        let server = server.run();
        let handle = server.handle();
        Ok(Probes { address, handle, task: actix_web::rt::spawn(server) })
    }
}

/// Listens for operators.
pub struct Probes {
    /// Where.
    pub address: SocketAddr,
    handle: ServerHandle,
    task: JoinHandle<std::io::Result<()>>,
}

impl Probes {
    /// Ends.
    pub async fn stop(self) {
        self.handle.stop(true).await;
        let _ = self.task.await;
    }
}
