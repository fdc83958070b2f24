//! What members see and do who share pages and visit them, under `/api/mini/v1`. There is nothing but one's own.

use std::{collections::BTreeMap, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header::USER_AGENT,
    post, put,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::share::{
    link::Model as Link,
    visit::{Model as Visit, State},
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    error::{Code, Error, Result},
    http::{
        body::{Valid, ValidQuery},
        page::{Cursor, Page, PageQuery},
        problem::Problem,
    },
    identity::{names, session::Consumer},
    infra::{
        cache::Cache,
        config::Http,
        db::{Db, Tx},
    },
    members::shown::begun_many,
    share::{campaign, jobs::Review, link, reward, robots::is_robot, rules::Why, store, terms::Rules},
    stores::Scope,
    tracking::{
        invitation::Code as Key,
        origin::Origin,
        shared::{Opened, opened},
    },
};

/// Links that one session may ask for, and visits that it may tell, in a minute.
const OFTEN: u64 = 30;
const MINUTE: Duration = Duration::from_secs(60);
/// Keys that nobody has, which one session may try in an hour: with 50 bits guessing is hopeless anyway.
const GUESSES: u64 = 10;
const HOUR: Duration = Duration::from_secs(3600);

/// The routes of this domain under `/api/mini/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(mint).service(list).service(visits).service(visit);
}

/// What a card or a page says about what is shared.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ShareCard)]
pub(super) struct Card {
    /// The path of the page, without a query.
    page: String,
    /// What the card says, where a campaign says it; else the page knows best.
    title: Option<String>,
    /// The address of the picture.
    picture: Option<String>,
    /// Whether visits count now.
    open: bool,
}

impl Card {
    pub(super) fn of(link: &Link, rules: Option<&Rules>) -> Self {
        let named = rules.and_then(|rules| rules.page(&link.page));
        Self {
            page: link.page.clone(),
            title: named.map(|page| page.title.clone()),
            picture: named.and_then(|page| page.picture.clone()),
            open: named.is_some(),
        }
    }
}

/// What somebody shares.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SharePage)]
struct Shares {
    /// The path of the page, without a query.
    #[garde(pattern("^[A-Za-z0-9][A-Za-z0-9_./-]{0,255}$"))]
    page: String,
    /// What its path says besides, such as `id=7`; it comes back within `path`.
    #[garde(inner(pattern("^[A-Za-z0-9_.~%=&-]{0,512}$")))]
    #[serde(default)]
    query: Option<String>,
}

/// How a page is shared: for `onShareAppMessage` of a mini program and for the JS-SDK of a page.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OwnShareLink)]
struct Minted {
    key: String,
    #[serde(flatten)]
    card: Card,
    /// The path of the card, with the key as `share`.
    path: String,
    /// The address of the page that carries the key.
    link: String,
}

/// My link for a page, made when there is none. The tap on "share" earns nothing; visits by others may
#[utoipa::path(tag = "consumer", request_body = Shares, security(("bearer" = [])),
    responses((status = 200, body = Minted), (status = 401, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
#[put("/share-links")]
async fn mint(
    caller: Consumer,
    body: Valid<Shares>,
    origin: Origin,
    db: Data<Db>,
    cache: Data<Cache>,
    http: Data<Http>,
) -> Result<Json<Minted>> {
    let Valid(Shares { page, query }) = body;
    if cache.count(&format!("share-links:{}", caller.session), 1, MINUTE).await > OFTEN {
        return Err(Error::new(Code::RateLimited).retry_after(MINUTE));
    }
    let made = db.tx(async |tx: &Tx| link::mine(tx, caller.member, &page, origin.device.as_deref()).await);
    let (row, open) = (made.await?, campaign::open_for(db.read(), &page, db.now()).await?);
    let query = query.filter(|query| !query.is_empty()).map(|query| format!("{query}&")).unwrap_or_default();
    Ok(Json(Minted {
        card: Card::of(&row, open.as_ref()),
        path: format!("/{page}?{query}share={}", row.key),
        link: format!("{}/m/s/{}", http.public_url, row.key),
        key: row.key,
    }))
}

/// One of my links with what it brought.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OwnShare)]
struct Shared {
    key: String,
    page: String,
    at: DateTime<Utc>,
    /// Visits that count.
    visits: i64,
    /// Visits that may still count.
    waiting: i64,
    /// Visitors who registered.
    registered: i64,
    /// Visitors who bought for the first time.
    purchases: i64,
    /// What all of it has earned, less what was taken back.
    points: i64,
}

/// What I share, the latest first, and what it brought
#[utoipa::path(tag = "consumer", params(PageQuery), security(("bearer" = [])), responses((status = 200, body = Page<Shared>), (status = 401, body = Problem)))]
#[get("/share-links")]
async fn list(caller: Consumer, page: ValidQuery<PageQuery>, db: Data<Db>) -> Result<Json<Page<Shared>>> {
    let rows = link::list(db.read(), caller.member, &page).await?;
    let keys: Vec<String> = rows.iter().map(|row| row.key.clone()).collect();
    let brought = store::brought(db.read(), keys.clone()).await?;
    let points = reward::points_of_links(db.read(), keys).await?;
    let shared = |row: Link| {
        let brought = brought.get(&row.key).copied().unwrap_or_default();
        Shared {
            points: points.get(&row.key).copied().unwrap_or(0),
            key: row.key,
            page: row.page,
            at: row.at,
            visits: brought.visits,
            waiting: brought.waiting,
            registered: brought.registered,
            purchases: brought.purchases,
        }
    };
    Ok(Json(page.page(rows, |row| Cursor { at: row.at, id: row.id.into() }, shared)))
}

/// A visit to what I share.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OwnShareVisit)]
struct Came {
    /// How the visitor's name begins.
    name: String,
    state: State,
    /// How it was decided; a code never changes its meaning.
    code: String,
    reason_zh: &'static str,
    reason_en: &'static str,
    opened_at: Option<DateTime<Utc>>,
    counted_at: Option<DateTime<Utc>>,
    registered: bool,
    purchased: bool,
    /// What it has earned, less what was taken back.
    points: i64,
}

/// Who came by one of my links, the latest first, and what it earned
#[utoipa::path(tag = "consumer", params(("key" = String, Path, example = "0123456789"), PageQuery), security(("bearer" = [])),
    responses((status = 200, body = Page<Came>), (status = 401, body = Problem), (status = 404, body = Problem)))]
