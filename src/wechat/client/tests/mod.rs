//! The client against a scripted server and against the sandbox.

mod alarms;
mod live;
mod outcomes;
mod quotas;
mod retries;
mod silence;
mod tokens;
mod visitors;
