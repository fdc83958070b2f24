//! Programs, invitations and alerts as staff see and decide them, under `/api/admin/v1`; what inviters and invited people see
//! and do in [`mini`], with what they invite in [`carriers`], what a landing page shows in [`landing`].

mod acts;
mod alerts;
mod board;
pub mod carriers;
pub mod landing;
pub mod mini;
mod pictures;
mod programs;
mod referrals;

use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of this domain under `/api/admin/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .configure(pictures::routes)
        .configure(programs::routes)
        .configure(acts::routes)
        .configure(referrals::routes)
        .configure(alerts::routes);
}
