//! The consumer who calls.

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    body::BoxBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{AUTHORIZATION, HeaderName},
    },
    middleware::Next,
    web::Data,
};
use entity::{
    identity::session::Model,
    types::{AccountKey, MemberId, OpenId, SessionId},
};
use futures_util::future::{Ready, ready};

use super::store;
use crate::{
    error::{Code, Error, Result},
    http::caller::{COOKIE, Known},
    identity::{Claim, find},
    infra::{clock::Time, db::Db},
};

/// What browsers say about where a request comes from; pages cannot set it.
const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The consumer who calls. As a handler's argument it is the permission check: there is nothing but one's own.
#[derive(Clone, Debug)]
pub struct Consumer {
    /// Which member they are, at this moment.
    pub member: MemberId,
    /// The account they came by.
    pub account: AccountKey,
    /// Who they are there.
    pub open_id: OpenId,
    /// The session they call with.
    pub session: SessionId,
    /// When it was opened.
    pub since: Time,
}

impl Consumer {
    /// The caller as an actor, for idempotency keys and records.
    pub fn actor(&self) -> String {
        self.member.to_string()
    }
}

/// Middleware of the audience: finds out who calls, before anything else of the request is read.
///
/// # Errors
/// When the database does not answer; otherwise what the inner service returns. A stranger is no error here: logging in
/// is for strangers, and every other handler refuses them by its argument.
pub async fn recognise(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if let (Some(token), Some(db)) = (token(&request), request.app_data::<Data<Db>>().cloned())
        && let Some(caller) = holder(&db, &token).await?
    {
        request.extensions_mut().insert(caller);
        request.extensions_mut().insert(Known);
    }
    next.call(request).await
}

/// The token of a request. Browsers send cookies by themselves, whoever made the page: a cookie counts for changes only
/// when the browser says that the page is ours.
fn token(request: &ServiceRequest) -> Option<String> {
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    if let Some(token) = header.and_then(|value| value.strip_prefix("Bearer ")) {
        return Some(token.to_owned());
    }
    let cookie = request.cookie(COOKIE)?;
    let ours = request.headers().get(SITE).is_some_and(|site| site == "same-origin");
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    (reads || ours).then(|| cookie.value().to_owned())
}

async fn holder(db: &Db, token: &str) -> Result<Option<Consumer>> {
    let Some(session) = store::held_by(db.read(), token, db.now()).await? else { return Ok(None) };
    let Some(member) = find(db.read(), &Claim::open_id(&session.account, &session.open_id)).await? else {
        return Ok(None);
    };
    store::seen(db, &session).await?;
    let Model { id, account, open_id, created_at, .. } = session;
    Ok(Some(Consumer { member, account, open_id, session: id, since: created_at }))
}

impl FromRequest for Consumer {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    /// Decides at once, so that as the first argument it decides before the others look at the request.
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = request.extensions().get::<Self>().cloned();
        ready(caller.ok_or_else(|| Error::new(Code::Unauthorized)))
    }
}
