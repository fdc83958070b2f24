//! The journal of rows: what became of each, so that it is taken over once and can be taken back.

use std::collections::BTreeSet;

use entity::{
    members::import_row::{ActiveModel, Column, Entity, Model, Outcome},
    types::{IdentityId, ImportId, MemberId, MergeId},
};
use futures_util::future::FutureExt;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};
use serde::{Deserialize, Serialize};

use super::{fields::Change, read::Row, record::Problem};
use crate::{
    error::{Error, Result},
    identity::{
        self,
        belonging::{Belonging, OnMerge},
    },
    infra::{
        db::{Tx, among},
        secret::Vault,
    },
};

/// What a row did, so that it can be taken back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Did {
    /// Whether the member was made for it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) created: bool,
    /// Links that it made.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) linked: Vec<IdentityId>,
    /// Links that it proved, or moved; they stay as they are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) changed: Vec<IdentityId>,
    /// Members that it joined.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) merges: Vec<MergeId>,
    /// Fields that it changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) fields: Vec<Change>,
}

/// What became of a row.
#[derive(Clone, Copy)]
pub(super) enum Fate<'a> {
    /// It told of somebody.
    Told(Outcome, MemberId, &'a Did),
    /// It is not valid.
    Rejected(&'a [Problem]),
}

fn context(import: ImportId, row: u32) -> String {
    format!("import_row.{import}.{row}")
}

/// Writes what became of rows.
pub(super) async fn note(tx: &Tx, vault: &Vault, import: ImportId, fates: &[(&Row, Fate<'_>)]) -> Result<()> {
    let mut rows = Vec::with_capacity(fates.len());
    for (row, fate) in fates {
        let (outcome, member, detail, sealed) = match fate {
            Fate::Told(outcome, member, did) => (*outcome, Some(*member), serde_json::to_value(did)?, None),
            Fate::Rejected(problems) => {
                let cells = serde_json::to_string(&row.cells)?;
                let sealed = vault.seal(&context(import, row.number), &cells).map_err(Error::internal)?;
                (Outcome::Rejected, None, serde_json::to_value(problems)?, Some(sealed))
            }
        };
        rows.push(ActiveModel {
            id: Set(tx.id()),
            import_id: Set(import),
            row: Set(i32::try_from(row.number).map_err(Error::internal)?),
            outcome: Set(outcome),
            member_id: Set(member),
            detail: Set(Some(detail)),
            sealed: Set(sealed),
        });
    }
    for insert in tx.inserts(rows)? {
        tx.db().execute(&insert).await?;
    }
    Ok(())
}

/// Of which of these members rows of this import have told already.
pub(super) async fn told_of(tx: &Tx, import: ImportId, members: &BTreeSet<MemberId>) -> Result<BTreeSet<MemberId>> {
    let rows = Entity::find().select_only().column(Column::MemberId).distinct().filter(Column::ImportId.eq(import));
    let rows = rows.filter(among(tx.db(), Column::MemberId, members.iter().copied()));
    Ok(rows.into_tuple::<MemberId>().all(tx.db()).await?.into_iter().collect())
}

/// Rows of one outcome after a row, in the order of the file.
pub(super) async fn of(
    db: &impl ConnectionTrait,
    import: ImportId,
    outcome: Outcome,
    after: i32,
    limit: u64,
) -> Result<Vec<Model>> {
    let rows = Entity::find().filter(Column::ImportId.eq(import)).filter(Column::Row.gt(after));
    Ok(rows.filter(Column::Outcome.eq(outcome)).order_by_asc(Column::Row).limit(limit).all(db).await?)
}

/// The last rows that have not been taken back, backwards.
pub(super) async fn last(tx: &Tx, import: ImportId, limit: u64) -> Result<Vec<Model>> {
    let rows = Entity::find().filter(Column::ImportId.eq(import)).filter(Column::MemberId.is_not_null());
    Ok(rows.order_by_desc(Column::Row).limit(limit).all(tx.db()).await?)
}

/// Marks rows as taken back: they tell of nobody any more.
pub(super) async fn taken_back(tx: &Tx, rows: &[Model]) -> Result<()> {
    let nobody: Option<MemberId> = None;
    let nothing: Option<serde_json::Value> = None;
    let all = Entity::update_many()
        .col_expr(Column::MemberId, Expr::value(nobody))
        .col_expr(Column::Detail, Expr::value(nothing))
        .filter(Column::Id.is_in(rows.iter().map(|row| row.id)));
    all.exec(tx.db()).await?;
    Ok(())
}

/// The cells of a rejected row; none when they are forgotten.
pub(super) fn cells(vault: &Vault, row: &Model) -> Result<Vec<String>> {
    let Some(sealed) = &row.sealed else { return Ok(Vec::new()) };
    let number = u32::try_from(row.row).map_err(Error::internal)?;
    let text = vault.open(&context(row.import_id, number), sealed).map_err(Error::internal)?;
    Ok(serde_json::from_str(&text)?)
}

/// Forgets the cells of rejected rows.
pub(super) async fn forget_cells(tx: &Tx, import: ImportId) -> Result<()> {
    let nothing: Option<String> = None;
    let rows = Entity::update_many().col_expr(Column::Sealed, Expr::value(nothing));
    rows.filter(Column::ImportId.eq(import)).filter(Column::Sealed.is_not_null()).exec(tx.db()).await?;
    Ok(())
}

/// Rows that told of a member.
pub const IMPORT_ROWS: Belonging = Belonging {
    table: "import_row",
    begin: None,
    export: None,
    on_merge: OnMerge::Move { id: "id", owner: "member_id" },
    erase: |tx, owner, data| {
        async move {
            let Some(member) = identity::owned::nobody_left(tx, owner, data).await? else { return Ok(0) };
            let nobody: Option<MemberId> = None;
            let nothing: Option<serde_json::Value> = None;
            let theirs = Entity::update_many()
                .col_expr(Column::MemberId, Expr::value(nobody))
                .col_expr(Column::Detail, Expr::value(nothing))
                .filter(Column::MemberId.eq(member));
            Ok(theirs.exec(tx.db()).await?.rows_affected)
        }
        .boxed_local()
    },
};
