//! Postings in as few statements as the engine allows: PostgreSQL takes what belongs together as one, and each that is
//! spared is a way to the server and back while the account is held.

use entity::{
    points::{account, draw, entry, lot},
    types::{Points, PointsChange},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, Iterable, QueryTrait, TryInsertResult, UpdateMany,
    sea_query::{
        CommonTableExpression, Expr, InsertStatement, OnConflict, Query, SelectStatement, SubQueryStatement, WithClause,
    },
};

use super::lots;
use crate::{
    error::{Error, Result},
    infra::db::Tx,
};

/// How far a posting came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// All of it.
    All,
    /// Only its entry: the account cannot take the change as it is.
    Entry,
    /// Nothing: there is an entry with its key.
    Nothing,
}

/// What one statement of several has written, as the ones after it see it.
const ENTRY: &str = "written";
const ACCOUNT: &str = "booked";
const LOT: &str = "moved";
const DRAW: &str = "noted";

/// Writes an entry, changes the account, and begins a lot, each only after what comes before.
pub(super) async fn give(
    tx: &Tx,
    entry: &entry::Model,
    change: UpdateMany<account::Entity>,
    lot: lot::Model,
) -> Result<Written> {
    if tx.backend() == DbBackend::Postgres {
        let begun = for_each(ACCOUNT, lot.into_active_model(), None)?;
        return together(tx, entry, change, Some(named(LOT, begun))).await;
    }
    let written = one_by_one(tx, entry, change).await?;
    if written == Written::All {
        lot::Entity::insert(lot.into_active_model()).exec_without_returning(tx.db()).await?;
    }
    Ok(written)
}

/// Writes an entry, and then changes the account.
pub(super) async fn take(tx: &Tx, entry: &entry::Model, change: UpdateMany<account::Entity>) -> Result<Written> {
    match tx.backend() {
        DbBackend::Postgres => together(tx, entry, change, None).await,
        _ => one_by_one(tx, entry, change).await,
    }
}

async fn one_by_one(tx: &Tx, entry: &entry::Model, change: UpdateMany<account::Entity>) -> Result<Written> {
    let insert = entry::Entity::insert(entry.clone().into_active_model()).on_conflict(once()).try_insert();
    if !matches!(insert.exec_without_returning(tx.db()).await?, TryInsertResult::Inserted(1)) {
        return Ok(Written::Nothing);
    }
    let changed = change.exec(tx.db()).await?.rows_affected == 1;
    Ok(if changed { Written::All } else { Written::Entry })
}

/// The same in one statement, with what follows when the account has changed.
async fn together(
    tx: &Tx,
    entry: &entry::Model,
    change: UpdateMany<account::Entity>,
    follows: Option<CommonTableExpression>,
) -> Result<Written> {
    let mut written = tx.insert([entry.clone().into_active_model().reset_all()])?;
    written.on_conflict(once()).returning_col(entry::Column::Id);
    let mut booked = change.into_query();
    // Joined, not asked for: who waited for the account looks at its row again, and at nothing else.
    booked.from(ENTRY).returning_col(account::Column::MemberId);
    let mut with = WithClause::new();
    with.cte(named(ENTRY, written)).cte(named(ACCOUNT, booked));
    if let Some(follows) = follows {
        with.cte(follows);
    }
    let mut said = Query::select();
    said.expr_as(Expr::exists(any(ENTRY)), ENTRY).expr_as(Expr::exists(any(ACCOUNT)), ACCOUNT);
    let said = tx.db().query_one(&said.with(with)).await?.ok_or_else(silent)?;
    Ok(match (said.try_get("", ENTRY)?, said.try_get("", ACCOUNT)?) {
        (_, true) => Written::All,
        (true, false) => Written::Entry,
        (false, false) => Written::Nothing,
    })
}

/// Takes points of an account that is held from the lot that is spent first, and notes it; gives whether that had more.
pub(super) async fn draw_from_first(tx: &Tx, entry: &entry::Model, points: Points) -> Result<bool> {
    let takes = lots::taking_from_first(entry.member_id, points);
    let note = draw::ActiveModel {
        id: Set(tx.id()),
        member_id: Set(entry.member_id),
        entry_id: Set(entry.id),
        delta: Set(points.less()),
        pending: Set(PointsChange::ZERO),
        ..Default::default()
    };
    if tx.backend() == DbBackend::Postgres {
        // A statement of its own: it must see what others did to the lots until the account was held.
        let mut moved = takes.into_query();
        moved.returning_col(lot::Column::Id);
        let mut noted = for_each(LOT, note, Some((draw::Column::LotId, Expr::col((LOT, lot::Column::Id)))))?;
        noted.returning_col(draw::Column::Id);
        let mut with = WithClause::new();
        with.cte(named(LOT, moved)).cte(named(DRAW, noted));
        let said = Query::select().expr_as(Expr::exists(any(DRAW)), DRAW).take().with(with);
        return Ok(tx.db().query_one(&said).await?.ok_or_else(silent)?.try_get("", DRAW)?);
    }
    let moved = takes.exec_with_returning(tx.db()).await?;
    let Some(lot) = moved.first() else { return Ok(false) };
    let note = draw::ActiveModel { lot_id: Set(lot.id), ..note };
    draw::Entity::insert(note).exec_without_returning(tx.db()).await?;
    Ok(true)
}

fn once() -> OnConflict {
    OnConflict::column(entry::Column::SourceKey).do_nothing().to_owned()
}

fn silent() -> Error {
    Error::internal("a question for one row was answered with none")
}

fn any(what: &'static str) -> SelectStatement {
    Query::select().expr(Expr::val(1)).from(what).take()
}

fn named(what: &'static str, statement: impl Into<SubQueryStatement>) -> CommonTableExpression {
    CommonTableExpression::new().table_name(what).query(statement).to_owned()
}

/// An insert of a row for each row that `source` has written, with a column of that.
fn for_each<A: ActiveModelTrait>(
    source: &'static str,
    mut row: A,
    of_source: Option<(<A::Entity as EntityTrait>::Column, Expr)>,
) -> Result<InsertStatement> {
    // What is NULL is left out.
    let values = <A::Entity as EntityTrait>::Column::iter().filter_map(|column| {
        let value = row.take(column).into_value().filter(|value| value.is_some());
        value.map(|value| (column, Expr::val(value)))
    });
    let (columns, values): (Vec<_>, Vec<_>) = values.chain(of_source).unzip();
    let mut insert = Query::insert();
    insert.into_table(A::Entity::default()).columns(columns);
    insert.select_from(Query::select().exprs(values).from(source).take()).map_err(Error::internal)?;
    Ok(insert)
}
