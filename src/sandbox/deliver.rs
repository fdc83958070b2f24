//! Delivering pushes over HTTP: up to three attempts, each with its own time-out, outside of the lock.

use std::time::Instant;

use serde::Deserialize;
use tokio::sync::watch;

use super::{
    Sandbox,
    pushes::{Begin, Got, Push},
    seal::Letter,
    trouble::Trouble,
};

/// More than any answer that WeChat would accept.
const LONGEST_ANSWER: usize = 64 * 1024;

/// In which order held pushes go out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// As they were made.
    #[default]
    AsSent,
    /// The newest first.
    Reversed,
    /// In random order.
    Shuffled,
}

/// Counts one delivery as long as it exists, also when its task is dropped.
struct UnderWay(watch::Sender<usize>);

impl UnderWay {
    fn new(counter: &watch::Sender<usize>) -> Self {
        counter.send_modify(|count| *count += 1);
        Self(counter.clone())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count = count.saturating_sub(1));
    }
}

impl Sandbox {
    /// Waits until no push and no notification is under way or due any more (held ones stay held).
    pub async fn settled(&self) {
        loop {
            // The sender lives in `self`, so the channel cannot be closed.
            let _ = self.0.running.subscribe().wait_for(|count| *count == 0).await;
            if !self.pay_due() {
                break;
            }
        }
    }

    /// Delivers pushes one after the other, in the background.
    pub(super) fn deliver_later(&self, pushes: Vec<u64>) {
        if !pushes.is_empty() {
            drop(self.spawn(pushes));
        }
    }

    /// Delivers pushes one after the other and returns when WeChat would have stopped trying, even if the caller of
    /// this function is gone by then.
    pub(super) async fn deliver_now(&self, pushes: Vec<u64>) {
        // It fails only when the runtime itself stops.
        let _ = self.spawn(pushes).await;
    }

    fn spawn(&self, pushes: Vec<u64>) -> tokio::task::JoinHandle<()> {
        self.background(|this| async move {
            for push in pushes {
                this.deliver(push).await;
            }
        })
    }

    /// Does something in the background, which counts as under way until it has ended.
    pub(super) fn background<F>(&self, work: impl FnOnce(Self) -> F) -> tokio::task::JoinHandle<()>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        // Counted before the task begins, so that nobody sees a settled sandbox in between.
        let under_way = UnderWay::new(&self.0.running);
        let work = work(self.clone());
        self.0.runtime.spawn(async move {
            work.await;
            drop(under_way);
        })
    }

    async fn deliver(&self, push: u64) {
        match self.with(|world| world.begin(push)) {
            Begin::Held => {}
            Begin::Deliver(times) => {
                for _ in 0..times {
                    self.attempt_all(push).await;
                }
            }
        }
    }

    async fn attempt_all(&self, push: u64) {
        for _ in 0..self.0.attempts {
            let started = Instant::now();
            let again = match self.with(|world| world.letter(push)) {
                Ok(letter) => {
                    let got = self.post(&letter).await;
                    self.with(|world| world.record(push, &letter, got, started.elapsed()))
                }
                Err(why) => {
                    tracing::warn!(push, why, "a push cannot be sent");
                    false
                }
            };
            if !again {
                break;
            }
        }
        self.with(|world| world.conclude(push));
    }

    async fn post(&self, letter: &Letter) -> Got {
        let request = self
            .0
            .client
            .post(letter.url.clone())
            .header(reqwest::header::CONTENT_TYPE, letter.content_type)
            .body(letter.body.clone());
        match exchange(request).await {
            Ok((status, body)) => Got::Answer { status, body },
            Err(error) if error.is_timeout() => Got::Timeout,
            Err(error) => Got::Unreachable(error.without_url().to_string()),
        }
    }

    /// Delivers a push once more, as a late duplicate, and returns it.
    pub async fn again(&self, push: u64) -> Result<Push, Trouble> {
        self.with(|world| world.push_view(push))?;
        self.deliver_now(vec![push]).await;
        self.with(|world| world.push_view(push))
    }

    /// Sends the pushes that are held; returns them when all have ended.
    pub async fn release(&self, order: Order) -> Vec<Push> {
        let pushes = self.held(order);
        self.deliver_now(pushes.clone()).await;
        self.with(|world| pushes.into_iter().filter_map(|push| world.push_view(push).ok()).collect())
    }

    /// Takes the held pushes, in the order in which they are to go out.
    pub(super) fn held(&self, order: Order) -> Vec<u64> {
        self.with(|world| {
            let mut held = world.unhold();
            match order {
                Order::AsSent => {}
                Order::Reversed => held.reverse(),
                Order::Shuffled => {
                    for last in (1..held.len()).rev() {
                        held.swap(last, world.random.below(last + 1));
                    }
                }
            }
            held
        })
    }

    /// Asks the service to prove its address, as the console does when it is saved (protocol section 1.1).
    pub async fn verify_url(&self, account: &str) -> Result<super::Verified, Trouble> {
        let (url, echo) = self.with(|world| world.verification(account))?;
        Ok(match exchange(self.0.client.get(url)).await {
            Ok((status, answer)) => {
                super::Verified { ok: status == 200 && answer == echo, status: Some(status), answer }
            }
            Err(_) => super::Verified { ok: false, status: None, answer: String::new() },
        })
    }
}

/// Sends a request and reads the answer, as far as anybody looks at it.
pub(super) async fn exchange(request: reqwest::RequestBuilder) -> reqwest::Result<(u16, String)> {
    let mut answer = request.send().await?;
    let status = answer.status().as_u16();
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LONGEST_ANSWER {
            break;
        }
    }
    Ok((status, String::from_utf8_lossy(&bytes).into_owned()))
}
