//! What can be seen from outside: log lines, figures, traces.
//!
//! Levels: error = somebody must look, warn = it healed or will be tried again, info = one line for each thing done,
//! debug = why. Never logged: bodies, phones, OpenIDs, tokens, secrets, full URLs.

pub mod figures;
mod logs;
mod metrics;
mod request;
mod traces;

pub use self::{
    logs::{Watch, init},
    metrics::Metrics,
    request::Request,
    traces::Traces,
};
