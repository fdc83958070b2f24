//! What becomes of the rows of a file, in numbers.

use entity::members::import_row::Outcome;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::record::Record;
use crate::identity::Seen;

/// What became, or would become, of the rows of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportCounts)]
#[serde(default)]
pub struct Counts {
    /// Somebody nobody knew.
    pub created: u32,
    /// Somebody who was known.
    pub matched: u32,
    /// Rows that showed that members are one person.
    pub merged: u32,
    /// Rows against which something speaks; staff decide.
    pub conflicts: u32,
    /// Rows that are not valid.
    pub rejected: u32,
    /// Rows about somebody of whom an earlier row of the file told.
    pub repeated: u32,
    /// Rows that say who somebody is: name, sex, birthday, region, or a field declared so.
    pub demographic: u32,
    /// Rows that say what somebody did: joining, store, tier, points, or a field declared so.
    pub behavioural: u32,
    /// Rows that changed, or would change, a field.
    pub changed: u32,
    /// Rows that joined records.
    pub matches: Matches,
}

/// How rows found the member they tell of (R18).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportMatches)]
#[serde(default)]
pub struct Matches {
    /// Rows whose phone was known.
    pub by_phone: u32,
    /// Rows whose card was known.
    pub by_card: u32,
    /// Rows whose customer number was known.
    pub by_number: u32,
    /// Rows that joined a member who has used WeChat with the brand.
    pub with_wechat: u32,
}

impl Counts {
    /// Counts a valid row.
    pub(super) fn valid(&mut self, record: &Record, seen: &Seen, outcome: Outcome, repeated: bool) {
        self.outcome(outcome);
        self.demographic += u32::from(record.is_demographic());
        self.behavioural += u32::from(record.is_behavioural());
        self.repeated += u32::from(repeated);
        self.matches.by_phone += u32::from(seen.by_phone);
        self.matches.by_card += u32::from(seen.by_card);
        self.matches.by_number += u32::from(seen.by_number);
    }

    /// Counts what became of a row.
    pub(super) fn outcome(&mut self, outcome: Outcome) {
        *match outcome {
            Outcome::Created => &mut self.created,
            Outcome::Matched => &mut self.matched,
            Outcome::Merged => &mut self.merged,
            Outcome::Conflict => &mut self.conflicts,
            Outcome::Rejected => &mut self.rejected,
        } += 1;
    }

    /// Valid rows.
    pub fn valid_rows(&self) -> u32 {
        [self.created, self.matched, self.merged, self.conflicts].into_iter().fold(0, u32::saturating_add)
    }

    /// Of the people that the valid rows tell of, how many in a hundred were known before (R18).
    pub fn match_rate(&self) -> Option<u32> {
        let people = self.valid_rows().saturating_sub(self.repeated);
        people.saturating_sub(self.created).saturating_mul(100).checked_div(people)
    }
}
