//! Purchases.

pub mod purchase;
pub mod refund;
