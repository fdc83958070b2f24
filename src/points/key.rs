//! Keys of entries: what an entry follows from, in the words of whoever wants it.

use crate::error::{Error, Result};

/// What the keys of this domain's own entries begin with.
pub(super) const OURS: &str = "points:";
/// The longest key, in bytes.
const LONGEST: usize = 200;

/// Refuses keys that others may not use.
///
/// # Errors
/// [`Code::Invalid`](crate::error::Code::Invalid).
pub(super) fn check(key: &str) -> Result<()> {
    if key.is_empty() || key.len() > LONGEST || key.starts_with(OURS) {
        return Err(Error::invalid("key", format!("must be 1 to {LONGEST} bytes and not begin with {OURS}")));
    }
    Ok(())
}
