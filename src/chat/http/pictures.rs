//! Pictures in threads: staff answer with one, and see those that were sent.

use actix_web::{
    HttpResponse, get,
    http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS},
    post,
    web::{self, Bytes, Data, Path},
};
use data_encoding::BASE64URL_NOPAD;
use entity::types::{ConversationId, MessageId};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa_actix_web::service_config::ServiceConfig;

use super::conversations::Said;
use crate::{
    admin::{Staff, rights::Chat},
    chat::conversations,
    error::{Code, Error, Result},
    http::{idempotency::IdempotencyKey, problem::Problem},
    infra::db::{Db, Tx},
    members::picture,
    reach,
    wechat::{
        account::media::{Download, MediaKind},
        client::{Upload, WeChat},
        message::{CustomMessage, Reply},
    },
};

/// Pixels of the longer side of a picture that goes out.
const LONGEST_SIDE: u32 = 2_000;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(say).service(show);
}

/// What stands for a picture under its key: the same file, the same message.
#[derive(Serialize)]
struct Sent {
    digest: String,
}

/// Answer with a picture, PNG or JPEG; nothing of the file but its pixels goes out. The robot is silent from then on
#[utoipa::path(tag = "chat", request_body(content = Vec<u8>, content_type = "image/*"), params(("id" = ConversationId, Path), ("Idempotency-Key" = String, Header)), security(("bearer" = ["chat"])),
    responses((status = 201, body = Said), (status = 404, body = Problem), (status = 409, description = "WeChat takes no message now", body = Problem), (status = 413, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)))]
#[post("/conversations/{id}/pictures")]
async fn say(
    caller: Staff<Chat>,
    id: Path<ConversationId>,
    key: IdempotencyKey,
    file: Bytes,
    db: Data<Db>,
    wechat: Data<WeChat>,
) -> Result<HttpResponse> {
    let account = conversations::get(db.read(), caller.scope(), *id).await?.account;
    let sent = Sent { digest: BASE64URL_NOPAD.encode(&Sha256::digest(&file)) };
    let bytes = web::block(move || picture::fitted(&file, LONGEST_SIDE)).await.map_err(Error::internal)??;
    // Before anything is written: a file that is uploaded twice is said once.
    let upload = Upload { name: "picture.jpg".to_owned(), mime: "image/jpeg".to_owned(), bytes };
    let media_id = wechat.of(&account)?.upload_media(MediaKind::Image, upload).await?.media_id;
    let message = CustomMessage::from_reply(&Reply::Image { media_id })
        .ok_or_else(|| Error::internal("a picture is a message"))?;
    let said = db
        .tx(async |tx: &Tx| {
            key.once(tx, &caller.actor(), &sent, async || {
                let thread = conversations::get(tx.db(), caller.scope(), *id).await?;
                if reach::windows::open(tx.db(), &thread.account, &thread.open_id, tx.now()).await?.is_empty() {
                    return Err(Error::new(Code::WindowClosed));
                }
                Ok(Said { id: conversations::say(tx, &thread, caller.id, &message).await? })
            })
            .await
        })
        .await?;
    Ok(HttpResponse::Created().json(said))
}

/// See a picture of a thread, as long as WeChat keeps it: three days
#[utoipa::path(tag = "chat", params(("id" = ConversationId, Path), ("message" = MessageId, Path)), security(("bearer" = ["chat"])),
    responses((status = 200, content_type = "image/*"), (status = 404, body = Problem), (status = 409, body = Problem), (status = 503, body = Problem)))]
#[get("/conversations/{id}/messages/{message}/picture")]
async fn show(
    caller: Staff<Chat>,
    path: Path<(ConversationId, MessageId)>,
    db: Data<Db>,
    wechat: Data<WeChat>,
) -> Result<HttpResponse> {
    let (id, message) = *path;
    let thread = conversations::get(db.read(), caller.scope(), id).await?;
    let gone = || Error::new(Code::NotFound);
    let message = conversations::message(db.read(), id, message).await?.filter(|row| row.kind == "image");
    let content = message.ok_or_else(gone)?.content;
    // As a person, a rule or staff have said it.
    let media = ["/media_id", "/image/media_id"].into_iter().find_map(|place| content.pointer(place)?.as_str());
    let Download::File(file) = wechat.of(&thread.account)?.media(media.ok_or_else(gone)?).await? else {
        return Err(gone());
    };
    let kind = picture::kind(&file.bytes).ok_or_else(gone)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, kind))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((CACHE_CONTROL, "private, max-age=86400"))
        .body(file.bytes))
}
