//! The journal of a merge: every row that it changes, so that it can go back; and moving the rows of a table by it.

use entity::{
    identity::merge_move::{ActiveModel, Column, Entity},
    types::{MemberId, MergeId},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QueryOrder,
    sea_query::{Expr, Query, SelectStatement},
};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::{
    error::{Error, Result},
    identity::belonging::{Pair, Separated, Stuck, StuckWhy},
    infra::db::Tx,
};

/// A table whose rows name their owner.
#[derive(Clone, Copy, Debug)]
pub struct Rows {
    /// The table.
    pub table: &'static str,
    /// The column with the unique id.
    pub id: &'static str,
    /// The column with the member.
    pub owner: &'static str,
}

/// Writes down that rows change, each with what it was before.
///
/// # Errors
/// When the database does not answer.
pub async fn note(tx: &Tx, pair: &Pair, table: &str, rows: Vec<(Uuid, serde_json::Value)>) -> Result<()> {
    let rows: Vec<ActiveModel> = rows
        .into_iter()
        .map(|(row, before)| ActiveModel {
            merge_id: Set(pair.merge),
            table_name: Set(table.to_owned()),
            row_id: Set(row),
            before: Set(Some(before)),
        })
        .collect();
    if !rows.is_empty() {
        tx.db().execute(&tx.insert(rows)?).await?;
    }
    Ok(())
}

/// What rows of a table were before, as [`note`] wrote it. Those whose content was erased since are not given.
///
/// # Errors
/// When the database does not answer.
pub async fn noted<T: DeserializeOwned>(tx: &Tx, pair: &Pair, table: &str) -> Result<Vec<(Uuid, T)>> {
    let rows = Entity::find()
        .filter(Column::MergeId.eq(pair.merge))
        .filter(Column::TableName.eq(table))
        .filter(Column::Before.is_not_null())
        .order_by_asc(Column::RowId)
        .all(tx.db())
        .await?;
    rows.into_iter()
        .filter_map(|row| row.before.map(|before| (row.row_id, before)))
        .map(|(row, before)| Ok((row, serde_json::from_value(before)?)))
        .collect()
}

impl Rows {
    /// Gives the loser's rows to the winner and writes down which. Gives how many.
    ///
    /// # Errors
    /// When the database does not answer, or somebody wrote a row for the loser without asking
    /// [`own`](crate::identity::own).
    pub async fn take(self, tx: &Tx, pair: &Pair) -> Result<u64> {
        let mut theirs = Query::select();
        theirs
            .expr(Expr::val(pair.merge))
            .expr(Expr::val(self.table))
            .expr(Expr::col(self.id))
            .from(self.table)
            .and_where(Expr::col(self.owner).eq(pair.loser));
        let mut journal = Query::insert();
        journal.into_table(Entity).columns([Column::MergeId, Column::TableName, Column::RowId]);
        journal.select_from(theirs).map_err(Error::internal)?;
        let noted = tx.db().execute(&journal).await?.rows_affected();
        if noted == 0 {
            return Ok(0);
        }
        let mut give = Query::update();
        give.table(self.table).value(self.owner, pair.winner).and_where(Expr::col(self.owner).eq(pair.loser));
        let moved = tx.db().execute(&give).await?.rows_affected();
        if moved != noted {
            return Err(Error::internal(format!("{moved} rows of {} moved, {noted} written down", self.table)));
        }
        Ok(moved)
    }

    /// Gives the rows of the journal back to the loser, as far as they are still the winner's.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn give_back(self, tx: &Tx, pair: &Pair) -> Result<Separated> {
        let mut back = Query::update();
        back.table(self.table)
            .value(self.owner, pair.loser)
            .and_where(Expr::col(self.owner).eq(pair.winner))
            .and_where(Expr::col(self.id).in_subquery(self.journal(pair.merge)));
        let returned = tx.db().execute(&back).await?.rows_affected();
        let noted = count(tx, Query::select().from_subquery(self.journal(pair.merge), "noted").take()).await?;
        let mut stuck = Vec::new();
        if returned < noted {
            let mut left = Query::select();
            left.from(self.table).and_where(Expr::col(self.id).in_subquery(self.journal(pair.merge)));
            let left = count(tx, left).await?;
            let mut add = |rows, why| {
                if rows > 0 {
                    stuck.push(Stuck { table: self.table.to_owned(), rows, why });
                }
            };
            add(noted.saturating_sub(left), StuckWhy::Gone);
            add(left.saturating_sub(returned), StuckWhy::OwnerChanged);
        }
        Ok(Separated { returned, stuck, stayed: self.since(tx, pair.winner, pair.merge).await? })
    }

    /// The ids that the journal has of this table.
    fn journal(self, merge: MergeId) -> SelectStatement {
        Query::select()
            .column(Column::RowId)
            .from(Entity)
            .and_where(Expr::col(Column::MergeId).eq(merge))
            .and_where(Expr::col(Column::TableName).eq(self.table))
            .take()
    }

    /// How many of a member's rows were made after a merge: ids follow time.
    async fn since(self, tx: &Tx, member: MemberId, merge: MergeId) -> Result<u64> {
        let mut newer = Query::select();
        newer
            .from(self.table)
            .and_where(Expr::col(self.owner).eq(member))
            .and_where(Expr::col(self.id).gt(Uuid::from(merge)));
        count(tx, newer).await
    }
}

#[derive(FromQueryResult)]
struct Count {
    rows: i64,
}

async fn count(tx: &Tx, mut rows: SelectStatement) -> Result<u64> {
    let statement = tx.backend().build(rows.expr_as(Expr::cust("COUNT(*)"), "rows"));
    let counted = Count::find_by_statement(statement).one(tx.db()).await?;
    Ok(counted.map_or(0, |count| u64::try_from(count.rows).unwrap_or(0)))
}
