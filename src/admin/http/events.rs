//! News for pages that stand open, as server-sent events.

use actix_web::{
    HttpResponse, get,
    http::header::{CACHE_CONTROL, ContentEncoding},
    web::Data,
};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    admin::{
        Staff,
        live::{self, Listener, Streams, Threads},
        rights::Anybody,
    },
    error::Result,
    http::problem::Problem,
    infra::{cache::Cache, config::Http, db::Db, news::NEWS},
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(events);
}

/// What changes from now on, as server-sent events: `conversation.changed`, `campaign.changed` and `import.moved` with
/// `{"id": …}`, and `needs.changed`
///
/// Only of what the caller may see, and only ids. News may be lost: whoever reads a comment (`: look`), of which there is
/// one at the beginning and one whenever nothing happens for a while, looks for themselves. The stream ends with the
/// session. A session has eight of them at most.
#[utoipa::path(tag = "staff", security(("bearer" = ["anybody"])), responses((status = 200, content_type = "text/event-stream", body = String), (status = 401, body = Problem), (status = 429, body = Problem)))]
#[get("/events")]
async fn events(
    caller: Staff<Anybody>,
    (streams, threads): (Data<Streams>, Data<Threads>),
    db: Data<Db>,
    cache: Data<Cache>,
    http: Data<Http>,
) -> Result<HttpResponse> {
    let listener = Listener {
        staff: caller.id,
        role: caller.role,
        scope: caller.scope(),
        threads: **threads,
        session: caller.session,
        until: caller.until,
    };
    let news = live::listen(&streams, db.get_ref().clone(), cache.words(NEWS), listener, http.heartbeat)?;
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header(("X-Accel-Buffering", "no"))
        // A compressed line would wait for the next ones.
        .insert_header(ContentEncoding::Identity)
        .streaming(news))
}
