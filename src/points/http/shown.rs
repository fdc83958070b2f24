//! Points as they are shown, to members and to staff alike.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    points::{
        entry::{Kind, Model},
        lot::State,
    },
    types::{MemberId, Points, PointsChange, PointsEntryId, PointsLotId},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    error::Result,
    http::page::{Cursor, Page, PageQuery},
    infra::{calendar::day_of, calendar::days_after, db::Db},
    points::{
        standing::{self, Lot, Standing},
        timeline::called,
    },
};

/// Words in both languages.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PointsWords)]
pub(super) struct Words {
    zh: String,
    en: String,
}

/// What a member has in points.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PointsStanding)]
pub(super) struct Shown {
    /// What can be spent now.
    balance: Points,
    /// What is given but cannot be spent yet; the lots say why.
    pending: Points,
    /// What of the balance ends soon.
    expiring_soon: Ending,
    /// Whether nothing can be spent until the points were checked.
    stopped: bool,
    /// What it is made of, in the order in which it is spent.
    lots: Vec<ShownLot>,
}

/// What ends soon.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PointsEnding)]
struct Ending {
    points: Points,
    /// By the end of this day.
    by: NaiveDate,
}

/// Points that were given together, as far as they are left.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PointsLot)]
struct ShownLot {
    id: PointsLotId,
    /// How many were given.
    earned: Points,
    /// How many are left.
    remaining: Points,
    /// `open` can be spent; `waiting` can from `available_at` on; `held` can when what they were given for is confirmed.
    state: State,
    /// What they were given for.
    because: Words,
    given_at: Option<DateTime<Utc>>,
    /// From when they can be spent; unknown of what is held.
    available_at: Option<DateTime<Utc>>,
    /// The last day on which they can be spent, in Asia/Shanghai; null when they last for ever.
    last_day: Option<NaiveDate>,
}

impl From<Lot> for ShownLot {
    fn from(lot: Lot) -> Self {
        let Lot { row, state, available_at, last_day, given } = lot;
        let given_at = given.as_ref().map(|given| given.at);
        let because = given.map_or_else(
            || Words { zh: String::new(), en: String::new() },
            |given| Words { zh: given.because_zh, en: given.because_en },
        );
        let (id, earned, remaining) = (row.id, row.earned, row.remaining);
        Self { id, earned, remaining, state, because, given_at, available_at, last_day }
    }
}

/// What a member has now.
pub(super) async fn shown(db: &Db, member: MemberId, days: u32) -> Result<Shown> {
    let now = db.now();
    let Standing { balance, pending, ending, stopped, lots } = standing::of(db.read(), member, now, days).await?;
    let expiring_soon = Ending { points: ending, by: days_after(day_of(now), days) };
    Ok(Shown { balance, pending, expiring_soon, stopped, lots: lots.into_iter().map(ShownLot::from).collect() })
}

/// One thing that happened to points.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PointsEntry)]
pub(super) struct ShownEntry {
    id: PointsEntryId,
    kind: Kind,
    /// What happened, in words.
    title: Words,
    /// Why.
    because: Words,
    /// How what can be spent changed.
    points: PointsChange,
    /// How what is pending changed.
    pending: PointsChange,
    at: DateTime<Utc>,
}

impl From<Model> for ShownEntry {
    fn from(row: Model) -> Self {
        let (_, zh, en) = called(row.kind);
        Self {
            id: row.id,
            kind: row.kind,
            title: Words { zh: zh.to_owned(), en: en.to_owned() },
            because: Words { zh: row.because_zh, en: row.because_en },
            points: row.delta,
            pending: row.pending,
            at: row.at,
        }
    }
}

/// A page of what happened to a member's points, the latest first.
pub(super) async fn history(db: &Db, member: MemberId, query: &PageQuery) -> Result<Page<ShownEntry>> {
    let rows = standing::history(db.read(), member, query).await?;
    Ok(query.page(rows, |row| Cursor { at: row.at, id: row.id.into() }, ShownEntry::from))
}
