//! What the consumer's side sends beside who they are: what they do, and what they allow.

mod behaviours;
mod one_person;
mod permits;
