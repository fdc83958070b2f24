//! The way to WeChat and back, and the signature that member pages need for WeChat's functions, under `/api/h5/v1`.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time::Duration as Age},
    get,
    http::header::{CACHE_CONTROL, LOCATION, USER_AGENT},
    web::{Data, Json, Path},
};
use data_encoding::BASE64URL_NOPAD;
use entity::{
    identity::session::Entrance,
    types::{AccountKey, OpenId},
};
use garde::Validate;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use url::Url;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    Introductions,
    attempt::{AGAIN, Attempt},
    entry::entry,
    place::Place,
};
use crate::{
    error::{Code, Error, Result},
    http::{body::ValidQuery, problem::Problem},
    identity::{
        Claim, find,
        session::{self, COOKIE, Fresh, Opened},
    },
    infra::{
        cache::Cache,
        clock::Clock,
        config::Http,
        db::{Db, Tx},
        random::Random,
        secret::Vault,
    },
    wechat::{
        account::Kind,
        client::{Api, Failure, WeChat},
        js_sdk::JsConfig,
        oauth::{CodeError, Visitor},
    },
};

/// How long it is remembered whom a code stood for.
const REMEMBER: Duration = Duration::from_secs(60);
/// How long a used state is known as used: as long as its cookie may live.
const USED: Duration = Duration::from_secs(600);
/// The field for which the answer to a code is sealed in the cache.
const SEAL: &str = "oauth.visitor";
/// How long a device of a web page stays signed in without being used.
const SESSION_DAYS: i64 = 30;

/// The routes of this domain under `/api/h5/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(entry).service(start).service(callback).service(js_config);
}

/// Where a visitor wants to go.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Start {
    /// The page to come back to, such as `/m/points`.
    #[garde(length(max = 1024))]
    #[serde(rename = "return", default = "home")]
    #[param(rename = "return")]
    back_to: String,
    /// `base` asks nobody; `userinfo` asks for name and picture, and is for a tap of the person only.
    #[garde(pattern("^(base|userinfo)$"))]
    #[serde(default = "base")]
    scope: String,
}

fn home() -> String {
    "/m/".to_owned()
}

fn base() -> String {
    "base".to_owned()
}

/// Everything that the way to WeChat and back needs.
struct Way<'a> {
    api: Api,
    account: AccountKey,
    db: &'a Db,
    vault: &'a Vault,
    cache: &'a Cache,
    clock: &'a Clock,
    introductions: Introductions,
    random: &'a Random,
    http: &'a Http,
}

/// Learn who looks at a page: to WeChat
#[utoipa::path(tag = "consumer", params(("account" = AccountKey, Path), Start), responses(
    (status = 302, description = "To WeChat's page"), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[get("/oauth/{account}/start")]
#[expect(clippy::too_many_arguments, reason = "actix hands each part of a request over as an argument")]
async fn start(
    account: Path<AccountKey>,
    query: ValidQuery<Start>,
    db: Data<Db>,
    vault: Data<Vault>,
    cache: Data<Cache>,
    clock: Data<Clock>,
    random: Data<Random>,
    http: Data<Http>,
    wechat: Data<WeChat>,
    introductions: Data<Introductions>,
) -> Result<HttpResponse> {
    let back_to =
        query.back_to.parse().map_err(|error: super::place::Elsewhere| Error::invalid("return", error.to_string()))?;
    let (api, account) = official(&wechat, &account)?;
    let (db, vault, cache, clock, random, http) = (&db, &vault, &cache, &clock, &random, &http);
    let introductions = *introductions.get_ref();
    let way = Way { api, account, db, vault, cache, clock, introductions, random, http };
    way.begin(back_to, query.scope == "userinfo", 0)
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Callback {
    /// Absent when the person did not agree.
    #[garde(length(max = 512))]
    code: Option<String>,
    #[garde(length(max = 128))]
    state: String,
}

/// Learn who looks at a page: back from WeChat
#[utoipa::path(tag = "consumer", params(("account" = AccountKey, Path), Callback), responses(
    (status = 302, description = "To the page, signed in; or with `wechat=refused`, `snapshot` or `failed` in its query"),
    (status = 400, body = Problem), (status = 404, body = Problem)))]
