//! Who wished to be forgotten, but still follows: WeChat goes on to name them in its lists, and they stay unknown until
//! they do something themselves.

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::BASE64URL_NOPAD;
use entity::{
    identity::{
        forgotten::{ActiveModel, Column, Entity},
        identity::Kind,
    },
    types::{AccountKey, OpenId},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use sha2::{Digest, Sha256};

use super::store;
use crate::{
    error::Result,
    infra::{
        clock::Time,
        db::{self, Tx},
    },
};

/// Without a key, as OpenIDs cannot be guessed.
fn digest(account: &AccountKey, open_id: &OpenId) -> String {
    BASE64URL_NOPAD.encode(&Sha256::digest(format!("{account}:{}", open_id.as_str())))
}

/// Remembers that nothing is to be remembered of a person.
pub(super) async fn remember(tx: &Tx, account: &AccountKey, open_id: &OpenId) -> Result<()> {
    let row = ActiveModel { digest: Set(digest(account, open_id)), at: Set(tx.now()) };
    Entity::insert(row).on_conflict_do_nothing().exec_without_returning(tx.db()).await?;
    Ok(())
}

/// Who of these people wished to be forgotten, and when.
pub(super) async fn since<'a>(
    db: &impl ConnectionTrait,
    people: impl Iterator<Item = &'a (AccountKey, OpenId)>,
) -> Result<Vec<((AccountKey, OpenId), Time)>> {
    let mut digests: BTreeMap<String, &(AccountKey, OpenId)> =
        people.map(|person| (digest(&person.0, &person.1), person)).collect();
    if digests.is_empty() {
        return Ok(Vec::new());
    }
    let rows = Entity::find().filter(db::among(db, Column::Digest, digests.keys().cloned())).all(db).await?;
    Ok(rows.into_iter().filter_map(|row| Some((digests.remove(&row.digest)?.clone(), row.at))).collect())
}

/// Those of these people who are to stay unknown. Who has come back as a member is no longer among them.
pub(super) async fn among<'a>(
    tx: &Tx,
    account: &AccountKey,
    people: impl Iterator<Item = &'a OpenId>,
) -> Result<BTreeSet<&'a OpenId>> {
    let mut digests: BTreeMap<String, &OpenId> = people.map(|person| (digest(account, person), person)).collect();
    if digests.is_empty() {
        return Ok(BTreeSet::new());
    }
    let rows = Entity::find().filter(Column::Digest.is_in(digests.keys().cloned())).all(tx.db()).await?;
    let mut forgotten: BTreeSet<&OpenId> = rows.iter().filter_map(|row| digests.remove(&row.digest)).collect();
    let open_ids = forgotten.iter().map(|open_id| open_id.as_str());
    let back = store::owners(tx.db(), Kind::OpenId, account.as_str(), open_ids).await?;
    forgotten.retain(|open_id| !back.contains_key(open_id.as_str()));
    Ok(forgotten)
}
