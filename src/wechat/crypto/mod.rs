//! The arithmetic of the callback: who signed, and what is inside (protocol sections 1.1 to 1.4).

mod aes_key;
pub mod signature;

pub use aes_key::{AesKey, InvalidKey, Unopened};

#[cfg(test)]
mod tests;
