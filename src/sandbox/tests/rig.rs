//! A sandbox with three accounts, a stand-in for the service, and a client.

use std::{
    collections::{BTreeMap, VecDeque},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::{Arc, Mutex},
    time::Duration,
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, dev::ServerHandle, http::StatusCode, web};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{
    infra::{clock::Clock, random::Random},
    sandbox::{Options, Push, Running, Sandbox, fields::Fields},
    wechat::{
        account::{Account, Accounts, CallbackSettings, Format, Kind, Mode},
        crypto::AesKey,
    },
};

pub(super) const SECRET: &str = "0123456789abcdef0123456789abcdef";
pub(super) const SIGN: &str = "callbacktoken";
pub(super) const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
pub(super) const OLD_KEY: &str = "ABCDEFG9876543210abcdefghijklmnopqrstuvwxyz";
/// An official account in secure mode.
pub(super) const BRAND: &str = "brand";
/// An official account in plaintext mode.
pub(super) const SHOP: &str = "shop";
/// A mini program that pushes JSON in secure mode.
pub(super) const MINI: &str = "mini";
/// Two of the sample people.
pub(super) const LIN: &str = "lin-xiaoman";
pub(super) const ZHOU: &str = "zhou-daoxiang";

pub(super) struct Rig {
    pub(super) sandbox: Running,
    pub(super) clock: Clock,
    pub(super) service: Service,
    client: reqwest::Client,
}

fn account(key: &str, kind: Kind, mode: Mode, format: Format) -> Account {
    Account {
        key: key.parse().unwrap(),
        kind,
        name: format!("惠联{key}"),
        appid: format!("wx{key}"),
        original_id: format!("gh_{key}"),
        secret: SECRET.into(),
        callback: CallbackSettings {
            mode,
            format,
            token: SIGN.into(),
            aes_key: Some(KEY.into()),
            previous_aes_key: Some(OLD_KEY.into()),
        },
    }
}

pub(super) fn accounts() -> Accounts {
    Accounts::from_iter([
        account(BRAND, Kind::Official, Mode::Secure, Format::Xml),
        account(SHOP, Kind::Official, Mode::Plain, Format::Xml),
        account(MINI, Kind::Mini, Mode::Secure, Format::Json),
    ])
}

pub(super) fn local() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 0).into()
}

impl Rig {
    pub(super) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// Starts with changed options.
    pub(super) async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let service = Service::start();
        let clock = Clock::manual("2026-11-21T02:00:00Z".parse().unwrap());
        let mut options = Options::new(local(), accounts());
        options.clock = clock.clone();
        options.random = Random::seeded(11);
        options.callback_base = Some(service.base.clone());
        change(&mut options);
        let sandbox = Sandbox::start(options).await.unwrap();
        sandbox.seed();
        Self { sandbox, clock, service, client: reqwest::Client::new() }
    }

    pub(super) fn advance(&self, seconds: i64) {
        self.clock.advance(TimeDelta::seconds(seconds));
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.base_url())
    }

    pub(super) fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// A stable token.
    pub(super) async fn token(&self, account: &str) -> String {
        let body = json!({ "grant_type": "client_credential", "appid": format!("wx{account}"), "secret": SECRET });
        let answer = self.post_bare("/cgi-bin/stable_token", &body).await;
        answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    pub(super) async fn post_bare(&self, path: &str, body: &Value) -> Value {
        read(self.client.post(self.url(path)).body(body.to_string())).await
    }

    /// POSTs as the account; the answer must be HTTP 200 and JSON.
    pub(super) async fn post(&self, account: &str, path: &str, body: Value) -> Value {
        let token = self.token(account).await;
        let url = self.url(path);
        read(self.client.post(url).query(&[("access_token", token)]).body(body.to_string())).await
    }

    /// GETs as the account.
    pub(super) async fn get(&self, account: &str, path: &str, query: &[(&str, &str)]) -> Value {
        let token = self.token(account).await;
        read(self.client.get(self.url(path)).query(&[("access_token", token)]).query(query)).await
    }

    pub(super) async fn get_bare(&self, path: &str, query: &[(&str, &str)]) -> Value {
        read(self.client.get(self.url(path)).query(query)).await
    }

    /// A call of the control API: status and answer.
    pub(super) async fn control(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let method = method.parse().unwrap();
        let request = self.client.request(method, self.url(&format!("/sandbox/v1{path}")));
        let answer = request.json(&body).send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap())
    }

    pub(super) fn openid(&self, person: &str, account: &str) -> String {
        self.sandbox.openid(person, account).unwrap()
    }

    /// The person follows the account, and the push has ended.
    pub(super) async fn followed(&self, person: &str, account: &str) -> String {
        self.sandbox.follow(person, account, None).await.unwrap();
        self.openid(person, account)
    }

    /// The texts of a chat, each with who said it.
    pub(super) fn lines(&self, person: &str, account: &str) -> Vec<(String, String)> {
        let chat = self.sandbox.chat(person, account).unwrap();
        let line = |message: &crate::sandbox::Message| {
            let from = serde_json::to_value(message.from).unwrap().as_str().unwrap().to_owned();
            let text = message.content["content"].as_str().map_or_else(|| message.kind.clone(), str::to_owned);
            (from, text)
        };
        chat.messages.iter().map(line).collect()
    }

    /// The newest push of this kind, once everything has settled.
    pub(super) async fn last_push(&self, kind: &str) -> (Push, Fields) {
        self.sandbox.settled().await;
        let pushes = self.sandbox.pushes(None, 100);
        let push = pushes.into_iter().find(|push| push.kind == kind).unwrap_or_else(|| panic!("no push {kind}"));
        let fields = if push.plaintext.starts_with('{') {
            Fields::from_json(&serde_json::from_str(&push.plaintext).unwrap()).unwrap()
        } else {
            Fields::from_xml(&push.plaintext).unwrap()
        };
        (push, fields)
    }
}

