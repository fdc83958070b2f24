//! What every file says of its own: who took it, when they asked, in which request.

use entity::exports::export_request::Model;

use super::what::What;
use crate::infra::calendar::shanghai;

/// The heading of the column with the mark.
pub(super) const HEADING: &str = "导出 exported by";

/// What stands in every line.
pub(super) fn mark(row: &Model) -> String {
    let asked = row.created_at.with_timezone(&shanghai()).format("%Y-%m-%d %H:%M");
    format!("{} {asked} {}", row.login, row.id)
}

/// What the file is called. Nothing in it can lead anywhere.
pub(super) fn file_name(what: &What, row: &Model) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '-' };
    let login: String = row.login.chars().map(plain).collect();
    let day = row.created_at.with_timezone(&shanghai()).format("%Y%m%d");
    format!("{}-{day}-{login}-{}.csv", what.name(), row.id)
}
