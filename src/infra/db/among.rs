//! Whether a column has one of many values.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, ExprTrait, Value,
    sea_query::{Expr, Func},
};

/// Whether a column of an entity has one of many values of one type.
///
/// On PostgreSQL they travel as one array, so that the text of the statement is the same for any number of them: it is
/// parsed and planned once, not once for every size of a batch.
pub fn among<V: Into<Value>>(
    db: &impl ConnectionTrait,
    column: impl ColumnTrait,
    values: impl IntoIterator<Item = V>,
) -> Expr {
    any_of(db, Expr::col(column.as_column_ref()), values)
}

/// The same for a column of whatever table.
pub fn any_of<V: Into<Value>>(db: &impl ConnectionTrait, column: Expr, values: impl IntoIterator<Item = V>) -> Expr {
    let values: Vec<Value> = values.into_iter().map(Into::into).collect();
    match (db.get_database_backend(), values.first().map(Value::array_type)) {
        (DbBackend::Postgres, Some(kind)) => {
            let values = Value::Array(kind, Some(Box::new(values)));
            column.eq(Func::cust("ANY").arg(Expr::val(values)))
        }
        _ => column.is_in(values),
    }
}
