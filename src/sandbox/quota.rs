//! How often an account may call what, and the tools that show and clear it (protocol sections 3.5 and 3.6). Days and
//! months are China's.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::Serialize;
use serde_json::json;

use super::{
    api::{self, Call, Outcome, done},
    errcode::Refusal,
    options::Limit,
    tokens::by_secret,
    world::World,
};
use crate::infra::clock::{Time, biz_day};

const CLEARS_PER_MONTH: u32 = 10;
const SINGLE_CLEARS_PER_MONTH: u32 = 50;
const RID_LIFE: TimeDelta = TimeDelta::days(7);

/// A count that starts anew when its period changes.
#[derive(Clone, Debug, Default)]
pub(super) struct Counter {
    period: String,
    count: u32,
}

impl Counter {
    /// The count in this period.
    pub(super) fn used(&self, period: &str) -> u32 {
        if self.period == period { self.count } else { 0 }
    }

    /// Counts one more in this period.
    pub(super) fn add(&mut self, period: &str) {
        if self.period != period {
            *self = Self { period: period.to_owned(), count: 0 };
        }
        self.count = self.count.saturating_add(1);
    }
}

/// The quotas of one account.
#[derive(Debug)]
pub(super) struct Quotas {
    limits: BTreeMap<String, Limit>,
    days: BTreeMap<String, Counter>,
    minutes: BTreeMap<String, Counter>,
    clears: Counter,
    single_clears: Counter,
}

/// Calls of today for one API.
#[derive(Clone, Debug, Serialize)]
pub struct Used {
    /// The API path.
    pub path: String,
    /// Calls per day that are allowed; `null` when there is no limit.
    pub limit: Option<u32>,
    /// Calls of today.
    pub used: u32,
}

fn day(now: Time) -> String {
    biz_day(now).to_string()
}

/// The business month of a moment, such as `2026-11`.
pub(super) fn month(now: Time) -> String {
    biz_day(now).format("%Y-%m").to_string()
}

/// The minute of a moment.
pub(super) fn minute(now: Time) -> String {
    now.timestamp().div_euclid(60).to_string()
}

impl Quotas {
    pub(super) fn new(limits: BTreeMap<String, Limit>) -> Self {
        Self {
            limits,
            days: BTreeMap::new(),
            minutes: BTreeMap::new(),
            clears: Counter::default(),
            single_clears: Counter::default(),
        }
    }

    /// Sets the limit of one API.
    pub(super) fn limit(&mut self, path: String, limit: Limit) {
        self.limits.insert(path, limit);
    }

    /// Counts one call, or refuses it: 45009 for the day, 45011 for the minute.
    pub(super) fn count(&mut self, path: &str, now: Time) -> Result<(), Refusal> {
        let limit = self.limits.get(path).copied().unwrap_or_default();
        let (day, minute) = (day(now), minute(now));
        let today = self.days.entry(path.to_owned()).or_default();
        let this_minute = self.minutes.entry(path.to_owned()).or_default();
        if limit.per_day.is_some_and(|most| today.used(&day) >= most) {
            return Err(Refusal::of(45009));
        }
        if limit.per_minute.is_some_and(|most| this_minute.used(&minute) >= most) {
            return Err(Refusal::of(45011));
        }
        today.add(&day);
        this_minute.add(&minute);
        Ok(())
    }

    /// What was called today or is limited, by path.
    pub(super) fn today(&self, now: Time) -> Vec<Used> {
        let day = day(now);
        let mut used: BTreeMap<&String, Used> = BTreeMap::new();
        for (path, limit) in &self.limits {
            used.insert(path, Used { path: path.clone(), limit: limit.per_day, used: 0 });
        }
        for (path, counter) in &self.days {
            let entry = used.entry(path).or_insert_with(|| Used { path: path.clone(), limit: None, used: 0 });
            entry.used = counter.used(&day);
        }
        used.into_values().collect()
    }

