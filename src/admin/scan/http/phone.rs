//! What the phone is shown that has scanned a code of staff, and what it says, under `/api/mini/v1`.

use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{browser::is_asker, shown::Around};
use crate::{
    admin::{
        scan::{
            asked::{Asked, Purpose},
            link,
        },
        staff,
    },
    error::{Code, Error, Result},
    http::{body::Valid, problem::Problem},
    identity::session::Consumer,
    infra::db::Db,
};

/// The routes of this domain under `/api/mini/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(look).service(confirm);
}

/// For what a browser asks.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = StaffScanPurpose)]
enum For {
    /// To sign somebody in to the console.
    SignIn,
    /// To link the WeChat of this phone to a colleague, who signs in with it from then on.
    Link,
}

/// What a browser asks this phone for.
#[derive(Debug, Serialize, ToSchema)]
struct StaffScan {
    purpose: For,
    /// What the browser calls itself (`User-Agent`).
    browser: String,
    asked_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    /// The name of the colleague: who asks, or who is signed in by this WeChat. Absent when it signs in nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    staff: Option<String>,
    /// Whether this very browser asks: then no number is needed.
    here: bool,
}

/// What does the computer ask that shows this code?
///
/// Only for somebody whom WeChat has named since it was asked: otherwise 401, and the page goes through WeChat.
#[utoipa::path(tag = "consumer", params(("key" = String, Path, example = "0123456789abcdefghijklmnopqrstuv")), security(("bearer" = [])), responses((status = 200, body = StaffScan), (status = 401, body = Problem), (status = 404, body = Problem)))]
#[get("/staff-scans/{key}")]
async fn look(
    caller: Consumer,
    key: Path<String>,
    request: HttpRequest,
    around: Around,
    db: Data<Db>,
) -> Result<Json<StaffScan>> {
    let asked = asked(&caller, &key, &around).await?;
    let (purpose, staff) = match &asked.purpose {
        Purpose::SignIn(_) => {
            let person = link::whose(db.read(), &caller.account, &caller.open_id).await?;
            (For::SignIn, person.map(|person| person.name))
        }
        Purpose::Link(staff, _) => (For::Link, Some(staff::get(db.read(), *staff).await?.name)),
    };
    // Whoever it signs in nobody leaves it to the one whom it does.
    if staff.is_some() {
        around.asking().see(&key, &caller.account, &caller.open_id).await?;
    }
    let here = is_asker(&request, &key, &asked.purpose);
    let Asked { browser, at: asked_at, until: expires_at, .. } = asked;
    Ok(Json(StaffScan { purpose, browser, asked_at, expires_at, staff, here }))
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
struct SaidNumber {
    /// The two digits that stand beside the code; not needed by the browser that asked.
    #[garde(length(max = 8))]
    #[serde(default)]
    number: Option<String>,
}

/// Agree to what the computer asks, with the number that it shows; after three others it is over
#[utoipa::path(tag = "consumer", request_body = SaidNumber, params(("key" = String, Path, example = "0123456789abcdefghijklmnopqrstuv")), security(("bearer" = [])), responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[post("/staff-scans/{key}/confirm")]
async fn confirm(
    caller: Consumer,
    key: Path<String>,
    body: Valid<SaidNumber>,
    request: HttpRequest,
    around: Around,
    db: Data<Db>,
) -> Result<HttpResponse> {
    let asked = asked(&caller, &key, &around).await?;
    let refused = match &asked.purpose {
        Purpose::SignIn(_) => link::whose(db.read(), &caller.account, &caller.open_id).await?.is_none(),
        Purpose::Link(..) => link::is_taken(db.read(), &caller.account, &caller.open_id).await?,
    };
    if refused {
        return Err(Error::new(Code::Conflict).detail("this WeChat signs in nobody, or somebody else"));
    }
    let here = is_asker(&request, &key, &asked.purpose);
    let who = (&caller.account, &caller.open_id);
    around.asking().confirm(&key, who, body.0.number.as_deref(), here).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What was asked, of somebody whom WeChat has named since: a session from before may be in other hands.
async fn asked(caller: &Consumer, key: &str, around: &Around) -> Result<Asked> {
    let account = around.account()?;
    let asked = around.asking().find(key).await?;
    if caller.account != *account || caller.since < asked.at {
        return Err(Error::new(Code::Unauthorized).detail("WeChat has to say anew who this is"));
    }
    Ok(asked)
}