#[get("/oauth/{account}/callback")]
#[expect(clippy::too_many_arguments, reason = "actix hands each part of a request over as an argument")]
async fn callback(
    account: Path<AccountKey>,
    query: ValidQuery<Callback>,
    request: HttpRequest,
    db: Data<Db>,
    vault: Data<Vault>,
    cache: Data<Cache>,
    clock: Data<Clock>,
    random: Data<Random>,
    http: Data<Http>,
    wechat: Data<WeChat>,
    introductions: Data<Introductions>,
) -> Result<HttpResponse> {
    let (api, account) = official(&wechat, &account)?;
    let (db, vault, cache, clock, random, http) = (&db, &vault, &cache, &clock, &random, &http);
    let introductions = *introductions.get_ref();
    let way = Way { api, account, db, vault, cache, clock, introductions, random, http };
    let cookie = request.cookie(&Attempt::cookie_name(&query.state));
    let attempt =
        cookie.and_then(|cookie| Attempt::read(vault, cookie.value(), &query.state, &way.account, clock.now()));
    let attempt = attempt.ok_or_else(|| {
        Error::new(Code::BadRequest)
            .detail("this sign-in was begun in another browser or too long ago; open the page again")
    })?;
    let Some(code) = query.code.as_deref().filter(|code| !code.is_empty()) else {
        return Ok(go(&attempt.back_to.with("wechat", "refused")).finish());
    };
    let device: String = request
        .headers()
        .get(USER_AGENT)
        .and_then(|agent| agent.to_str().ok())
        .map(|agent| agent.chars().take(64).collect())
        .unwrap_or_default();
    way.back(&attempt, code, &device).await
}

fn official(wechat: &WeChat, account: &AccountKey) -> Result<(Api, AccountKey)> {
    let api = wechat.of(account).ok().filter(|api| api.account().kind == Kind::Official);
    Ok((api.ok_or_else(|| Error::new(Code::NotFound))?, account.clone()))
}

fn go(to: &str) -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::Found();
    response.insert_header((LOCATION, to)).insert_header((CACHE_CONTROL, "no-store"));
    response
}

