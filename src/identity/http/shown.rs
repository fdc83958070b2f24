//! People as staff see them: nothing that could be used elsewhere is shown whole.

use chrono::{DateTime, Utc};
use entity::{
    identity::identity::{Kind, Model},
    types::MemberId,
};
use sea_orm::ConnectionTrait;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    error::Result,
    identity::{
        claim::Claim,
        store,
        summary::{Summary, masked},
    },
    infra::secret::Vault,
};

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

/// A member with what identifies them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IdentifiedMember)]
pub(super) struct Person {
    member: MemberId,
    /// When we first met them.
    met_at: Option<DateTime<Utc>>,
    identities: Vec<Summary>,
}

impl Person {
    pub(super) fn new(vault: &Vault, member: MemberId, met_at: Option<DateTime<Utc>>, held: &[Model]) -> Result<Self> {
        let theirs = held.iter().filter(|row| row.member_id == member);
        let identities = theirs.map(|row| Summary::of(vault, row)).collect::<Result<_>>()?;
        Ok(Self { member, met_at, identities })
    }

    pub(super) async fn read(db: &impl ConnectionTrait, vault: &Vault, member: MemberId) -> Result<Self> {
        let held = store::held(db, [member]).await?;
        Self::new(vault, member, store::met_at(db, member).await?, &held)
    }
}
