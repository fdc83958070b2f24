//! What every domain stands on: configuration, time, randomness, database, cache, secrets, telemetry. No business here.

pub mod clock;
pub mod random;
