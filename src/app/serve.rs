//! The HTTP side: every route, what handlers are given, and what happens around each of them.

use std::{net::SocketAddr, time::Duration};

use actix_rt::Arbiter;
use actix_web::{
    App as ActixApp, HttpServer,
    dev::{ServerHandle, Service},
    middleware::{Compress, from_fn},
    web::{self, Data, PathConfig, PayloadConfig},
};
use futures_util::FutureExt;
use tokio::task::JoinHandle;
use utoipa::OpenApi;
use utoipa_actix_web::AppExt;
use utoipa_swagger_ui::{Config as DocsConfig, SwaggerUi};

use super::App;
use crate::{
    admin::live::{Streams, Threads},
    belongings::TIMELINE,
    chat,
    error::{Error, Result},
    http::{self, health::JobKinds, verification::Files},
    identity::oauth::Introductions,
    infra::in_flight::{Awaited, InFlight},
    members::{profile, timeline::Timeline},
    routes,
    tracking::visits::Visits,
    wechat::intake::Intake,
};

/// How long running requests may go on after the order to stop.
const GRACE: Duration = Duration::from_secs(20);

impl App {
    /// Listens for requests and serves them until stopped.
    ///
    /// # Errors
    /// When the address is taken.
    pub fn serve(&self, address: SocketAddr, threads: usize) -> Result<Server> {
        let app = self.clone();
        let kinds = JobKinds(self.registry().kinds().collect());
        let in_flight = InFlight::default();
        let (counter, connections) = (in_flight.clone(), in_flight.clone());
        let streams = Streams::default();
        let open = streams.clone();
        let within = self.config.wechat.answer_within;
        // What all the others bring is committed by a thread of its own, which ends when it is stopped.
        let committing = Arbiter::new();
        let intake = Intake::start(&committing, self.db.clone(), self.inbound(), within, in_flight.clone());
        let visits = Visits::start(&committing, self.db.clone());
        let server = HttpServer::new(move || {
            let requests = counter.clone();
            let (actix, mut api) = ActixApp::new()
                .into_utoipa_app()
                .openapi(http::spec::Description::openapi())
                .configure(routes::described)
                .split_for_parts();
            http::spec::complete(&mut api);
            actix
                .app_data(Data::new(app.config.http.clone()))
                .app_data(Data::new(app.config.wechat.clone()))
                .app_data(Data::new(app.config.imports.clone()))
                .app_data(Data::new(app.clock.clone()))
                .app_data(Data::new(app.random.clone()))
                .app_data(Data::new(app.cache.clone()))
                .app_data(Data::new(app.db.clone()))
                .app_data(Data::new(app.vault.clone()))
                .app_data(Data::new(app.wechat.clone()))
                .app_data(Data::new(app.staff_by.clone()))
                .app_data(Data::new(app.pay.clone()))
                .app_data(Data::new(app.folder.accounts.clone()))
                .app_data(Data::new(Files(app.folder.verification.clone())))
                .app_data(Data::new(app.book.clone()))
                .app_data(Data::new(app.metrics.clone()))
                .app_data(Data::new(open.clone()))
                .app_data(Data::new(Threads(chat::within)))
                .app_data(Data::new(app.config.privacy.clone()))
                .app_data(Data::new(app.config.points.clone()))
                .app_data(Data::new(app.config.rewards.clone()))
                .app_data(Data::new(app.payouts.clone()))
                .app_data(Data::new(app.config.reach.clone()))
                .app_data(Data::new(app.desk()))
                .app_data(Data::new(app.wordings.clone()))
                .app_data(Data::new(Timeline(TIMELINE)))
                .app_data(Data::new(Introductions(profile::introduced)))
                .app_data(Data::new(app.texts.clone()))
                .app_data(Data::new(kinds.clone()))
                .app_data(Data::new(intake.clone()))
                .app_data(Data::new(visits.clone()))
                .app_data(Data::new(api.clone()))
                .app_data(PayloadConfig::new(app.config.http.body_limit))
                .app_data(PathConfig::default().error_handler(|error, _| http::problem::no_such_path(&error).into()))
                .configure(routes::others)
                .service(SwaggerUi::new("/docs/{_:.*}").config(DocsConfig::from("/openapi.json")))
                .service(web::redirect("/docs", "/docs/"))
                .default_service(web::to(http::problem::not_found))
                .wrap(from_fn(http::nul::in_no_name))
                .wrap(from_fn(http::limit::time))
                .wrap(from_fn(http::limit::rate))
                .wrap(Compress::default())
                .wrap(from_fn(http::request::name_and_measure))
                .wrap_fn(move |request, service| {
                    let work = request.conn_data::<Awaited>().and_then(Awaited::take);
                    let work = work.unwrap_or_else(|| requests.begin());
                    service.call(request).inspect(move |_| drop(work))
                })
        })
        .on_connect(move |_, data| drop(data.insert(connections.await_one())))
        .workers(threads)
        .shutdown_timeout(GRACE.as_secs())
        .client_request_timeout(Duration::from_secs(5))
        .disable_signals()
        .bind(address)
        .map_err(Error::internal)?;
        let address = server.addrs().first().copied().unwrap_or(address);
        let server = server.run();
        let handle = server.handle();
        let task = actix_web::rt::spawn(server);
        Ok(Server { address, in_flight, streams, handle, task, committing })
    }
}

/// A server that listens.
pub struct Server {
    /// Where.
    pub address: SocketAddr,
    in_flight: InFlight,
    streams: Streams,
    handle: ServerHandle,
    task: JoinHandle<std::io::Result<()>>,
    committing: Arbiter,
}

impl Server {
    /// Takes no more connections, and finishes the requests of those it has and what follows from them.
    ///
    /// The threads end one by one, and a database connection ends with the thread that opened it, whoever uses it: so
    /// everything is finished while all of them still run.
    pub async fn drain(&self) {
        self.streams.close();
        self.handle.pause().await;
        if tokio::time::timeout(GRACE, self.in_flight.none()).await.is_err() {
            tracing::warn!("stopped while requests were running");
        }
    }

    /// Drains, and ends.
    pub async fn stop(self) {
        self.drain().await;
        self.handle.stop(true).await;
        let _ = self.task.await;
        self.committing.stop();
    }

    /// Ends at once, whatever runs.
    pub async fn kill(self) {
        self.streams.close();
        self.committing.stop();
        self.handle.stop(false).await;
        let _ = self.task.await;
    }
}
