//! Taking a file over, part after part. What is left to do is what is left of the parts: whoever is killed when, another
//! worker goes on with the next one.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use entity::{
    members::{
        import::{Model, State},
        import_part,
    },
    types::ImportId,
};
use serde::{Deserialize, Serialize};

use super::{
    chunk::{Chunk, mapping, outcome, reading},
    counts::Counts,
    fields::{self, Told},
    part,
    rows::{self, Did, Fate},
    store::{self, Ending},
};
use crate::{
    error::{Code, Error, Result},
    identity::{self, own_many, resolve_many},
    infra::{
        db::{Db, Tx},
        secret::Vault,
    },
    jobs::{Failure, Job},
};

/// After this time the worker's place is given to other jobs.
const SLICE: Duration = Duration::from_secs(2);

/// What the jobs of imports need.
#[derive(Clone)]
pub struct Context {
    /// The database.
    pub db: Db,
    /// The keys for personal data.
    pub vault: Vault,
}

/// Orders a file to be taken over; also one that was given up, which goes on where it was.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::Conflict`] when its columns have no meaning yet, or it is not waiting.
pub async fn start(tx: &Tx, id: ImportId) -> Result<Model> {
    let import = store::get(tx.db(), id).await?;
    mapping(&import)?;
    if part::next(tx.db(), id, 0).await?.is_none() {
        return Err(Error::new(Code::Conflict).detail("nothing of the file is left"));
    }
    let resumed = import.state == State::Failed;
    if !store::begin(tx, id, &[State::Ready, State::Failed], State::Running).await? {
        return Err(Error::new(Code::Conflict));
    }
    if resumed {
        store::advance(tx, id, State::Running, usize::try_from(import.done).map_err(Error::internal)?).await?;
    }
    tx.enqueue(Run { import: id })?;
    store::get(tx.db(), id).await
}

/// Takes over what is left of a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Run {
    /// The import.
    pub import: ImportId,
}

impl Job for Run {
    const KIND: &'static str = "members.import";
    type Context = Context;

    fn unique_key(&self) -> Option<String> {
        Some(format!("members.import:{}", self.import))
    }

    async fn run(self, context: Context) -> Result<(), Failure> {
        let db = &context.db;
        let import = store::get(db.read(), self.import).await?;
        let reading = reading(db, &import).await?;
        let began = Instant::now();
        if import.state != State::Running {
            return Ok(());
        }
        loop {
            let Some(part) = part::next(db.read(), self.import, 0).await? else {
                db.tx(async |tx: &Tx| {
                    store::end(tx, self.import, State::Running, State::Done, Ending::default()).await
                })
                .await?;
                tracing::info!(import.id = %self.import, "imported");
                return Ok(());
            };
            let chunk = Chunk::prepare(&context.vault, &part, &reading)?;
            let taken = db.tx(async |tx: &Tx| take_over(tx, &context.vault, &part, &chunk).await).await?;
            if taken {
                tracing::info!(import.id = %self.import, part = part.part, rows = chunk.rows(), "imported rows");
            }
            if began.elapsed() > SLICE {
                return Err(Failure::Defer { until: db.now(), why: Error::new(Code::Unavailable).detail("more rows") });
            }
        }
    }

    async fn given_up(self, context: Context, why: &Error) -> Result<()> {
        let ending = || Ending { error: Some(why.to_string()), ..Ending::default() };
        context.db.tx(async |tx: &Tx| store::end(tx, self.import, State::Running, State::Failed, ending()).await).await
    }
}

/// Takes over the rows of a part, all of them or none. False when somebody else has done so, or nobody wants it any more:
/// who takes the parts may die at any moment, so everybody goes on until none is left.
async fn take_over(tx: &Tx, vault: &Vault, part: &import_part::Model, chunk: &Chunk) -> Result<bool> {
    if !part::take(tx, part).await? {
        return Ok(false);
    }
    let stopped = || Error::new(Code::Conflict).detail("the import does not run any more");
    let import = store::advance(tx, part.import_id, State::Running, chunk.rows()).await?.ok_or_else(stopped)?;
    let mut counts: Counts = store::counts(&import)?;
    let resolved = resolve_many(tx, &chunk.claims).await?;
    let members = own_many(tx, resolved.iter().map(|(_, resolved)| resolved.member).collect()).await?;
    let with_wechat = identity::of_wechat(tx.db(), members.values().copied().collect::<BTreeSet<_>>()).await?;
    let member = |resolved: &identity::Outcome| members.get(&resolved.member).copied().unwrap_or(resolved.member);
    let told: Vec<Told<'_>> = chunk
        .valid
        .iter()
        .zip(&resolved)
        .zip(chunk.origins())
        .map(|(((_, record), (_, resolved)), origin)| Told { member: member(resolved), record, origin })
        .collect();
    let changes = fields::write(tx, vault, &told).await?;
    let known = resolved.iter().filter(|(_, resolved)| !resolved.created).map(|(_, resolved)| member(resolved));
    let mut told_of = rows::told_of(tx, part.import_id, &known.collect()).await?;
    let mut done = Vec::with_capacity(chunk.valid.len());
    for (((_, record), (seen, resolved)), fields) in chunk.valid.iter().zip(resolved).zip(changes) {
        let (fate, member) = (outcome(&resolved), member(&resolved));
        counts.valid(record, &seen, fate, !told_of.insert(member));
        counts.matches.with_wechat += u32::from(!resolved.created && with_wechat.contains(&member));
        counts.changed += u32::from(!resolved.created && !fields.is_empty());
        let identity::Outcome { created, linked, changed, merges, .. } = resolved;
        done.push((fate, member, Did { created, linked, changed, merges, fields }));
    }
    let mut fates = Vec::with_capacity(chunk.rows());
    for ((row, _), (fate, member, did)) in chunk.valid.iter().zip(&done) {
        fates.push((row, Fate::Told(*fate, *member, did)));
    }
    for (row, problems) in &chunk.rejected {
        counts.outcome(entity::members::import_row::Outcome::Rejected);
        fates.push((row, Fate::Rejected(problems)));
    }
    rows::note(tx, vault, part.import_id, &fates).await?;
    store::count(tx, part.import_id, &counts).await?;
    Ok(true)
}
