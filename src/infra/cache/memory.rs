//! The cache store in this process's memory.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use futures_util::future::{self, BoxFuture, FutureExt};

use super::{Answer, Failure, Request, Store, expiry, window_index};

/// Expired entries are dropped when the map has grown to this size, and whenever it has doubled since.
const SWEEP_AT: usize = 4096;

#[derive(Default)]
pub(super) struct Memory(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    map: HashMap<String, Entry>,
    kept_at_last_sweep: usize,
}

struct Entry {
    value: String,
    expires: i64,
}

impl Store for Memory {
    fn ask<'a>(&'a self, request: Request<'a>, now: i64) -> BoxFuture<'a, Result<Answer, Failure>> {
        future::ready(Ok(self.answer(request, now))).boxed()
    }
}

impl Memory {
    pub(super) fn answer(&self, request: Request<'_>, now: i64) -> Answer {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match request {
            Request::Get { key } => Answer::Value(entries.live(key, now).map(str::to_owned)),
            Request::Set { key, value, ttl } => {
                entries.insert(key, value.to_owned(), expiry(now, ttl), now);
                Answer::Done(true)
            }
            Request::SetIfAbsent { key, value, ttl } => {
                let absent = entries.live(key, now).is_none();
                if absent {
                    entries.insert(key, value.to_owned(), expiry(now, ttl), now);
                }
                Answer::Done(absent)
            }
            Request::CompareAndDelete { key, value } => {
                let same = entries.live(key, now) == Some(value);
                if same {
                    entries.map.remove(key);
                }
                Answer::Done(same)
            }
            Request::Count { key, by, window } => {
                let key = format!("{key}:{}", window_index(now, window));
                let count = entries.live(&key, now).and_then(|n| n.parse::<i64>().ok()).unwrap_or(0).saturating_add(by);
                entries.insert(&key, count.to_string(), expiry(now, window), now);
                Answer::Count(count)
            }
            Request::Publish { .. } => Answer::Done(true),
        }
    }
}

impl Entries {
    fn live(&self, key: &str, now: i64) -> Option<&str> {
        self.map.get(key).filter(|entry| entry.expires > now).map(|entry| entry.value.as_str())
    }

    fn insert(&mut self, key: &str, value: String, expires: i64, now: i64) {
        self.map.insert(key.to_owned(), Entry { value, expires });
        if self.map.len() >= SWEEP_AT.max(self.kept_at_last_sweep.saturating_mul(2)) {
            self.map.retain(|_, entry| entry.expires > now);
            self.kept_at_last_sweep = self.map.len();
        }
    }
}
