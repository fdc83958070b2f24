//! Many rows in one statement.

use std::collections::BTreeMap;

use sea_orm::{
    ActiveModelTrait, DbBackend, EntityTrait, Iterable,
    sea_query::{Expr, Func, InsertStatement, Query, Value},
};

use super::Tx;
use crate::error::{Error, Result};

impl Tx {
    /// An insert of rows, to which the caller adds what happens on a conflict and what is returned. There must be rows.
    ///
    /// On PostgreSQL each column of several rows travels as one array, so that the text of the statement is the same for any
    /// number of them: it is built, parsed and planned once, not once for every size of a batch. A column that only some of
    /// the rows fill cannot be an array; such rows travel one by one, as they all do on SQLite. So does a single row, which
    /// is most of them and less work as values.
    ///
    /// # Errors
    /// None that a caller can cause.
    pub fn insert<A: ActiveModelTrait>(&self, rows: impl IntoIterator<Item = A>) -> Result<InsertStatement> {
        statement(self.backend(), rows)
    }

    /// The same for very many rows, in as few statements as that takes; none without rows. On PostgreSQL the rows that fill
    /// the same columns travel together as arrays, on SQLite no statement has more values than it may.
    ///
    /// # Errors
    /// None that a caller can cause.
    pub fn inserts<A: ActiveModelTrait>(&self, rows: impl IntoIterator<Item = A>) -> Result<Vec<InsertStatement>> {
        let mut batches: BTreeMap<Vec<bool>, Vec<A>> = BTreeMap::new();
        for row in rows {
            let fills = match self.backend() {
                DbBackend::Postgres => {
                    <A::Entity as EntityTrait>::Column::iter().map(|column| is_filled(&row, column)).collect()
                }
                _ => Vec::new(),
            };
            batches.entry(fills).or_default().push(row);
        }
        let most = match self.backend() {
            DbBackend::Postgres => usize::MAX,
            _ => MOST_VALUES / <A::Entity as EntityTrait>::Column::iter().count().max(1),
        };
        let mut statements = Vec::new();
        for batch in batches.into_values() {
            let mut batch = batch.into_iter().peekable();
            while batch.peek().is_some() {
                statements.push(self.insert(batch.by_ref().take(most))?);
            }
        }
        Ok(statements)
    }
}

/// How many values a statement of SQLite may have.
const MOST_VALUES: usize = 32_766;

fn is_filled<A: ActiveModelTrait>(row: &A, column: <A::Entity as EntityTrait>::Column) -> bool {
    row.get(column).into_value().is_some_and(|value| value.is_some())
}

fn statement<A: ActiveModelTrait>(backend: DbBackend, rows: impl IntoIterator<Item = A>) -> Result<InsertStatement> {
    let mut columns: Vec<_> = <A::Entity as EntityTrait>::Column::iter().map(|column| (column, Vec::new())).collect();
    for mut row in rows {
        for (column, values) in &mut columns {
            values.push(row.take(*column).into_value().filter(Value::is_some));
        }
    }
    // What no row fills is NULL, as the program sets every other default.
    columns.retain(|(_, values)| values.iter().any(Option::is_some));
    let several = columns.first().is_some_and(|(_, values)| values.len() > 1);
    let filled = columns.iter().all(|(_, values)| values.iter().all(Option::is_some));
    let mut insert = Query::insert();
    insert.into_table(A::Entity::default()).columns(columns.iter().map(|(column, _)| *column));
    let columns = columns.into_iter().map(|(_, values)| values);
    if backend == DbBackend::Postgres && several && filled {
        let arrays = columns.map(|values| Func::cust("unnest").arg(array(values.into_iter().flatten().collect())));
        insert.select_from(Query::select().exprs(arrays).take()).map_err(Error::internal)?;
    } else {
        let mut columns: Vec<_> = columns.map(nulls_of_their_type).collect();
        while let Some(row) = columns.iter_mut().map(Iterator::next).collect::<Option<Vec<_>>>() {
            insert.values(row.into_iter().map(Expr::val)).map_err(Error::internal)?;
        }
    }
    Ok(insert)
}

fn array(values: Vec<Value>) -> Expr {
    let kind = values.first().map_or_else(|| Value::Int(None).array_type(), Value::array_type);
    Expr::val(Value::Array(kind, Some(Box::new(values))))
}

fn nulls_of_their_type(values: Vec<Option<Value>>) -> impl Iterator<Item = Value> {
    let null = values.iter().flatten().next().map(Value::as_null);
    values.into_iter().filter_map(move |value| value.or_else(|| null.clone()))
}
