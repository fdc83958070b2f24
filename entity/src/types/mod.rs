//! Value types of columns. A value that exists is valid: the constructor is the only way in.

mod account;
mod ids;
mod person;
mod phone;
mod value;

pub use account::{AccountKey, MerchantKey};
pub use ids::*;
pub use person::{OpenId, UnionId};
pub use phone::Phone;
pub use value::{Fen, FenChange, Points, PointsChange};

/// Why a text is not the value it claims to be. The text itself is never repeated, as it may be personal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {why}")]
pub struct Invalid {
    /// The kind of value that was expected, for example `OpenID`.
    pub what: &'static str,
    /// What is wrong with it.
    pub why: &'static str,
}
