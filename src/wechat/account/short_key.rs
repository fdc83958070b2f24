//! Short keys: 15 characters that stand for up to 4 KB, for places with little room (protocol section 6.3).

use garde::Validate;
use serde::{Deserialize, Serialize};

use super::tolerant;
use crate::{
    infra::clock::Time,
    wechat::{
        client::{Api, Failure},
        endpoints,
    },
};

/// What stands behind a short key.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct LongData {
    /// The data.
    pub long_data: String,
    /// When the key was made.
    #[serde(default, deserialize_with = "tolerant::seconds")]
    pub create_time: Option<Time>,
    /// For how many seconds the key still works.
    #[serde(default, deserialize_with = "tolerant::number")]
    pub expire_seconds: Option<u64>,
}

#[derive(Serialize, Validate)]
struct Make<'a> {
    #[garde(length(bytes, min = 1, max = 4096))]
    long_data: &'a str,
    #[garde(range(min = 1, max = 2_592_000))]
    expire_seconds: u32,
}

#[derive(Serialize, Deserialize, Validate)]
#[garde(allow_unvalidated)]
struct Key {
    short_key: String,
}

impl Api {
    /// Makes a key for up to 4 KB, for so many seconds, at most 30 days.
    ///
    /// # Errors
    /// Not sent when data or life break their limits.
    pub async fn make_short_key(&self, long_data: &str, expire_seconds: u32) -> Result<String, Failure> {
        let key: Key = self.post(endpoints::SHORT_KEY_MAKE, &Make { long_data, expire_seconds }).await?;
        Ok(key.short_key)
    }

    /// The data behind a key.
    ///
    /// # Errors
    /// A refusal when the key is unknown or has expired.
    pub async fn fetch_short_key(&self, short_key: &str) -> Result<LongData, Failure> {
        self.post(endpoints::SHORT_KEY_FETCH, &Key { short_key: short_key.to_owned() }).await
    }
}
