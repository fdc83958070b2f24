//! What identifies members, as it may be shown: nothing that could be used elsewhere is whole.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use entity::{
    identity::identity::{Kind, Model, Source, Strength},
    types::{IdentityId, MemberId, OpenId, UnionId},
};
use sea_orm::ConnectionTrait;
use serde::Serialize;
use utoipa::ToSchema;

use super::{claim::open_phone, store};
use crate::{error::Result, infra::secret::Vault};

/// One value that identifies a member.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Identity)]
pub struct Summary {
    id: IdentityId,
    kind: Kind,
    /// The account of an OpenID, the issuer of a card, the other system or the partner; else empty.
    realm: String,
    /// The value, masked.
    shown: String,
    source: Source,
    strength: Strength,
    /// When it was first seen to be theirs.
    since: DateTime<Utc>,
    /// When a phone was last checked.
    verified_at: Option<DateTime<Utc>>,
    /// Whether it is the phone to call.
    current: bool,
}

impl Summary {
    pub(super) fn of(vault: &Vault, row: &Model) -> Result<Self> {
        Ok(Self {
            id: row.id,
            kind: row.kind,
            realm: row.realm.clone(),
            shown: masked(vault, row.kind, &row.key, row.sealed.as_deref())?,
            source: row.source,
            strength: row.strength,
            since: row.since,
            verified_at: row.verified_at,
            current: row.current,
        })
    }
}

/// A value as it may be shown.
pub(super) fn masked(vault: &Vault, kind: Kind, key: &str, sealed: Option<&str>) -> Result<String> {
    Ok(match kind {
        Kind::Phone => match sealed {
            Some(sealed) => open_phone(vault, sealed)?.masked(),
            None => "****".to_owned(),
        },
        Kind::OpenId => format!("{:?}", key.parse::<OpenId>()?),
        Kind::UnionId => format!("{:?}", key.parse::<UnionId>()?),
        Kind::Card | Kind::External | Kind::Partner => {
            let tail: Vec<char> = key.chars().rev().take(4).collect();
            format!("****{}", tail.into_iter().rev().collect::<String>())
        }
    })
}

/// What identifies a member.
///
/// # Errors
/// When the database does not answer, or a number cannot be opened.
pub async fn summaries(db: &impl ConnectionTrait, vault: &Vault, member: MemberId) -> Result<Vec<Summary>> {
    store::held(db, [member]).await?.iter().map(|row| Summary::of(vault, row)).collect()
}

/// The number to call each of these members by, masked. One look-up.
///
/// # Errors
/// When the database does not answer, or a number cannot be opened.
pub async fn phones(
    db: &impl ConnectionTrait,
    vault: &Vault,
    members: impl IntoIterator<Item = MemberId>,
) -> Result<BTreeMap<MemberId, String>> {
    let held = store::held(db, members).await?;
    let current = held.iter().filter(|row| row.kind == Kind::Phone && row.current);
    let shown = |row: &Model| Ok((row.member_id, masked(vault, row.kind, &row.key, row.sealed.as_deref())?));
    current.map(shown).collect()
}
