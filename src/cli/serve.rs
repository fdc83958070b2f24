//! `serve`, `work`, `all`: one node, until it is told to stop.

use std::{net::SocketAddr, thread::available_parallelism};

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::{
    app::{App, Probes, Server},
    error::{Error, Result},
};

/// Which parts of a node run.
#[derive(Clone, Copy, Debug)]
pub struct Parts {
    /// Answers requests.
    pub server: bool,
    /// Runs jobs.
    pub worker: bool,
}

/// Runs the parts until SIGTERM or SIGINT, then stops without losing anything.
///
/// # Errors
/// When a part cannot start.
pub async fn run(app: App, parts: Parts) -> Result<()> {
    // Before anything runs: from the moment it listens it can be stopped well.
    let stop = stop_requested()?;
    let node = Node::start(&app, parts)?;
    let server = node.server.as_ref().map(|server| server.address);
    if let Some(address) = server.or(node.probes.as_ref().map(|probes| probes.address)) {
        tracing::info!(%address, "listening");
    }
    stop.await;
    tracing::info!("stopping");
    node.stop().await;
    Ok(())
}

/// A running node.
pub struct Node {
    /// The server, if it runs.
    pub server: Option<Server>,
    /// What answers operators where no server does.
    pub probes: Option<Probes>,
    stop: CancellationToken,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Node {
    /// Starts the parts.
    ///
    /// # Errors
    /// When the address is taken.
    pub fn start(app: &App, parts: Parts) -> Result<Self> {
        let stop = CancellationToken::new();
        let mut tasks = vec![app.keep_in_step(stop.clone())];
        let at = |port| SocketAddr::new(app.config.http.host, port);
        let (server, probes) = if parts.server {
            let threads = available_parallelism().map_or(2, usize::from);
            (Some(app.serve(at(app.config.http.port), threads)?), None)
        } else {
            (None, Some(app.probes(at(app.config.jobs.port))?))
        };
        if parts.worker {
            let worker = app.worker()?;
            let stop = stop.clone();
            tasks.push(actix_web::rt::spawn(async move { worker.run(stop).await }));
        }
        Ok(Self { server, probes, stop, tasks })
    }

    /// Takes no more work, finishes what runs.
    pub async fn stop(self) {
        self.stop.cancel();
        if let Some(server) = &self.server {
            server.drain().await;
        }
        for task in self.tasks {
            let _ = task.await;
        }
        if let Some(probes) = self.probes {
            probes.stop().await;
        }
        if let Some(server) = self.server {
            server.stop().await;
        }
    }
}

/// Begins to listen for SIGTERM and SIGINT; the future ends with the first of them.
///
/// # Errors
/// When signals cannot be listened to.
pub fn stop_requested() -> Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate()).map_err(Error::internal)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Error::internal)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
