//! What a job is: its fields are the payload, its type says how it runs and how often it is tried.

use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    error::Error,
    infra::{
        clock::Time,
        db::{IntoJob, NewJob},
        random::Random,
    },
};

/// A piece of background work. Payloads only ever gain optional fields, because old rows must still be read.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Its stable name, `domain.verb`, such as `reach.deliver`.
    const KIND: &'static str;
    /// How often and how soon it is tried again.
    const RETRY: RetryPlan = RetryPlan::DEFAULT;
    /// How many jobs of this kind are done at once where so many are due.
    const TOGETHER: usize = 1;
    /// For how long it lets others go first that are due, whenever they came: nobody waits for it, but it comes to its turn.
    const PATIENCE: Duration = Duration::ZERO;
    /// What it needs to run; `app` provides it when it registers the job.
    type Context: Clone + 'static;

    /// Jobs of any kind with the same key run one after the other, in the order they were enqueued.
    fn order_key(&self) -> Option<String> {
        None
    }

    /// While a job with this key is waiting or running, another one is not enqueued.
    fn unique_key(&self) -> Option<String> {
        None
    }

    /// The earliest moment to run; `None` = at once.
    fn due_at(&self) -> Option<Time> {
        None
    }

    /// Hears that the job is about to be parked, so that what waits for it does not wait forever. It may be called more
    /// than once.
    ///
    /// # Errors
    /// When it could not be noted; the job is parked all the same.
    fn given_up(self, _context: Self::Context, _why: &Error) -> impl Future<Output = Result<(), Error>> {
        std::future::ready(Ok(()))
    }

    /// Does the work. It may be cut off at any point and run again.
    ///
    /// # Errors
    /// [`Failure`] says whether to try again, to wait, or to give up.
    fn run(self, context: Self::Context) -> impl Future<Output = Result<(), Failure>>;

    /// Does the work of up to [`Job::TOGETHER`] jobs at once. After a failure each of them is run alone, so it may say no
    /// more than that.
    ///
    /// # Errors
    /// When anything of it failed.
    fn run_together(jobs: Vec<Self>, context: Self::Context) -> impl Future<Output = Result<(), Failure>> {
        async move {
            for job in jobs {
                job.run(context.clone()).await?;
            }
            Ok(())
        }
    }
}

/// Why a run did not finish the job.
#[derive(Debug)]
pub enum Failure {
    /// Try again by the retry plan; after the last attempt the job is parked.
    Retry(Error),
    /// Not before `until`; does not count as an attempt of the plan.
    Defer {
        /// When to look again.
        until: Time,
        /// Why it cannot be done before.
        why: Error,
    },
    /// Trying again cannot help: park it now.
    Park(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Retry(error)
    }
}

/// Delays between attempts: double from `first` up to `cap`, each with jitter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPlan {
    /// Attempts in all, the first one included.
    pub attempts: i32,
    /// The delay after the first attempt.
    pub first: Duration,
    /// The longest delay.
    pub cap: Duration,
}

impl RetryPlan {
    /// Ten attempts over about four hours.
    pub const DEFAULT: Self = Self { attempts: 10, first: Duration::from_secs(5), cap: Duration::from_secs(3600) };

    /// The delay after attempt number `attempt` (from 1): between half and all of the doubled step.
    pub fn delay(&self, attempt: i32, random: &Random) -> Duration {
        let doublings = u32::try_from(attempt.saturating_sub(1)).unwrap_or(0).min(30);
        let step = self.first.saturating_mul(2_u32.saturating_pow(doublings)).min(self.cap);
        let half = step / 2;
        let jitter = random.below(usize::try_from(half.as_millis()).unwrap_or(usize::MAX).saturating_add(1));
        half + Duration::from_millis(u64::try_from(jitter).unwrap_or(0))
    }
}

impl<J: Job> IntoJob for J {
    fn into_job(self) -> Result<NewJob, Error> {
        Ok(NewJob {
            kind: J::KIND,
            order_key: self.order_key(),
            unique_key: self.unique_key(),
            due_at: self.due_at(),
            when: None,
            payload: serde_json::to_value(self)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_the_cap_and_never_fall_below_half() {
        let plan = RetryPlan { attempts: 5, first: Duration::from_secs(4), cap: Duration::from_secs(10) };
        let random = Random::seeded(3);
        for (attempt, step) in [(1, 4), (2, 8), (3, 10), (40, 10)] {
            for _ in 0..50 {
                let delay = plan.delay(attempt, &random);
                assert!(delay >= Duration::from_secs(step) / 2, "{attempt}: {delay:?}");
                assert!(delay <= Duration::from_secs(step), "{attempt}: {delay:?}");
            }
        }
    }
}
