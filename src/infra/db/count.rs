//! Counting no further than anybody wants to know.

use sea_orm::{ConnectionTrait, EntityTrait, QuerySelect, Select, sea_query::Expr};

use crate::error::{Error, Result};

/// How many rows there are, counted up to `most`.
///
/// # Errors
/// When the database does not answer.
pub async fn count_up_to<E: EntityTrait>(db: &impl ConnectionTrait, rows: Select<E>, most: u64) -> Result<u64> {
    let some = rows.select_only().expr_as(Expr::cust("1"), "one").limit(most).into_tuple::<i32>();
    u64::try_from(some.all(db).await?.len()).map_err(Error::internal)
}
