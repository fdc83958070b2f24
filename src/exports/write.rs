//! Writing a file, piece by piece: what is left to do follows from what is kept, so whoever is killed when, another worker
//! goes on.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use entity::{
    exports::export_request::{Column, Entity, Model, State},
    types::ExportRequestId,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde::{Deserialize, Serialize};

use super::{
    mark::{HEADING, mark},
    store::{self, Piece},
    what::What,
};
use crate::{
    error::{Code, Error, Result},
    infra::{
        db::{Db, Tx},
        secret::Vault,
        sheet,
    },
    jobs::{Failure, Job},
};

/// The field for which files are sealed.
pub(super) const SEAL: &str = "export.part";
/// After this time the worker's place is given to other jobs.
const SLICE: Duration = Duration::from_secs(2);

/// What [`WriteFile`] needs.
#[derive(Clone)]
pub struct WriteContext {
    /// The database.
    pub db: Db,
    /// The keys for personal data.
    pub vault: Vault,
    /// How long the file can be fetched.
    pub keep: Duration,
}

/// Writes the file of a request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WriteFile {
    /// The request.
    pub request: ExportRequestId,
}

impl Job for WriteFile {
    const KIND: &'static str = "exports.write";
    type Context = WriteContext;

    fn unique_key(&self) -> Option<String> {
        Some(format!("exports.write:{}", self.request))
    }

    async fn run(self, context: WriteContext) -> Result<(), Failure> {
        let db = &context.db;
        let began = Instant::now();
        loop {
            let row = store::get(db.read(), self.request).await?;
            if row.state != State::Writing {
                return Ok(());
            }
            let Some(piece) = next(&context, &row).await? else {
                let keep = TimeDelta::from_std(context.keep).map_err(Error::internal)?;
                db.tx(async |tx: &Tx| store::finish(tx, self.request, keep).await).await?;
                tracing::info!(request = %self.request, lines = row.done, "wrote a file");
                return Ok(());
            };
            db.tx(async |tx: &Tx| store::keep(tx, &row, &piece).await).await?;
            if began.elapsed() > SLICE {
                return Err(Failure::Defer {
                    until: db.now(),
                    why: Error::new(Code::Unavailable).detail("more lines"),
                });
            }
        }
    }

    async fn given_up(self, context: WriteContext, why: &Error) -> Result<()> {
        let why = why.to_string();
        context
            .db
            .tx(async |tx: &Tx| {
                let failed = Entity::update_many()
                    .col_expr(Column::State, Expr::value(State::Failed))
                    .col_expr(Column::Why, Expr::value(why.as_str()))
                    .filter(Column::Id.eq(self.request))
                    .filter(Column::State.eq(State::Writing));
                failed.exec(tx.db()).await?;
                store::drop_parts(tx, self.request).await
            })
            .await
    }
}

/// The next piece of a file; nothing when it is whole. The first one holds the headings, so that also a file without lines
/// says what it is.
async fn next(context: &WriteContext, row: &Model) -> Result<Option<Piece>> {
    let what: What = store::what(row)?;
    let sealed = |text: &[u8]| {
        let text = std::str::from_utf8(text).map_err(Error::internal)?;
        context.vault.seal(SEAL, text).map_err(Error::internal)
    };
    if row.parts == 0 {
        let headings = what.headings().into_iter().chain([HEADING.to_owned()]).collect();
        let total = i64::try_from(what.count(&context.db).await?).map_err(Error::internal)?;
        let sealed = sealed(&sheet::begin(headings)?)?;
        return Ok(Some(Piece { sealed, lines: 0, total, cursor: None }));
    }
    let after = what.after((&context.db, &context.vault), row.cursor.as_deref()).await?;
    let Some((mut lines, cursor)) = after else { return Ok(None) };
    let mark = mark(row);
    lines.iter_mut().for_each(|line| line.push(mark.clone()));
    let count = i64::try_from(lines.len()).map_err(Error::internal)?;
    let total = row.total.max(row.done.saturating_add(count));
    Ok(Some(Piece { sealed: sealed(&sheet::lines(&lines)?)?, lines: count, total, cursor: Some(cursor) }))
}
