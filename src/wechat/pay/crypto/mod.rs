//! The arithmetic of WeChat Pay (pay sections 2.1, 3.1, 3.2, 3.5 and 3.6): who signed, and what is inside.

mod certificate;
mod rsa;
mod v2_signature;
mod v3_key;

pub use certificate::Certificate;
pub use rsa::{PrivateKey, PublicKey};
pub use v2_signature::{V2Key, sign_client_call};
pub use v3_key::V3Key;

/// A key or certificate is not one that WeChat Pay uses. The words name no part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadKey(pub(super) &'static str);

#[cfg(test)]
pub(super) mod tests;
