//! The column kinds of the schema, so that every table writes the same thing the same way on both engines.

use sea_orm_migration::prelude::{ColumnDef, IntoIden};

/// A required id.
pub fn id(name: impl IntoIden) -> ColumnDef {
    ColumnDef::new(name).uuid().not_null().take()
}

/// A required short text.
pub fn text(name: impl IntoIden) -> ColumnDef {
    ColumnDef::new(name).text().not_null().take()
}

/// A moment in UTC, set by the program.
pub fn time(name: impl IntoIden) -> ColumnDef {
    ColumnDef::new(name).timestamp_with_time_zone().not_null().take()
}

/// A business day (Asia/Shanghai).
pub fn day(name: impl IntoIden) -> ColumnDef {
    ColumnDef::new(name).date().not_null().take()
}

/// A required whole number.
pub fn int(name: impl IntoIden) -> ColumnDef {
    ColumnDef::new(name).integer().not_null().take()
}

/// A required large whole number.
pub fn big(name: impl IntoIden) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().take()
}

/// A required truth value.
pub fn flag(name: impl IntoIden) -> ColumnDef {
    ColumnDef::new(name).boolean().not_null().take()
}

/// A required JSON document.
pub fn json(name: impl IntoIden) -> ColumnDef {
    ColumnDef::new(name).json_binary().not_null().take()
}

/// The same column, but it may be empty.
pub fn maybe(mut column: ColumnDef) -> ColumnDef {
    column.null().take()
}
