//! Whatever comes in from outside, bent in every way: what is kept in `corpus` is tried first, then so many changes of it.
//!
//! The number of inputs is bounded, not the time: `FUZZ_CASES` asks for more of them, `FUZZ_SEED` for others. An input that
//! finds a fault is made small and kept in the corpus, so that it is tried first from then on.

mod api;
mod cursors;
mod decrypt;
mod deliver;
mod frame;
mod imports;
mod json;
mod mutate;
mod notification;
mod oauth;
mod query;
mod run;
mod tokens;
mod uploads;
mod xml;

/// What a target says of an input that shows a fault.
type Verdict = Result<(), String>;
