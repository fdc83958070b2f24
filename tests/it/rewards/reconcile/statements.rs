//! Bills that are what a test says, and troubles with getting them.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
};

use entity::types::MerchantKey;
use futures_util::future::{FutureExt, LocalBoxFuture};
use huilian::{
    error::Result,
    infra::calendar::{Day, day_of},
    rewards::reconcile::bills::{Bills, Fetched, Take},
    wechat::pay::bill::Movement,
};

#[derive(Default)]
pub struct Record {
    pub bills: BTreeMap<Day, Vec<Movement>>,
    /// What goes wrong next, after half of the movements.
    pub troubles: VecDeque<Fetched>,
    /// Every day that was asked for, in order.
    pub asked: Vec<Day>,
    /// The next download stops in its middle and never goes on.
    pub hangs: bool,
}

/// A WeChat Pay that has nothing but bills, of the merchant `main`.
#[derive(Clone, Default)]
pub struct Statements(Arc<Mutex<Record>>);

impl Statements {
    pub fn record(&self) -> MutexGuard<'_, Record> {
        self.0.lock().expect("nobody panics while holding it")
    }

    /// Writes movements into the bills of their days.
    pub fn book(&self, movements: impl IntoIterator<Item = Movement>) {
        let mut record = self.record();
        for movement in movements {
            record.bills.entry(day_of(movement.at)).or_default().push(movement);
        }
    }

    pub fn trouble(&self, troubles: impl IntoIterator<Item = Fetched>) {
        self.record().troubles.extend(troubles);
    }

    /// How often the bill of a day was asked for.
    pub fn asked(&self, day: Day) -> usize {
        self.record().asked.iter().filter(|asked| **asked == day).count()
    }
}

impl Bills for Statements {
    fn merchants(&self) -> Vec<MerchantKey> {
        vec!["main".parse().expect("a key")]
    }

    fn fetch<'a>(
        &'a self,
        _: &'a MerchantKey,
        day: Day,
        take: &'a mut Take<'_>,
    ) -> LocalBoxFuture<'a, Result<Fetched>> {
        async move {
            let (bill, trouble) = {
                let mut record = self.record();
                record.asked.push(day);
                (record.bills.get(&day).cloned(), record.troubles.pop_front())
            };
            // The download takes its time.
            tokio::task::yield_now().await;
            let Some(bill) = bill else { return Ok(trouble.unwrap_or(Fetched::Nothing)) };
            if std::mem::take(&mut self.record().hangs) {
                std::future::pending::<()>().await;
            }
            let known = if trouble.is_some() { bill.len() / 2 } else { bill.len() };
            for movement in bill.into_iter().take(known) {
                take(movement)?;
            }
            Ok(trouble.unwrap_or(Fetched::Whole))
        }
        .boxed_local()
    }
}
