//! What everything stands on: cache, configuration, migrations, units of work.

mod cache;
pub mod config;
mod migrations;
mod tx;
mod wakeups;
