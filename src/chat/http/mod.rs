//! What staff do with conversations and rules, under `/api/admin/v1`.

mod canned;
mod conversations;
mod pictures;
mod rules;

use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this domain under `/api/admin/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .configure(conversations::routes)
        .configure(pictures::routes)
        .configure(canned::routes)
        .configure(rules::routes);
}
