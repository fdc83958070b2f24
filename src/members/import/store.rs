//! Rows of imports and of remembered mappings.

use entity::{
    members::{
        import::{Column, Entity, Model, State},
        import_mapping,
    },
    types::{ImportId, StaffId},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};

use super::{
    counts::Counts,
    mapping::{self, Column as OfFile, Field, Mapping},
    undo::UndoReport,
};
use crate::{
    error::{Code, Error, Result},
    http::page::{Cursor, PageQuery},
    infra::{clock::Time, db::Tx, news::News},
    members::attribute,
};

/// The import of this id.
///
/// # Errors
/// [`Code::NotFound`]; one that is still being read is not there yet.
pub async fn get(db: &impl ConnectionTrait, id: ImportId) -> Result<Model> {
    let row = Entity::find_by_id(id).one(db).await?.filter(|row| row.state != State::Reading);
    row.ok_or_else(|| Error::new(Code::NotFound))
}

/// Imports, the latest first.
pub(super) async fn list(db: &impl ConnectionTrait, page: &PageQuery) -> Result<Vec<Model>> {
    let mut rows = Entity::find().filter(Column::State.ne(State::Reading));
    if let Some(Cursor { at, id }) = page.after()? {
        let same_moment = Condition::all().add(Column::CreatedAt.eq(at)).add(Column::Id.lt(ImportId::from(id)));
        rows = rows.filter(Condition::any().add(Column::CreatedAt.lt(at)).add(same_moment));
    }
    Ok(rows.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).limit(page.fetch()).all(db).await?)
}

/// The columns of an import's file.
pub(super) fn columns(row: &Model) -> Result<Vec<OfFile>> {
    Ok(serde_json::from_value(row.columns.clone())?)
}

/// What its columns mean, once staff have said so.
pub(super) fn mapping(row: &Model) -> Result<Option<Mapping>> {
    Ok(row.mapping.clone().map(serde_json::from_value).transpose()?)
}

/// What has become of its rows.
pub(super) fn counts(row: &Model) -> Result<Counts> {
    Ok(serde_json::from_value(row.counts.clone())?)
}

/// What files with these headings meant the last time.
pub(super) async fn remembered(db: &impl ConnectionTrait, headings: &[String]) -> Result<Option<Mapping>> {
    let row = import_mapping::Entity::find_by_id(mapping::digest(headings)).one(db).await?;
    Ok(row.map(|row| serde_json::from_value(row.mapping)).transpose()?)
}

/// Says what the columns of an import mean, and remembers it for files with the same headings.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::Invalid`] as [`Mapping::check`]; [`Code::Conflict`] when rows are being, or were, written.
pub async fn map(tx: &Tx, id: ImportId, mapping: &Mapping, staff: Option<StaffId>) -> Result<Model> {
    let row = get(tx.db(), id).await?;
    let headings: Vec<String> = columns(&row)?.into_iter().map(|column| column.heading).collect();
    mapping.check(headings.len())?;
    check_attributes(tx, mapping).await?;
    let value = serde_json::to_value(mapping)?;
    let nothing: Option<serde_json::Value> = None;
    let mapped = Entity::update_many()
        .col_expr(Column::Mapping, Expr::value(value.clone()))
        .col_expr(Column::Report, Expr::value(nothing))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(State::Ready));
    if mapped.exec(tx.db()).await?.rows_affected == 0 {
        return Err(Error::new(Code::Conflict));
    }
    let remembered = import_mapping::ActiveModel {
        headings: Set(mapping::digest(&headings)),
        mapping: Set(value),
        staff_id: Set(staff),
        at: Set(tx.now()),
    };
    use import_mapping::Column as Remembered;
    let anew = OnConflict::column(Remembered::Headings)
        .update_columns([Remembered::Mapping, Remembered::StaffId, Remembered::At])
        .to_owned();
    import_mapping::Entity::insert(remembered).on_conflict(anew).exec_without_returning(tx.db()).await?;
    get(tx.db(), id).await
}

