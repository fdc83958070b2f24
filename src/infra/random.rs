//! The one source of randomness: the operating system's, or a seeded one so that a test can be repeated.

use std::sync::{Arc, Mutex, PoisonError};

use data_encoding::BASE64URL_NOPAD;
use entity::types::Id;
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};
use uuid::Uuid;

use super::clock::Time;

/// Where random bytes come from. Cheap to clone; clones of a seeded source share its stream.
#[derive(Clone)]
pub struct Random {
    seeded: Option<Arc<Mutex<StdRng>>>,
    last: Arc<Mutex<Last>>,
}

/// The millisecond and the counter of the last id, so that ids of one node follow the order of their making.
#[derive(Default)]
struct Last {
    millis: u64,
    counter: u16,
}

impl Random {
    /// The operating system's randomness, fit for keys and tokens.
    pub fn system() -> Self {
        Self { seeded: None, last: Arc::default() }
    }

    /// A repeatable stream; for tests only.
    pub fn seeded(seed: u64) -> Self {
        Self { seeded: Some(Arc::new(Mutex::new(StdRng::seed_from_u64(seed)))), last: Arc::default() }
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// A fresh id of time `now`, greater than every id this source made before for the same or an earlier time.
    pub fn id<T: Id>(&self, now: Time) -> T {
        let mut random: [u8; 10] = self.bytes();
        let (millis, counter) = self.next(u64::try_from(now.timestamp_millis()).unwrap_or(0));
        let [high, low] = counter.to_be_bytes();
        random[0] = high;
        random[1] = low;
        T::from(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// UUIDv7 leaves 12 bits beside the millisecond: a counter that starts low, and borrows from the next millisecond
    /// when it is used up.
    fn next(&self, now: u64) -> (u64, u16) {
        let start = u16::try_from(self.below(1024)).unwrap_or(0);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if now > last.millis {
            *last = Last { millis: now, counter: start };
        } else if last.counter < 0x0fff {
            last.counter += 1;
        } else {
            *last = Last { millis: last.millis + 1, counter: 0 };
        }
        (last.millis, last.counter)
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
        match &self.seeded {
            None => system_rng().random_range(0..bound),
            Some(seeded) => seeded.lock().unwrap_or_else(PoisonError::into_inner).random_range(0..bound),
        }
    }

    fn fill(&self, bytes: &mut [u8]) {
        match &self.seeded {
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

    #[test]
    fn ids_of_one_moment_follow_the_order_of_their_making() {
        let random = Random::system();
        let now = "2026-11-21T00:00:00Z".parse().unwrap();
        let ids: Vec<JobId> = (0..10_000).map(|_| random.id(now)).collect();
        assert!(ids.is_sorted());
        assert!(ids.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
