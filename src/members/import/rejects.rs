//! The file of rejected rows: row, column, code, reason, and the cells as they came, so that they can be mended and brought
//! again. No cell of it can become a formula.

use actix_web::web::Bytes;
use entity::{members::import_row::Outcome, types::ImportId};
use futures_util::{Stream, stream};

use super::{
    check::{headings, rejections},
    record::Problem,
    rows, store,
};
use crate::{
    error::{Error, Result},
    infra::{db::Db, secret::Vault, sheet},
};

/// Rows that are read together.
const PAGE: u64 = 500;

/// The file as a stream of its pages.
///
/// # Errors
/// [`Code::NotFound`](crate::error::Code::NotFound).
pub async fn file(db: Db, vault: Vault, import: ImportId) -> Result<impl Stream<Item = Result<Bytes>>> {
    let headings = headings(&store::get(db.read(), import).await?)?;
    let own = ["行号 row", "列 column", "代码 code", "原因 reason"].map(str::to_owned);
    let begin = sheet::begin(own.into_iter().chain(headings.clone()).collect())?;
    let pages = stream::try_unfold(0, move |after| {
        let (db, vault, headings) = (db.clone(), vault.clone(), headings.clone());
        async move {
            let page = rows::of(db.read(), import, Outcome::Rejected, after, PAGE).await?;
            let Some(last) = page.last().map(|row| row.row) else { return Ok(None) };
            let mut written = Vec::with_capacity(page.len());
            for row in page {
                let problems: Vec<Problem> = serde_json::from_value(row.detail.clone().unwrap_or_default())?;
                let cells = rows::cells(&vault, &row)?;
                let number = u32::try_from(row.row).map_err(Error::internal)?;
                let all = rejections(number, &problems, &headings);
                let join =
                    |part: fn(&super::check::Rejection) -> String| all.iter().map(part).collect::<Vec<_>>().join("; ");
                let about = [
                    number.to_string(),
                    join(|one| one.column.clone().unwrap_or_default()),
                    join(|one| one.code.code().to_owned()),
                    join(|one| one.reason.clone()),
                ];
                written.push(about.into_iter().chain(cells).collect());
            }
            Ok(Some((sheet::lines(&written)?, last)))
        }
    });
    Ok(stream::StreamExt::chain(stream::iter([Ok(begin)]), pages))
}
