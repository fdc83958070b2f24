//! Cards that people send and open.

use actix_web::{
    web,
    web::{Data, Json, Path, ServiceConfig},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::sandbox::{
    Sandbox,
    shares::{Launch, NewCard, Place, ShareCard},
    trouble::Trouble,
};

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/shares", web::get().to(list))
        .route("/people/{person}/share", web::post().to(share))
        .route("/people/{person}/shares/{card}/open", web::post().to(open));
}

async fn list(sandbox: Data<Sandbox>) -> Json<Value> {
    Json(json!({ "shares": sandbox.shares() }))
}

async fn share(sandbox: Data<Sandbox>, person: Path<String>, card: Json<NewCard>) -> Result<Json<ShareCard>, Trouble> {
    sandbox.share(&person, &card).map(Json)
}

#[derive(Deserialize)]
struct In {
    from: Place,
}

async fn open(sandbox: Data<Sandbox>, path: Path<(String, u64)>, place: Json<In>) -> Result<Json<Launch>, Trouble> {
    let (person, card) = path.into_inner();
    sandbox.open_share(&person, card, place.from).map(Json)
}
