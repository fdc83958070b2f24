//! What a mini program or a page sends about what its person does, under `/api/mini/v1`.

use std::time::Duration;

use actix_web::{
    post,
    web::{Data, Json},
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::behaviours::{self, Behaviour};
use crate::{
    error::{Code, Error, FieldError, Result},
    http::{body::Valid, problem::Problem},
    identity::session::Consumer,
    infra::{
        cache::Cache,
        clock::Time,
        db::{Db, Tx},
    },
};

/// Batches that one session may send in a minute: clients gather events and send every few seconds.
const BATCHES: u64 = 60;
const MINUTE: Duration = Duration::from_secs(60);

/// The routes of this domain under `/api/mini/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(record);
}

/// Events in the order in which they happened.
#[derive(Deserialize, Validate, ToSchema)]
struct Batch {
    /// At most a hundred. One that cannot be read spoils none of the others.
    #[garde(length(min = 1, max = 100))]
    #[schema(value_type = Vec<Behaviour>)]
    events: Vec<Value>,
}

/// What became of a batch.
#[derive(Serialize, ToSchema)]
struct Taken {
    /// Events that were new.
    stored: u64,
    /// Events that had been sent before.
    repeated: u64,
    /// Events that were not stored. Sending them again as they are cannot help.
    rejected: Vec<Rejected>,
}

/// An event that was not stored.
#[derive(Serialize, ToSchema)]
struct Rejected {
    /// Its place in the batch, from 0.
    index: usize,
    /// What is wrong with it.
    errors: Vec<FieldError>,
}

/// Say what I did
#[utoipa::path(tag = "consumer", request_body = Batch, security(("bearer" = [])), responses(
    (status = 200, body = Taken), (status = 401, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
#[post("/events")]
async fn record(caller: Consumer, batch: Valid<Batch>, db: Data<Db>, cache: Data<Cache>) -> Result<Json<Taken>> {
    if cache.count(&format!("events:{}", caller.session), 1, MINUTE).await > BATCHES {
        return Err(Error::new(Code::RateLimited).retry_after(MINUTE / 2));
    }
    let (mut good, mut rejected) = (Vec::new(), Vec::new());
    for (index, event) in batch.0.events.into_iter().enumerate() {
        match read(event, db.now()) {
            Ok(event) => good.push(event),
            Err(errors) => rejected.push(Rejected { index, errors }),
        }
    }
    let valid = u64::try_from(good.len()).unwrap_or(u64::MAX);
    let store = async |tx: &Tx| behaviours::record(tx, &caller.account, &caller.open_id, good.clone()).await;
    let stored = db.tx(store).await?;
    Ok(Json(Taken { stored, repeated: valid.saturating_sub(stored), rejected }))
}

fn read(event: Value, now: Time) -> Result<Behaviour, Vec<FieldError>> {
    let wrong = |field: String, message: String| FieldError { field, message };
    let event: Behaviour = serde_path_to_error::deserialize(event)
        .map_err(|error| vec![wrong(error.path().to_string(), error.into_inner().to_string())])?;
    event.validate().map_err(|report| {
        report.iter().map(|(path, error)| wrong(path.to_string(), error.to_string())).collect::<Vec<_>>()
    })?;
    if !event.is_plausible(now) {
        return Err(vec![wrong("at".to_owned(), "must lie within the last seven days".to_owned())]);
    }
    Ok(event)
}
