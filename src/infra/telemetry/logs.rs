//! Log lines: for people or as JSON, with the fields of their spans.

use tracing_subscriber::{EnvFilter, Layer, layer::SubscriberExt, util::SubscriberInitExt};

use crate::infra::config::{Log, LogFormat, Problem};

/// Starts logging to standard error. A second call changes nothing.
///
/// # Errors
/// When `log.level` is not a filter.
pub fn init(settings: &Log) -> Result<(), Problem> {
    let filter = EnvFilter::try_new(&settings.level).map_err(|why| {
        Problem::new("log.level", why.to_string()).hint("for example \"info\" or \"info,huilian=debug\"")
    })?;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match settings.format {
        LogFormat::Readable => lines.with_target(false).compact().boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(true).boxed(),
    };
    // Fails only when logging was started before, which is what we want then.
    let _ = tracing_subscriber::registry().with(lines.with_filter(filter)).try_init();
    Ok(())
}
