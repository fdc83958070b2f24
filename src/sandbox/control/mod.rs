//! The control API below `/sandbox/v1`: everything a tester or the page does, over HTTP and as functions of
//! [`Sandbox`](super::Sandbox). Errors are `{"error": "…"}` with 4xx.

mod acts;
mod consumer;
mod events;
mod inspect;
mod setup;
mod shares;

use actix_web::{
    HttpResponse, web,
    web::{JsonConfig, PathConfig, QueryConfig, ServiceConfig},
};
use serde::Deserialize;

pub use acts::{Delivered, Sent, TapResult};
pub use inspect::State;
pub use setup::Verified;

use super::{pay, trouble::Trouble};

/// Whether a call that causes a push waits for its end.
#[derive(Clone, Copy, Debug, Deserialize)]
struct Wait {
    #[serde(default = "yes")]
    wait: bool,
}

fn yes() -> bool {
    true
}

fn ok() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({}))
}

/// Registers the control API.
pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .app_data(JsonConfig::default().error_handler(|error, _| Trouble::invalid(error.to_string()).into()))
        .app_data(QueryConfig::default().error_handler(|error, _| Trouble::invalid(error.to_string()).into()))
        .app_data(PathConfig::default().error_handler(|error, _| Trouble::invalid(error.to_string()).into()))
        .service(
            web::scope("/sandbox/v1")
                .configure(inspect::routes)
                .configure(acts::routes)
                .configure(consumer::routes)
                .configure(setup::routes)
                .configure(shares::routes)
                .configure(pay::routes)
                .configure(events::routes)
                .default_service(web::to(async || -> Result<HttpResponse, Trouble> { Err(Trouble::Unknown("path")) })),
        );
}
