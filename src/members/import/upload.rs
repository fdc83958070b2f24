//! From a file to an import that waits for what its columns mean.

use std::fs::File;

use entity::{
    members::import::{ActiveModel, Entity, Model, State},
    types::{ImportId, StaffId},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use tokio::sync::mpsc;

use super::{
    counts::Counts,
    mapping::{Column, Mapping},
    part,
    read::{Format, Limits, Row, Unreadable, read},
    store,
};
use crate::{
    error::{Code, Error, Result},
    infra::{
        config::Imports,
        db::{Db, Tx},
        news::News,
        secret::Vault,
    },
};

/// A file that somebody brings.
pub struct Brought {
    /// The file, at its beginning.
    pub file: File,
    /// What it is called.
    pub name: String,
    /// SHA-256, base64url.
    pub digest: String,
    /// How long it is.
    pub bytes: u64,
    /// From which system its numbers are, when nobody says otherwise.
    pub origin: String,
    /// Who brings it.
    pub staff: Option<StaffId>,
}

/// Parts that wait between the thread that reads and the one that stores.
const AHEAD: usize = 4;

/// Reads a file and keeps its rows. The import becomes visible when it is finished, by whoever brought it.
///
/// # Errors
/// [`Code::FileUnreadable`] says why the file is no table.
pub async fn keep(db: &Db, vault: &Vault, limits: &Imports, brought: Brought) -> Result<Kept> {
    let id = begin(db, limits, &brought).await?;
    let (sender, mut parts) = mpsc::channel::<Vec<Row>>(AHEAD);
    let (limits, file) = (Limits::of_rows(limits.row_limit), brought.file);
    let reading = tokio::task::spawn_blocking(move || reading(file, &limits, &sender));
    let mut number = 0;
    while let Some(rows) = parts.recv().await {
        let sealed = part::seal(vault, id, number, &rows)?;
        db.tx(async |tx: &Tx| part::keep(tx, sealed.clone()).await).await?;
        number += 1;
    }
    match reading.await.map_err(Error::internal)? {
        Ok(Table { format, headings, filled, rows }) => {
            let remembered = store::remembered(db.read(), &headings).await?;
            let guess = remembered.clone().unwrap_or_else(|| Mapping::guess(&headings, &brought.origin));
            let columns = headings.into_iter().zip(filled).zip(guess.columns);
            let columns = columns.map(|((heading, filled), guess)| Column { heading, filled, guess });
            Ok(Kept { id, format, columns: columns.collect(), rows, remembered })
        }
        Err(refusal) => {
            db.tx(async |tx: &Tx| forget(tx, id).await).await?;
            Err(refusal.into())
        }
    }
}

async fn begin(db: &Db, limits: &Imports, brought: &Brought) -> Result<ImportId> {
    let bytes = i64::try_from(brought.bytes).map_err(Error::internal)?;
    let keep = chrono::TimeDelta::from_std(limits.keep).map_err(Error::internal)?;
    db.tx(async |tx: &Tx| {
        let id: ImportId = tx.id();
        let row = ActiveModel {
            id: Set(id),
            name: Set(brought.name.clone()),
            digest: Set(brought.digest.clone()),
            bytes: Set(bytes),
            format: Set(serde_json::json!({})),
            columns: Set(serde_json::json!([])),
            mapping: Set(None),
            state: Set(State::Reading),
            rows: Set(0),
            done: Set(0),
            counts: Set(serde_json::to_value(Counts::default())?),
            report: Set(None),
            undo_report: Set(None),
            staff_id: Set(brought.staff),
            created_at: Set(tx.now()),
            began_at: Set(None),
            ended_at: Set(None),
            expires_at: Set(tx.now() + keep),
            error: Set(None),
        };
        Entity::insert(row).exec_without_returning(tx.db()).await?;
        Ok(id)
    })
    .await
}

/// A file whose rows are kept.
pub struct Kept {
    /// The import.
    pub id: ImportId,
    format: Format,
    columns: Vec<Column>,
    rows: u32,
    /// What its columns meant the last time.
    remembered: Option<Mapping>,
}

/// Makes an import of a file whose rows are kept. What its columns meant the last time holds until staff say otherwise.
///
/// # Errors
/// When the database does not answer.
pub async fn finish(tx: &Tx, kept: &Kept) -> Result<Model> {
    use entity::members::import::Column as Field;
    let mapping = kept.remembered.as_ref().map(serde_json::to_value).transpose()?;
    let rows = i32::try_from(kept.rows).map_err(Error::internal)?;
    let ready = Entity::update_many()
        .col_expr(Field::State, Expr::value(State::Ready))
        .col_expr(Field::Format, Expr::value(serde_json::to_value(&kept.format)?))
        .col_expr(Field::Columns, Expr::value(serde_json::to_value(&kept.columns)?))
        .col_expr(Field::Mapping, Expr::value(mapping))
        .col_expr(Field::Rows, Expr::value(rows))
        .filter(Field::Id.eq(kept.id))
        .filter(Field::State.eq(State::Reading));
    if ready.exec(tx.db()).await?.rows_affected == 0 {
        return Err(Error::new(Code::Conflict));
    }
    tx.tell(News::Import(kept.id));
    store::get(tx.db(), kept.id).await
}

/// Forgets a file that became no import.
///
/// # Errors
/// When the database does not answer.
pub async fn forget(tx: &Tx, id: ImportId) -> Result<()> {
    part::forget(tx, id).await?;
    let row = Entity::delete_many().filter(entity::members::import::Column::Id.eq(id));
    row.filter(entity::members::import::Column::State.eq(State::Reading)).exec(tx.db()).await?;
    Ok(())
}

/// What a file turned out to be.
struct Table {
    format: Format,
    headings: Vec<String>,
    filled: Vec<u32>,
    rows: u32,
}

/// Reads a file on a thread of its own and hands its rows over.
fn reading(file: File, limits: &Limits, parts: &mpsc::Sender<Vec<Row>>) -> Result<Table, Unreadable> {
    let (mut headings, mut filled) = (None, Vec::new());
    let (mut waiting, mut rows) = (Vec::with_capacity(part::ROWS), 0);
    let send = |rows| parts.blocking_send(rows).map_err(|_gone| Unreadable::Stopped);
    let format = read(file, limits, &mut |row| {
        if headings.is_none() {
            filled = vec![0; row.cells.len()];
            headings = Some(row.cells);
            return Ok(());
        }
        for (count, _) in filled.iter_mut().zip(&row.cells).filter(|(_, cell)| !cell.is_empty()) {
            *count += 1;
        }
        rows += 1;
        waiting.push(row);
        if waiting.len() == part::ROWS {
            send(std::mem::replace(&mut waiting, Vec::with_capacity(part::ROWS)))?;
        }
        Ok(())
    })?;
    if !waiting.is_empty() {
        send(waiting)?;
    }
    Ok(Table { format, headings: headings.unwrap_or_default(), filled, rows })
}
