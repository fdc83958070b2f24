//! Pages by cursor over (time, id): stable while rows are added, no counting, one row more than asked tells if there is more.

use chrono::DateTime;
use data_encoding::BASE64URL_NOPAD;
use garde::Validate;
use sea_orm::{ColumnTrait, Condition};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    error::{Code, Error, Result},
    infra::{calendar::is_of_our_era, clock::Time},
};

/// Which page a caller wants.
#[derive(Clone, Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// `next` of the page before; empty for the first page.
    #[garde(length(max = 64))]
    pub cursor: Option<String>,
    /// How many items, 1 to 100.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 30)]
    #[serde(default = "default_limit")]
    pub limit: u64,
}

fn default_limit() -> u64 {
    30
}

/// One page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items, in the order of the list.
    pub items: Vec<T>,
    /// Where the next page begins; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// The place of a row in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The time the list is ordered by.
    pub at: Time,
    /// The id that decides between rows of one moment.
    pub id: Uuid,
}

impl PageQuery {
    /// The row after which the page begins.
    ///
    /// # Errors
    /// [`Code::BadRequest`] when the cursor was not made by us.
    pub fn after(&self) -> Result<Option<Cursor>> {
        match self.cursor.as_deref() {
            None | Some("") => Ok(None),
            Some(text) => Cursor::read(text)
                .map(Some)
                .ok_or_else(|| Error::new(Code::BadRequest).detail("the cursor is not one that was given out")),
        }
    }

    /// How many rows to fetch: one more than the page shows.
    pub fn fetch(&self) -> u64 {
        self.limit + 1
    }

    /// Cuts the fetched rows to the page, and names where the next one begins.
    pub fn page<R, T>(&self, mut rows: Vec<R>, place: impl Fn(&R) -> Cursor, show: impl FnMut(R) -> T) -> Page<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|row| place(row).write());
        Page { items: rows.into_iter().map(show).collect(), next }
    }
}

impl Cursor {
    /// What comes after this place in a list with the latest first.
    pub fn beyond<C: ColumnTrait>(self, at: C, id: C) -> Condition {
        let same_moment = Condition::all().add(at.eq(self.at)).add(id.lt(self.id));
        Condition::any().add(at.lt(self.at)).add(same_moment)
    }

    /// The place as `next` of a page says it.
    pub fn write(self) -> String {
        BASE64URL_NOPAD.encode(&[self.at.timestamp_millis().to_be_bytes().as_slice(), self.id.as_bytes()].concat())
    }

    fn read(text: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let (millis, id) = bytes.split_first_chunk::<8>()?;
        let at = DateTime::from_timestamp_millis(i64::from_be_bytes(*millis)).filter(is_of_our_era)?;
        Some(Self { at, id: Uuid::from_slice(id).ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_as_it_was_written_and_nothing_else_does() {
        let cursor = Cursor { at: "2026-11-21T01:02:03.004Z".parse().unwrap(), id: Uuid::from_u128(7) };
        assert_eq!(Cursor::read(&cursor.write()), Some(cursor));
        for bad in ["x", "AAAA", "!", &"A".repeat(64)] {
            assert_eq!(Cursor::read(bad), None, "{bad}");
        }
    }
}
