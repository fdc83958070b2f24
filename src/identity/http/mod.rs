//! What staff see and decide about people, under `/api/admin/v1`: followers, what identifies members, merges, conflicts.

mod conflicts;
mod followers;
mod identities;
mod merges;
mod shown;

use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this domain under `/api/admin/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .configure(followers::routes)
        .configure(identities::routes)
        .configure(merges::routes)
        .configure(conflicts::routes);
}
