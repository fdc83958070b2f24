//! Opening a session for somebody whom WeChat has just named.

use entity::{
    identity::{identity::Source, session::Entrance},
    types::{AccountKey, OpenId, UnionId},
};

use super::{Fresh, key, store};
use crate::{
    error::Result,
    identity::{Claim, Claims, Outcome, events::SignedIn, resolve},
    infra::{
        db::{Db, Tx},
        secret::Vault,
    },
    wechat::mini::SessionKey,
};

/// Somebody whom WeChat has named.
#[derive(Clone, Copy)]
pub struct Opened<'a> {
    /// The account they came by.
    pub account: &'a AccountKey,
    /// Who.
    pub open_id: &'a OpenId,
    /// The same person over all accounts, when WeChat says so.
    pub union_id: Option<&'a UnionId>,
    /// How.
    pub entrance: Entrance,
    /// What the device calls itself.
    pub device: &'a str,
    /// The session key of a mini program.
    pub key: Option<&'a SessionKey>,
}

/// Finds or makes the member, keeps WeChat's session key, and opens a session; all or nothing.
///
/// # Errors
/// When the database does not answer.
pub async fn open(db: &Db, vault: &Vault, who: Opened<'_>) -> Result<(Fresh, Outcome)> {
    let source = match who.entrance {
        Entrance::MiniProgram => Source::MiniLogin,
        Entrance::WebPage => Source::WebOauth,
    };
    db.tx(async |tx: &Tx| {
        let mut claims = vec![Claim::open_id(who.account, who.open_id)];
        claims.extend(who.union_id.map(Claim::union_id));
        let outcome = resolve(tx, &Claims { source, at: tx.now(), claims }).await?;
        if let Some(given) = who.key {
            key::keep(tx, vault, who.account, who.open_id, given).await?;
        }
        let fresh = store::insert(tx, who.account, who.open_id, who.entrance, who.device).await?;
        tx.emit(&SignedIn { member: outcome.member, account: who.account.clone(), entrance: who.entrance })?;
        Ok((fresh, outcome))
    })
    .await
}
