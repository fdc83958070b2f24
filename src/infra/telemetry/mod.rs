//! What can be seen from outside: log lines and figures.
//!
//! Levels: error = somebody must look, warn = it healed or will be tried again, info = one line for each thing done,
//! debug = why. Never logged: bodies, phones, OpenIDs, tokens, secrets, full URLs.

mod logs;
mod metrics;

pub use self::{logs::init as init_logs, metrics::Metrics};
