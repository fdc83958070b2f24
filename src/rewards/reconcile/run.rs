//! The jobs: every morning all merchants, then each merchant day by day.

use std::sync::Arc;

use chrono::TimeDelta;
use entity::types::MerchantKey;
use serde::{Deserialize, Serialize};

use super::{bills::Bills, day, store};
use crate::{
    error::{Code, Error},
    infra::{
        calendar::Day,
        db::{Db, Tx},
    },
    jobs::{Failure, Job, RetryPlan},
};

/// What the jobs need.
#[derive(Clone)]
pub struct ReconcileContext {
    /// The database.
    pub db: Db,
    /// Where bills come from.
    pub bills: Arc<dyn Bills>,
}

/// Plans every day up to yesterday for every merchant.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReconcileAll {}

impl Job for ReconcileAll {
    const KIND: &'static str = "rewards.reconcile_all";
    type Context = ReconcileContext;

    async fn run(self, context: ReconcileContext) -> Result<(), Failure> {
        for merchant in context.bills.merchants() {
            let planned = context.db.tx(async |tx: &Tx| {
                if store::plan(tx, &merchant).await? {
                    tx.enqueue(Reconcile { merchant: merchant.clone(), day: None })?;
                }
                Ok(())
            });
            planned.await?;
        }
        Ok(())
    }
}

/// Holds the days of a merchant against its bills, one after the other; a day whose bill cannot be had is waited for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reconcile {
    /// The merchant.
    pub merchant: MerchantKey,
    /// This day alone, out of turn.
    pub day: Option<Day>,
}

impl Job for Reconcile {
    const KIND: &'static str = "rewards.reconcile";
    // Only a database that is away makes it fail.
    const RETRY: RetryPlan = RetryPlan { attempts: 30, ..RetryPlan::DEFAULT };
    type Context = ReconcileContext;

    fn unique_key(&self) -> Option<String> {
        self.day.is_none().then(|| format!("rewards.reconcile:{}", self.merchant))
    }

    async fn run(self, context: ReconcileContext) -> Result<(), Failure> {
        let db = &context.db;
        loop {
            let row = match self.day {
                Some(day) => store::of_day(db.read(), &self.merchant, day).await?,
                None => store::next(db.read(), &self.merchant).await?,
            };
            let Some(row) = row.filter(|row| store::is_open(row.state)) else { return Ok(()) };
            if let Some(until) = row.next_at.filter(|at| *at > db.now()) {
                return Err(Failure::Defer {
                    until,
                    why: Error::new(Code::Unavailable).detail("there is no bill yet"),
                });
            }
            if !day::take_up(&context, row).await? {
                let until = db.now() + TimeDelta::minutes(1);
                let why = Error::new(Code::Unavailable).detail("somebody else asks for this bill");
                return Err(Failure::Defer { until, why });
            }
        }
    }
}
