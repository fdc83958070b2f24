//! From a file to rows: CSV in whatever encoding and with whatever separator, or an Excel workbook. Rows come one by one,
//! so that a file of any size needs little memory; what is neither is refused with a sentence that says what to do.

mod cell;
mod csv;
mod encoding;
mod refusal;
mod xlsx;

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use self::refusal::Unreadable;

/// What may be in a file.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Rows without headings.
    pub rows: u32,
    /// Columns.
    pub columns: usize,
    /// Characters in a cell; one more is kept, so that it can be seen that there were more.
    pub cell: usize,
}

impl Limits {
    /// The limits of a file with so many rows.
    pub fn of_rows(rows: u32) -> Self {
        Self { rows, columns: 100, cell: 500 }
    }
}

/// A row of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The line on which it begins; headings are on line 1 unless empty lines stand before them.
    pub number: u32,
    /// Its cells without control characters and blanks around them; those at the end may be missing.
    pub cells: Vec<String>,
}

impl Row {
    fn is_empty(&self) -> bool {
        self.cells.iter().all(String::is_empty)
    }
}

/// How a file was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = FileFormat)]
pub enum Format {
    /// Text with separators.
    Csv {
        /// The encoding, such as `UTF-8` or `gb18030`.
        encoding: String,
        /// What stands between cells.
        separator: char,
    },
    /// An Excel workbook.
    Xlsx {
        /// The sheet that was read: the first one.
        sheet: String,
    },
}

/// Reads a file from its beginning. The first row that `take` gets is the headings; rows without any content are left
/// out.
///
/// # Errors
/// Why the file is no table, or too much of one; or what `take` returns.
pub fn read(
    mut file: File,
    limits: &Limits,
    take: &mut dyn FnMut(Row) -> Result<(), Unreadable>,
) -> Result<Format, Unreadable> {
    let mut beginning = Vec::new();
    file.by_ref().take(8192).read_to_end(&mut beginning)?;
    file.seek(SeekFrom::Start(0))?;
    let mut gate = Gate { limits, headings: None, rows: 0, take };
    let format = match beginning.as_slice() {
        [] => return Err(Unreadable::Empty),
        [b'P', b'K', 3, 4, ..] => xlsx::read(file, &mut gate)?,
        [0xd0, 0xcf, 0x11, 0xe0, ..] => return Err(Unreadable::OldWorkbook),
        text => csv::read(file, text, &mut gate)?,
    };
    if gate.rows == 0 { Err(Unreadable::NoRows) } else { Ok(format) }
}

/// Lets rows through that are within the limits.
struct Gate<'a> {
    limits: &'a Limits,
    headings: Option<usize>,
    rows: u32,
    take: &'a mut dyn FnMut(Row) -> Result<(), Unreadable>,
}

impl Gate<'_> {
    fn pass(&mut self, number: u32, cells: Vec<String>) -> Result<(), Unreadable> {
        let mut row = Row { number, cells };
        if row.is_empty() {
            return Ok(());
        }
        match self.headings {
            None => {
                while row.cells.last().is_some_and(String::is_empty) {
                    row.cells.pop();
                }
                if row.cells.len() > self.limits.columns {
                    return Err(Unreadable::TooManyColumns(self.limits.columns));
                }
                self.headings = Some(row.cells.len());
            }
            Some(_) if self.rows >= self.limits.rows => return Err(Unreadable::TooManyRows(self.limits.rows)),
            Some(columns) => {
                // One cell too many is kept: it is seen by it that the row is wider than its headings.
                while row.cells.len() > columns && row.cells.last().is_some_and(String::is_empty) {
                    row.cells.pop();
                }
                row.cells.truncate(columns + 1);
                self.rows += 1;
            }
        }
        (self.take)(row)
    }

    /// A cell as it is kept.
    fn cell(&self, text: &str) -> String {
        cell::clean(text, self.limits.cell)
    }
}

#[cfg(test)]
mod tests;
