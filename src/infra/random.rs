//! The one source of randomness: the operating system's, or a seeded one so that a test can be repeated.

use std::sync::{Arc, Mutex, PoisonError};

use data_encoding::BASE64URL_NOPAD;
use entity::types::Id;
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};
use uuid::Uuid;

use super::clock::Time;

/// Where random bytes come from. Cheap to clone; clones of a seeded source share its stream.
#[derive(Clone)]
pub struct Random(Option<Arc<Mutex<StdRng>>>);

impl Random {
    /// The operating system's randomness, fit for keys and tokens.
    pub fn system() -> Self {
        Self(None)
    }

    /// A repeatable stream; for tests only.
    pub fn seeded(seed: u64) -> Self {
        Self(Some(Arc::new(Mutex::new(StdRng::seed_from_u64(seed)))))
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// A fresh id of time `now`.
    pub fn id<T: Id>(&self, now: Time) -> T {
        let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
        T::from(uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid())
    }

    /// A random (version 4) UUID, for names that say nothing about time.
    pub fn uuid(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.bytes()).into_uuid()
    }

    /// A secret of 256 bits as 43 URL-safe characters.
    pub fn token(&self) -> String {
        BASE64URL_NOPAD.encode(&self.bytes::<32>())
    }

    /// `length` random letters and digits, as WeChat wants nonces.
    pub fn alphanumeric(&self, length: usize) -> String {
        const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        (0..length).filter_map(|_| ALPHABET.get(self.below(62))).map(|b| char::from(*b)).collect()
    }

    /// A uniformly drawn number in `0..bound`; 0 when `bound` is 0.
    pub fn below(&self, bound: usize) -> usize {
        if bound == 0 {
            return 0;
        }
        match &self.0 {
            None => system_rng().random_range(0..bound),
            Some(seeded) => seeded.lock().unwrap_or_else(PoisonError::into_inner).random_range(0..bound),
        }
    }

    fn fill(&self, bytes: &mut [u8]) {
        match &self.0 {
            None => system_rng().fill_bytes(bytes),
            Some(seeded) => seeded.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the seam that everything else goes through")]
fn system_rng() -> rand::rngs::ThreadRng {
    rand::rng()
}

#[cfg(test)]
mod tests {
    use super::*;
    use entity::types::JobId;

    #[test]
    fn the_same_seed_gives_the_same_stream() {
        let (a, b) = (Random::seeded(7), Random::seeded(7));
        assert_eq!(a.token(), b.token());
        assert_eq!(a.alphanumeric(16), b.alphanumeric(16));
        assert_ne!(a.token(), a.token());
    }

    #[test]
    fn ids_follow_time() {
        let random = Random::system();
        let early: JobId = random.id("2026-11-21T00:00:00.000Z".parse().unwrap());
        let late: JobId = random.id("2026-11-21T00:00:00.001Z".parse().unwrap());
        assert!(early < late);
    }
}
