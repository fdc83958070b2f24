//! Logging in to a mini program, one's sessions, and giving a phone number, under `/api/mini/v1`.

use actix_web::{
    HttpResponse, delete, get, post,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::{
    identity::session::{Entrance, Model},
    types::{AccountKey, MemberId, Phone, SessionId},
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Consumer, Fresh, Opened, key, open, store};
use crate::{
    error::{Code, Error, Result},
    http::{body::Valid, problem::Problem},
    identity::phone::{self, Given},
    infra::{
        db::{Db, Tx},
        secret::Vault,
    },
    wechat::{
        account::Kind,
        client::WeChat,
        mini::{
            login::LoginError,
            open_data::EncryptedData,
            phone::{PhoneError, PhoneNumber},
        },
    },
};

/// The routes of this domain under `/api/mini/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(log_in)
        .service(log_out)
        .service(current)
        .service(wechat_stands)
        .service(rotate)
        .service(list)
        .service(end)
        .service(give_phone)
        .service(give_sealed_phone);
}

#[derive(Deserialize, Validate, ToSchema)]
struct LogIn {
    /// The key of the mini program in `wechat-config`.
    #[garde(skip)]
    account: AccountKey,
    /// The code of `wx.login`.
    #[garde(length(min = 1, max = 512))]
    code: String,
    /// What the device calls itself, for the list of one's devices.
    #[garde(length(max = 64))]
    #[serde(default)]
    device: String,
}

/// A session with its token.
#[derive(Serialize, ToSchema)]
struct LoggedIn {
    /// To be sent as `Authorization: Bearer …`. It is told only once.
    token: String,
    expires_at: DateTime<Utc>,
    /// The id of the session.
    session: SessionId,
    /// Which member the caller is. It may become another one when two members turn out to be one person.
    member: MemberId,
    /// Whether the caller was never met before.
    new: bool,
    /// The phone that is known, masked; without one the page may ask for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
}

/// Log in to a mini program
#[utoipa::path(tag = "consumer", request_body = LogIn, responses(
    (status = 201, body = LoggedIn), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 422, body = Problem), (status = 429, body = Problem), (status = 503, body = Problem)))]
#[post("/sessions")]
async fn log_in(body: Valid<LogIn>, db: Data<Db>, vault: Data<Vault>, wechat: Data<WeChat>) -> Result<HttpResponse> {
    let Valid(LogIn { account, code, device }) = body;
    let api = wechat.of(&account).ok().filter(|api| api.account().kind == Kind::Mini);
    let api = api.ok_or_else(|| Error::invalid("account", "there is no such mini program"))?;
    let login = api.login(&code).await.map_err(refused)?;
    let who = Opened {
        account: &account,
        open_id: &login.openid,
        union_id: login.unionid.as_ref(),
        entrance: Entrance::MiniProgram,
        device: &device,
        key: Some(&login.session_key),
    };
    let (Fresh { session, token }, outcome) = open(&db, &vault, who).await?;
    let phone = phone::masked(db.read(), &vault, outcome.member).await?;
    Ok(HttpResponse::Created().json(LoggedIn {
        token,
        expires_at: session.expires_at,
        session: session.id,
        member: outcome.member,
        new: outcome.created,
        phone,
    }))
}

/// A refusal by WeChat in words for consumers. Nothing is stored for it.
fn refused(error: LoginError) -> Error {
    match error {
        LoginError::Code => Error::new(Code::LoginCode),
        LoginError::HighRisk => Error::new(Code::LoginBlocked),
        LoginError::TooOften { .. } => Error::new(Code::RateLimited),
        LoginError::Failed(failure) => Error::new(Code::Unavailable).because(failure),
    }
}

/// A device on which the caller is signed in.
#[derive(Serialize, ToSchema)]
struct Device {
    id: SessionId,
    account: AccountKey,
    entrance: Entrance,
    /// What the device calls itself.
    device: String,
    created_at: DateTime<Utc>,
    /// About when it was last used.
    seen_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    /// Whether it is the one that asks.
    current: bool,
}

