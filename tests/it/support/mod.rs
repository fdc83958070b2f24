//! What every test stands on: an application of its own, a WeChat of its own, people and staff who use them.

mod actors;
mod app;
mod callback;
mod database;

pub use actors::{Answered, StaffActor};
pub use app::{START, Settings, TestApp, story, story_with};
pub use callback::Delivery;
pub use database::{EmptyDatabase, open, unique_name, variable};
