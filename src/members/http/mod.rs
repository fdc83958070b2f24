//! What staff see and say of members, under `/api/admin/v1`; what members see and say of themselves in [`mini`].

mod attributes;
mod detail;
mod list;
pub mod mini;
mod patch;
pub mod pictures;
mod privacy;
mod reveal;
mod timeline;
mod wishes;

use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this domain under `/api/admin/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .configure(attributes::routes)
        .configure(list::routes)
        .configure(reveal::routes)
        .configure(timeline::routes)
        .configure(pictures::admin_routes)
        .configure(privacy::routes)
        .configure(detail::routes);
}
