//! A phone number that WeChat has checked becomes part of who a person is.

use entity::{
    identity::identity::{Kind, Source},
    types::{AccountKey, MemberId, OpenId, Phone},
};
use sea_orm::ConnectionTrait;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Claim, Claims, claim, find, resolve, store};
use crate::{
    error::Result,
    infra::{
        db::{Db, Tx},
        secret::Vault,
    },
};

/// What became of a number that somebody gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PhoneState)]
pub enum State {
    /// It is the person's.
    Linked,
    /// Something speaks against it; staff decide.
    UnderReview,
}

/// Whose a number is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given {
    /// Which member the person is now.
    pub member: MemberId,
    /// What became of the number.
    pub state: State,
}

/// Links a number that WeChat has checked for somebody who is signed in. Giving it again changes nothing.
///
/// # Errors
/// When the database does not answer.
pub async fn give(db: &Db, vault: &Vault, account: &AccountKey, open_id: &OpenId, phone: &Phone) -> Result<Given> {
    let number = Claim::phone(vault, phone)?;
    db.tx(async |tx: &Tx| {
        let claims = vec![Claim::open_id(account, open_id), number.clone()];
        let outcome = resolve(tx, &Claims { source: Source::WechatPhone, at: tx.now(), claims }).await?;
        let linked = find(tx.db(), &number).await? == Some(outcome.member);
        let state = if linked { State::Linked } else { State::UnderReview };
        Ok(Given { member: outcome.member, state })
    })
    .await
}

/// The number to call a member by, masked; `None` when there is none.
///
/// # Errors
/// When the database does not answer.
pub async fn masked(db: &impl ConnectionTrait, vault: &Vault, member: MemberId) -> Result<Option<String>> {
    Ok(to_call(db, vault, member).await?.map(|phone| phone.masked()))
}

/// The number to call a member by; for who may know it whole.
///
/// # Errors
/// When the database does not answer.
pub async fn to_call(db: &impl ConnectionTrait, vault: &Vault, member: MemberId) -> Result<Option<Phone>> {
    let held = store::held(db, [member]).await?;
    let current = held.iter().find(|identity| identity.kind == Kind::Phone && identity.current);
    let sealed = current.and_then(|identity| identity.sealed.as_deref());
    sealed.map(|sealed| claim::open_phone(vault, sealed)).transpose()
}
