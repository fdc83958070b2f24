//! Huilian (惠联): a WeChat SCRM backend. Four doors (identity, facts, value, words) and five tables
//! (`routes`, `inbound`, `reactions`, `schedule`, `belongings`) that together list everything it does.

pub mod admin;
pub mod analytics;
pub mod app;
pub mod belongings;
pub mod chat;
pub mod cli;
pub mod error;
pub mod exports;
pub mod http;
pub mod identity;
pub mod inbound;
pub mod infra;
pub mod jobs;
pub mod members;
pub mod orders;
pub mod points;
pub mod reach;
pub mod reactions;
pub mod referral;
pub mod rewards;
pub mod routes;
pub mod sample;
pub mod sandbox;
pub mod schedule;
pub mod share;
pub mod stores;
pub mod tracking;
pub mod wechat;
