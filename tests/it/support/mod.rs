//! What every test stands on: an application of its own, a WeChat of its own, people and staff who use them.

mod actors;
mod app;
mod callback;
mod cut;
mod database;
mod postgres;
mod process;
mod proxy;
mod stream;

use std::time::Duration;

pub use actors::{Answered, Consumer, Follower, PASSWORD, StaffActor};
pub use app::{START, Settings, TestApp, story, story_with};
pub use callback::Delivery;
pub use cut::cut;
pub use database::{Column, EmptyDatabase, TestDatabase, column, open, redis, unique_name, variable};
pub use postgres::Postgres;
pub use process::Process;
pub use proxy::Proxy;
pub use stream::Block;

/// Waits for something that will happen, but not for ever.
pub async fn soon<T>(event: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(30), event).await.expect("something that did not happen")
}
