//! What rows say of people beyond who they are: profile, values of declared attributes, standing elsewhere, home store. Many people at
//! once, in a few statements; each change is kept with what was before, so that it can be taken back.

mod homes;
mod profiles;
mod restore;
mod standings;
mod values;

use entity::types::MemberId;
use sea_orm::{ActiveModelTrait, ConnectionTrait, IntoActiveModel, sea_query::OnConflict};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::record::Record;
use crate::{
    error::Result,
    infra::{
        db::{Db, Tx},
        secret::Vault,
    },
};

pub(super) use self::restore::{forget, restore};

pub use self::standings::STANDINGS;

/// What one row says of one person.
pub(super) struct Told<'a> {
    pub(super) member: MemberId,
    pub(super) record: &'a Record,
    /// The name by which the other system knows them, as a fingerprint.
    pub(super) origin: String,
}

/// In which table a field stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Place {
    /// A field of the profile.
    Profile,
    /// When and how they joined, in the profile.
    Joined,
    /// The value of an attribute.
    Value,
    /// The standing in another system.
    Standing,
    /// The home store.
    Home,
}

/// One field that a row changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Change {
    pub(super) place: Place,
    /// The field, the key of the attribute, or the fingerprint.
    pub(super) field: String,
    /// What was there; null when nothing was.
    pub(super) before: Value,
    /// What is there now.
    pub(super) after: Value,
}

impl Change {
    /// What it is called in reports.
    pub(super) fn name(&self) -> &str {
        match self.place {
            Place::Standing => "standing",
            Place::Joined => "joined_at",
            Place::Profile | Place::Value | Place::Home => &self.field,
        }
    }
}

/// Writes what rows say where it may take the place of what was known; gives what each of them changed.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn write(tx: &Tx, vault: &Vault, told: &[Told<'_>]) -> Result<Vec<Vec<Change>>> {
    let mut changes = profiles::write(tx, told).await?;
    let more =
        [values::write(tx, vault, told).await?, standings::write(tx, told).await?, homes::write(tx, told).await?];
    for more in more {
        changes.iter_mut().zip(more).for_each(|(all, more)| all.extend(more));
    }
    Ok(changes)
}

/// What rows would change. People nobody knew are not among them.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn foresee(db: &Db, vault: &Vault, told: &[Told<'_>]) -> Result<Vec<Vec<Change>>> {
    let (read, random, now) = (db.read(), db.random(), db.now());
    let mut changes = profiles::plan(profiles::read(read, told, false).await?, told, now)?.changes;
    for more in [
        values::plan(vault, random, values::read(read, told).await?, told, now)?.changes,
        standings::plan(random, standings::read(read, told).await?, told, now)?.changes,
        homes::changes(homes::plan(read, told).await?, told)?,
    ] {
        changes.iter_mut().zip(more).for_each(|(all, more)| all.extend(more));
    }
    Ok(changes)
}

/// What is to be written, and what each row changes by it.
struct Plan<M> {
    rows: Vec<M>,
    changes: Vec<Vec<Change>>,
}

/// Writes rows anew where they were, and where they were not.
async fn put<M, A>(tx: &Tx, rows: Vec<M>, anew: &OnConflict) -> Result<()>
where
    M: IntoActiveModel<A>,
    A: ActiveModelTrait,
{
    for mut insert in tx.inserts(rows.into_iter().map(|row| row.into_active_model().reset_all()))? {
        tx.db().execute(insert.on_conflict(anew.clone())).await?;
    }
    Ok(())
}
