//! `POST /wechat/pay/{merchant}/notify`: where WeChat Pay reports (pay section 3.8). It wants an answer within five
//! seconds: 204 stops its retries, anything else brings the same one again.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{self, Bytes, Data, Path, Payload},
};
use entity::types::MerchantKey;

use super::{
    super::{Merchant, Pay, trust::Stamp},
    HandlePayNotification,
    notice::{Content, Envelope},
    refusal::Refusal,
    store,
};
use crate::{
    error::{Error, Result},
    infra::{
        config::WeChat,
        db::{Db, Tx},
    },
};

/// The route.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource("/wechat/pay/{merchant}/notify").route(web::post().to(deliver)));
}

async fn deliver(
    request: HttpRequest,
    key: Path<String>,
    body: Payload,
    pay: Data<Pay>,
    settings: Data<WeChat>,
    db: Data<Db>,
) -> HttpResponse {
    let merchant = key.parse::<MerchantKey>().ok().and_then(|key| pay.merchant(&key));
    let Some(merchant) = merchant else { return refuse("unknown", Refusal::UnknownMerchant) };
    let label = merchant.settings().key.to_string();
    let (envelope, body) = match open(&request, &merchant, body, settings.pay.notification_limit).await {
        Ok(opened) => opened,
        Err(refusal) => return refuse(&label, refusal),
    };
    match keep(&db, &merchant, &envelope, &body).await {
        Ok(new) => {
            let kind = if new { "new" } else { "repeated" };
            metrics::counter!("pay_notifications_total", "merchant" => label, "kind" => kind).increment(1);
            HttpResponse::NoContent().finish()
        }
        Err(error) => {
            tracing::warn!(?error, "a notification could not be stored; WeChat Pay will repeat it");
            failed(StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}

/// Believes a request, or says why not. The content is opened as well, so that one which nobody can read is refused now
/// and not lost later.
async fn open(
    request: &HttpRequest,
    merchant: &Merchant,
    body: Payload,
    limit: usize,
) -> Result<(Envelope, String), Refusal> {
    let body = read(body, limit).await?;
    let stamp = Stamp::read(|name| request.headers().get(name).and_then(|value| value.to_str().ok()))?;
    merchant.believes(&stamp, &body).await?;
    let envelope = Envelope::read(&body)?;
    if let Content::Other { kind } = envelope.open(merchant)? {
        tracing::warn!(kind, "a notification of a kind that nobody knows");
    }
    let text = String::from_utf8(body.to_vec()).map_err(|_bytes| Refusal::Malformed)?;
    Ok((envelope, text))
}

async fn read(body: Payload, limit: usize) -> Result<Bytes, Refusal> {
    match body.to_bytes_limited(limit).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_broken_off)) => Err(Refusal::Malformed),
        Err(_overflow) => Err(Refusal::Oversized),
    }
}

/// Stores a notification with its job. False when it was stored before.
async fn keep(db: &Db, merchant: &Merchant, envelope: &Envelope, body: &str) -> Result<bool, Error> {
    db.tx(async |tx: &Tx| {
        let key = &merchant.settings().key;
        let new = store::keep(tx, key, envelope, body.to_owned()).await?;
        if new {
            tx.enqueue(HandlePayNotification { merchant: key.clone(), id: envelope.id.clone() })?;
        }
        Ok(new)
    })
    .await
}

fn refuse(merchant: &str, refusal: Refusal) -> HttpResponse {
    metrics::counter!("pay_notifications_refused_total", "merchant" => merchant.to_owned(), "reason" => refusal.as_str())
        .increment(1);
    if refusal.is_probe() {
        tracing::info!(merchant, "WeChat Pay looked whether signatures are verified");
    } else {
        tracing::warn!(merchant, reason = refusal.as_str(), "a notification was refused");
    }
    failed(StatusCode::FORBIDDEN)
}

fn failed(status: StatusCode) -> HttpResponse {
    HttpResponse::build(status).json(serde_json::json!({ "code": "FAIL", "message": "失败" }))
}
