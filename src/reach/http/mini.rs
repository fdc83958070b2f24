//! What a mini program reports about permits, under `/api/mini/v1`.

use std::collections::BTreeMap;

use actix_web::{
    get, post,
    web::{Data, Json},
};
use chrono::{DateTime, Utc};
use entity::reach::permit::{Answer, Model};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    error::{Error, Result},
    http::{body::Valid, idempotency::IdempotencyKey, problem::Problem},
    identity::session::Consumer,
    infra::db::{Db, Tx},
    reach::permits,
};

/// WeChat asks for so many templates at once, at most.
const TEMPLATES: usize = 5;

/// The routes of this domain under `/api/mini/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(report).service(list);
}

/// What `wx.requestSubscribeMessage` answered.
#[derive(Serialize, Deserialize, Validate, ToSchema)]
struct Answers {
    /// The person's answer for each template id.
    #[garde(length(min = 1, max = 5))]
    answers: BTreeMap<String, Answer>,
}

/// How many messages of a template the caller still allows.
#[derive(Serialize, Deserialize, ToSchema)]
struct Permit {
    template_id: String,
    available: i32,
    answer: Answer,
    answered_at: DateTime<Utc>,
}

impl From<Model> for Permit {
    fn from(row: Model) -> Self {
        let Model { template_id, available, answer, answered_at, .. } = row;
        Self { template_id, available, answer, answered_at }
    }
}

/// Say what I answered when asked for subscription messages
#[utoipa::path(tag = "consumer", request_body = Answers, params(("Idempotency-Key" = String, Header)), security(("bearer" = [])), responses(
    (status = 200, body = Vec<Permit>), (status = 400, body = Problem), (status = 401, body = Problem), (status = 422, body = Problem)))]
#[post("/permits")]
async fn report(
    caller: Consumer,
    key: IdempotencyKey,
    body: Valid<Answers>,
    db: Data<Db>,
) -> Result<Json<Vec<Permit>>> {
    let Valid(body) = body;
    let plain = |id: &String| {
        (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    if body.answers.len() > TEMPLATES || !body.answers.keys().all(plain) {
        return Err(Error::invalid("answers", "must hold template ids as WeChat gives them, five at most"));
    }
    let (account, open_id) = (&caller.account, &caller.open_id);
    let answered = db.tx(async |tx: &Tx| {
        let effect = async || {
            permits::answered(tx, account, open_id, &body.answers).await?;
            let permits = permits::of(tx.db(), account, open_id).await?;
            Ok(permits.into_iter().map(Permit::from).collect::<Vec<_>>())
        };
        key.once(tx, &caller.actor(), &body, effect).await
    });
    Ok(Json(answered.await?))
}

/// Which subscription messages do I still allow?
#[utoipa::path(tag = "consumer", security(("bearer" = [])), responses((status = 200, body = Vec<Permit>), (status = 401, body = Problem)))]
#[get("/permits")]
async fn list(caller: Consumer, db: Data<Db>) -> Result<Json<Vec<Permit>>> {
    let permits = permits::of(db.read(), &caller.account, &caller.open_id).await?;
    Ok(Json(permits.into_iter().map(Permit::from).collect()))
}
