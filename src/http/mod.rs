//! The edge: problems, bodies, pages, idempotency, limits, health, the API description. Free of business.

pub mod body;
pub mod caller;
pub mod health;
pub mod idempotency;
pub mod joined;
pub mod limit;
pub mod nul;
pub mod page;
pub mod pages;
pub mod problem;
pub mod reader;
pub mod refusals;
pub mod request;
pub mod spec;
pub mod verification;
