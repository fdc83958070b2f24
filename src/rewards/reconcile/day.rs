//! One day from its bill to its end.

use chrono::TimeDelta;
use entity::rewards::reconciliation::{Model, State};

use super::{
    bills::Fetched,
    books,
    lines::{self, Filed},
    matching,
    run::ReconcileContext,
    spool::Spool,
    store,
};
use crate::{
    error::Result,
    infra::{
        calendar::end_of,
        db::{Db, Tx},
    },
};

/// Movements that are written in one unit of work.
const BATCH: usize = 5_000;
/// How long after a day WeChat is not believed when it has no bill of it, although payouts were on their way.
const PATIENCE: TimeDelta = TimeDelta::hours(58);

/// Takes a day as far as it gets now: to its end, or to the next time that its bill is asked for. False when somebody else
/// does so at this moment.
pub(super) async fn take_up(context: &ReconcileContext, row: Model) -> Result<bool> {
    let db = &context.db;
    if row.state == State::Matching {
        return matching::run(db, &row).await.map(|()| true);
    }
    let Some(row) = db.tx(async |tx: &Tx| store::begin(tx, &row).await).await? else { return Ok(false) };
    let mut spool = Spool::new()?;
    let fetched = context.bills.fetch(&row.merchant, row.day, &mut |movement| spool.keep(movement)).await?;
    let filed = match fetched {
        Fetched::Whole => file(db, &row, spool).await?,
        Fetched::Nothing if is_believed(db, &row).await? => file(db, &row, Spool::new()?).await?,
        Fetched::Nothing => return db.tx(async |tx: &Tx| store::put_off(tx, &row, "no_statement").await).await,
        Fetched::Later(code) => return db.tx(async |tx: &Tx| store::put_off(tx, &row, code).await).await,
        Fetched::Never(code) => return db.tx(async |tx: &Tx| store::give_up(tx, &row, code).await).await,
    };
    let Some(filed) = filed else { return Ok(false) };
    if !db.tx(async |tx: &Tx| store::fetched(tx, &row, &filed).await).await? {
        return Ok(false);
    }
    matching::run(db, &store::get(db.read(), row.id).await?).await.map(|()| true)
}

/// Whether a day without a bill is an empty one: nothing was on its way, or WeChat has said so for long enough.
async fn is_believed(db: &Db, row: &Model) -> Result<bool> {
    Ok(db.now() >= end_of(row.day) + PATIENCE || !books::moved(db.read(), &row.merchant, row.day).await?)
}

/// Writes a bill that was read to its end in the place of what was there. `None` when somebody else fetches it meanwhile.
async fn file(db: &Db, row: &Model, spool: Spool) -> Result<Option<Filed>> {
    let bill = (&row.merchant, row.day);
    let cleared = db.tx(async |tx: &Tx| {
        let holds = store::holds(tx, row).await?;
        if holds {
            lines::forget(tx, &row.merchant, row.day).await?;
        }
        Ok(holds)
    });
    if !cleared.await? {
        return Ok(None);
    }
    let mut filed = Filed::default();
    let mut movements = spool.read()?.fuse();
    loop {
        let batch = movements.by_ref().take(BATCH).collect::<Result<Vec<_>>>()?;
        if batch.is_empty() {
            return Ok(Some(filed));
        }
        let rows = filed.file(db.read(), bill, batch).await?;
        let kept = db.tx(async |tx: &Tx| {
            let holds = store::holds(tx, row).await?;
            if holds {
                lines::keep(tx, rows.clone()).await?;
            }
            Ok(holds)
        });
        if !kept.await? {
            return Ok(None);
        }
    }
}
