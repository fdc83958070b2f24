//! Rows of a file while they wait, sealed: some thousand at a time.

use entity::{
    members::import_part::{ActiveModel, Column, Entity, Model},
    types::ImportId,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::read::Row;
use crate::{
    error::{Error, Result},
    infra::{db::Tx, secret::Vault},
};

/// Rows of a part. They are written in one transaction.
pub(super) const ROWS: usize = 1000;

/// For what a part is sealed: it opens at its own place only.
fn context(import: ImportId, part: i32) -> String {
    format!("import_part.{import}.{part}")
}

/// A part as it is stored.
pub(super) fn seal(vault: &Vault, import: ImportId, part: i32, rows: &[Row]) -> Result<ActiveModel> {
    let text = serde_json::to_string(rows)?;
    Ok(ActiveModel {
        import_id: Set(import),
        part: Set(part),
        rows: Set(i32::try_from(rows.len()).map_err(Error::internal)?),
        sealed: Set(vault.seal(&context(import, part), &text).map_err(Error::internal)?),
    })
}

/// The rows of a part.
pub(super) fn open(vault: &Vault, part: &Model) -> Result<Vec<Row>> {
    let text = vault.open(&context(part.import_id, part.part), &part.sealed).map_err(Error::internal)?;
    Ok(serde_json::from_str(&text)?)
}

/// Keeps a part.
pub(super) async fn keep(tx: &Tx, part: ActiveModel) -> Result<()> {
    Entity::insert(part).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// The first part from this one on that is there.
pub(super) async fn next(db: &impl ConnectionTrait, import: ImportId, from: i32) -> Result<Option<Model>> {
    let parts = Entity::find().filter(Column::ImportId.eq(import)).filter(Column::Part.gte(from));
    Ok(parts.order_by_asc(Column::Part).limit(1).one(db).await?)
}

/// Takes a part out of what is left to do; false when somebody else has.
pub(super) async fn take(tx: &Tx, part: &Model) -> Result<bool> {
    let taken = Entity::delete_many().filter(Column::ImportId.eq(part.import_id)).filter(Column::Part.eq(part.part));
    Ok(taken.exec(tx.db()).await?.rows_affected == 1)
}

/// Forgets what is left of a file.
pub(super) async fn forget(tx: &Tx, import: ImportId) -> Result<u64> {
    Ok(Entity::delete_many().filter(Column::ImportId.eq(import)).exec(tx.db()).await?.rows_affected)
}
