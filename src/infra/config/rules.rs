//! Rules over the whole configuration, beyond the type of each key.

use secrecy::ExposeSecret;

use super::{Config, Environment, Problem};
use crate::infra::{random::Random, secret::Vault};

impl Config {
    /// The vault for personal data that `[secrets]` describes.
    ///
    /// # Errors
    /// When a key is not 32 bytes of base64, or the current one is not among them.
    pub fn vault(&self, random: Random) -> Result<Vault, Problem> {
        let keys = self.secrets.keys.iter().map(|(id, key)| (id.as_str(), key.expose_secret()));
        Vault::new(&self.secrets.current, keys, self.secrets.index.expose_secret(), random).map_err(|why| {
            Problem::new("secrets", why.to_string())
                .hint("secrets.current names a key under secrets.keys; make one with: openssl rand -base64 32")
        })
    }

    pub(super) fn broken_rules(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut rule = |holds: bool, key: &str, message: &str, hint: &str| {
            if !holds {
                problems.push(Problem::new(key, message).hint(hint));
            }
        };
        let database = self.database.url.expose_secret();
        rule(
            database.starts_with("sqlite:")
                || database.starts_with("postgres://")
                || database.starts_with("postgresql://"),
            "database.url",
            "must be sqlite:PATH or postgres://…",
            "for example sqlite:data/huilian.db",
        );
        let cache = self.cache.url.expose_secret();
        rule(
            ["", "redis://", "rediss://", "redis-cluster://"].iter().any(|scheme| match *scheme {
                "" => cache.is_empty(),
                scheme => cache.starts_with(scheme),
            }),
            "cache.url",
            "must be empty, redis://…, rediss://… or redis-cluster://…",
            "empty keeps the cache in this process",
        );
        rule(self.database.connections >= 2, "database.connections", "must be at least 2", "10 is a good start");
        rule(self.jobs.workers >= 1, "jobs.workers", "must be at least 1", "8 is a good start");
        rule(self.http.rate_per_minute >= 1, "http.rate_per_minute", "must be at least 1", "600 is a good start");
        rule(!self.http.heartbeat.is_zero(), "http.heartbeat", "must not be 0", "20s is a good start");
        rule(
            self.wechat.answer_within.as_millis() <= 4500,
            "wechat.answer_within",
            "must be at most 4.5s",
            "WeChat hangs up after 5 seconds (protocol 1.5)",
        );
        rule(
            self.wechat.remember_pushes.as_secs() >= 60,
            "wechat.remember_pushes",
            "must be at least 1m",
            "WeChat repeats a push within a minute (protocol 1.6)",
        );
        rule(
            self.wechat.pay.remember_notifications.as_secs() >= 2 * 86_400,
            "wechat.pay.remember_notifications",
            "must be at least 2d",
            "WeChat Pay repeats a notification for more than a day (pay section 3.8)",
        );
        rule(
            self.jobs.lease.as_secs() >= 15,
            "jobs.lease",
            "must be at least 15s",
            "a lease must outlast one call to WeChat (wechat.timeout)",
        );
        rule(
            (1..=5_000_000).contains(&self.imports.row_limit),
            "imports.row_limit",
            "must be 1 to 5000000",
            "a dry run keeps a few bytes of each row in memory to find repeated ones",
        );
        rule(
            self.points.valid_months <= 1200 && self.points.refund_grace_days <= 3660,
            "points",
            "valid_months must be at most 1200, refund_grace_days at most 3660",
            "12 months and 7 days are a good start",
        );
        rule(
            self.points.remind_days <= 366,
            "points.remind_days",
            "must be at most 366",
            "7 is a good start; 0 = members are not told",
        );
        rule(
            (1..=1_000_000_000).contains(&self.points.adjust_most),
            "points.adjust_most",
            "must be 1 to 1000000000",
            "100000 is a good start",
        );
        if let Err(problem) = self.vault(Random::system()) {
            problems.push(problem);
        }
        if self.environment == Environment::Production {
            problems.extend(self.not_for_production());
        }
        problems
    }

    fn not_for_production(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.secrets.current == "development" {
            problems.push(Problem::new("secrets.current", "the development key is not for production").hint(
                "put a key of your own under [secrets.keys], name it here; make one with: openssl rand -base64 32",
            ));
        }
        if self.secrets.index.expose_secret() == "ZGV2ZWxvcG1lbnQtb25seS1pbmRleC1rZXktMzJieXQ=" {
            problems.push(
                Problem::new("secrets.index", "the development key is not for production")
                    .hint("make one with: openssl rand -base64 32"),
            );
        }
        for (key, url) in [
            ("wechat.api_url", &self.wechat.api_url),
            ("wechat.mp_url", &self.wechat.mp_url),
            ("wechat.open_url", &self.wechat.open_url),
        ] {
            if !url.starts_with("https://") {
                problems
                    .push(Problem::new(key, "the sandbox is not for production").hint("WeChat's hosts speak https"));
            }
        }
        if !self.http.public_url.starts_with("https://") {
            problems.push(
                Problem::new("http.public_url", "must be https in production")
                    .hint("WeChat delivers to http port 80 or https port 443, and phones and tokens travel here"),
            );
        }
        problems
    }
}
