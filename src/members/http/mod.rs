//! What staff see and say of members, under `/api/admin/v1`.

mod attributes;
mod detail;
mod list;
mod patch;
mod reveal;

use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this domain under `/api/admin/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.configure(attributes::routes).configure(list::routes).configure(reveal::routes).configure(detail::routes);
}
