//! Server-sent events for the page.

use actix_web::{
    HttpResponse, web,
    web::{Bytes, Data, ServiceConfig},
};
use futures_util::stream;
use tokio::sync::broadcast::error::RecvError;

use crate::sandbox::{Sandbox, events::Told};

pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/events", web::get().to(events));
}

async fn events(sandbox: Data<Sandbox>) -> HttpResponse {
    let told = stream::unfold(sandbox.events(), |mut events| async {
        let next = match events.recv().await {
            Ok(told) => told,
            // The page fell behind: it reads everything anew.
            Err(RecvError::Lagged(_)) => Told::State,
            Err(RecvError::Closed) => return None,
        };
        Some((line(&next), events))
    });
    // The first line shows at once that the connection stands.
    let hello = stream::once(async { Ok(Bytes::from_static(b": huilian sandbox\n\n")) });
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header(("Cache-Control", "no-store"))
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(futures_util::StreamExt::chain(hello, told))
}

fn line(told: &Told) -> Result<Bytes, actix_web::Error> {
    Ok(Bytes::from(format!("data: {}\n\n", serde_json::to_string(told)?)))
}
