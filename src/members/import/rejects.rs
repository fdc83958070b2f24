//! The file of rejected rows: row, column, code, reason, and the cells as they came, so that they can be mended and brought
//! again. Every line says who took it; no cell of it can become a formula.

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
    infra::{calendar::shanghai, db::Db, secret::Vault, sheet},
};

/// Rows that are read together.
const PAGE: u64 = 500;

/// The file as a stream of its pages.
///
/// # Errors
/// [`Code::NotFound`](crate::error::Code::NotFound).
pub async fn file(
    db: Db,
    vault: Vault,
    import: ImportId,
    login: &str,
) -> Result<impl Stream<Item = Result<Bytes>> + use<>> {
    let headings = headings(&store::get(db.read(), import).await?)?;
    let own = ["行号 row", "列 column", "代码 code", "原因 reason"].map(str::to_owned);
    let mark = format!("{login} {} {import}", db.now().with_timezone(&shanghai()).format("%Y-%m-%d %H:%M"));
    let ends = ["导出 exported by".to_owned()];
    let begin = sheet::begin(own.into_iter().chain(headings.clone()).chain(ends).collect())?;
    let pages = stream::try_unfold(0, move |after| {
        let (db, vault, headings, mark) = (db.clone(), vault.clone(), headings.clone(), mark.clone());
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
                // Rows may be shorter than the headings; the mark stands below its own.
                let blank = headings.len().saturating_sub(cells.len());
                let cells = cells.into_iter().chain(std::iter::repeat_n(String::new(), blank));
                written.push(about.into_iter().chain(cells).chain([mark.clone()]).collect());
            }
            Ok(Some((sheet::lines(&written)?, last)))
        }
    });
    Ok(stream::StreamExt::chain(stream::iter([Ok(begin)]), pages))
}
