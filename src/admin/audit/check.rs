//! Whether the chain of audit entries is whole.

use entity::admin::audit_chain;
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{after, seal};
use crate::{
    error::{Error, Result},
    infra::{db::Db, secret::Vault},
    jobs::{Failure, Job},
};

/// Entries that are read together.
const PAGE: u64 = 1_000;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Checked {
    /// How many entries there should be.
    pub length: i64,
    /// The digest of the last one. Kept elsewhere, it shows later that nothing before it was changed or cut off.
    pub digest: String,
    /// The place of the first entry that is missing or is not what was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wrong_at: Option<i64>,
}

/// Looks at every entry, from the first on.
///
/// # Errors
/// When the database does not answer.
pub async fn check(db: &Db, vault: &Vault) -> Result<Checked> {
    let chain = audit_chain::Entity::find_by_id(1).one(db.read()).await?;
    let chain = chain.ok_or_else(|| Error::internal("there is no chain of audit entries"))?;
    let (mut place, mut digest) = (0, String::new());
    let found = |wrong_at| Checked { length: chain.length, digest: chain.digest.clone(), wrong_at };
    while place < chain.length {
        let entries = after(db.read(), place, PAGE).await?;
        if entries.is_empty() {
            return Ok(found(Some(place + 1)));
        }
        // What was added meanwhile belongs to the next look.
        for entry in entries.into_iter().take_while(|entry| entry.place <= chain.length) {
            if entry.place != place + 1 || entry.digest != seal(vault, &digest, &entry) {
                return Ok(found(Some(place + 1)));
            }
            (place, digest) = (entry.place, entry.digest);
        }
    }
    Ok(found(if digest == chain.digest { None } else { Some(chain.length) }))
}

/// Looks at the chain every night, and says aloud when it is broken.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CheckAudit {}

impl Job for CheckAudit {
    const KIND: &'static str = "admin.check_audit";
    type Context = (Db, Vault);

    async fn run(self, (db, vault): (Db, Vault)) -> Result<(), Failure> {
        let Checked { length, digest, wrong_at } = check(&db, &vault).await?;
        metrics::gauge!("audit_chain_broken").set(if wrong_at.is_some() { 1.0 } else { 0.0 });
        match wrong_at {
            Some(place) => tracing::error!(length, place, "the record of what staff did was meddled with"),
            // Whoever keeps the logs elsewhere can prove by this line that nothing was cut off later.
            None => tracing::info!(length, digest, "the record of what staff did is whole"),
        }
        Ok(())
    }
}
