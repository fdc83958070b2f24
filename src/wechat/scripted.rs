//! A WeChat for tests: answers as it is told and remembers what it was asked. Real HTTP on a free port, no waiting.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    dev::ServerHandle,
    http::StatusCode,
    web::{self, Bytes, Data, Query},
};
use chrono::TimeDelta;
use futures_util::{FutureExt, StreamExt, stream};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::{
    account::{Account, Accounts, CallbackSettings, Format, Kind, Mode},
    client::{Api, Sleeper, WeChat},
};
use crate::infra::{
    cache::Cache,
    clock::{Clock, Time},
    config::{self, Config},
    random::Random,
};

pub(crate) const TOKEN_PATH: &str = "/cgi-bin/stable_token";
/// The AppSecret of every test account: must never show up anywhere.
pub(crate) const SECRET: &str = "5ec3e7-0f-the-app";

/// What the server answers once.
#[derive(Clone)]
pub(crate) struct Reply {
    status: StatusCode,
    mime: &'static str,
    body: Vec<u8>,
    location: Option<&'static str>,
    cut: bool,
    gate: Option<Gate>,
}

/// Stops an answer until it is opened, and tells when the request has arrived.
#[derive(Clone)]
pub(crate) struct Gate(Arc<(Semaphore, Semaphore)>);

/// A request that came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) path: String,
    pub(crate) method: String,
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

/// The server and what a client of it stands on.
pub(crate) struct Scripted {
    script: Data<Script>,
    handle: ServerHandle,
    config: config::WeChat,
    pub(crate) clock: Clock,
    pub(crate) cache: Cache,
    /// How long clients wanted to wait.
    pub(crate) waits: Arc<Mutex<Vec<Duration>>>,
}

#[derive(Default)]
struct Script {
    next: Mutex<HashMap<String, VecDeque<Reply>>>,
    always: Mutex<HashMap<String, Reply>>,
    refused: Mutex<HashMap<String, i64>>,
    seen: Mutex<Vec<Seen>>,
}

impl Reply {
    pub(crate) fn json(body: Value) -> Self {
        Self::new(200, "text/plain", body.to_string())
    }

    pub(crate) fn new(status: u16, mime: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap(),
            mime,
            body: body.into(),
            location: None,
            cut: false,
            gate: None,
        }
    }

    /// WeChat's way to refuse.
    pub(crate) fn error(errcode: i64) -> Self {
        Self::json(json!({"errcode": errcode, "errmsg": "refused rid: 65f1a2b3-0a1b2c3d-4e5f6071"}))
    }

    pub(crate) fn ok() -> Self {
        Self::json(json!({"errcode": 0, "errmsg": "ok"}))
    }

    pub(crate) fn token(token: &str) -> Self {
        Self::json(json!({"access_token": token, "expires_in": 7200}))
    }

    /// The request is taken, and the connection breaks within the answer.
    pub(crate) fn lost() -> Self {
        Self { cut: true, ..Self::ok() }
    }

    /// Sends the client to another path.
    pub(crate) fn elsewhere(path: &'static str) -> Self {
        Self { location: Some(path), ..Self::new(302, "text/html", "") }
    }

    pub(crate) fn behind(mut self, gate: &Gate) -> Self {
        self.gate = Some(gate.clone());
        self
    }
}

impl Gate {
    pub(crate) fn closed() -> Self {
        Self(Arc::new((Semaphore::new(0), Semaphore::new(0))))
    }

    /// Waits until a request stands before the gate.
    pub(crate) async fn arrival(&self) {
        self.0.0.acquire().await.unwrap().forget();
    }

    /// Lets every answer pass from now on.
    pub(crate) fn open(&self) {
        self.0.1.add_permits(1000);
    }

    async fn pass(&self) {
        self.0.0.add_permits(1);
        self.0.1.acquire().await.unwrap().forget();
    }
}

