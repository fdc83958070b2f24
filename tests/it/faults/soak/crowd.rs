//! What people do: follow, chat, register with their phone, invite, come by an invitation, claim what they get.

use std::time::Duration;

use futures_util::future::join_all;
use huilian::{infra::random::Random, sandbox::Scene};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{brand::Brand, weather::Weather};

/// How often somebody tries who was not answered, each time when it is calm again.
const TRIES: usize = 40;

/// By what somebody came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By themselves.
    Alone,
    /// By the QR code of this inviter.
    Scan(usize),
    /// By the link of this inviter, into the mini program.
    Link(usize),
}

/// Somebody, and what they were told: the record that the service is held against.
#[derive(Debug)]
pub struct Someone {
    pub person: String,
    pub phone: String,
    pub way: Way,
    pub inviter: bool,
    /// Words said to the official account, and to the mini program.
    pub words: [usize; 2],
    pub token: String,
    /// Their own code.
    pub code: Option<String>,
    /// An answer was lost before they had told by what they came: then they may seem to have been known before.
    pub struck: bool,
}

/// How many people there are of each kind, and how much they say.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub inviters: usize,
    pub guests: usize,
    pub words: usize,
}

impl Size {
    /// How many acts it takes all of them, about.
    pub fn acts(self) -> usize {
        self.inviters * (self.words + 5) + self.guests * (self.words + 7)
    }
}

/// Somebody's phone, with what it can ask the service.
pub struct Phone<'a> {
    pub brand: &'a Brand,
    weather: &'a Weather,
    http: reqwest::Client,
}

