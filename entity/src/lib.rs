//! What Huilian stores: one file per table in a folder per domain, and the value types of their columns.
//!
//! Nothing here behaves: queries live in each domain's `store.rs`, decisions in its `rules.rs`.
#![expect(missing_docs, reason = "the derive of an entity makes public items; fields that need words have them")]

pub mod admin;
pub mod chat;
pub mod exports;
pub mod http;
pub mod identity;
pub mod jobs;
pub mod members;
pub mod orders;
pub mod points;
pub mod reach;
pub mod referral;
pub mod rewards;
pub mod share;
pub mod stores;
pub mod tracking;
pub mod types;
pub mod wechat;
