//! The dry run: what would become of every row. Nothing is changed: whoever needs to be judged is resolved in a transaction
//! that is taken back.
//!
//! It holds a few bytes of every claim of the file in memory, to find rows that tell of the same person again.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use entity::{
    members::{
        import::{Model, State},
        import_row::Outcome,
    },
    types::{ImportId, MemberId},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    chunk::{Chunk, mapping, outcome, reading},
    counts::Counts,
    fields::{self, Told},
    part,
    record::{Flaw, Problem},
    run::Context,
    store::{self, Ending},
};
use crate::{
    error::{Code, Error, Result},
    identity::{self, Claims, Look, Outcome as Resolved, look, resolve},
    infra::db::Tx,
    jobs::{Failure, Job},
};

/// Rejected rows that the report names; all of them are in the file of rejects once the import has run.
const NAMED: usize = 100;

/// What a dry run found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportReport)]
pub struct Report {
    /// What would become of the rows.
    pub counts: Counts,
    /// Fields that would change, by name.
    pub fields: BTreeMap<String, u32>,
    /// What is wrong with rejected rows, by code.
    pub flaws: BTreeMap<String, u32>,
    /// The first rejected rows.
    pub rejected: Vec<Rejection>,
    /// The first rows that tell of the same person as an earlier one.
    pub repeated: Vec<Repetition>,
}

/// Why a row is rejected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportRejection)]
pub struct Rejection {
    /// Its line in the file.
    pub row: u32,
    /// The heading of the column; none when it is the row.
    pub column: Option<String>,
    /// The reason as a code.
    pub code: Flaw,
    /// The reason in words.
    pub reason: String,
}

/// Two rows about one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportRepetition)]
pub struct Repetition {
    /// The later line.
    pub row: u32,
    /// The earlier one.
    pub earlier: u32,
}

/// What is wrong with a row, with the headings of its columns.
pub(super) fn rejections(row: u32, problems: &[Problem], headings: &[String]) -> Vec<Rejection> {
    let column = |problem: &Problem| problem.column.and_then(|column| headings.get(column).cloned());
    let one = |problem: &Problem| Rejection {
        row,
        column: column(problem),
        code: problem.flaw,
        reason: problem.flaw.reason().to_owned(),
    };
    problems.iter().map(one).collect()
}

/// Orders a dry run.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::Conflict`] when its columns have no meaning yet, or it is not waiting.
pub async fn start(tx: &Tx, id: ImportId) -> Result<Model> {
    let check = begin(tx, id).await?;
    tx.enqueue(check)?;
    store::get(tx.db(), id).await
}

/// The same for who makes it here and now.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::Conflict`] when its columns have no meaning yet, or it is not waiting.
pub async fn begin(tx: &Tx, id: ImportId) -> Result<Check> {
    mapping(&store::get(tx.db(), id).await?)?;
    if store::begin(tx, id, &[State::Ready], State::Checking).await? {
        Ok(Check { import: id })
    } else {
        Err(Error::new(Code::Conflict))
    }
}

/// Goes through a file without changing anything.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Check {
    /// The import.
    pub import: ImportId,
}

impl Job for Check {
    const KIND: &'static str = "members.check_import";
    type Context = Context;

    fn unique_key(&self) -> Option<String> {
        Some(format!("members.check_import:{}", self.import))
    }

    async fn run(self, context: Context) -> Result<(), Failure> {
        let db = &context.db;
        let import = store::get(db.read(), self.import).await?;
        if import.state != State::Checking {
            return Ok(());
        }
        let (reading, headings) = (reading(db, &import).await?, headings(&import)?);
        let mut pass =
            Pass { context: &context, headings: &headings, report: Report::default(), first: HashMap::new() };
        let mut from = 0;
        while let Some(part) = part::next(db.read(), self.import, from).await? {
            from = part.part + 1;
            let chunk = Chunk::prepare(&context.vault, &part, &reading)?;
            pass.chunk(&chunk).await?;
            db.tx(async |tx: &Tx| store::advance(tx, self.import, State::Checking, chunk.rows()).await).await?;
        }
        let report = serde_json::to_value(&pass.report).map_err(Error::from)?;
        db.tx(async |tx: &Tx| {
            let ending = Ending { report: Some(report.clone()), ..Ending::default() };
            store::end(tx, self.import, State::Checking, State::Ready, ending).await
        })
        .await?;
        Ok(())
    }

    async fn given_up(self, context: Context, why: &Error) -> Result<()> {
        let ending = || Ending { error: Some(why.to_string()), ..Ending::default() };
        context.db.tx(async |tx: &Tx| store::end(tx, self.import, State::Checking, State::Ready, ending()).await).await
    }
}

/// The headings of an import's file.
pub(super) fn headings(import: &Model) -> Result<Vec<String>> {
    Ok(store::columns(import)?.into_iter().map(|column| column.heading).collect())
}

