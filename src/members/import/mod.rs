//! Taking members over from other systems: tills, spreadsheets, older loyalty programmes (R7, R12, R18, R19).
//!
//! Words: an *import* (导入) is one file; its *mapping* says what each column means; a *part* is some of its rows that wait;
//! a *dry run* says what would happen and changes nothing; a row is *rejected* with its column and reason, or told of
//! somebody who is *created* or *matched*; taking an import back is its *undoing*.
//!
//! Invariants: a row is taken over once, whatever is killed when: its part is deleted, and its outcome written, in the
//! transaction that writes the member. Who somebody is, only `identity` decides. A blank never takes the place of a value,
//! and an import never the place of what a person, staff or WeChat said. A file is sealed while it waits, and gone once its
//! rows are taken over; of rejected rows the sealed cells stay until the import expires.

mod check;
mod chunk;
mod counts;
mod fields;
mod forget;
pub mod http;
mod mapping;
mod overview;
mod part;
pub mod read;
mod record;
mod rejects;
mod rows;
mod run;
mod store;
mod undo;
mod upload;

pub use self::{
    check::{Check, Report, begin as check},
    counts::{Counts, Matches},
    fields::STANDINGS,
    forget::ForgetFiles,
    mapping::{Column, Field, Mapping},
    overview::{Overview, discard, finish_by_guess, overview},
    record::Flaw,
    rows::IMPORT_ROWS,
    run::{Context, Run, start},
    undo::{Undo, UndoReport},
    upload::{Brought, Kept, keep},
};