impl<'a> Phone<'a> {
    pub fn new(brand: &'a Brand, weather: &'a Weather) -> Self {
        let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).timeout(Duration::from_secs(8));
        Self { brand, weather, http: http.build().expect("an HTTP client") }
    }

    /// One request; nothing when it was not answered, or only that it cannot be answered now.
    async fn ask(&self, method: Method, path: &str, token: &str, body: Option<Value>) -> Option<(StatusCode, Value)> {
        self.weather.act();
        let mut request = self.http.request(method, format!("{}{path}", self.brand.address()));
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            // The path says what it is about, so that it is the key as well.
            request = request.header("Idempotency-Key", format!("key-{}", path.replace('/', "-"))).json(&body);
        }
        let response = request.send().await.ok()?;
        let status = response.status();
        let text = response.text().await.ok()?;
        (!status.is_server_error()).then(|| (status, serde_json::from_str(&text).unwrap_or(Value::Null)))
    }

    /// Does something until it is answered; gives whether it had to be done again.
    async fn surely<T>(&self, what: &str, act: impl AsyncFn() -> Option<T>) -> (T, bool) {
        for tries in 0..TRIES {
            if let Some(done) = act().await {
                return (done, tries > 0);
            }
            self.weather.calm().await;
        }
        panic!("{what} was never answered although nothing is broken any more");
    }

    async fn log_in(&self, someone: &mut Someone) {
        let act = async || {
            let code = self.brand.sandbox().login(&someone.person, "shop").expect("a login code");
            let body = json!({ "account": "shop", "code": code, "device": "测试手机" });
            let (status, body) = self.ask(Method::POST, "/api/mini/v1/sessions", "", Some(body)).await?;
            // A code counts once: when the answer to a first try was lost within, a second one needs another code.
            (status == StatusCode::CREATED).then(|| body["token"].as_str().expect("a token").to_owned())
        };
        let (token, again) = self.surely("a login", act).await;
        (someone.token, someone.struck) = (token, someone.struck || again);
    }

    async fn give_phone(&self, someone: &Someone) {
        let act = async || {
            let number = Some(someone.phone.as_str());
            let tap = self.brand.sandbox().tap_phone(&someone.person, "shop", number).expect("a number");
            let body = json!({ "code": tap.code });
            let (status, _) = self.ask(Method::POST, "/api/mini/v1/phone", &someone.token, Some(body)).await?;
            (status == StatusCode::OK).then_some(())
        };
        self.surely("a phone", act).await;
    }

    async fn code(&self, someone: &mut Someone) {
        let path = format!("{}/{}/code", crate::referral::PROGRAMS, self.brand.program);
        let act = async || {
            let (status, body) = self.ask(Method::PUT, &path, &someone.token, Some(json!({}))).await?;
            assert_eq!(status, StatusCode::OK, "{body}");
            Some(body["code"].as_str().expect("a code").to_owned())
        };
        someone.code = Some(self.surely("a code", act).await.0);
    }

    async fn come(&self, someone: &Someone, code: &str) {
        let act = async || {
            let body = json!({ "code": code, "carrier": "link" });
            let (status, body) = self.ask(Method::POST, "/api/mini/v1/touches", &someone.token, Some(body)).await?;
            assert_eq!(status, StatusCode::NO_CONTENT, "{body}");
            Some(())
        };
        self.surely("a visit", act).await;
    }

    async fn follow(&self, someone: &Someone, scene: Option<Scene>) {
        self.weather.act();
        self.brand.sandbox().follow(&someone.person, "brand", scene).await.expect("following");
    }

    async fn chat(&self, someone: &mut Someone, words: usize) {
        for word in 0..words {
            self.weather.act();
            let account = usize::from(word % 4 == 3);
            let text = format!("问{}", someone.words[account]);
            someone.words[account] += 1;
            let name = ["brand", "shop"][account];
            self.brand.sandbox().say(&someone.person, name, &text).await.expect("writing");
        }
    }

    /// Claims whatever waits for that. Gives how much.
    pub async fn claim(&self, someone: &Someone) -> usize {
        let list = async || {
            let (status, body) = self.ask(Method::GET, "/api/mini/v1/grants", &someone.token, None).await?;
            assert_eq!(status, StatusCode::OK, "{body}");
            Some(body["items"].as_array().expect("items").clone())
        };
        let (grants, _) = self.surely("a list", list).await;
        let open: Vec<Value> = grants.into_iter().filter(|grant| grant["state"] == "claimable").collect();
        for grant in &open {
            let path = format!("/api/mini/v1/grants/{}/claim", grant["id"].as_str().expect("an id"));
            let act = async || {
                let (status, body) = self.ask(Method::POST, &path, &someone.token, Some(json!({}))).await?;
                assert_eq!(status, StatusCode::OK, "{body}");
                Some(())
            };
            self.surely("a claim", act).await;
        }
        open.len()
    }

    /// Who somebody is to the service.
    pub async fn member(&self, someone: &Someone) -> String {
        let act = async || {
            let (status, body) = self.ask(Method::GET, "/api/mini/v1/sessions/current", &someone.token, None).await?;
            assert_eq!(status, StatusCode::OK, "{body}");
            Some(body["member"].as_str().expect("a member").to_owned())
        };
        self.surely("who they are", act).await.0
    }

    async fn invite(&self, someone: &mut Someone, words: usize) {
        self.follow(someone, None).await;
        self.chat(someone, words / 2).await;
        self.log_in(someone).await;
        self.give_phone(someone).await;
        self.code(someone).await;
        self.chat(someone, words - words / 2).await;
        self.weather.done();
    }

    async fn visit(&self, someone: &mut Someone, codes: &[String], words: usize) {
        match someone.way {
            Way::Alone => self.follow(someone, None).await,
            Way::Scan(inviter) => self.follow(someone, Some(Scene::Text(format!("i.{}", codes[inviter])))).await,
            Way::Link(inviter) => {
                self.log_in(someone).await;
                self.come(someone, &codes[inviter]).await;
                self.follow(someone, None).await;
            }
        }
        self.chat(someone, words / 2).await;
        if someone.token.is_empty() {
            let struck = someone.struck;
            self.log_in(someone).await;
            // A scan was told by WeChat, before.
            someone.struck = struck;
        }
        self.give_phone(someone).await;
        self.chat(someone, words - words / 2).await;
        self.claim(someone).await;
        self.weather.done();
    }
}

/// Everybody does what they do, all of them at once; guests come when the inviters have their codes.
pub async fn live(phone: &Phone<'_>, size: Size, random: &Random) -> Vec<Someone> {
    let somebody = |number: usize, way, inviter| Someone {
        person: phone.brand.sandbox().add_person(Some(&format!("路人{number}"))).expect("a person").id,
        phone: format!("139{number:08}"),
        way,
        inviter,
        words: [0, 0],
        token: String::new(),
        code: None,
        struck: false,
    };
    phone.weather.join(size.inviters);
    let mut inviters: Vec<Someone> = (0..size.inviters).map(|number| somebody(number, Way::Alone, true)).collect();
    join_all(inviters.iter_mut().map(|someone| phone.invite(someone, size.words))).await;
    let codes: Vec<String> = inviters.iter().filter_map(|someone| someone.code.clone()).collect();
    let mut guests = Vec::new();
    for number in 0..size.guests {
        let inviter = random.below(codes.len());
        let way =
            [Way::Scan(inviter), Way::Link(inviter), Way::Alone][if number < 2 { number } else { random.below(3) }];
        guests.push(somebody(size.inviters + number, way, false));
    }
    phone.weather.join(size.guests);
    join_all(guests.iter_mut().map(|someone| phone.visit(someone, &codes, size.words))).await;
    inviters.into_iter().chain(guests).collect()
}