impl Device {
    fn new(session: Model, caller: &Consumer) -> Self {
        let Model { id, account, entrance, device, created_at, seen_at, expires_at, .. } = session;
        Self { id, account, entrance, device, created_at, seen_at, expires_at, current: id == caller.session }
    }
}

/// Who is signed in.
#[derive(Serialize, ToSchema)]
struct Current {
    /// Which member the caller is.
    member: MemberId,
    #[serde(flatten)]
    device: Device,
}

/// Does my session stand?
#[utoipa::path(tag = "consumer", security(("bearer" = [])), responses((status = 200, body = Current), (status = 401, body = Problem)))]
#[get("/sessions/current")]
async fn current(caller: Consumer, db: Data<Db>) -> Result<Json<Current>> {
    let mine = store::of(db.read(), &[(caller.account.clone(), caller.open_id.clone())], db.now()).await?;
    let session = mine.into_iter().find(|session| session.id == caller.session);
    let session = session.ok_or_else(|| Error::new(Code::Unauthorized))?;
    Ok(Json(Current { member: caller.member, device: Device::new(session, &caller) }))
}

/// Whether WeChat's own session stands.
#[derive(Serialize, ToSchema)]
struct Stands {
    /// If not, `wx.login` comes before anything that WeChat encrypts.
    stands: bool,
}

/// Does WeChat's session of this person stand?
#[utoipa::path(tag = "consumer", security(("bearer" = [])), responses((status = 200, body = Stands), (status = 401, body = Problem), (status = 503, body = Problem)))]
#[get("/sessions/current/wechat")]
async fn wechat_stands(
    caller: Consumer,
    db: Data<Db>,
    vault: Data<Vault>,
    wechat: Data<WeChat>,
) -> Result<Json<Stands>> {
    let unavailable = |failure| Error::new(Code::Unavailable).because(failure);
    let api = wechat.of(&caller.account).map_err(unavailable)?;
    let stands = match key::find(db.read(), &vault, &caller.account, &caller.open_id).await? {
        Some(key) => api.session_stands(&caller.open_id, &key).await.map_err(unavailable)?,
        None => false,
    };
    Ok(Json(Stands { stands }))
}

/// A fresh token for a session.
#[derive(Serialize, ToSchema)]
struct Rotated {
    /// Takes the place of the one that was sent, which is good for another minute.
    token: String,
    expires_at: DateTime<Utc>,
}

/// Change the token of my session
#[utoipa::path(tag = "consumer", security(("bearer" = [])), responses((status = 201, body = Rotated), (status = 401, body = Problem)))]
#[post("/sessions/current/rotate")]
async fn rotate(caller: Consumer, db: Data<Db>) -> Result<HttpResponse> {
    let Fresh { session, token } = db.tx(async |tx: &Tx| store::rotate(tx, caller.session).await).await?;
    Ok(HttpResponse::Created().json(Rotated { token, expires_at: session.expires_at }))
}

