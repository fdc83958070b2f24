//! The protocol from outside: what is believed, what is refused, what is taken once.

mod callback;
mod once;
mod setup;
