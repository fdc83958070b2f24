//! Is it alive, is it ready, how is it doing: `/healthz`, `/readyz`, `/metrics`.

use std::time::Duration;

use actix_web::{HttpResponse, get, web::Data};
use sea_orm::ConnectionTrait;
use serde::Serialize;

use crate::{
    error::Result,
    infra::{cache::Cache, clock::Time, db::Db, telemetry::Metrics},
    jobs,
};

/// A database that needs longer for nothing is not ready.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Serialize)]
struct Readiness {
    ready: bool,
    database: bool,
    /// `true` with the in-process cache; Redis may be gone, the service then works on, slower.
    cache: bool,
}

/// The process is alive. Restart it when this does not answer.
#[get("/healthz")]
pub async fn alive() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok")
}

/// The process can do its work. Send it no requests while this is not 200.
#[get("/readyz")]
pub async fn ready(db: Data<Db>, cache: Data<Cache>) -> HttpResponse {
    let database = matches!(tokio::time::timeout(PATIENCE, db.read().execute_unprepared("SELECT 1")).await, Ok(Ok(_)));
    let cache = cache.redis_healthy().await.unwrap_or(true);
    let mut response = if database { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    response.json(Readiness { ready: database, database, cache })
}

/// Figures for Prometheus: of this process, and facts counted in the database.
///
/// # Errors
/// When the database does not answer.
#[get("/metrics")]
pub async fn figures(db: Data<Db>, figures: Data<Metrics>, registry: Data<JobKinds>) -> Result<HttpResponse> {
    let now = db.now();
    let counts = jobs::counts(db.read(), now).await?;
    let seconds_since = |time: Time| (now - time).num_seconds().max(0);
    for kind in &registry.0 {
        for state in [entity::jobs::job::State::Live, entity::jobs::job::State::Dead] {
            // A drained queue reports zero instead of vanishing.
            let found = counts.iter().find(|count| count.kind == *kind && count.state == state);
            let label = if state == entity::jobs::job::State::Live { "live" } else { "dead" };
            let age = found.map_or(0, |found| seconds_since(found.oldest));
            figures.gauge("jobs_queued", &[("kind", kind), ("state", label)], found.map_or(0, |found| found.count));
            figures.gauge("jobs_oldest_seconds", &[("kind", kind), ("state", label)], age);
            if state == entity::jobs::job::State::Live {
                let late = found.and_then(|found| found.late).map_or(0, seconds_since);
                figures.gauge("jobs_late_seconds", &[("kind", kind)], late);
            }
        }
    }
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(figures.render()))
}

/// The kinds of jobs this program knows, for figures that report zero.
#[derive(Clone, Debug)]
pub struct JobKinds(pub Vec<&'static str>);
