//! What arrives from WeChat, as it came.

pub mod push;
