//! TABLE: every figure that the service exports, with its labels and what it means. `/metrics` says the same; the rules and
//! the dashboard in `deploy` use no others.

/// How a figure behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It only grows, from 0 when the process starts.
    Counter,
    /// It is what it is now.
    Gauge,
    /// How often which size was seen.
    Histogram,
}

/// One figure.
#[derive(Clone, Copy, Debug)]
pub struct Figure {
    /// Its name in `/metrics`.
    pub name: &'static str,
    /// How it behaves.
    pub kind: Kind,
    /// Its labels, in alphabetical order.
    pub labels: &'static [&'static str],
    /// What it says.
    pub means: &'static str,
}

const fn counter(name: &'static str, labels: &'static [&'static str], means: &'static str) -> Figure {
    Figure { name, kind: Kind::Counter, labels, means }
}

const fn gauge(name: &'static str, labels: &'static [&'static str], means: &'static str) -> Figure {
    Figure { name, kind: Kind::Gauge, labels, means }
}

const fn histogram(name: &'static str, labels: &'static [&'static str], means: &'static str) -> Figure {
    Figure { name, kind: Kind::Histogram, labels, means }
}

/// The table.
pub const FIGURES: &[Figure] = &[
    counter("http_requests_total", &["method", "route", "status"], "Requests answered."),
    histogram("http_request_seconds", &["method", "route", "status"], "How long they took."),
    counter("http_rate_limited_total", &[], "Requests told to wait (http.rate_per_minute)."),
    counter("db_retries_total", &[], "Units of work that lost a race and ran again."),
    counter("cache_failures_total", &[], "Calls that Redis did not answer."),
    gauge("jobs_queued", &["kind", "state"], "Jobs in the database: live (waiting or running) or dead (parked)."),
    gauge("jobs_oldest_seconds", &["kind", "state"], "Age of the oldest of them; some wait by intention."),
    gauge("jobs_late_seconds", &["kind"], "How long the job that is due for longest has not been taken."),
    counter("jobs_total", &["kind", "outcome"], "Runs of jobs: done, failed, deferred, parked."),
    histogram("job_seconds", &["kind"], "How long they took."),
    counter("wechat_pushes_total", &["account", "kind"], "Pushes of WeChat that were believed."),
    counter("wechat_refused_total", &["account", "reason"], "Callback requests that were not."),
    histogram("wechat_push_batch", &[], "Pushes committed together."),
    counter("wechat_replies_late_total", &[], "Replies that missed their request and went out as messages."),
    counter("wechat_calls_total", &["account", "outcome", "path"], "Calls to WeChat: ok, or how they failed."),
    histogram("wechat_call_seconds", &["account", "path"], "How long they took."),
    counter("wechat_alarms_total", &["account", "errcode", "path"], "Refusals that need somebody to act."),
    counter("pay_calls_total", &["merchant", "outcome", "route"], "Calls to WeChat Pay."),
    histogram("pay_call_seconds", &["merchant", "route"], "How long they took."),
    counter("pay_notifications_total", &["kind", "merchant"], "Notifications of WeChat Pay that were believed."),
    counter("pay_notifications_refused_total", &["merchant", "reason"], "Those that were not."),
    counter("pay_answers_distrusted_total", &["merchant", "reason"], "Answers whose signature did not hold."),
    counter("pay_certificates_expiring_total", &["merchant", "what"], "Daily looks that found a certificate ending."),
    counter("payout_calls_total", &["outcome"], "Calls about one payout."),
    counter("payout_steps_total", &["to"], "States that payouts came to."),
    counter("payout_notices_total", &["outcome"], "Notifications about payouts."),
    counter("payout_stops_total", &["cause"], "Stops of payouts: by staff, by a breaker, by a difference."),
    counter("rewards_refused_total", &["why"], "Grants that were refused."),
    counter("reconciliations_total", &["state"], "Days held against WeChat's bill."),
    counter("reconciliation_cases_total", &[], "Differences found there."),
    counter("bills_unavailable_total", &[], "Days whose bill could not be had."),
    counter("points_differences_total", &[], "Points accounts that did not add up."),
    counter("referral_differences_total", &[], "Invitations that were not what their log says."),
    counter("referrals_moved_total", &["why"], "Invitations that changed their state."),
    counter("referral_findings_total", &["rule"], "What the guard found."),
    counter("share_visits_moved_total", &["why"], "Visits by shared links that changed their state."),
    counter("share_visits_ignored_total", &["why"], "Visits that were none."),
    counter("reach_deliveries_total", &["channel", "outcome"], "Messages that were tried."),
    counter("reach_outcomes_total", &["outcome"], "What WeChat said later of them."),
    counter("reach_not_told_total", &["why"], "Messages that were not said, and why."),
    gauge("audit_chain_broken", &[], "1 when the record of what staff did was meddled with."),
];

/// Says what each figure means, and begins those without labels at 0: a counter that first appears as 1 has never grown.
pub(super) fn describe() {
    for figure in FIGURES {
        match figure.kind {
            Kind::Counter => {
                metrics::describe_counter!(figure.name, figure.means);
                if figure.labels.is_empty() {
                    metrics::counter!(figure.name).increment(0);
                }
            }
            Kind::Gauge => metrics::describe_gauge!(figure.name, figure.means),
            Kind::Histogram => metrics::describe_histogram!(figure.name, figure.means),
        }
    }
}