    fn clear(&mut self, now: Time) -> Result<(), Refusal> {
        let month = month(now);
        if self.clears.used(&month) >= CLEARS_PER_MONTH {
            return Err(Refusal::of(48006));
        }
        self.clears.add(&month);
        self.days.clear();
        self.minutes.clear();
        Ok(())
    }
}

/// `POST /cgi-bin/clear_quota`
pub(super) fn clear_all(world: &mut World, call: &Call) -> Outcome {
    let now = world.now();
    let account = world.caller(&call.account)?;
    if call.text_or_empty("/appid") != account.appid {
        return Err(Refusal::of(40013));
    }
    account.quotas.clear(now)?;
    done()
}

/// `POST /cgi-bin/clear_quota/v2`
pub(super) fn clear_all_by_secret(world: &mut World, call: &Call) -> Outcome {
    let now = world.now();
    let at = |pointer| call.at(pointer).and_then(serde_json::Value::as_str);
    by_secret(world, at("/appid"), at("/appsecret"))?.quotas.clear(now)?;
    done()
}

/// `POST /cgi-bin/openapi/quota/get`
pub(super) fn show(world: &mut World, call: &Call) -> Outcome {
    let path = known_path(call)?;
    let now = world.now();
    let quotas = &world.caller(&call.account)?.quotas;
    let limit = quotas.limits.get(path).copied().unwrap_or_default();
    let used = quotas.days.get(path).map_or(0, |counter| counter.used(&day(now)));
    let daily = limit.per_day.unwrap_or(10_000_000);
    let mut answer = json!({
        "errcode": 0,
        "errmsg": "ok",
        "quota": { "daily_limit": daily, "used": used, "remain": daily.saturating_sub(used) },
    });
    if let (Some(most), Some(fields)) = (limit.per_minute, answer.as_object_mut()) {
        fields.insert("rate_limit".to_owned(), json!({ "call_count": most, "refresh_second": 60 }));
    }
    Ok(answer.into())
}

/// `POST /cgi-bin/openapi/quota/clear`
pub(super) fn clear_one(world: &mut World, call: &Call) -> Outcome {
    let path = known_path(call)?;
    let month = month(world.now());
    let quotas = &mut world.caller(&call.account)?.quotas;
    if quotas.single_clears.used(&month) >= SINGLE_CLEARS_PER_MONTH {
        return Err(Refusal::of(48006));
    }
    quotas.single_clears.add(&month);
    quotas.days.remove(path);
    quotas.minutes.remove(path);
    done()
}

fn known_path(call: &Call) -> Result<&str, Refusal> {
    let path = call.text("/cgi_path", 76021)?;
    if api::knows(path) { Ok(path) } else { Err(Refusal::of(76021)) }
}

/// `POST /cgi-bin/openapi/rid/get`: what an earlier, refused call was.
pub(super) fn rid(world: &mut World, call: &Call) -> Outcome {
    let rid = call.text("/rid", 76002)?;
    let words: Vec<&str> = rid.split('-').collect();
    let hex = |word: &&str| word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    if words.len() != 3 || !words.iter().all(hex) {
        return Err(Refusal::of(76002));
    }
    let logged = world.calls.iter().find(|logged| logged.rid.as_deref() == Some(rid));
    let logged = logged.ok_or_else(|| Refusal::of(76001))?;
    if logged.account.as_deref() != Some(&call.account) {
        return Err(Refusal::of(76003));
    }
    if world.now() - logged.at > RID_LIFE {
        return Err(Refusal::of(76004));
    }
    let (query, body) = logged.request.split_once('\n').unwrap_or((&logged.request, ""));
    Ok(json!({
        "errcode": 0,
        "errmsg": "ok",
        "request": {
            "invoke_time": logged.at.timestamp(),
            "cost_in_ms": logged.took_ms,
            "request_url": format!("{}{}", logged.path, query),
            "request_body": body,
            "response_body": logged.answer,
            "client_ip": logged.ip,
        },
    })
    .into())
}
