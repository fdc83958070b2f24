//! Sessions of staff: signing in, being recognised, signing out.

use std::{marker::PhantomData, net::IpAddr, time::Duration};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    body::BoxBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{StatusCode, header::AUTHORIZATION},
    middleware::Next,
    web::Data,
};
use chrono::TimeDelta;
use data_encoding::BASE64URL_NOPAD;
use entity::{
    admin::{
        staff::{self, Model},
        staff_session::{self, ActiveModel, Column, Entity},
    },
    types::{StaffId, StaffSessionId},
};
use futures_util::future::{Ready, ready};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use sha2::{Digest, Sha256};

use super::{
    audit::{self, Act},
    password,
    post::Post,
    rights::Right,
    second_factor,
    staff::by_login,
};
use crate::{
    error::{Code, Error, Result},
    http::caller::Known,
    infra::{
        cache::Cache,
        clock::Time,
        db::{Db, Tx},
        news::News,
        secret::Vault,
    },
    stores::Scope,
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
    /// Where they work; headquarters have no store.
    pub post: Post,
    /// The session they call with.
    pub session: StaffSessionId,
    /// When it ends by itself.
    pub until: Time,
    right: PhantomData<R>,
}

impl<R> Staff<R> {
    /// The caller as an actor, for idempotency keys and records.
    pub fn actor(&self) -> String {
        self.id.to_string()
    }

    /// Of which stores they see the people.
    pub fn scope(&self) -> Scope {
        self.post.scope()
    }
}

/// The session that a request came with; put there by [`recognise`].
#[derive(Clone)]
struct Caller {
    session: StaffSessionId,
    until: Time,
    person: Model,
}

