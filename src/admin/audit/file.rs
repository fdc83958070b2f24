//! The record as a file, in which every line says who took it.

use std::collections::HashMap;

use actix_web::web::Bytes;
use entity::types::StaffId;
use futures_util::{Stream, stream};

use super::after;
use crate::{
    admin::staff,
    error::Result,
    infra::{calendar::shanghai, clock::Time, db::Db, sheet},
};

/// Entries that are read together.
const PAGE: u64 = 1_000;

const HEADINGS: [&str; 10] = [
    "序号 place",
    "时间 at",
    "员工 staff",
    "姓名 name",
    "操作 action",
    "路径 path",
    "请求 request",
    "状态 status",
    "摘要 digest",
    "导出 exported by",
];

/// The file as a stream of its pages, marked with the login of who exports it.
///
/// # Errors
/// When the database does not answer.
pub(in crate::admin) async fn file(db: Db, login: &str) -> Result<impl Stream<Item = Result<Bytes>> + use<>> {
    let mark = format!("{login} {}", local(db.now()));
    let names: HashMap<StaffId, String> =
        staff::all(db.read()).await?.into_iter().map(|person| (person.id, person.name)).collect();
    let begin = sheet::begin(HEADINGS.map(str::to_owned).to_vec())?;
    let pages = stream::try_unfold(0, move |place| {
        let (db, mark, names) = (db.clone(), mark.clone(), names.clone());
        async move {
            let entries = after(db.read(), place, PAGE).await?;
            let Some(last) = entries.last().map(|entry| entry.place) else { return Ok(None) };
            let rows: Vec<Vec<String>> = entries
                .into_iter()
                .map(|entry| {
                    vec![
                        entry.place.to_string(),
                        local(entry.at),
                        entry.staff_id.to_string(),
                        names.get(&entry.staff_id).cloned().unwrap_or_default(),
                        entry.action,
                        entry.path,
                        entry.request_id,
                        entry.status.map(|status| status.to_string()).unwrap_or_default(),
                        entry.digest,
                        mark.clone(),
                    ]
                })
                .collect();
            Ok(Some((sheet::lines(&rows)?, last)))
        }
    });
    Ok(stream::StreamExt::chain(stream::iter([Ok(begin)]), pages))
}

fn local(at: Time) -> String {
    at.with_timezone(&shanghai()).to_rfc3339()
}
