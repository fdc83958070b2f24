//! Staff and their sessions.

pub mod staff;
pub mod staff_session;