/// A number for a member, among those of claims.
fn mark(member: MemberId) -> u64 {
    let [.., a, b, c, d, e, f, g, h] = Uuid::from(member).into_bytes();
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// A dry run on its way.
struct Pass<'a> {
    context: &'a Context,
    headings: &'a [String],
    report: Report,
    /// The first row of each claim, and of each member.
    first: HashMap<u64, u32>,
}

impl Pass<'_> {
    async fn chunk(&mut self, chunk: &Chunk) -> Result<()> {
        for (row, problems) in &chunk.rejected {
            self.reject(row.number, problems);
        }
        let mut seen = look(self.context.db.read(), &chunk.claims).await?;
        let mut repeats = BTreeMap::new();
        for (index, (((row, _), claims), seen)) in chunk.valid.iter().zip(&chunk.claims).zip(&mut seen).enumerate() {
            let marks = claims.claims.iter().filter_map(|claim| claim.fingerprint().first_chunk::<8>().copied());
            let Some(earlier) = self.earlier(row.number, marks.map(u64::from_be_bytes)) else { continue };
            repeats.insert(index, earlier);
            if !matches!(seen.look, Look::Known(_) | Look::Adds(_)) {
                seen.look = Look::Repeats(index);
            }
        }
        let judged = self.judge(chunk, &seen.iter().map(|seen| seen.look).collect::<Vec<_>>()).await?;
        let known = seen.iter().enumerate().filter_map(|(index, seen)| match seen.look {
            Look::Known(member) | Look::Adds(member) => Some(member),
            _ => judged.get(&index).filter(|resolved| !resolved.created).map(|resolved| resolved.member),
        });
        let with_wechat = identity::of_wechat(self.context.db.read(), known.collect::<BTreeSet<_>>()).await?;
        let mut told = Vec::new();
        for (index, (((row, record), seen), origin)) in chunk.valid.iter().zip(&seen).zip(chunk.origins()).enumerate() {
            let (outcome, member) = match (seen.look, judged.get(&index)) {
                (Look::New, _) => (Outcome::Created, None),
                (Look::Known(member) | Look::Adds(member), _) => (Outcome::Matched, Some(member)),
                (_, Some(resolved)) => (outcome(resolved), Some(resolved.member).filter(|_| !resolved.created)),
                (Look::Repeats(_) | Look::Judge, None) => (Outcome::Matched, None),
            };
            // Another row may have told of the same member by another name.
            let by_member = member.and_then(|member| self.earlier(row.number, std::iter::once(mark(member))));
            let earlier = repeats.get(&index).copied().or(by_member);
            self.report.counts.valid(record, seen, outcome, earlier.is_some());
            if let Some(earlier) = earlier
                && self.report.repeated.len() < NAMED
            {
                self.report.repeated.push(Repetition { row: row.number, earlier });
            }
            let met = member.is_some_and(|member| with_wechat.contains(&member));
            self.report.counts.matches.with_wechat += u32::from(met);
            told.extend(member.map(|member| Told { member, record, origin }));
        }
        for changes in fields::foresee(&self.context.db, &self.context.vault, &told).await? {
            self.report.counts.changed += u32::from(!changes.is_empty());
            for change in changes {
                *self.report.fields.entry(change.name().to_owned()).or_default() += 1;
            }
        }
        Ok(())
    }

    fn reject(&mut self, row: u32, problems: &[Problem]) {
        self.report.counts.outcome(Outcome::Rejected);
        for problem in problems {
            *self.report.flaws.entry(problem.flaw.code().to_owned()).or_default() += 1;
        }
        if self.report.rejected.len() < NAMED {
            self.report.rejected.extend(rejections(row, problems, self.headings));
        }
    }

    /// The earlier row that told of the same person, by these marks of theirs.
    fn earlier(&mut self, row: u32, marks: impl Iterator<Item = u64>) -> Option<u32> {
        let firsts: Vec<u32> = marks.map(|mark| *self.first.entry(mark).or_insert(row)).collect();
        firsts.into_iter().filter(|first| *first != row).min()
    }

    /// What would become of those who need to be judged, by their places.
    async fn judge(&self, chunk: &Chunk, looks: &[Look]) -> Result<BTreeMap<usize, Resolved>> {
        let judged: Vec<(usize, &Claims)> =
            chunk.claims.iter().enumerate().filter(|(index, _)| looks.get(*index) == Some(&Look::Judge)).collect();
        if judged.is_empty() {
            return Ok(BTreeMap::new());
        }
        let seen = RefCell::new(BTreeMap::new());
        let tried = self.context.db.tx(async |tx: &Tx| {
            let mut all = BTreeMap::new();
            for (index, claims) in &judged {
                all.insert(*index, resolve(tx, claims).await?);
            }
            seen.replace(all);
            // Ends the transaction without keeping anything of it.
            Err::<(), _>(Error::new(Code::Conflict))
        });
        match tried.await {
            Err(error) if seen.borrow().is_empty() => Err(error),
            _ => Ok(seen.into_inner()),
        }
    }
}
