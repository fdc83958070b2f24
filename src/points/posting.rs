//! Entries: written once for each key, with the fact that others may react to.

use std::borrow::Cow;

use entity::{
    points::entry::{ActiveModel, Column, Entity, Kind, Model},
    types::{MemberId, Points, PointsChange, PointsEntryId, StaffId},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, TryInsertResult,
    sea_query::{Expr, OnConflict},
};
use serde::{Deserialize, Serialize};

use super::key::OURS;
use crate::{
    error::{Code, Error, Result},
    identity,
    infra::{calendar::day_of, db::Tx},
};

/// Why something happens to a member's points, in words that the member reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Because {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Because {
    /// In both languages.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
}

/// An entry to be written.
#[derive(Clone, Debug)]
pub(super) struct Posting<'a> {
    pub(super) member: MemberId,
    pub(super) key: Cow<'a, str>,
    pub(super) kind: Kind,
    pub(super) delta: PointsChange,
    pub(super) pending: PointsChange,
    pub(super) asked: Points,
    pub(super) because: Because,
    pub(super) rule: Option<&'a str>,
    pub(super) refers_to: Option<PointsEntryId>,
    pub(super) staff: Option<StaffId>,
    pub(super) note: Option<&'a str>,
}

impl<'a> Posting<'a> {
    /// An entry that changes nothing yet.
    pub(super) fn new(member: MemberId, key: &'a str, kind: Kind, asked: Points, because: &Because) -> Self {
        Self {
            member,
            key: key.into(),
            kind,
            delta: PointsChange::ZERO,
            pending: PointsChange::ZERO,
            asked,
            because: because.clone(),
            rule: None,
            refers_to: None,
            staff: None,
            note: None,
        }
    }

    /// An entry of our own, about one thing that happens once.
    pub(super) fn ours(member: MemberId, what: &str, kind: Kind, asked: Points) -> Self {
        let because = Because::new("", "");
        Self { key: format!("{OURS}{what}").into(), ..Self::new(member, "", kind, asked, &because) }
    }

    /// Its row.
    pub(super) fn row(self, tx: &Tx) -> Model {
        Model {
            id: tx.id(),
            member_id: self.member,
            source_key: self.key.into_owned(),
            kind: self.kind,
            delta: self.delta,
            pending: self.pending,
            asked: self.asked,
            because_zh: self.because.zh,
            because_en: self.because.en,
            rule: self.rule.map(str::to_owned),
            refers_to: self.refers_to,
            staff_id: self.staff,
            note: self.note.map(str::to_owned),
            at: tx.now(),
            biz_day: day_of(tx.now()),
        }
    }
}

/// What became of an entry.
pub(super) enum Posted {
    /// It is written, and what it says is to be done.
    New(Model),
    /// The same was asked for before, and was done then.
    Before(Model),
}

/// Writes an entry unless there is one with its key.
///
/// # Errors
/// [`Code::Conflict`] when there is one, but it says something else.
pub(super) async fn post(tx: &Tx, posting: Posting<'_>) -> Result<Posted> {
    let row = posting.row(tx);
    let once = OnConflict::column(Column::SourceKey).do_nothing().to_owned();
    let insert = Entity::insert(row.clone().into_active_model()).on_conflict(once).try_insert();
    if matches!(insert.exec_without_returning(tx.db()).await?, TryInsertResult::Inserted(1)) {
        return Ok(Posted::New(row));
    }
    of_before(tx, &row).await.map(Posted::Before)
}

/// The entry that kept `row` from being written.
///
/// # Errors
/// [`Code::Conflict`] when it says something else.
pub(super) async fn of_before(tx: &Tx, row: &Model) -> Result<Model> {
    let before = find(tx.db(), &row.source_key).await?.ok_or_else(|| Error::new(Code::Unavailable))?;
    same(tx, before, row).await
}

/// The entry with the key of `posting`, when the same was asked for before.
///
/// # Errors
/// [`Code::Conflict`] when there is one, but it says something else.
pub(super) async fn before(tx: &Tx, posting: Posting<'_>) -> Result<Option<Model>> {
    match find(tx.db(), &posting.key).await? {
        Some(before) => same(tx, before, &posting.row(tx)).await.map(Some),
        None => Ok(None),
    }
}

/// Whether both say the same, whatever the member is called by now.
async fn same(tx: &Tx, before: Model, row: &Model) -> Result<Model> {
    let content = |row: &Model| (row.kind, row.asked, row.rule.clone(), row.refers_to, row.staff_id);
    let theirs =
        before.member_id == row.member_id || identity::current(tx.db(), row.member_id).await? == Some(before.member_id);
    if content(&before) == content(row) && theirs {
        Ok(before)
    } else {
        Err(Error::new(Code::Conflict).detail("the key belongs to something else that happened to points"))
    }
}

/// The entry with a key.
pub(super) async fn find(db: &impl ConnectionTrait, key: &str) -> Result<Option<Model>> {
    Ok(Entity::find().filter(Column::SourceKey.eq(key)).one(db).await?)
}

/// Takes an entry back that this unit of work has written and nobody has seen: it cannot be done.
pub(super) async fn withdraw(tx: &Tx, entry: PointsEntryId) -> Result<()> {
    Entity::delete_by_id(entry).exec(tx.db()).await?;
    Ok(())
}

/// Says of an entry that this unit of work has written whose it is, when the member it was written for has become
/// another name of somebody.
pub(super) async fn make_theirs(tx: &Tx, row: &mut Model, owner: MemberId) -> Result<()> {
    if row.member_id != owner {
        row.member_id = owner;
        Entity::update_many()
            .col_expr(Column::MemberId, Expr::value(owner))
            .filter(Column::Id.eq(row.id))
            .exec(tx.db())
            .await?;
    }
    Ok(())
}

/// Writes entries of our own, whose keys nobody else can have.
pub(super) async fn write(tx: &Tx, rows: &[Model]) -> Result<()> {
    if !rows.is_empty() {
        let rows: Vec<ActiveModel> = rows.iter().map(|row| row.clone().into_active_model().reset_all()).collect();
        tx.db().execute(&tx.insert(rows)?).await?;
    }
    Ok(())
}
