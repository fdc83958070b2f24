//! WeChat's session keys: kept sealed, one for each person and mini program, the latest (protocol section 8.1).

use entity::{
    identity::wechat_session::{Column, Entity, Model},
    types::{AccountKey, OpenId},
};
use futures_util::future::FutureExt;
use sea_orm::{
    ConnectionTrait, EntityTrait, IntoActiveModel,
    sea_query::{Expr, OnConflict},
};

use crate::{
    error::{Error, Result},
    identity::belonging::{Belonging, OnMerge},
    infra::{db::Tx, secret::Vault},
    wechat::mini::SessionKey,
};

/// The field for which session keys are sealed.
const SEAL: &str = "wechat_session.key";

/// Keeps the key of somebody who has just logged in, unless a later one is there.
pub(super) async fn keep(
    tx: &Tx,
    vault: &Vault,
    account: &AccountKey,
    open_id: &OpenId,
    key: &SessionKey,
) -> Result<()> {
    let sealed = vault.seal(SEAL, key.expose()).map_err(Error::internal)?;
    let row = Model { account: account.clone(), open_id: open_id.clone(), sealed, given_at: tx.now() };
    let unless_later = OnConflict::columns([Column::Account, Column::OpenId])
        .update_columns([Column::Sealed, Column::GivenAt])
        .action_and_where(Expr::cust("excluded.given_at >= wechat_session.given_at"))
        .to_owned();
    Entity::insert(row.into_active_model()).on_conflict(unless_later).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// The key of a person, if one is known and can be opened.
pub(super) async fn find(
    db: &impl ConnectionTrait,
    vault: &Vault,
    account: &AccountKey,
    open_id: &OpenId,
) -> Result<Option<SessionKey>> {
    let row = Entity::find_by_id((account.clone(), open_id.clone())).one(db).await?;
    Ok(row.and_then(|row| vault.open(SEAL, &row.sealed).ok()?.parse().ok()))
}

/// The session keys of a person.
pub const KEYS: Belonging = Belonging {
    table: "wechat_session",
    begin: None,
    on_merge: OnMerge::Stay,
    erase: |tx, owner, data| owner.delete::<Entity>(tx, data, Column::Account, Column::OpenId).boxed_local(),
    export: None,
};
