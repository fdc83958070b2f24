//! Short keys for long data (protocol section 6.3).

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde_json::json;

use super::{
    api::{Call, Outcome},
    errcode::Refusal,
    world::World,
};
use crate::infra::clock::Time;

const LONGEST: i64 = 2_592_000;
const DATA: usize = 4096;

/// The short keys of one account.
pub(super) type ShortKeys = BTreeMap<String, Shortened>;

/// What stands behind a short key.
#[derive(Debug)]
pub(super) struct Shortened {
    data: String,
    made: Time,
    expires: Time,
}

/// `POST /cgi-bin/shorten/gen`
pub(super) fn generate(world: &mut World, call: &Call) -> Outcome {
    let data = call.text("/long_data", 40035)?.to_owned();
    let seconds = call.number("/expire_seconds").unwrap_or(LONGEST);
    if data.is_empty() || data.len() > DATA || !(1..=LONGEST).contains(&seconds) {
        return Err(Refusal::of(40035));
    }
    let (made, key) = (world.now(), world.random.alphanumeric(15));
    let shortened = Shortened { data, made, expires: made + TimeDelta::seconds(seconds) };
    world.caller(&call.account)?.short_keys.insert(key.clone(), shortened);
    Ok(json!({ "errcode": 0, "errmsg": "ok", "short_key": key }).into())
}

/// `POST /cgi-bin/shorten/fetch`
pub(super) fn fetch(world: &mut World, call: &Call) -> Outcome {
    let key = call.text("/short_key", 40035)?;
    let now = world.now();
    let known = world.caller(&call.account)?.short_keys.get(key).filter(|known| known.expires > now);
    let known = known.ok_or_else(|| Refusal::of(40035))?;
    Ok(json!({
        "errcode": 0,
        "errmsg": "ok",
        "long_data": known.data,
        "create_time": known.made.timestamp(),
        "expire_seconds": (known.expires - now).num_seconds(),
    })
    .into())
}
