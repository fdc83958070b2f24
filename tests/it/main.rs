//! The one integration binary. Behaviour through public surfaces: real HTTP, real databases, the sandbox as WeChat, a
//! clock that stands until it is moved.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says at once what it cannot go on without"
)]

mod admin;
mod analytics;
mod chat;
mod consumer;
mod deploy;
mod exports;
mod faults;
mod fuzz;
mod http;
mod identity;
mod import;
mod infra;
mod jobs;
mod members;
mod pay;
mod points;
mod reach;
mod referral;
mod repository;
mod rewards;
mod sample;
mod share;
mod stores;
mod stories;
mod support;
mod telemetry;
mod tracking;
mod wechat;
