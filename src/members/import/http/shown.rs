//! An import as staff see it.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    members::import::{Model, State},
    types::{ImportId, StaffId},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    error::Result,
    infra::clock::Time,
    members::import::{
        check::Report,
        counts::Counts,
        mapping::{Column, Mapping},
        read::Format,
        store,
        undo::UndoReport,
    },
};

/// A file of members from another system.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct Import {
    pub(super) id: ImportId,
    /// The name of the file.
    name: String,
    bytes: i64,
    /// How the file was read.
    format: Format,
    /// Its columns with what they seem to mean.
    columns: Vec<Column>,
    /// What they mean, once staff have said so, now or for an earlier file with the same headings.
    mapping: Option<Mapping>,
    state: State,
    /// How far the present pass is, or the last one was.
    progress: Progress,
    /// What has become of the rows that were taken over.
    counts: Counts,
    /// Of the people the valid rows tell of, how many in a hundred were known before (R18).
    match_rate: Option<u32>,
    /// What the last dry run found.
    report: Option<Report>,
    /// What taking it back has done so far.
    undo_report: Option<UndoReport>,
    /// Why it was given up.
    error: Option<String>,
    /// Who brought it; nobody when it came by the command line.
    staff: Option<StaffId>,
    created_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
    /// When what is left of the file is forgotten.
    expires_at: DateTime<Utc>,
}

/// How far a pass is.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportProgress)]
struct Progress {
    /// Rows in the file.
    rows: i32,
    /// Rows that it has been through.
    done: i32,
    /// The same in a hundred.
    percent: i64,
    /// How fast it is.
    rows_per_second: Option<i64>,
    /// When it will be through.
    estimated_end: Option<DateTime<Utc>>,
}

impl Progress {
    fn of(row: &Model, now: Time) -> Self {
        let percent = i64::from(row.done).saturating_mul(100).checked_div(i64::from(row.rows)).unwrap_or(0);
        let until = row.ended_at.unwrap_or(now);
        let millis = row.began_at.map_or(0, |began| (until - began).num_milliseconds());
        let rate = i64::from(row.done).saturating_mul(1000).checked_div(millis).filter(|rate| *rate > 0);
        let goes_on = matches!(row.state, State::Checking | State::Running | State::Undoing);
        let left = i64::from(row.rows.saturating_sub(row.done));
        let millis_left = millis.saturating_mul(left).checked_div(i64::from(row.done));
        let estimated_end =
            millis_left.filter(|_| goes_on).and_then(|left| now.checked_add_signed(TimeDelta::milliseconds(left)));
        Self { rows: row.rows, done: row.done, percent, rows_per_second: rate, estimated_end }
    }
}

impl Import {
    /// An import as it is at a moment.
    pub(super) fn of(row: Model, now: Time) -> Result<Self> {
        let counts: Counts = store::counts(&row)?;
        let report = row.report.clone().map(serde_json::from_value).transpose()?;
        Ok(Self {
            columns: store::columns(&row)?,
            mapping: store::mapping(&row)?,
            progress: Progress::of(&row, now),
            match_rate: counts.match_rate(),
            counts,
            report,
            undo_report: row.undo_report.map(serde_json::from_value).transpose()?,
            id: row.id,
            name: row.name,
            bytes: row.bytes,
            format: serde_json::from_value(row.format)?,
            state: row.state,
            error: row.error,
            staff: row.staff_id,
            created_at: row.created_at,
            ended_at: row.ended_at,
            expires_at: row.expires_at,
        })
    }
}
