//! SHA-1 signatures over sorted strings. SHA-1 is WeChat's choice, not ours.

use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;

/// The length of a signature in characters.
const LENGTH: usize = 40;

/// The lower-case hex SHA-1 of the parts, joined in the order given.
pub fn sha1_hex<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut digest = Sha1::new();
    for part in parts {
        digest.update(part.as_bytes());
    }
    hex::encode(digest.finalize())
}

/// Signs strings as the callback does: sorted by plain byte order, joined, SHA-1, lower-case hex (protocol section 1.1).
///
/// `signature` is the one of `[token, timestamp, nonce]`; `msg_signature` is the one of
/// `[token, timestamp, nonce, Encrypt]` (section 1.2) and of `[token, TimeStamp, Nonce, Encrypt]` in a reply (section 1.4).
pub fn sign<const N: usize>(mut parts: [&str; N]) -> String {
    parts.sort_unstable();
    sha1_hex(parts)
}

/// Whether a signature that came from outside is the one we computed: hex in any case, compared in constant time
/// (protocol section 1.7, item 2). Anything that is not 40 characters long is refused.
pub fn matches(given: &str, computed: &str) -> bool {
    let given = given.to_ascii_lowercase();
    given.len() == LENGTH && bool::from(given.as_bytes().ct_eq(computed.as_bytes()))
}
