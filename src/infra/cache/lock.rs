//! Short locks across nodes: held until released or expired, never proof of exclusivity.

use std::time::Duration;

use super::Cache;
use crate::infra::random::Random;

/// A held lock. Forgetting it is harmless: it expires.
pub struct Lock {
    cache: Cache,
    key: String,
    owner: String,
}

impl Cache {
    /// Takes the lock `key` for at most `ttl`, or returns `None` when somebody else holds it.
    pub async fn lock(&self, key: &str, ttl: Duration, random: &Random) -> Option<Lock> {
        let key = format!("lock:{key}");
        let owner = random.token();
        self.set_if_absent(&key, &owner, ttl).await.then(|| Lock { cache: self.clone(), key, owner })
    }
}

impl Lock {
    /// Gives the lock back, unless it expired and somebody else took it.
    pub async fn release(self) {
        self.cache.compare_and_delete(&self.key, &self.owner).await;
    }
}
