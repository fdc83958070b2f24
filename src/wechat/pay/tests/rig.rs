//! A WeChat Pay that answers as it is told and signs what it answers, and a merchant with the published test keys.

use std::{
    collections::{BTreeMap, VecDeque},
    io,
    sync::Mutex,
    time::Duration,
};

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    dev::ServerHandle,
    http::StatusCode,
    web::{self, Bytes, Data},
};
use futures_util::{FutureExt, StreamExt, stream};
use serde_json::{Value, json};

use super::super::{
    Around, Merchant, Merchants, Pay, Settings,
    crypto::PrivateKey,
    development,
    keys::{Keys, Material},
    settings::{Addresses, Rates, RedPackets, known_scenes},
};
use crate::{
    infra::{cache::Cache, clock::Clock, config::Config, random::Random},
    wechat::{
        client::Sleeper,
        golden::{pay_vectors, text},
    },
};

/// The serial number of the published platform certificate; its key is that of the published public key.
pub(crate) const PLATFORM: &str = "440024045C4A427599D09BB4E3DE0279F2E813FD";
/// When its certificate was good.
pub(crate) const THEN: &str = "2024-11-21T02:00:00Z";

/// The merchant `main`, whose account is `brand`.
pub(crate) fn settings() -> Settings {
    settings_with(&development::material())
}

pub(crate) fn settings_with(material: &Material) -> Settings {
    Settings {
        key: "main".parse().unwrap(),
        name: "惠联样板店".to_owned(),
        mchid: "1900001109".to_owned(),
        apps: BTreeMap::from([
            ("brand".parse().unwrap(), "wx8888888888888888".to_owned()),
            ("golden".parse().unwrap(), "wxf636efh567hg4356".to_owned()),
        ]),
        keys: Keys::read(material).unwrap(),
        addresses: Addresses::default(),
        red_packets: RedPackets::default(),
        scenes: known_scenes(),
        rates: Rates::default(),
    }
}

/// The published private key of WeChat Pay.
pub(crate) fn platform_key() -> PrivateKey {
    let vector = pay_vectors("v3-response-verify").remove(0);
    PrivateKey::from_pem(text(&vector, "wechatpay_private_key_pem_for_simulator")).unwrap()
}

/// The published platform certificate.
pub(crate) fn platform_certificate() -> String {
    text(&pay_vectors("v3-notification-transfer").remove(0), "platform_certificate_pem").to_owned()
}

/// How an answer is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signed {
    /// As it should be.
    Well,
    /// Not at all.
    Not,
    /// For another body.
    Badly,
    /// Ten minutes ago.
    LongAgo,
    /// By the platform certificate.
    ByCertificate,
    /// By a key that nobody has.
    ByStranger,
    /// To see whether anybody looks.
    Probe,
}

/// What the server answers once.
#[derive(Clone)]
pub(crate) struct Reply {
    status: u16,
    body: Vec<u8>,
    signed: Signed,
    cut: bool,
    late: bool,
}

/// A request that came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// With its query.
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

#[derive(Default)]
struct Script {
    next: Mutex<VecDeque<Reply>>,
    seen: Mutex<Vec<Seen>>,
}

/// The server, and what a client of it stands on.
pub(crate) struct Rig {
    script: Data<Script>,
    handle: ServerHandle,
    pub(crate) base: String,
    pub(crate) clock: Clock,
    pub(crate) cache: Cache,
    pub(crate) timeout: Duration,
}

impl Reply {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::new(status, body.to_string())
    }

    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, body: body.into(), signed: Signed::Well, cut: false, late: false }
    }

    pub(crate) fn error(status: u16, code: &str, message: &str) -> Self {
        Self::json(status, &json!({ "code": code, "message": message }))
    }

    pub(crate) fn signed(self, signed: Signed) -> Self {
        Self { signed, ..self }
    }

    /// The connection breaks within the answer.
    pub(crate) fn lost() -> Self {
        Self { cut: true, ..Self::new(200, "{}") }
    }

    /// No answer comes at all.
    pub(crate) fn never() -> Self {
        Self { late: true, ..Self::new(200, "{}") }
    }
}

impl Seen {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

impl Rig {
    pub(crate) async fn start() -> Self {
        Self::start_at("2026-11-21T02:00:00Z").await
    }

