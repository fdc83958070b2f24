//! What the HTTP edge keeps.

pub mod idempotency_key;
