//! A WeChat that answers at once and knows everybody: what a measure wants to know is how long the service takes. The sandbox
//! checks what is sent to it as WeChat does; it has its own measure of time.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use actix_web::{
    HttpResponse,
    web::{self, Data, Json, Query, ServiceConfig},
};
use anyhow::Result;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::listener::Listener;

/// When each text arrived that was sent to somebody.
type Arrived = Arc<Mutex<BTreeMap<String, Instant>>>;

/// A running one.
pub struct Wechat {
    server: Listener,
    arrived: Arrived,
}

impl Wechat {
    /// Starts it.
    pub fn start() -> Result<Self> {
        let arrived = Arrived::default();
        let heard = Arc::clone(&arrived);
        let server = Listener::start(move |config: &mut ServiceConfig| {
            config
                .app_data(Data::new(Arc::clone(&heard)))
                .route("/sns/jscode2session", web::get().to(login))
                .route("/cgi-bin/stable_token", web::post().to(token))
                .route("/cgi-bin/message/custom/send", web::post().to(send))
                .default_service(web::to(|| async {
                    HttpResponse::Ok().json(json!({ "errcode": 0, "errmsg": "ok" }))
                }));
        })?;
        Ok(Self { server, arrived })
    }

    /// Where it is.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// When each text arrived first.
    pub fn arrived(&self) -> BTreeMap<String, Instant> {
        self.arrived.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends it.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}

/// What a mini program asks with the code of a login: the code is the person's number.
#[derive(Deserialize)]
struct Login {
    js_code: String,
}

/// The person whose number the code says, whom the brand knows by the UnionID already.
async fn login(Query(Login { js_code }): Query<Login>) -> HttpResponse {
    let (_, person) = js_code.rsplit_once('-').unwrap_or_default();
    HttpResponse::Ok().json(json!({
        "openid": format!("oVisitor{person:0>20}"), "unionid": format!("uMember{person:0>21}"),
        "session_key": "HyVFkGl5F5OQWJZZaNzBBg==",
    }))
}

async fn token() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "access_token": "token", "expires_in": 7200 }))
}

async fn send(arrived: Data<Arrived>, Json(message): Json<Value>) -> HttpResponse {
    if let Some(text) = message.pointer("/text/content").and_then(Value::as_str) {
        let mut arrived = arrived.lock().unwrap_or_else(PoisonError::into_inner);
        arrived.entry(text.to_owned()).or_insert_with(Instant::now);
    }
    HttpResponse::Ok().json(json!({ "errcode": 0, "errmsg": "ok" }))
}