impl Way<'_> {
    fn secure(&self) -> bool {
        self.http.public_url.starts_with("https:")
    }

    fn begin(&self, back_to: Place, profile: bool, again: u8) -> Result<HttpResponse> {
        let attempt = Attempt::new(self.random, self.clock.now(), self.account.clone(), back_to, profile, again);
        let redirect = format!("{}/api/h5/v1/oauth/{}/callback", self.http.public_url, self.account);
        let to = self.api.authorize_url(&redirect, attempt.scope(), &attempt.state).map_err(Error::internal)?;
        Ok(go(&to).cookie(attempt.cookie(self.vault, self.secure())?).finish())
    }

    /// Exchanges the code, once; whoever comes a second time gets what the first one got.
    async fn back(&self, attempt: &Attempt, code: &str, device: &str) -> Result<HttpResponse> {
        let first = self.cache.set_if_absent(&format!("oauth:state:{}", attempt.state), "used", USED).await;
        let outcome = if first { self.api.exchange_code(code).await } else { Err(CodeError::Used) };
        match outcome {
            Ok(visitor) if visitor.snapshot => Ok(go(&attempt.back_to.with("wechat", "snapshot")).finish()),
            Ok(visitor) => {
                self.remember(code, &visitor.openid).await?;
                let answer = self.sign_in(attempt, &visitor.openid, Some(&visitor), device).await;
                if attempt.profile && answer.is_ok() {
                    self.introduce(&visitor).await;
                }
                answer
            }
            Err(CodeError::Used) => match self.remembered(code).await {
                Some(open_id) => self.sign_in(attempt, &open_id, None, device).await,
                None => self.again(attempt),
            },
            Err(CodeError::Invalid) => self.again(attempt),
            Err(CodeError::Failed(Failure::Unknown(_))) => self.again(attempt),
            Err(CodeError::Failed(failure)) => Err(Error::new(Code::Unavailable).because(failure)),
        }
    }

    /// A code that gave nobody is nothing that a person should hear of: the way begins anew, silently.
    fn again(&self, attempt: &Attempt) -> Result<HttpResponse> {
        if attempt.again >= AGAIN {
            return Ok(go(&attempt.back_to.with("wechat", "failed")).finish());
        }
        self.begin(attempt.back_to.clone(), false, attempt.again + 1)
    }

    async fn sign_in(
        &self,
        attempt: &Attempt,
        open_id: &OpenId,
        visitor: Option<&Visitor>,
        device: &str,
    ) -> Result<HttpResponse> {
        let who = Opened {
            account: &self.account,
            open_id,
            union_id: visitor.and_then(|visitor| visitor.unionid.as_ref()),
            entrance: Entrance::WebPage,
            device,
            key: None,
        };
        let (Fresh { token, .. }, _) = session::open(self.db, self.vault, who).await?;
        let cookie = Cookie::build(COOKIE, token)
            .path("/")
            .http_only(true)
            .secure(self.secure())
            .same_site(SameSite::Lax)
            .max_age(Age::days(SESSION_DAYS))
            .finish();
        Ok(go(&attempt.back_to.to_string()).cookie(cookie).finish())
    }

    /// Hands on what somebody agreed to tell of themselves. They are signed in whatever becomes of that.
    async fn introduce(&self, visitor: &Visitor) {
        let Ok(profile) = self.api.visitor_profile(visitor).await else { return };
        let claim = Claim::open_id(&self.account, &visitor.openid);
        let told = self.db.tx(async |tx: &Tx| match find(tx.db(), &claim).await? {
            Some(member) => self.introductions.0(tx, member, &profile.nickname).await,
            None => Ok(()),
        });
        if let Err(error) = told.await {
            tracing::warn!(?error, "what a visitor told of themselves could not be stored");
        }
    }

    async fn remember(&self, code: &str, open_id: &OpenId) -> Result<()> {
        let sealed = self.vault.seal(SEAL, open_id.as_str()).map_err(Error::internal)?;
        self.cache.set(&self.place_of(code), &sealed, REMEMBER).await;
        Ok(())
    }

    async fn remembered(&self, code: &str) -> Option<OpenId> {
        let sealed = self.cache.get(&self.place_of(code)).await?;
        self.vault.open(SEAL, &sealed).ok()?.parse().ok()
    }

    fn place_of(&self, code: &str) -> String {
        let digest = BASE64URL_NOPAD.encode(&Sha256::digest(code));
        format!("oauth:code:{}:{digest}", self.account)
    }
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Page {
    /// The address of the page that asks, as the browser shows it.
    #[garde(length(min = 1, max = 2048))]
    url: String,
}

/// What a page passes to `wx.config`
#[utoipa::path(tag = "consumer", params(("account" = AccountKey, Path), Page), responses(
    (status = 200, body = JsConfig), (status = 404, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)))]
#[get("/js-sdk/{account}")]
async fn js_config(
    account: Path<AccountKey>,
    query: ValidQuery<Page>,
    http: Data<Http>,
    wechat: Data<WeChat>,
) -> Result<Json<JsConfig>> {
    let (api, _) = official(&wechat, &account)?;
    let ours = Url::parse(&http.public_url).ok().and_then(|url| url.host_str().map(str::to_owned));
    let hosts: Vec<String> = ours.into_iter().chain(http.page_hosts.iter().cloned()).collect();
    Ok(Json(api.js_config(&query.url, &hosts).await?))
}