impl Seen {
    pub(crate) fn token(&self) -> &str {
        self.query.get("access_token").map_or("", String::as_str)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl Scripted {
    /// A server whose token call gives `T1`, and whose every other call is unknown until it is told.
    pub(crate) async fn start() -> Self {
        let script = Data::new(Script::default());
        let app_script = script.clone();
        let server = HttpServer::new(move || App::new().app_data(app_script.clone()).default_service(web::to(answer)));
        let server = server.workers(1).disable_signals().shutdown_timeout(0).bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", server.addrs()[0]);
        let server = server.run();
        let handle = server.handle();
        tokio::spawn(server);
        let mut config = Config::load(None, []).unwrap().wechat;
        config.api_url = base.clone();
        config.mp_url = base.clone();
        config.open_url = base;
        let clock = Clock::manual("2026-11-21T02:00:00Z".parse().unwrap());
        let cache = Cache::memory(clock.clone());
        let this = Self { script, handle, config, clock, cache, waits: Arc::default() };
        this.always(TOKEN_PATH, Reply::token("T1"));
        this
    }

    /// A client that waits for nothing; every call makes another node with the same cache.
    pub(crate) fn node(&self) -> WeChat {
        let waits = Arc::clone(&self.waits);
        self.node_with(Sleeper::new(move |span| {
            waits.lock().unwrap().push(span);
            async {}.boxed()
        }))
    }

    /// A client that waits for ever, so that only wake-ups let it go on.
    pub(crate) fn node_that_waits(&self) -> WeChat {
        self.node_with(Sleeper::new(|_| std::future::pending().boxed()))
    }

    fn node_with(&self, sleeper: Sleeper) -> WeChat {
        let random = Random::seeded(7);
        WeChat::with_sleeper(accounts(), &self.config, self.cache.clone(), self.clock.clone(), random, sleeper).unwrap()
    }

    /// The calls of the official account on a new node.
    pub(crate) fn brand(&self) -> Api {
        self.node().of(&"brand".parse().unwrap()).unwrap()
    }

    /// The calls of the mini program on a new node.
    pub(crate) fn shop(&self) -> Api {
        self.node().of(&"shop".parse().unwrap()).unwrap()
    }

    /// Clients made from now on give up after this time.
    pub(crate) fn hurry(&mut self, timeout: Duration) {
        self.config.timeout = timeout;
    }

    /// Clients made from now on call a port where nobody listens.
    pub(crate) fn unplug(&mut self) {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        self.config.api_url = format!("http://{free}");
    }

    /// Answers one call of the path; calls queue up.
    pub(crate) fn next(&self, path: &str, reply: Reply) {
        self.script.next.lock().unwrap().entry(path.to_owned()).or_default().push_back(reply);
    }

    /// Answers every call of the path for which no other answer waits.
    pub(crate) fn always(&self, path: &str, reply: Reply) {
        self.script.always.lock().unwrap().insert(path.to_owned(), reply);
    }

    /// Refuses every call that carries this token.
    pub(crate) fn refuse(&self, token: &str, errcode: i64) {
        self.script.refused.lock().unwrap().insert(token.to_owned(), errcode);
    }

    /// The requests of a path.
    pub(crate) fn seen(&self, path: &str) -> Vec<Seen> {
        self.script.seen.lock().unwrap().iter().filter(|seen| seen.path == path).cloned().collect()
    }

    /// The only request of a path.
    pub(crate) fn only(&self, path: &str) -> Seen {
        let mut seen = self.seen(path);
        assert_eq!(seen.len(), 1, "calls of {path}");
        seen.remove(0)
    }

    pub(crate) fn advance(&self, step: TimeDelta) -> Time {
        self.clock.advance(step);
        self.clock.now()
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        // The command is given when the future is made; nobody has to wait for the end.
        drop(self.handle.stop(false));
    }
}

async fn answer(request: HttpRequest, body: Bytes, script: Data<Script>) -> HttpResponse {
    let path = request.path().to_owned();
    let query = Query::<BTreeMap<String, String>>::from_query(request.query_string()).unwrap().into_inner();
    let method = request.method().to_string();
    let refused = query.get("access_token").and_then(|token| script.refused.lock().unwrap().get(token).copied());
    script.seen.lock().unwrap().push(Seen { path: path.clone(), method, query, body: body.to_vec() });
    if let Some(errcode) = refused {
        return HttpResponse::Ok().body(Reply::error(errcode).body);
    }
    let next = script.next.lock().unwrap().get_mut(&path).and_then(VecDeque::pop_front);
    let reply = next.or_else(|| script.always.lock().unwrap().get(&path).cloned());
    let Some(reply) = reply else { return HttpResponse::NotFound().body("<html>") };
    if let Some(gate) = &reply.gate {
        gate.pass().await;
    }
    let mut response = HttpResponse::build(reply.status);
    response.content_type(reply.mime);
    if let Some(location) = reply.location {
        response.insert_header(("Location", location));
    }
    if reply.cut {
        let cut = stream::once(async { Ok(Bytes::from_static(b"{\"errcode\":")) });
        return response.streaming(cut.chain(stream::once(async { Err(io::Error::other("cut")) })));
    }
    response.body(reply.body)
}

/// An official account `brand` and a mini program `shop`.
pub(crate) fn accounts() -> Accounts {
    [account("brand", Kind::Official), account("shop", Kind::Mini)].into_iter().collect()
}

fn account(key: &str, kind: Kind) -> Account {
    Account {
        key: key.parse().unwrap(),
        kind,
        name: key.to_owned(),
        appid: format!("wx-{key}"),
        original_id: format!("gh_{key}"),
        secret: SECRET.into(),
        callback: CallbackSettings {
            mode: Mode::Secure,
            format: Format::Xml,
            token: "callbacktoken".into(),
            aes_key: Some("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG".into()),
            previous_aes_key: None,
        },
    }
}
