//! Huilian (惠联): a WeChat SCRM backend. Four doors (identity, facts, value, words) and five tables
//! (`routes`, `inbound`, `reactions`, `schedule`, `belongings`) that together list everything it does.

pub mod error;
pub mod http;
pub mod infra;
pub mod jobs;
pub mod wechat;
