//! Sessions of staff: signing in, being recognised, signing out.

use std::{marker::PhantomData, net::IpAddr, time::Duration};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    body::BoxBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::header::AUTHORIZATION,
    middleware::Next,
    web::Data,
};
use chrono::TimeDelta;
use data_encoding::BASE64URL_NOPAD;
use entity::{
    admin::{
        staff::{self, Model},
        staff_session::{ActiveModel, Column, Entity},
    },
    types::{StaffId, StaffSessionId},
};
use futures_util::future::{Ready, ready};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use sha2::{Digest, Sha256};

use super::{password, rights::Right, staff::by_login};
use crate::{
    error::{Code, Error, Result},
    infra::{
        cache::Cache,
        clock::Time,
        db::{Db, Tx},
    },
};

/// How long a session lasts.
const LIFE: TimeDelta = TimeDelta::hours(12);
/// Failed attempts at one login from one address within [`PAUSE`].
const ATTEMPTS: u64 = 10;
/// Failed attempts at one login from anywhere within [`PAUSE`]: so many that nobody locks a colleague out by chance.
const ATTEMPTS_FROM_ANYWHERE: u64 = 200;
const PAUSE: Duration = Duration::from_secs(15 * 60);
/// What tokens begin with, so that a leaked one is recognised.
const PREFIX: &str = "hls_";

/// The member of staff who calls, and who has the right `R`. As a handler's argument it is the permission check.
#[derive(Debug)]
pub struct Staff<R> {
    /// Who.
    pub id: StaffId,
    /// Their name.
    pub name: String,
    /// Their login.
    pub login: String,
    /// Their role.
    pub role: staff::Role,
    /// The session they call with.
    pub session: StaffSessionId,
    right: PhantomData<R>,
}

impl<R> Staff<R> {
    /// The caller as an actor, for idempotency keys and records.
    pub fn actor(&self) -> String {
        self.id.to_string()
    }
}

/// The session that a request came with; put there by [`recognise`].
#[derive(Clone)]
struct Caller {
    session: StaffSessionId,
    person: Model,
}

/// Middleware of the audience: finds out who calls, before anything else of the request is read.
///
/// # Errors
/// When the database does not answer; otherwise what the inner service returns. A stranger is no error here: signing in
/// is for strangers, and every other handler refuses them by its argument.
pub async fn recognise(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| value.strip_prefix("Bearer ")).map(str::to_owned);
    let db = request.app_data::<Data<Db>>().cloned();
    if let (Some(token), Some(db)) = (token, db)
        && let Some(caller) = holder(&db, &token).await?
    {
        request.extensions_mut().insert(caller);
    }
    next.call(request).await
}

impl<R: Right> FromRequest for Staff<R> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    /// Decides at once, so that as the first argument it decides before the others look at the request.
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = request.extensions().get::<Caller>().cloned();
        ready(match caller {
            None => Err(Error::new(Code::Unauthorized)),
            Some(Caller { person, .. }) if !R::of(person.role) => {
                Err(Error::new(Code::Forbidden).detail(format!("this needs the right \"{}\"", R::NAME)))
            }
            Some(Caller { session, person: Model { id, name, login, role, .. } }) => {
                Ok(Self { id, name, login, role, session, right: PhantomData })
            }
        })
    }
}

/// A fresh session: its token is told once.
pub(super) struct SignedIn {
    pub(super) token: String,
    pub(super) expires_at: Time,
    pub(super) person: Model,
}

/// Signs somebody in. Wrong logins and wrong passwords cannot be told apart.
///
/// Every attempt counts before it is looked at, so that many at once gain nothing; one that succeeds is taken back.
pub(super) async fn sign_in(
    db: &Db,
    cache: &Cache,
    address: Option<IpAddr>,
    login: &str,
    secret: String,
) -> Result<SignedIn> {
    let anywhere = format!("sign-in:{}", digest(login));
    let here = format!("{anywhere}:{}", address.map(|address| address.to_string()).unwrap_or_default());
    let tried = (cache.count(&here, 1, PAUSE).await, cache.count(&anywhere, 1, PAUSE).await);
    if tried.0 > ATTEMPTS || tried.1 > ATTEMPTS_FROM_ANYWHERE {
        let too_many = "too many attempts; try again in a quarter of an hour";
        return Err(Error::new(Code::RateLimited).detail(too_many).retry_after(PAUSE));
    }
    let person = by_login(db.read(), login).await?.filter(|person| person.disabled_at.is_none());
    let right = password::matches(secret, person.as_ref().map(|person| person.password.clone())).await?;
    let Some(person) = person.filter(|_| right) else {
        return Err(Error::new(Code::Unauthorized).detail("the login or the password is wrong"));
    };
    for counted in [&here, &anywhere] {
        cache.count(counted, -1, PAUSE).await;
    }
    let token = format!("{PREFIX}{}", db.random().token());
    let expires_at = db
        .tx(async |tx: &Tx| {
            let expires_at = tx.now() + LIFE;
            let row = ActiveModel {
                id: Set(tx.id()),
                staff_id: Set(person.id),
                token_digest: Set(digest(&token)),
                created_at: Set(tx.now()),
                expires_at: Set(expires_at),
            };
            Entity::insert(row).exec_without_returning(tx.db()).await?;
            Ok(expires_at)
        })
        .await?;
    Ok(SignedIn { token, expires_at, person })
}

/// Ends a session.
pub(super) async fn sign_out(db: &Db, session: StaffSessionId) -> Result<()> {
    db.tx(async |tx: &Tx| {
        Entity::delete_by_id(session).exec(tx.db()).await?;
        Ok(())
    })
    .await
}

async fn holder(db: &Db, token: &str) -> Result<Option<Caller>> {
    if !token.starts_with(PREFIX) {
        return Ok(None);
    }
    let session = Entity::find()
        .filter(Column::TokenDigest.eq(digest(token)))
        .filter(Column::ExpiresAt.gt(db.now()))
        .one(db.read())
        .await?;
    let Some(session) = session else { return Ok(None) };
    let person = staff::Entity::find_by_id(session.staff_id).one(db.read()).await?;
    Ok(person.filter(|person| person.disabled_at.is_none()).map(|person| Caller { session: session.id, person }))
}

fn digest(text: &str) -> String {
    BASE64URL_NOPAD.encode(&Sha256::digest(text))
}
