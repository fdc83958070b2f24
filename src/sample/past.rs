//! The past of the brand: a product whose clock stands weeks ago and is moved to the present, with everything that is due on
//! the way. Whoever calls it calls by HTTP, as the real ones do.

use std::{cell::RefCell, collections::BTreeMap, time::Duration};

use chrono::TimeDelta;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

use crate::{
    app::App,
    error::{Error, Result},
    infra::{
        calendar::{day_of, days_after, start_of},
        clock::Time,
    },
    jobs::Worker,
    sandbox::Sandbox,
    schedule::schedule,
};

/// How many days before today the brand opens.
pub(super) const DAYS: u32 = 56;
/// When something happens on a day of the past: after the morning's reconciliation.
const MORNING: TimeDelta = TimeDelta::minutes(10 * 60 + 40);

/// What runs in the past by itself: what people and money wait for. The rest checks and tidies up, and runs in the last
/// night.
const RUNS: [&str; 6] =
    ["points.settle", "points.remind", "rewards.sweep", "referral.ripen", "share.ripen", "rewards.reconcile"];

/// The product in its past.
pub(super) struct Past<'a> {
    pub(super) app: &'a App,
    pub(super) sandbox: &'a Sandbox,
    /// Where the past ends.
    pub(super) present: Time,
    base_url: &'a str,
    http: Client,
    worker: Worker,
    /// The tokens of staff who have signed in, and how long they are good.
    sessions: RefCell<BTreeMap<String, (Time, String)>>,
}

impl<'a> Past<'a> {
    /// Moves the clock back to before the first day.
    pub(super) fn begin(app: &'a App, sandbox: &'a Sandbox, base_url: &'a str) -> Result<Self> {
        // Shorter than the server keeps a connection: none is used that is just being closed.
        let http = Client::builder().no_proxy().pool_idle_timeout(Duration::from_secs(1)).build();
        let http = http.map_err(Error::internal)?;
        let present = app.clock.now();
        let worker = app.worker_of(schedule()?.only(&RUNS));
        let past = Self { app, sandbox, present, base_url, http, worker, sessions: RefCell::default() };
        app.clock.advance(past.morning(0) - TimeDelta::hours(2) - present);
        Ok(past)
    }

    pub(super) fn now(&self) -> Time {
        self.app.clock.now()
    }

    /// The morning of a day; 0 is the first.
    pub(super) fn morning(&self, day: u32) -> Time {
        let first = day_of(self.present - TimeDelta::days(DAYS.into()));
        start_of(days_after(first, day)) + MORNING
    }

    /// Lets time go on to a moment, never back, when every push of before has arrived.
    pub(super) async fn until(&self, at: Time) {
        self.sandbox.settled().await;
        self.app.clock.advance((at - self.now()).max(TimeDelta::zero()));
    }

    /// Lets some time pass.
    pub(super) async fn pass(&self, time: TimeDelta) {
        self.until(self.now() + time).await;
    }

    /// Lets the last night go by, in which everything runs that a night brings.
    pub(super) async fn night(&self, morning: Time) -> Result<()> {
        let everything = self.app.worker()?;
        // What it has never seen begins with its next moment.
        everything.run_due().await?;
        self.until(morning).await;
        everything.run_due_at_once(self.app.config.jobs.workers).await?;
        self.settle().await
    }

    /// Runs every job that is due, and waits for the pushes that follow.
    pub(super) async fn settle(&self) -> Result<()> {
        self.worker.run_due_at_once(self.app.config.jobs.workers).await?;
        self.sandbox.settled().await;
        Ok(())
    }

    /// The token of somebody whose session has not ended.
    pub(super) fn token(&self, login: &str) -> Option<String> {
        let sessions = self.sessions.borrow();
        sessions.get(login).filter(|(until, _)| *until > self.now()).map(|(_, token)| token.clone())
    }

    /// Somebody has signed in.
    pub(super) fn keep_token(&self, login: &str, until: Time, token: String) {
        self.sessions.borrow_mut().insert(login.to_owned(), (until, token));
    }

    /// A call of the product.
    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        // A name of its own for each wish that is not repeated.
        let key = self.app.random.token();
        self.http.request(method, format!("{}{path}", self.base_url)).header("Idempotency-Key", key)
    }

    /// Its answer.
    ///
    /// # Errors
    /// When it is a refusal: the sample brand asks for nothing that is not allowed.
    pub(super) async fn answer(&self, request: RequestBuilder) -> Result<Value> {
        let answer = request.send().await.map_err(Error::internal)?;
        let (status, path) = (answer.status(), answer.url().path().to_owned());
        let body = answer.text().await.map_err(Error::internal)?;
        if !status.is_success() {
            return Err(Error::internal(format!("{path}: {status} {body}")));
        }
        Ok(serde_json::from_str(&body).unwrap_or(Value::Null))
    }
}

/// A text in an answer.
pub(super) fn text(answer: &Value, field: &str) -> Result<String> {
    let found = answer.get(field).and_then(Value::as_str).map(str::to_owned);
    found.ok_or_else(|| Error::internal(format!("an answer without {field}: {answer}")))
}
