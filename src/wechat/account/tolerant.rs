//! Reads values in every way WeChat writes them: numbers as texts, empty texts for nothing, times as seconds.

use chrono::DateTime;
use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error as _};
use serde_json::Value;

use crate::infra::clock::Time;

/// An absent, null or empty value is `None`.
pub(in crate::wechat) fn blank_is_none<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: DeserializeOwned,
    D: Deserializer<'de>,
{
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::String(text) if text.is_empty() => Ok(None),
        value => T::deserialize(value).map(Some).map_err(|_holds_the_value| D::Error::custom("another form")),
    }
}

/// A null is the type's empty value.
pub(in crate::wechat) fn or_default<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Default + Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// A number that may be written as a text; absent, null or empty is `None`. Message ids have up to 64 bits.
pub(in crate::wechat) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::String(text) if text.is_empty() => Ok(None),
        Value::String(text) => text.parse().map(Some).map_err(|_same| D::Error::custom("not a number")),
        value => value.as_u64().map(Some).ok_or_else(|| D::Error::custom("not a number")),
    }
}

/// 0 or 1, or a boolean.
pub(in crate::wechat) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Bool(flag) => Ok(flag),
        value => value.as_u64().map(|number| number != 0).ok_or_else(|| D::Error::custom("not 0 or 1")),
    }
}

/// Seconds since 1970; absent or 0 is `None`.
pub(in crate::wechat) fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Time>, D::Error> {
    let seconds = number(deserializer)?.and_then(|seconds| i64::try_from(seconds).ok()).filter(|seconds| *seconds > 0);
    Ok(seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0)))
}
