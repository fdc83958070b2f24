//! What the page asks on which somebody signs in: it is for strangers.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time::Duration as Age},
    get, post,
    web::{Data, Json, Path},
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::shown::{Around, Scan, ScanState, agent};
use crate::{
    admin::{
        http::Session,
        scan::{
            By,
            asked::{LIFE, Purpose},
            link,
        },
        session::{self, Credentials, Proof},
    },
    error::{Code, Error, Result},
    http::{body::Valid, caller, problem::Problem},
    infra::{cache::Cache, db::Db, secret::Vault},
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(entry).service(ask).service(state).service(sign_in);
}

/// What the console has to know before anybody is known.
#[derive(Debug, Serialize, ToSchema)]
struct ConsoleEntry {
    /// Whether staff may sign in with WeChat.
    wechat: bool,
}

/// How can staff sign in?
#[utoipa::path(tag = "staff", responses((status = 200, body = ConsoleEntry)))]
#[get("/entry")]
async fn entry(by: Data<By>) -> Json<ConsoleEntry> {
    Json(ConsoleEntry { wechat: by.account().is_ok() })
}

/// Ask for a code by which WeChat says who signs in
///
/// It is for the browser that asks, by a cookie, and lasts two minutes.
#[utoipa::path(tag = "staff", responses((status = 201, body = Scan), (status = 404, body = Problem)))]
#[post("/scans")]
async fn ask(request: HttpRequest, around: Around) -> Result<HttpResponse> {
    around.account()?;
    let secret = around.random().token();
    let (key, asked) = around.asking().begin(Purpose::sign_in(&secret), agent(&request)).await?;
    let cookie = Cookie::build(cookie_name(&key), secret)
        // The page of the phone looks at it, too: it may be the browser that asked.
        .path("/api")
        .http_only(true)
        .secure(around.http.public_url.starts_with("https:"))
        .same_site(SameSite::Strict)
        // First the phone takes its time, then whoever types the code of an authenticator.
        .max_age(Age::seconds(2 * i64::try_from(LIFE.as_secs()).unwrap_or_default()))
        .finish();
    Ok(HttpResponse::Created().cookie(cookie).json(around.shown(key, &asked)?))
}

/// How far is it?
#[utoipa::path(tag = "staff", params(("key" = String, Path, example = "0123456789abcdefghijklmnopqrstuv")), responses((status = 200, body = ScanState), (status = 404, body = Problem)))]
#[get("/scans/{key}")]
async fn state(key: Path<String>, request: HttpRequest, around: Around) -> Result<Json<ScanState>> {
    around.account()?;
    let purpose = asker(&request, &key)?;
    Ok(Json(ScanState { state: around.asking().state(&key, &purpose).await? }))
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
struct ScanSignIn {
    /// What the authenticator shows, of those who have one.
    #[garde(length(max = 16))]
    #[serde(default)]
    code: Option<String>,
}

/// Sign in as whom WeChat has said
#[utoipa::path(tag = "staff", request_body = ScanSignIn, params(("key" = String, Path, example = "0123456789abcdefghijklmnopqrstuv")), responses((status = 201, body = Session), (status = 401, body = Problem), (status = 404, body = Problem), (status = 429, body = Problem)))]
#[post("/scans/{key}/session")]
async fn sign_in(
    key: Path<String>,
    body: Valid<ScanSignIn>,
    request: HttpRequest,
    around: Around,
    (db, cache, vault): (Data<Db>, Data<Cache>, Data<Vault>),
) -> Result<HttpResponse> {
    let account = around.account()?;
    let purpose = asker(&request, &key)?;
    let told = around.asking().take(&key, &purpose).await?;
    // It may have been unlinked since the phone agreed.
    let person = link::whose(db.read(), &told.account, &told.open_id).await?;
    let person = person.filter(|_| told.account == *account);
    let person = person.ok_or_else(|| Error::new(Code::NotFound).detail("the code is over; ask for a new one"))?;
    let address = caller::address(&request, around.http.proxies);
    let shown = Credentials { login: person.login, proof: Proof::WeChat, code: body.0.code, address };
    match session::sign_in(&db, &cache, &vault, shown).await {
        Ok(signed_in) => Ok(HttpResponse::Created().json(Session::from(signed_in))),
        Err(refused) => {
            around.asking().put_back(&key, &told).await?;
            Err(refused)
        }
    }
}

fn cookie_name(key: &str) -> String {
    format!("huilian_scan_{}", key.chars().take(8).collect::<String>())
}

/// Who asked: whoever has the cookie of this key.
fn asker(request: &HttpRequest, key: &str) -> Result<Purpose> {
    let cookie = request.cookie(&cookie_name(key));
    let missing = || Error::new(Code::NotFound).detail("the code is over; ask for a new one");
    cookie.map(|cookie| Purpose::sign_in(cookie.value())).ok_or_else(missing)
}

/// Whether a request comes from the very browser that asked.
pub(super) fn is_asker(request: &HttpRequest, key: &str, purpose: &Purpose) -> bool {
    asker(request, key).is_ok_and(|asker| asker == *purpose)
}
