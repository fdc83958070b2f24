//! What arrives from WeChat, as it came.

pub mod pay_notification;
pub mod push;
