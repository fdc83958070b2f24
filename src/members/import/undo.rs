//! Taking an import back: row after row from the end, as far as nobody has built on it since. What could not go back is
//! told, with the reason.

use std::collections::{BTreeMap, BTreeSet};

use entity::{
    members::{
        import::{Model, State},
        import_row,
    },
    types::{ImportId, MemberId, MergeId, StaffId},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    fields::{self, Change},
    part, rows,
    rows::Did,
    run::Context,
    store::{self, Ending},
};
use crate::{
    error::{Code, Error, Result},
    identity::{merge, own_many, unlink, withdraw},
    infra::db::Tx,
    jobs::{Failure, Job},
};

/// Rows that are taken back in one transaction.
const ROWS: u64 = 500;
/// Rows that the report names.
const NAMED: usize = 200;

/// What taking an import back did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportUndoReport)]
pub struct UndoReport {
    /// Rows that were taken back, some of them in part.
    pub rows: u32,
    /// Members who are gone: nobody knew them otherwise.
    pub members_gone: u32,
    /// Members who were made by the import and stay.
    pub members_kept: u32,
    /// Links that ended.
    pub links_ended: u32,
    /// Links that stay: somebody else has proved them since, or proved them before.
    pub links_kept: u32,
    /// Merges that were undone.
    pub merges_undone: u32,
    /// Fields that are as they were.
    pub fields_restored: u32,
    /// Fields that stay, because they were changed since.
    pub fields_kept: u32,
    /// The first rows of which something stays.
    pub stuck: Vec<Stays>,
}

/// Something that could not go back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportStays)]
pub struct Stays {
    /// The line in the file.
    pub row: i32,
    /// The member.
    pub member: MemberId,
    /// What stays: `link`, `merge`, `member`, or the name of a field.
    pub what: String,
    /// Why.
    pub why: StaysWhy,
}

/// Why something could not go back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportStaysWhy)]
pub enum StaysWhy {
    /// It was changed, or better proved, since.
    ChangedSince,
    /// Something came to it since.
    UsedSince,
    /// A later merge must be undone first.
    MergedFurther,
    /// It is gone already.
    Gone,
}

/// Orders an import to be taken back. What is left of its file is forgotten.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::Conflict`] when it has not run.
pub async fn start(tx: &Tx, id: ImportId, staff: StaffId) -> Result<Model> {
    store::get(tx.db(), id).await?;
    if !store::begin(tx, id, &[State::Done, State::Failed], State::Undoing).await? {
        return Err(Error::new(Code::Conflict));
    }
    part::forget(tx, id).await?;
    store::note_undone(tx, id, &UndoReport::default()).await?;
    tx.enqueue(Undo { import: id, staff })?;
    store::get(tx.db(), id).await
}

/// Takes back what an import did.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Undo {
    /// The import.
    pub import: ImportId,
    /// Who wants it.
    pub staff: StaffId,
}

impl Job for Undo {
    const KIND: &'static str = "members.undo_import";
    type Context = Context;

    fn unique_key(&self) -> Option<String> {
        Some(format!("members.undo_import:{}", self.import))
    }

    async fn run(self, context: Context) -> Result<(), Failure> {
        while context.db.tx(async |tx: &Tx| self.some(tx).await).await? {}
        Ok(())
    }

    async fn given_up(self, context: Context, why: &Error) -> Result<()> {
        let ending = || Ending { error: Some(why.to_string()), ..Ending::default() };
        context.db.tx(async |tx: &Tx| store::end(tx, self.import, State::Undoing, State::Failed, ending()).await).await
    }
}

/// A row that is to be taken back.
struct Back {
    row: import_row::Model,
    did: Did,
    /// Whom it tells of today; nobody when nothing is left of them.
    member: Option<MemberId>,
}

