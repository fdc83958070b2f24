//! 导出: files that staff take with them.
//!
//! Words: a *request* (申请) names what is to stand in the file, and why. Somebody else of headquarters *agrees*, or refuses;
//! `privacy.export_alone` says what needs nobody's consent. Then a job *writes* the file, piece by piece.
//!
//! Invariants: the file is kept sealed, for `privacy.keep_files` at most; only who asked can fetch it, and each fetching is a
//! call on record; every line says who took it, when they asked, and in which request; no cell of it can become a formula.
//! Who is killed while writing goes on with the next piece.

mod forget;
pub mod http;
mod mark;
mod store;
mod what;
mod write;

pub use self::{
    forget::ForgetFiles,
    store::waiting,
    write::{WriteContext, WriteFile},
};
