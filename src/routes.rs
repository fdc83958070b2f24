//! TABLE: which HTTP calls come in, by audience. No route of an audience exists without its caller argument.

use actix_web::{middleware::from_fn, web};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    admin, analytics, chat, exports, http, identity, members, orders, points, reach, referral, rewards, share,
    tracking, wechat,
};

/// Calls that are described in the API description.
pub fn described(config: &mut ServiceConfig<'_>) {
    // 会员 consumers: mini program and member pages. `Authorization: Bearer` or the session cookie, one's own only.
    config.service(
        utoipa_actix_web::scope("/api/mini/v1")
            .configure(identity::session::http::routes)
            .configure(members::http::mini::routes)
            .configure(points::http::mini::routes)
            .configure(tracking::http::routes)
            .configure(reach::http::mini::routes)
            .configure(rewards::http::mini::routes)
            .configure(referral::http::mini::routes)
            .configure(referral::http::carriers::routes)
            .configure(share::http::mini::routes)
            .configure(admin::scan::http::phone::routes)
            .wrap(from_fn(identity::session::recognise)),
    );
    // 网页 pages inside WeChat: who looks at them, and what they need before anybody is known.
    config.service(
        utoipa_actix_web::scope("/api/h5/v1")
            .configure(identity::oauth::http::routes)
            .configure(members::http::pictures::routes)
            .configure(referral::http::landing::routes)
            .configure(share::http::landing::routes),
    );
    // 员工 staff: console and tools. `Authorization: Bearer`, the right in each handler's argument.
    config.service(
        utoipa_actix_web::scope("/api/admin/v1")
            .configure(admin::http::routes)
            .configure(chat::http::routes)
            .configure(identity::http::routes)
            .configure(members::http::routes)
            .configure(members::import::http::routes)
            .configure(points::http::admin::routes)
            .configure(reach::http::admin::routes)
            .configure(rewards::http::routes)
            .configure(orders::http::routes)
            .configure(tracking::channel::http::routes)
            .configure(referral::http::routes)
            .configure(share::http::routes)
            .configure(analytics::http::routes)
            .configure(exports::http::routes)
            .wrap(from_fn(admin::audit::record))
            .wrap(from_fn(admin::recognise)),
    );
}

/// Calls that are not: WeChat's own, operations, verification files.
pub fn others(config: &mut web::ServiceConfig) {
    config
        .configure(wechat::callback::http::routes)
        .configure(wechat::pay::notify::http::routes)
        .configure(operations)
        .service(http::spec::openapi_json)
        .configure(http::pages::routes)
        .configure(http::verification::routes);
}

/// What operators ask of every node, also of one that only runs jobs.
pub fn operations(config: &mut web::ServiceConfig) {
    config.service(http::health::alive).service(http::health::ready).service(http::health::figures);
}
