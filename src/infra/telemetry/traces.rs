//! Traces: the spans of log lines, sent to an OTLP collector over HTTP when one is configured. SQL texts and bodies are
//! never in a span.

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{SdkTracerProvider, Tracer},
};

use crate::infra::config::{Problem, Telemetry};

/// The way traces leave. Held as long as the process works; what waits is sent when it is dropped.
#[derive(Debug, Default)]
pub struct Traces(Option<SdkTracerProvider>);

impl Traces {
    /// Prepares to send to `telemetry.otlp_url`; an empty address sends nothing.
    ///
    /// # Errors
    /// When the address cannot be used.
    pub(super) fn start(settings: &Telemetry) -> Result<Self, Problem> {
        if settings.otlp_url.is_empty() {
            return Ok(Self(None));
        }
        let url = format!("{}/v1/traces", settings.otlp_url.trim_end_matches('/'));
        let exporter =
            SpanExporter::builder().with_http().with_protocol(Protocol::HttpBinary).with_endpoint(url).build();
        let exporter = exporter.map_err(|why| {
            Problem::new("telemetry.otlp_url", why.to_string()).hint("for example http://127.0.0.1:4318")
        })?;
        let resource = Resource::builder().with_service_name("huilian").build();
        Ok(Self(Some(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())))
    }

    pub(super) fn tracer(&self) -> Option<Tracer> {
        self.0.as_ref().map(|provider| provider.tracer("huilian"))
    }
}

impl Drop for Traces {
    /// Sends what is still waiting.
    fn drop(&mut self) {
        if let Some(Err(error)) = self.0.take().map(|provider| provider.shutdown()) {
            tracing::warn!(%error, "the last traces could not be sent");
        }
    }
}
