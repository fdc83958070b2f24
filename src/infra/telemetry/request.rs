//! The request that a task answers, or that caused the job it runs: its id and its reader's language.

tokio::task_local! {
    static CURRENT: Request;
}

/// What is known of a request everywhere below it.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its id, in every answer, log line and job that it leads to.
    pub id: String,
    /// Whether its reader prefers English to Chinese.
    pub english: bool,
}

impl Request {
    /// The request of this task; `None` where there is none.
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Clone::clone).ok()
    }

    /// Does some work on behalf of this request.
    pub async fn scope<T>(self, work: impl Future<Output = T>) -> T {
        CURRENT.scope(self, work).await
    }

    /// The same for work that does not wait.
    pub fn sync_scope<T>(self, work: impl FnOnce() -> T) -> T {
        CURRENT.sync_scope(self, work)
    }
}
