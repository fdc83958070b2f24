//! What staff see and decide of campaigns, grants and payouts, under `/api/admin/v1`; what members see of theirs in
//! [`mini`].

mod acts;
mod burn;
mod campaigns;
mod grants;
pub mod mini;
mod payouts;
mod stops;

use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this domain under `/api/admin/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .configure(campaigns::routes)
        .configure(acts::routes)
        .configure(burn::routes)
        .configure(grants::routes)
        .configure(payouts::routes)
        .configure(stops::routes)
        .configure(super::reconcile::http::routes);
}