async fn read(request: reqwest::RequestBuilder) -> Value {
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    let text = answer.text().await.unwrap();
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text}"))
}

/// The answer is a refusal with this code, whose text ends with a rid.
#[track_caller]
pub(super) fn refused(answer: &Value, code: i64) {
    assert_eq!(answer["errcode"], code, "{answer}");
    let text = answer["errmsg"].as_str().unwrap();
    let (_, rid) = text.split_once(" rid: ").unwrap_or_else(|| panic!("no rid: {text}"));
    let words: Vec<&str> = rid.split('-').collect();
    assert_eq!(words.len(), 3, "{rid}");
    assert!(words.iter().all(|word| word.len() == 8 && u32::from_str_radix(word, 16).is_ok()), "{rid}");
}

/// The answer is `{"errcode":0,"errmsg":"ok"}`, perhaps with more.
#[track_caller]
pub(super) fn fine(answer: &Value) {
    assert_eq!(answer["errcode"], 0, "{answer}");
}

/// A stand-in for the service: keeps what it gets, answers what it is told to.
pub(super) struct Service {
    pub(super) base: String,
    inbox: Arc<Mutex<Vec<Received>>>,
    script: Arc<Mutex<VecDeque<Say>>>,
    server: ServerHandle,
}

#[derive(Clone, Debug)]
pub(super) struct Received {
    pub(super) account: String,
    pub(super) query: BTreeMap<String, String>,
    pub(super) content_type: String,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: String,
}

/// What the service answers.
#[derive(Clone, Debug)]
pub(super) enum Say {
    Body(String),
    Status(u16),
    /// Never.
    Nothing,
}

impl Service {
    fn start() -> Self {
        let listener = TcpListener::bind(local()).unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let inbox = Arc::<Mutex<Vec<Received>>>::default();
        let script = Arc::<Mutex<VecDeque<Say>>>::default();
        let (kept, said) = (inbox.clone(), script.clone());
        let server = HttpServer::new(move || {
            let (kept, said) = (kept.clone(), said.clone());
            let take = move |path: web::Path<String>, request: HttpRequest, body: String| {
                let (kept, said) = (kept.clone(), said.clone());
                async move { answer(&kept, &said, path.into_inner(), &request, body).await }
            };
            App::new()
                .route("/wechat/{account}/callback", web::to(take.clone()))
                .route("/wechat/pay/{merchant}/notify", web::to(take))
        })
        .workers(1)
        .disable_signals()
        .listen(listener)
        .unwrap()
        .run();
        let handle = server.handle();
        tokio::spawn(server);
        Self { base, inbox, script, server: handle }
    }

    /// What to answer next; `success` when nothing is left to say.
    pub(super) fn will(&self, say: impl IntoIterator<Item = Say>) {
        self.script.lock().unwrap().extend(say);
    }

    pub(super) fn got(&self) -> Vec<Received> {
        self.inbox.lock().unwrap().clone()
    }

    pub(super) fn forget(&self) {
        self.inbox.lock().unwrap().clear();
    }

    pub(super) async fn stop(&self) {
        self.server.stop(false).await;
    }
}

async fn answer(
    kept: &Mutex<Vec<Received>>,
    said: &Mutex<VecDeque<Say>>,
    account: String,
    request: &HttpRequest,
    body: String,
) -> HttpResponse {
    let query = web::Query::<BTreeMap<String, String>>::from_query(request.query_string()).unwrap().into_inner();
    if let Some(echo) = query.get("echostr") {
        return HttpResponse::Ok().body(echo.clone());
    }
    let content_type = request.headers().get("content-type").unwrap().to_str().unwrap().to_owned();
    let headers = request.headers().iter();
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    kept.lock().unwrap().push(Received { account, query, content_type, headers, body });
    let next = said.lock().unwrap().pop_front();
    match next {
        None => HttpResponse::Ok().body("success"),
        Some(Say::Body(body)) => HttpResponse::Ok().body(body),
        Some(Say::Status(status)) => HttpResponse::new(StatusCode::from_u16(status).unwrap()),
        Some(Say::Nothing) => {
            std::future::pending::<()>().await;
            HttpResponse::Ok().finish()
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

/// The inner message of a push in secure mode.
pub(super) fn opened(received: &Received, key: &str, appid: &str) -> Option<String> {
    let encrypted = if received.body.starts_with('{') {
        let body: Value = serde_json::from_str(&received.body).unwrap();
        body["Encrypt"].as_str().unwrap().to_owned()
    } else {
        Fields::from_xml(&received.body).unwrap().str("Encrypt").unwrap().to_owned()
    };
    key.parse::<AesKey>().unwrap().decrypt(&encrypted, appid).ok()
}

/// A short time-out, for the one thing that is measured in real time.
pub(super) const SHORT: Duration = Duration::from_millis(200);
