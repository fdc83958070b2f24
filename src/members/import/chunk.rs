//! Some rows of a file, made ready outside of any transaction: read by the mapping, with what they claim.

use data_encoding::BASE64URL_NOPAD;
use entity::members::{import::Model, import_part};

use super::{
    mapping::Mapping,
    part,
    read::{Limits, Row},
    record::{Problem, Reading, Record},
    store,
};
use crate::{
    error::{Code, Error, Result},
    identity::{Claim, Claims, Outcome as Resolved, Source},
    infra::{clock::Time, db::Db, secret::Vault},
    members::attribute,
};
use entity::members::import_row::Outcome;

/// A chunk of a file.
pub(super) struct Chunk {
    /// Valid rows, each with its place among the claims.
    pub(super) valid: Vec<(Row, Record)>,
    /// What each valid row claims, in the same order.
    pub(super) claims: Vec<Claims>,
    /// Rows that are not valid.
    pub(super) rejected: Vec<(Row, Vec<Problem>)>,
}

impl Chunk {
    /// How many rows it has.
    pub(super) fn rows(&self) -> usize {
        self.valid.len() + self.rejected.len()
    }

    /// Opens a part and reads its rows.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(super) fn prepare(vault: &Vault, part: &import_part::Model, reading: &Reading) -> Result<Self> {
        let mut chunk = Self { valid: Vec::new(), claims: Vec::new(), rejected: Vec::new() };
        for row in part::open(vault, part)? {
            match Record::read(&row, reading) {
                Ok(record) => {
                    chunk.claims.push(claims(vault, &record, reading.now)?);
                    chunk.valid.push((row, record));
                }
                Err(problems) => chunk.rejected.push((row, problems)),
            }
        }
        Ok(chunk)
    }

    /// By which name the other system knows the person of each valid row.
    pub(super) fn origins(&self) -> impl Iterator<Item = String> {
        let anchors = self.claims.iter().map(|person| person.claims.first().map(Claim::fingerprint));
        anchors.map(|anchor| anchor.map(|anchor| BASE64URL_NOPAD.encode(&anchor)).unwrap_or_default())
    }
}

/// What a row claims. The card is the anchor, as it belongs to one person longer than a number of another system; phones
/// come last, as they change hands.
fn claims(vault: &Vault, record: &Record, at: Time) -> Result<Claims> {
    let mut claims: Vec<Claim> = record.cards.iter().map(|(issuer, number)| Claim::card(issuer, number)).collect();
    claims.extend(record.externals.iter().map(|(system, number)| Claim::external(system, number)));
    if let Some(phone) = &record.phone {
        claims.push(Claim::phone(vault, phone)?);
    }
    Ok(Claims { source: Source::Import, at, claims })
}

/// What became of a row.
pub(super) fn outcome(resolved: &Resolved) -> Outcome {
    match resolved {
        Resolved { conflicts, .. } if !conflicts.is_empty() => Outcome::Conflict,
        Resolved { merges, .. } if !merges.is_empty() => Outcome::Merged,
        Resolved { created: true, .. } => Outcome::Created,
        Resolved { .. } => Outcome::Matched,
    }
}

/// How the rows of an import are read.
///
/// # Errors
/// [`Code::Conflict`] as long as nobody has said what its columns mean.
pub(super) async fn reading(db: &Db, import: &Model) -> Result<Reading> {
    let mapping = mapping(import)?;
    // The file was within the limits when it was read; here only the cell counts.
    let limits = Limits::of_rows(u32::MAX);
    Ok(Reading { mapping, attributes: attribute::all(db.read()).await?, limits, now: db.now() })
}

/// What the columns of an import mean, without which nothing can begin.
pub(super) fn mapping(import: &Model) -> Result<Mapping> {
    let unmapped = || Error::new(Code::Conflict).detail("say first what its columns mean");
    store::mapping(import)?.ok_or_else(unmapped)
}