/// Log out
#[utoipa::path(tag = "consumer", security(("bearer" = [])), responses((status = 204), (status = 401, body = Problem)))]
#[delete("/sessions/current")]
async fn log_out(caller: Consumer, db: Data<Db>) -> Result<HttpResponse> {
    let me = [(caller.account.clone(), caller.open_id.clone())];
    db.tx(async |tx: &Tx| store::end(tx, &me, caller.session).await).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// On which devices am I signed in?
#[utoipa::path(tag = "consumer", security(("bearer" = [])), responses((status = 200, body = Vec<Device>), (status = 401, body = Problem)))]
#[get("/sessions")]
async fn list(caller: Consumer, db: Data<Db>) -> Result<Json<Vec<Device>>> {
    let me = crate::identity::open_ids(db.read(), caller.member).await?;
    let sessions = store::of(db.read(), &me, db.now()).await?;
    Ok(Json(sessions.into_iter().map(|session| Device::new(session, &caller)).collect()))
}

/// Sign one of my devices out
#[utoipa::path(tag = "consumer", params(("id" = SessionId, Path)), security(("bearer" = [])), responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem)))]
#[delete("/sessions/{id}")]
async fn end(caller: Consumer, id: Path<SessionId>, db: Data<Db>) -> Result<HttpResponse> {
    let me = crate::identity::open_ids(db.read(), caller.member).await?;
    let ended = db.tx(async |tx: &Tx| store::end(tx, &me, *id).await).await?;
    if ended { Ok(HttpResponse::NoContent().finish()) } else { Err(Error::new(Code::NotFound)) }
}

#[derive(Deserialize, Validate, ToSchema)]
struct GivePhone {
    /// The code of the button `getPhoneNumber`; not the one of `wx.login`.
    #[garde(length(min = 1, max = 512))]
    code: String,
}

/// What became of a phone number.
#[derive(Serialize, ToSchema)]
struct PhoneGiven {
    /// The number, masked.
    phone: String,
    /// `linked`, or `under_review` when staff have to look at it first.
    state: phone::State,
    /// Which member the caller is now.
    member: MemberId,
}

/// Give my phone number by WeChat's button
#[utoipa::path(tag = "consumer", request_body = GivePhone, security(("bearer" = [])), responses(
    (status = 200, body = PhoneGiven), (status = 401, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)))]
#[post("/phone")]
async fn give_phone(
    caller: Consumer,
    body: Valid<GivePhone>,
    db: Data<Db>,
    vault: Data<Vault>,
    wechat: Data<WeChat>,
) -> Result<Json<PhoneGiven>> {
    let api = wechat.of(&caller.account).map_err(|failure| Error::new(Code::Unavailable).because(failure))?;
    let number = api.phone_number(&body.0.code, &caller.open_id).await.map_err(|error| match error {
        PhoneError::Code => Error::new(Code::PhoneCode),
        PhoneError::Failed(failure) => Error::new(Code::Unavailable).because(failure),
    })?;
    link(&db, &vault, &caller, &number).await
}

#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SealedPhone {
    /// `encryptedData` as the client got it.
    #[garde(length(min = 1, max = 4096))]
    encrypted_data: String,
    /// `iv` as the client got it.
    #[garde(length(min = 1, max = 64))]
    iv: String,
}

/// Give my phone number as old clients get it: encrypted with WeChat's session key
#[utoipa::path(tag = "consumer", request_body = SealedPhone, security(("bearer" = [])), responses(
    (status = 200, body = PhoneGiven), (status = 401, body = Problem), (status = 422, body = Problem)))]
#[post("/phone/encrypted")]
async fn give_sealed_phone(
    caller: Consumer,
    body: Valid<SealedPhone>,
    db: Data<Db>,
    vault: Data<Vault>,
    wechat: Data<WeChat>,
) -> Result<Json<PhoneGiven>> {
    let Valid(SealedPhone { encrypted_data, iv }) = body;
    let unreadable = || Error::new(Code::OpenData);
    let api = wechat.of(&caller.account).map_err(|failure| Error::new(Code::Unavailable).because(failure))?;
    let key = key::find(db.read(), &vault, &caller.account, &caller.open_id).await?.ok_or_else(unreadable)?;
    let data = EncryptedData { encrypted_data, iv };
    let number = api.open_phone(&data, &key, &caller.open_id).map_err(|error| unreadable().because(error))?;
    link(&db, &vault, &caller, &number).await
}

async fn link(db: &Db, vault: &Vault, caller: &Consumer, number: &PhoneNumber) -> Result<Json<PhoneGiven>> {
    let phone = Phone::from_parts(&number.country_code, &number.national)
        .map_err(|error| Error::new(Code::PhoneCode).because(error))?;
    let Given { member, state } = phone::give(db, vault, &caller.account, &caller.open_id, &phone).await?;
    Ok(Json(PhoneGiven { phone: phone.masked(), state, member }))
}
