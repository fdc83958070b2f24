//! Signing in with WeChat: what browsers ask, what phones say, and whose WeChat is linked.

pub mod phone;

mod browser;
mod own;
mod shown;

use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this domain under `/api/admin/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.configure(browser::routes).configure(own::routes);
}