/// Who calls, when that is a member of staff.
pub(super) fn caller(request: &HttpRequest) -> Option<StaffId> {
    request.extensions().get::<Caller>().map(|caller| caller.person.id)
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
        request.extensions_mut().insert(Known);
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
            Some(Caller { session, until, person: Model { id, name, login, role, store_id, .. } }) => {
                // Who has no store where one is needed sees nobody.
                Post::of(role, store_id)
                    .map(|post| Self { id, name, login, role, post, session, until, right: PhantomData })
                    .map_err(|_unplaced| Error::new(Code::Forbidden).detail("headquarters must say where you work"))
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

/// By what it is known who signs in.
pub(super) enum Proof {
    Password(String),
    /// WeChat has said whose login it is.
    WeChat,
}

/// What somebody shows who signs in.
pub(super) struct Credentials {
    pub(super) login: String,
    pub(super) proof: Proof,
    /// The code that their authenticator shows, if they have one.
    pub(super) code: Option<String>,
    /// Where they come from.
    pub(super) address: Option<IpAddr>,
}

/// Signs somebody in. Wrong logins and wrong passwords cannot be told apart.
///
/// Every attempt counts before it is looked at, so that many at once gain nothing; one that succeeds is taken back.
///
/// # Errors
/// [`Code::Unauthorized`], [`Code::SecondFactor`] when the password is right but a code is missing,
/// [`Code::RateLimited`].
pub(super) async fn sign_in(db: &Db, cache: &Cache, vault: &Vault, shown: Credentials) -> Result<SignedIn> {
    let Credentials { login, proof, code, address } = shown;
    let anywhere = format!("sign-in:{}", digest(&login));
    let here = format!("{anywhere}:{}", address.map(|address| address.to_string()).unwrap_or_default());
    let tried = (cache.count(&here, 1, PAUSE).await, cache.count(&anywhere, 1, PAUSE).await);
    if tried.0 > ATTEMPTS || tried.1 > ATTEMPTS_FROM_ANYWHERE {
        let too_many = "too many attempts; try again in a quarter of an hour";
        return Err(Error::new(Code::RateLimited).detail(too_many).retry_after(PAUSE));
    }
    let person = by_login(db.read(), &login).await?.filter(|person| person.disabled_at.is_none());
    let (right, action) = match proof {
        Proof::Password(password) => {
            let hash = person.as_ref().map(|person| person.password.clone());
            (password::matches(password, hash).await?, "POST /api/admin/v1/sessions")
        }
        Proof::WeChat => (true, "POST /api/admin/v1/scans/{key}/session"),
    };
    let Some(person) = person.filter(|_| right) else {
        return Err(Error::new(Code::Unauthorized).detail("the login or the password is wrong"));
    };
    let missing = person.second_factor_at.is_some() && code.is_none();
    if let (Some(_), Some(code)) = (person.second_factor_at, &code)
        && second_factor::check(db, vault, &person, code).await.is_err()
    {
        return Err(Error::new(Code::Unauthorized).detail("the code is wrong"));
    }
    for counted in [&here, &anywhere] {
        cache.count(counted, -1, PAUSE).await;
    }
    if missing {
        return Err(Error::new(Code::SecondFactor));
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
            let path = action.trim_start_matches("POST ").to_owned();
            let status = Some(StatusCode::CREATED.as_u16());
            audit::append(tx, vault, &Act { staff: person.id, action: action.to_owned(), path, status }).await?;
            Ok(expires_at)
        })
        .await?;
    Ok(SignedIn { token, expires_at, person })
}

/// The sessions of somebody that have not ended, the latest first.
pub(super) async fn of(db: &Db, staff: StaffId) -> Result<Vec<staff_session::Model>> {
    let theirs = Entity::find().filter(Column::StaffId.eq(staff)).filter(Column::ExpiresAt.gt(db.now()));
    Ok(theirs.order_by_desc(Column::Id).all(db.read()).await?)
}

/// Ends a session of somebody.
///
/// # Errors
/// [`Code::NotFound`] when they have no such session.
pub(super) async fn end(db: &Db, staff: StaffId, session: StaffSessionId) -> Result<()> {
    let ended = db
        .tx(async |tx: &Tx| {
            let theirs = Entity::delete_by_id(session).filter(Column::StaffId.eq(staff));
            tx.tell(News::SignedOut(staff));
            Ok(theirs.exec(tx.db()).await?.rows_affected)
        })
        .await?;
    if ended == 1 { Ok(()) } else { Err(Error::new(Code::NotFound)) }
}

/// Ends all sessions of somebody, or all but one.
pub(super) async fn end_all(tx: &Tx, staff: StaffId, but: Option<StaffSessionId>) -> Result<()> {
    let mut theirs = Entity::delete_many().filter(Column::StaffId.eq(staff));
    if let Some(kept) = but {
        theirs = theirs.filter(Column::Id.ne(kept));
    }
    theirs.exec(tx.db()).await?;
    tx.tell(News::SignedOut(staff));
    Ok(())
}

/// Whether a session has not ended. Whoever may sign in no more has none.
pub(super) async fn stands(db: &Db, session: StaffSessionId) -> Result<bool> {
    let open = Entity::find_by_id(session).filter(Column::ExpiresAt.gt(db.now()));
    Ok(open.one(db.read()).await?.is_some())
}

/// Counts an attempt of somebody who is signed in to show a password or a code.
///
/// # Errors
/// [`Code::RateLimited`].
pub(super) async fn count_attempt(cache: &Cache, staff: StaffId) -> Result<()> {
    if cache.count(&format!("staff-attempt:{staff}"), 1, PAUSE).await > ATTEMPTS {
        return Err(Error::new(Code::RateLimited).retry_after(PAUSE));
    }
    Ok(())
}

/// Checks the present password of somebody who is signed in, which came in `field`.
///
/// # Errors
/// [`Code::Invalid`] when it is another, [`Code::RateLimited`].
pub(super) async fn check_password(
    db: &Db,
    cache: &Cache,
    staff: StaffId,
    field: &'static str,
    password: String,
) -> Result<()> {
    count_attempt(cache, staff).await?;
    let person = super::staff::get(db.read(), staff).await?;
    if password::matches(password, Some(person.password)).await? {
        return Ok(());
    }
    Err(Error::invalid(field, "is not the present password"))
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
    let person = person.filter(|person| person.disabled_at.is_none());
    Ok(person.map(|person| Caller { session: session.id, until: session.expires_at, person }))
}

fn digest(text: &str) -> String {
    BASE64URL_NOPAD.encode(&Sha256::digest(text))
}
