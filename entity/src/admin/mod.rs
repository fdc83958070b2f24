//! Staff, their sessions, and what they did.

pub mod audit_chain;
pub mod audit_entry;
pub mod staff;
pub mod staff_session;
pub mod staff_wechat;