#[get("/share-links/{key}/visits")]
async fn visits(
    caller: Consumer,
    key: Path<String>,
    page: ValidQuery<PageQuery>,
    db: Data<Db>,
) -> Result<Json<Page<Came>>> {
    let key: Key = key.parse().map_err(|none| Error::new(Code::NotFound).because(none))?;
    let row = link::get(db.read(), &key).await?;
    if !names(db.read(), caller.member).await?.contains(&row.member) {
        return Err(Error::new(Code::NotFound));
    }
    let wanted = store::Filter { key: Some(row.key), ..store::Filter::default() };
    let rows = store::list(db.read(), Scope::All, wanted, &page).await?;
    let points = reward::points(db.read(), rows.iter().map(|row| row.id)).await?;
    let names: BTreeMap<_, _> = begun_many(db.read(), rows.iter().map(|row| row.visitor)).await?;
    let came = |row: Visit| {
        let why = Why::of(&row.why);
        Came {
            name: names.get(&row.visitor).cloned().unwrap_or_default(),
            state: row.state,
            reason_zh: why.map_or("", Why::zh),
            reason_en: why.map_or("", Why::en),
            code: row.why,
            opened_at: row.opened_at,
            counted_at: row.counted_at,
            registered: row.registered_at.is_some(),
            purchased: row.purchased_at.is_some(),
            points: points.get(&row.id).copied().unwrap_or(0),
        }
    };
    Ok(Json(page.page(rows, |row| Cursor { at: row.created_at, id: row.id.into() }, came)))
}

/// By what somebody came.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VisitByShare)]
struct By {
    /// The key, as `share` of the path says it.
    #[garde(length(min = 1, max = 64))]
    key: String,
    /// The scene with which WeChat opened the mini program: 1007 from a chat, 1008 from a group.
    #[garde(range(max = 99_999))]
    #[serde(default)]
    scene: Option<u32>,
}

/// I opened a page that somebody shared. Whether it counts, they see
#[utoipa::path(tag = "consumer", request_body = By, security(("bearer" = [])),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
#[post("/share-visits")]
async fn visit(
    caller: Consumer,
    body: Valid<By>,
    request: HttpRequest,
    origin: Origin,
    db: Data<Db>,
    cache: Data<Cache>,
) -> Result<HttpResponse> {
    let Valid(By { key, scene }) = body;
    let often = || Error::new(Code::RateLimited).retry_after(MINUTE);
    let guesses = format!("guess:{}", caller.session);
    if cache.count(&format!("share-visits:{}", caller.session), 1, MINUTE).await > OFTEN
        || cache.count(&guesses, 0, HOUR).await > GUESSES
    {
        return Err(often());
    }
    let known = match Key::of_shared_scene(&key).or_else(|| key.parse().ok()) {
        Some(key) => link::get(db.read(), &key).await.map(|row| (key, row)),
        None => Err(Error::new(Code::NotFound).detail("there is no such link")),
    };
    let (key, row) = match known {
        Err(missing) if missing.code() == Code::NotFound => {
            cache.count(&guesses, 1, HOUR).await;
            return Err(missing);
        }
        known => known?,
    };
    let agent = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if is_robot(agent, scene) {
        metrics::counter!("share_visits_ignored_total", "why" => "robot").increment(1);
        return Ok(HttpResponse::NoContent().finish());
    }
    let seen = Opened {
        account: caller.account.clone(),
        open_id: caller.open_id.clone(),
        key,
        origin,
        began_at: caller.since,
        at: db.now(),
    };
    db.tx(async |tx: &Tx| {
        opened(tx, &seen).await?;
        for campaign in campaign::of_pages(tx.db(), [row.page.clone()]).await? {
            tx.enqueue(Review { campaign, member: caller.member, by_time: false })?;
        }
        Ok(())
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
