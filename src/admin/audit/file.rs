//! The record as lines of a file.

use std::collections::HashMap;

use entity::{admin::audit_entry::Entity, types::StaffId};
use sea_orm::{EntityTrait, PaginatorTrait};

use super::after;
use crate::{
    admin::staff,
    error::Result,
    infra::{calendar::shanghai, db::Db},
};

/// What stands above the columns.
pub const HEADINGS: [&str; 9] = [
    "序号 place",
    "时间 at",
    "员工 staff",
    "姓名 name",
    "操作 action",
    "路径 path",
    "请求 request",
    "状态 status",
    "摘要 digest",
];

/// How many entries there are.
///
/// # Errors
/// When the database does not answer.
pub async fn count(db: &Db) -> Result<u64> {
    Ok(Entity::find().count(db.read()).await?)
}

/// Entries after a place, in order, and the last place of them; nothing after the last one.
///
/// # Errors
/// When the database does not answer.
pub async fn lines_after(db: &Db, place: i64, most: u64) -> Result<Option<(Vec<Vec<String>>, i64)>> {
    let entries = after(db.read(), place, most).await?;
    let Some(last) = entries.last().map(|entry| entry.place) else { return Ok(None) };
    let names: HashMap<StaffId, String> =
        staff::all(db.read()).await?.into_iter().map(|person| (person.id, person.name)).collect();
    let lines = entries.into_iter().map(|entry| {
        vec![
            entry.place.to_string(),
            entry.at.with_timezone(&shanghai()).to_rfc3339(),
            entry.staff_id.to_string(),
            names.get(&entry.staff_id).cloned().unwrap_or_default(),
            entry.action,
            entry.path,
            entry.request_id,
            entry.status.map(|status| status.to_string()).unwrap_or_default(),
            entry.digest,
        ]
    });
    Ok(Some((lines.collect(), last)))
}