/// Only what the brand has declared, and still wants to know, can be taken over.
async fn check_attributes(tx: &Tx, mapping: &Mapping) -> Result<()> {
    let attributes = attribute::all(tx.db()).await?;
    let mut wrong = Error::new(Code::Invalid);
    for (index, field) in mapping.columns.iter().enumerate() {
        if let Field::Attribute { key } = field
            && attributes.get(key).is_none_or(|attribute| attribute.row.retired)
        {
            wrong = wrong.field(format!("columns[{index}].key"), "there is no such attribute");
        }
    }
    if wrong.fields().is_empty() { Ok(()) } else { Err(wrong) }
}

/// Moves an import from one of some states to another, and begins to count anew. False when it was in none of them.
pub(super) async fn begin(tx: &Tx, id: ImportId, from: &[State], to: State) -> Result<bool> {
    let none: Option<Time> = None;
    let begun = Entity::update_many()
        .col_expr(Column::State, Expr::value(to))
        .col_expr(Column::Done, Expr::value(0))
        .col_expr(Column::BeganAt, Expr::value(tx.now()))
        .col_expr(Column::EndedAt, Expr::value(none))
        .col_expr(Column::Error, Expr::value(Option::<String>::None))
        .filter(Column::Id.eq(id))
        .filter(Column::State.is_in(from.iter().copied()));
    let begun = begun.exec(tx.db()).await?.rows_affected == 1;
    if begun {
        tx.tell(News::Import(id));
    }
    Ok(begun)
}

/// Counts rows that this pass has been through, as long as it goes on. The row of the import stays locked until the unit of
/// work ends, so that no two write of it at the same time.
pub(super) async fn advance(tx: &Tx, id: ImportId, during: State, rows: usize) -> Result<Option<Model>> {
    let rows = i32::try_from(rows).map_err(Error::internal)?;
    let counted = Entity::update_many()
        .col_expr(Column::Done, Expr::col(Column::Done).add(rows))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(during));
    if counted.exec(tx.db()).await?.rows_affected == 0 {
        return Ok(None);
    }
    tx.tell(News::Import(id));
    Ok(Entity::find_by_id(id).one(tx.db()).await?)
}

/// Writes what has become of the rows.
pub(super) async fn count(tx: &Tx, id: ImportId, counts: &Counts) -> Result<()> {
    let counted = Entity::update_many().col_expr(Column::Counts, Expr::value(serde_json::to_value(counts)?));
    counted.filter(Column::Id.eq(id)).exec(tx.db()).await?;
    Ok(())
}

/// What a pass leaves behind.
#[derive(Default)]
pub(super) struct Ending {
    pub(super) report: Option<serde_json::Value>,
    pub(super) error: Option<String>,
}

/// Notes how much has been taken back so far.
pub(super) async fn note_undone(tx: &Tx, id: ImportId, report: &UndoReport) -> Result<()> {
    let noted = Entity::update_many().col_expr(Column::UndoReport, Expr::value(serde_json::to_value(report)?));
    noted.filter(Column::Id.eq(id)).exec(tx.db()).await?;
    Ok(())
}

/// Ends a pass.
pub(super) async fn end(tx: &Tx, id: ImportId, from: State, to: State, ending: Ending) -> Result<()> {
    let mut ended = Entity::update_many()
        .col_expr(Column::State, Expr::value(to))
        .col_expr(Column::EndedAt, Expr::value(tx.now()))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(from));
    if let Some(report) = ending.report {
        ended = ended.col_expr(Column::Report, Expr::value(report));
    }
    if let Some(error) = ending.error {
        ended = ended.col_expr(Column::Error, Expr::value(error));
    }
    ended.exec(tx.db()).await?;
    tx.tell(News::Import(id));
    Ok(())
}
