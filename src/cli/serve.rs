//! `serve`, `work`, `all`: one node, until it is told to stop.

use std::{net::SocketAddr, thread::available_parallelism};

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::{
    app::{App, Server},
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
    if let Some(server) = &node.server {
        tracing::info!(address = %server.address, "listening");
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
        let server = if parts.server {
            let threads = available_parallelism().map_or(2, usize::from);
            Some(app.serve(SocketAddr::new(app.config.http.host, app.config.http.port), threads)?)
        } else {
            None
        };
        if parts.worker {
            let worker = app.worker()?;
            let stop = stop.clone();
            tasks.push(actix_web::rt::spawn(async move { worker.run(stop).await }));
        }
        Ok(Self { server, stop, tasks })
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