impl Undo {
    /// Takes the last rows back; false when there are none left.
    async fn some(&self, tx: &Tx) -> Result<bool> {
        let last = rows::last(tx, self.import, ROWS).await?;
        let Some(import) = store::advance(tx, self.import, State::Undoing, last.len()).await? else { return Ok(false) };
        if last.is_empty() {
            store::end(tx, self.import, State::Undoing, State::Undone, Ending::default()).await?;
            tracing::info!(import.id = %self.import, "took an import back");
            return Ok(false);
        }
        let mut report: UndoReport = serde_json::from_value(import.undo_report.unwrap_or_default())?;
        let owners = own_many(tx, last.iter().filter_map(|row| row.member_id).collect()).await?;
        // They would count as something that belongs to the members they made.
        rows::taken_back(tx, &last).await?;
        let back = last.into_iter().map(|row| {
            let did = row.detail.clone().map(serde_json::from_value).transpose()?.unwrap_or_default();
            let member = row.member_id.and_then(|member| owners.get(&member).copied());
            Ok(Back { row, did, member })
        });
        take_back(tx, self.staff, &back.collect::<Result<Vec<_>>>()?, &mut report).await?;
        store::note_undone(tx, self.import, &report).await?;
        Ok(true)
    }
}

/// Takes rows back, the last one first: fields, merges, links, and then the members of whom nothing is left.
async fn take_back(tx: &Tx, staff: StaffId, back: &[Back], report: &mut UndoReport) -> Result<()> {
    report.rows += u32::try_from(back.len()).map_err(Error::internal)?;
    let told: Vec<(&Back, MemberId)> = back.iter().filter_map(|one| Some((one, one.member?))).collect();
    let changes: Vec<(MemberId, &[Change])> =
        told.iter().map(|(one, member)| (*member, one.did.fields.as_slice())).collect();
    let restored = fields::restore(tx, &changes).await?;
    report.fields_restored += restored.fields;
    report.fields_kept += u32::try_from(restored.kept.len()).map_err(Error::internal)?;
    for (index, field) in restored.kept {
        if let Some((one, member)) = told.get(index) {
            report.stays(one.row.row, *member, field, StaysWhy::ChangedSince);
        }
    }
    for (one, member) in &told {
        for id in one.did.merges.iter().rev() {
            match undo_merge(tx, *id, staff).await? {
                None => report.merges_undone += 1,
                Some(why) => report.stays(one.row.row, *member, "merge".to_owned(), why),
            }
        }
    }
    let links: Vec<_> = back.iter().flat_map(|one| one.did.linked.iter().copied()).collect();
    let unlinked = unlink(tx, &links).await?;
    report.links_ended += u32::try_from(unlinked.gone.len()).map_err(Error::internal)?;
    for (one, member) in &told {
        let kept = one.did.linked.iter().filter(|link| unlinked.kept.contains(link)).count() + one.did.changed.len();
        report.links_kept += u32::try_from(kept).map_err(Error::internal)?;
        for _ in 0..kept {
            report.stays(one.row.row, *member, "link".to_owned(), StaysWhy::ChangedSince);
        }
    }
    let created: BTreeMap<MemberId, i32> =
        told.iter().filter(|(one, _)| one.did.created).map(|(one, member)| (*member, one.row.row)).collect();
    let free: BTreeSet<MemberId> = created.keys().filter(|member| !restored.known.contains(member)).copied().collect();
    let gone = withdraw(tx, &free).await?.gone;
    fields::forget(tx, &gone).await?;
    report.members_gone += u32::try_from(gone.len()).map_err(Error::internal)?;
    for (member, row) in created.iter().filter(|(member, _)| !gone.contains(member)) {
        report.members_kept += 1;
        report.stays(*row, *member, "member".to_owned(), StaysWhy::UsedSince);
    }
    Ok(())
}

/// Undoes a merge, or says why it stays.
async fn undo_merge(tx: &Tx, id: MergeId, staff: StaffId) -> Result<Option<StaysWhy>> {
    match merge::take_back(tx, id, staff).await {
        Ok(_) => Ok(None),
        Err(error) => match error.code() {
            Code::AlreadyUndone | Code::NotFound => Ok(Some(StaysWhy::Gone)),
            Code::MergedFurther => Ok(Some(StaysWhy::MergedFurther)),
            _ => Err(error),
        },
    }
}

impl UndoReport {
    fn stays(&mut self, row: i32, member: MemberId, what: String, why: StaysWhy) {
        if self.stuck.len() < NAMED {
            self.stuck.push(Stays { row, member, what, why });
        }
    }
}