    pub(crate) async fn start_at(now: &str) -> Self {
        let clock = Clock::manual(now.parse().unwrap());
        let script = Data::new(Script::default());
        let (of_app, time) = (script.clone(), Data::new(clock.clone()));
        let app = move || App::new().app_data(of_app.clone()).app_data(time.clone()).default_service(web::to(answer));
        let server = HttpServer::new(app).workers(1).disable_signals().shutdown_timeout(0).bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", server.addrs()[0]);
        let server = server.run();
        let handle = server.handle();
        tokio::spawn(server);
        let cache = Cache::memory(clock.clone());
        Self { script, handle, base, clock, cache, timeout: Duration::from_secs(10) }
    }

    /// The merchant `main` on a new node.
    pub(crate) fn merchant(&self) -> Merchant {
        self.merchant_with(settings())
    }

    pub(crate) fn merchant_with(&self, mut settings: Settings) -> Merchant {
        settings.addresses = Addresses { v3: self.base.clone(), v2: self.base.clone(), trust: None };
        self.elsewhere(settings)
    }

    /// The same, but its addresses are its own.
    pub(crate) fn elsewhere(&self, settings: Settings) -> Merchant {
        let key = settings.key.clone();
        let mut config = Config::load(None, []).unwrap().wechat;
        config.timeout = self.timeout;
        let around = Around {
            cache: self.cache.clone(),
            clock: self.clock.clone(),
            random: Random::seeded(7),
            sleeper: Sleeper::new(|_| async {}.boxed()),
        };
        let merchants: Merchants = [settings].into_iter().collect();
        Pay::new(&merchants, &config, "https://crm.example.com", &around).unwrap().merchant(&key).unwrap()
    }

    /// Answers the next request for which no other answer waits.
    pub(crate) fn next(&self, reply: Reply) {
        self.script.next.lock().unwrap().push_back(reply);
    }

    /// The requests so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.script.seen.lock().unwrap().clone()
    }

    /// The last request.
    pub(crate) fn last(&self) -> Seen {
        self.seen().pop().expect("a request")
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

/// The headers that sign a body as WeChat Pay does, at this second.
pub(crate) fn headers(signed: Signed, body: &[u8], now: i64) -> Vec<(&'static str, String)> {
    let (timestamp, nonce) =
        (if signed == Signed::LongAgo { now - 600 } else { now }, "nrQ0dXHZYqS4Yf1rNqpyJ9gB7h2bV0aD");
    let shown: &[u8] = if signed == Signed::Badly { b"another" } else { body };
    let message = [format!("{timestamp}\n{nonce}\n").as_bytes(), shown, b"\n"].concat();
    let signature = match signed {
        Signed::Not => return Vec::new(),
        Signed::Probe => format!("WECHATPAY/SIGNTEST/{}", platform_key().sign(&message).unwrap()),
        _ => platform_key().sign(&message).unwrap(),
    };
    let serial = match signed {
        Signed::ByCertificate => PLATFORM,
        Signed::ByStranger => "0123456789ABCDEF",
        _ => development::PUBLIC_KEY_ID,
    };
    vec![
        ("Wechatpay-Timestamp", timestamp.to_string()),
        ("Wechatpay-Nonce", nonce.to_owned()),
        ("Wechatpay-Signature", signature),
        ("Wechatpay-Serial", serial.to_owned()),
        ("Wechatpay-Signature-Type", "WECHATPAY2-SHA256-RSA2048".to_owned()),
    ]
}

async fn answer(request: HttpRequest, body: Bytes, script: Data<Script>, clock: Data<Clock>) -> HttpResponse {
    let path = request.uri().path_and_query().unwrap().to_string();
    let pairs = request.headers().iter();
    let headers_seen = pairs.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    let method = request.method().to_string();
    script.seen.lock().unwrap().push(Seen { method, path, headers: headers_seen, body: body.to_vec() });
    let reply = script.next.lock().unwrap().pop_front();
    let Some(reply) = reply else { return HttpResponse::NotFound().body("<html>") };
    if reply.late {
        return std::future::pending().await;
    }
    let mut response = HttpResponse::build(StatusCode::from_u16(reply.status).unwrap());
    for header in headers(reply.signed, &reply.body, clock.now().timestamp()) {
        response.insert_header(header);
    }
    response.insert_header(("Request-ID", "08F78BB5AF0610D302189F8DA04A20F0-0"));
    if reply.cut {
        let cut = stream::once(async { Ok(Bytes::from_static(b"{\"out_bill_no\":")) });
        return response.streaming(cut.chain(stream::once(async { Err(io::Error::other("cut")) })));
    }
    response.body(reply.body)
}
