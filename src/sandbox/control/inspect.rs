//! Looking: state, chats, pushes, calls, media.

use actix_web::{
    HttpResponse, web,
    web::{Data, Json, Path, Query, ServiceConfig},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Wait, ok};
use crate::{
    infra::clock::Time,
    sandbox::{
        Sandbox,
        accounts::AccountView,
        calls::Logged,
        chats::Chat,
        deliver::Order,
        faults::Fault,
        pay::MerchantView,
        people::{PersonView, openid},
        pushes::Push,
        qrcode::CodeView,
        service::ServiceView,
        trouble::Trouble,
    },
};

/// Everything the page shows at first.
#[derive(Clone, Debug, Serialize)]
pub struct State {
    /// The sandbox's clock.
    pub now: Time,
    /// Whether the clock stands until it is moved.
    pub manual_clock: bool,
    /// Where the service stands.
    pub service: ServiceView,
    /// Accounts, by key.
    pub accounts: Vec<AccountView>,
    /// Merchants of WeChat Pay, by key.
    pub merchants: Vec<MerchantView>,
    /// People, in the order in which they came.
    pub people: Vec<PersonView>,
    /// Faults that wait.
    pub faults: Vec<Fault>,
}

impl Sandbox {
    /// Everything at once.
    pub fn state(&self) -> State {
        self.with(|world| State {
            now: world.now(),
            manual_clock: world.clock.is_manual(),
            service: world.service(),
            accounts: world.accounts(),
            merchants: world.merchants(),
            people: world.people(),
            faults: world.faults.clone(),
        })
    }

    /// One person.
    pub fn person(&self, person: &str) -> Result<PersonView, Trouble> {
        self.with(|world| Ok(world.person_view(world.person(person)?)))
    }

    /// The OpenID of a person at an account.
    pub fn openid(&self, person: &str, account: &str) -> Result<String, Trouble> {
        self.with(|world| Ok(openid(&world.account(account)?.appid, &world.person(person)?.id)))
    }

    /// The chat of a person with an account.
    pub fn chat(&self, person: &str, account: &str) -> Result<Chat, Trouble> {
        self.with(|world| world.chat(person, account))
    }

    /// The newest pushes, newest first.
    pub fn pushes(&self, account: Option<&str>, limit: usize) -> Vec<Push> {
        self.with(|world| world.pushes(account, limit))
    }

    /// One push as it stands.
    pub fn push(&self, push: u64) -> Result<Push, Trouble> {
        self.with(|world| world.push_view(push))
    }

    /// All QR codes, those that were made last in front.
    pub fn codes(&self) -> Vec<CodeView> {
        self.with(|world| world.codes())
    }

    /// The newest API calls, newest first.
    pub fn calls(&self, limit: usize) -> Vec<Logged> {
        self.with(|world| world.calls(limit))
    }
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/state", web::get().to(state))
        .route("/people/{person}/chats/{account}", web::get().to(chat))
        .route("/pushes", web::get().to(pushes))
        .route("/pushes/release", web::post().to(release))
        .route("/pushes/{push}/again", web::post().to(again))
        .route("/calls", web::get().to(calls))
        .route("/codes", web::get().to(codes))
        .route("/media/{id}", web::get().to(media));
}

#[derive(Deserialize)]
struct Listing {
    account: Option<String>,
    limit: Option<usize>,
}

impl Listing {
    fn limit(&self) -> usize {
        self.limit.unwrap_or(50).min(1000)
    }
}

async fn state(sandbox: Data<Sandbox>) -> Json<State> {
    Json(sandbox.state())
}

async fn chat(sandbox: Data<Sandbox>, path: Path<(String, String)>) -> Result<Json<Chat>, Trouble> {
    let (person, account) = path.into_inner();
    sandbox.chat(&person, &account).map(Json)
}

async fn pushes(sandbox: Data<Sandbox>, listing: Query<Listing>) -> Json<Value> {
    Json(json!({ "pushes": sandbox.pushes(listing.account.as_deref(), listing.limit()) }))
}

async fn calls(sandbox: Data<Sandbox>, listing: Query<Listing>) -> Json<Value> {
    Json(json!({ "calls": sandbox.calls(listing.limit()) }))
}

async fn codes(sandbox: Data<Sandbox>) -> Json<Value> {
    Json(json!({ "codes": sandbox.codes() }))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Release {
    order: Order,
}

async fn release(sandbox: Data<Sandbox>, wait: Query<Wait>, release: Json<Release>) -> HttpResponse {
    if wait.wait {
        return HttpResponse::Ok().json(json!({ "pushes": sandbox.release(release.order).await }));
    }
    let held = sandbox.held(release.order);
    sandbox.deliver_later(held);
    ok()
}

async fn again(sandbox: Data<Sandbox>, wait: Query<Wait>, push: Path<u64>) -> Result<Json<Value>, Trouble> {
    let push = push.into_inner();
    if wait.wait {
        return Ok(Json(json!({ "push": sandbox.again(push).await? })));
    }
    let view = sandbox.push(push)?;
    sandbox.deliver_later(vec![push]);
    Ok(Json(json!({ "push": view })))
}

async fn media(sandbox: Data<Sandbox>, id: Path<String>) -> Result<HttpResponse, Trouble> {
    let (content_type, bytes) = sandbox.with(|world| world.shown_medium(&id)).ok_or(Trouble::Unknown("file"))?;
    Ok(HttpResponse::Ok()
        .content_type(content_type)
        .insert_header(("Cache-Control", "private, max-age=86400, immutable"))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .body(bytes))
}
