//! Log lines: for people or as JSON, with the fields of their spans.

use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    layer::SubscriberExt,
    reload::{self, Handle},
    util::SubscriberInitExt,
};

use super::Traces;
use crate::infra::config::{Log, LogFormat, Problem, Telemetry};

/// What can be seen of the process, as long as this is held.
#[derive(Debug)]
pub struct Watch {
    level: String,
    filter: Handle<EnvFilter, Registry>,
    _traces: Traces,
}

impl Watch {
    /// Whether log lines of the level info are written. Without them what a command says of its progress is not buried;
    /// whoever has asked for another level than `info` keeps it.
    pub fn tell_info(&self, told: bool) {
        if self.level == "info" {
            let level = if told { self.level.as_str() } else { "warn" };
            // Fails only when logging was started before, and then it stays as it is.
            let _ = self.filter.reload(EnvFilter::new(level));
        }
    }
}

/// Starts log lines to standard error, and traces when a collector is configured. A second call changes nothing.
///
/// # Errors
/// When `log.level` is not a filter, or the collector's address cannot be used.
pub fn init(log: &Log, telemetry: &Telemetry) -> Result<Watch, Problem> {
    let filter = EnvFilter::try_new(&log.level).map_err(|why| {
        Problem::new("log.level", why.to_string()).hint("for example \"info\" or \"info,huilian=debug\"")
    })?;
    let (filter, handle) = reload::Layer::new(filter);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match log.format {
        LogFormat::Readable => lines.with_target(false).compact().boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(true).boxed(),
    };
    let traces = Traces::start(telemetry)?;
    let spans = traces.tracer().map(|tracer| tracing_opentelemetry::layer().with_tracer(tracer));
    // Fails only when logging was started before, which is what we want then.
    let _ = tracing_subscriber::registry().with(filter).with(lines).with(spans).try_init();
    Ok(Watch { level: log.level.clone(), filter: handle, _traces: traces })
}
