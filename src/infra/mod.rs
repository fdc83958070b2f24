//! What every domain stands on: configuration, time, randomness, database, cache, secrets, telemetry. No business here.

pub mod cache;
pub mod calendar;
pub mod clock;
pub mod config;
pub mod db;
pub mod gather;
pub mod in_flight;
pub mod news;
pub mod random;
pub mod secret;
pub mod sheet;
pub mod telemetry;
