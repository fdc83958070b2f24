//! The one integration binary.
#![expect(clippy::expect_used, clippy::panic, reason = "a test says at once what it cannot go on without")]

mod repository;
