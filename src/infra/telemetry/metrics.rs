//! Figures of this process in Prometheus's text format.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// Bounds of the latency histograms, in seconds.
const SECONDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Bounds of the histogram of how many pushes were committed together.
const PUSHES: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0];

/// The recorder of this process. The `metrics` crate allows one per process, so every application in it shares one.
static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

/// Access to the figures of this process. Cheap to clone.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Starts recording, or joins the recorder that runs.
    pub fn start() -> Self {
        Self(RECORDER.get_or_init(install).clone())
    }

    /// All figures as text.
    pub fn render(&self) -> String {
        self.0.run_upkeep();
        self.0.render()
    }

    /// Sets a gauge to a count.
    pub fn gauge(&self, name: &'static str, labels: &[(&'static str, &'static str)], value: i64) {
        let value = u32::try_from(value.max(0)).unwrap_or(u32::MAX);
        ::metrics::gauge!(name, labels).set(f64::from(value));
    }
}

fn install() -> PrometheusHandle {
    let builder = PrometheusBuilder::new();
    let builder = builder
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)
        .and_then(|builder| builder.set_buckets_for_metric(Matcher::Full("wechat_push_batch".to_owned()), PUSHES));
    let recorder = builder.unwrap_or_else(|_no_buckets| PrometheusBuilder::new()).build_recorder();
    let handle = recorder.handle();
    // Fails only when a recorder was installed before us; figures then go there.
    let _ = ::metrics::set_global_recorder(recorder);
    super::figures::describe();
    handle
}
