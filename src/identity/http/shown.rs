//! People as staff see them: nothing that could be used elsewhere is shown whole.

use chrono::{DateTime, Utc};
use entity::{
    identity::identity::{Kind, Model, Source, Strength},
    types::{IdentityId, MemberId, OpenId, UnionId},
};
use sea_orm::ConnectionTrait;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    error::Result,
    identity::{
        claim::{Claim, open_phone},
        store,
    },
    infra::secret::Vault,
};

/// One value that identifies a member.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Identity {
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

impl Identity {
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

/// The value that a conflict is about.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Claimed {
    kind: Kind,
    realm: String,
    /// The value, masked.
    shown: String,
}

impl Claimed {
    pub(super) fn of(vault: &Vault, claim: &Claim) -> Result<Self> {
        let shown = masked(vault, claim.kind, &claim.key, claim.sealed.as_deref())?;
        Ok(Self { kind: claim.kind, realm: claim.realm.clone(), shown })
    }
}

fn masked(vault: &Vault, kind: Kind, key: &str, sealed: Option<&str>) -> Result<String> {
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

/// A member with what identifies them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IdentifiedMember)]
pub(super) struct Person {
    member: MemberId,
    /// When we first met them.
    met_at: Option<DateTime<Utc>>,
    identities: Vec<Identity>,
}

impl Person {
    pub(super) fn new(vault: &Vault, member: MemberId, met_at: Option<DateTime<Utc>>, held: &[Model]) -> Result<Self> {
        let theirs = held.iter().filter(|row| row.member_id == member);
        let identities = theirs.map(|row| Identity::of(vault, row)).collect::<Result<_>>()?;
        Ok(Self { member, met_at, identities })
    }

    pub(super) async fn read(db: &impl ConnectionTrait, vault: &Vault, member: MemberId) -> Result<Self> {
        let held = store::held(db, [member]).await?;
        Self::new(vault, member, store::met_at(db, member).await?, &held)
    }
}
