//! Share campaigns and visits as staff write and see them, under `/api/admin/v1`; what members see and do in [`mini`], what
//! the page behind a link shows in [`landing`].

mod campaigns;
pub mod landing;
pub mod mini;
mod values;
mod visits;

use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this domain under `/api/admin/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.configure(campaigns::routes).configure(visits::routes).configure(values::routes);
}
