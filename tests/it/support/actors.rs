//! People and staff, with what they can do.

use entity::{
    admin::staff::Role,
    types::{MemberId, OpenId, StoreId},
};
use huilian::{
    admin::{self, Post},
    error::Code,
    identity,
    infra::db::Tx,
    sandbox::{From, Message, Push, Said, Scene, Tap, TapResult, Via},
    stores,
};
use reqwest::{Method, StatusCode, header::HeaderMap};
use serde_json::Value;

use super::{TestApp, database::unique_name};

/// Somebody with WeChat.
#[derive(Clone)]
pub struct Follower<'a> {
    pub app: &'a TestApp,
    pub id: String,
}

impl Follower<'_> {
    pub async fn follow(&self, account: &str) -> Push {
        self.app.sandbox.follow(&self.id, account, None).await.expect("following")
    }

    pub async fn follow_by(&self, account: &str, scene: &str) -> Push {
        let scene = Scene::Text(scene.to_owned());
        self.app.sandbox.follow(&self.id, account, Some(scene)).await.expect("following by a code")
    }

    pub async fn unfollow(&self, account: &str) -> Push {
        self.app.sandbox.unfollow(&self.id, account).await.expect("leaving")
    }

    pub async fn say(&self, account: &str, text: &str) -> Push {
        self.app.sandbox.say(&self.id, account, text).await.expect("writing").push
    }

    pub async fn send(&self, account: &str, said: Said) -> Push {
        self.app.sandbox.send(&self.id, account, &said).await.expect("sending").push
    }

    pub async fn tap(&self, account: &str, button: &[usize]) -> TapResult {
        let tap = Tap { button: button.to_vec(), result: None };
        self.app.sandbox.tap(&self.id, account, &tap).await.expect("tapping")
    }

    /// An event by hand.
    pub async fn event(&self, account: &str, message: Value) -> Push {
        self.app.sandbox.push_by_hand(account, &message, Some(&self.id)).await.expect("a push")
    }

    /// What stands in the chat.
    pub fn chat(&self, account: &str) -> Vec<Message> {
        self.app.sandbox.chat(&self.id, account).expect("a chat").messages
    }

    /// What the account said, in order: by which way, and the words.
    pub fn heard(&self, account: &str) -> Vec<(Via, String)> {
        self.chat(account)
            .into_iter()
            .filter(|message| message.from == From::Account)
            .filter_map(|message| {
                let words = message.content.get("content").and_then(Value::as_str).map(str::to_owned);
                message.via.map(|via| (via, words.unwrap_or_else(|| message.content.to_string())))
            })
            .collect()
    }

    pub fn open_id(&self, account: &str) -> OpenId {
        self.app.sandbox.openid(&self.id, account).expect("an OpenID").parse().expect("an OpenID")
    }
}

/// Somebody in a mini program, with a session.
pub struct Consumer<'a> {
    pub person: Follower<'a>,
    pub account: String,
    pub token: String,
    /// What logging in answered.
    pub logged_in: Value,
}

impl<'a> Follower<'a> {
    /// Opens the mini program and logs in; gives the answer as it came.
    pub async fn try_log_in(&self, account: &str) -> Answered {
        let code = self.app.sandbox.login(&self.id, account).expect("a login code");
        let body = serde_json::json!({ "account": account, "code": code, "device": "测试手机" });
        self.app.post("/api/mini/v1/sessions", &body).await
    }

    pub async fn log_in(&self, account: &str) -> Consumer<'a> {
        let answer = self.try_log_in(account).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        let token = answer.body["token"].as_str().expect("a token").to_owned();
        Consumer { person: self.clone(), account: account.to_owned(), token, logged_in: answer.body }
    }
}

impl Consumer<'_> {
    pub async fn get(&self, path: &str) -> Answered {
        self.call(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answered {
        self.call(Method::POST, path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answered {
        self.call(Method::PATCH, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answered {
        self.call(Method::PUT, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answered {
        self.call(Method::DELETE, path, None).await
    }

    pub async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Answered {
        let app = self.person.app;
        let mut request = app.http.request(method, format!("{}{path}", app.base_url)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        Answered::read(request).await
    }

    /// Taps the phone button, and sends its code.
    pub async fn give_phone(&self, number: &str) -> Answered {
        let tap = self.person.app.sandbox.tap_phone(&self.person.id, &self.account, Some(number)).expect("a number");
        self.post("/api/mini/v1/phone", &serde_json::json!({ "code": tap.code })).await
    }

    /// Which member they are now.
    pub async fn member(&self) -> String {
        let answer = self.get("/api/mini/v1/sessions/current").await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        answer.body["member"].as_str().expect("a member").to_owned()
    }
}

/// A member of staff with a session.
pub struct StaffActor<'a> {
    app: &'a TestApp,
    pub token: String,
}

/// An answer of the service.
#[derive(Debug)]
pub struct Answered {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub request_id: Option<String>,
    pub body: Value,
}

pub const PASSWORD: &str = "a long enough secret";

impl<'a> StaffActor<'a> {
    pub async fn sign_in(app: &'a TestApp, post: Post) -> Self {
        let login = unique_name();
        admin::staff::add(&app.app.db, &login, "店员", PASSWORD.to_owned(), post).await.expect("a member of staff");
        let answer =
            app.post("/api/admin/v1/sessions", &serde_json::json!({ "login": login, "password": PASSWORD })).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        let token = answer.body["token"].as_str().expect("a token").to_owned();
        Self { app, token }
    }

    /// Where they call.
    pub fn base_url(&self) -> String {
        self.app.base_url.clone()
    }

    pub async fn get(&self, path: &str) -> Answered {
        self.call(Method::GET, path, None, None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answered {
        self.call(Method::POST, path, Some(body), None).await
    }

    pub async fn post_once(&self, path: &str, key: &str, body: &Value) -> Answered {
        self.call(Method::POST, path, Some(body), Some(key)).await
    }

    /// A form with files.
    pub async fn send_form(&self, path: &str, form: reqwest::multipart::Form, key: &str) -> Answered {
        let request = self.app.http.post(format!("{}{path}", self.app.base_url)).bearer_auth(&self.token);
        Answered::read(request.header("Idempotency-Key", key).multipart(form)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answered {
        self.call(Method::PUT, path, Some(body), None).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answered {
        self.call(Method::PATCH, path, Some(body), None).await
    }

    pub async fn delete(&self, path: &str) -> Answered {
        self.call(Method::DELETE, path, None, None).await
    }

    pub async fn call(&self, method: Method, path: &str, body: Option<&Value>, key: Option<&str>) -> Answered {
        let mut request =
            self.app.http.request(method, format!("{}{path}", self.app.base_url)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        Answered::read(request).await
    }
}

impl TestApp {
    /// The store of this code, opened when there is none.
    pub async fn store(&self, code: &str) -> StoreId {
        match stores::of_code(self.app.db.read(), code).await {
            Ok(store) => store.id,
            Err(missing) => {
                assert_eq!(missing.code(), Code::NotFound);
                let opened = self.app.db.tx(async |tx: &Tx| stores::open(tx, code, &format!("门店{code}")).await);
                opened.await.expect("a store").id
            }
        }
    }

    /// The post of a role: clerks and managers at the store `s1`.
    pub async fn post_of(&self, role: Role) -> Post {
        let store = match role {
            Role::Headquarters => None,
            Role::Clerk | Role::Manager => Some(self.store("s1").await),
        };
        Post::of(role, store).expect("a post")
    }

    /// A member of staff of this role, signed in: of the store `s1`, unless they are headquarters.
    pub async fn staff(&self, role: Role) -> StaffActor<'_> {
        StaffActor::sign_in(self, self.post_of(role).await).await
    }

    /// A member of staff at this post, signed in.
    pub async fn staff_at(&self, post: Post) -> StaffActor<'_> {
        StaffActor::sign_in(self, post).await
    }

    /// Makes the store `s1` the home of a member.
    pub async fn at_home(&self, member: MemberId) {
        let store = self.store("s1").await;
        self.app.db.tx(async |tx: &Tx| identity::rehome(tx, member, store).await).await.expect("a home");
    }

    pub async fn get(&self, path: &str) -> Answered {
        Answered::read(self.http.get(format!("{}{path}", self.base_url))).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answered {
        Answered::read(self.http.post(format!("{}{path}", self.base_url)).json(body)).await
    }
}

impl Answered {
    /// A header, empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub async fn read(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.expect("an answer");
        let status = response.status();
        let headers = response.headers().clone();
        let request_id = headers.get("x-request-id").and_then(|value| value.to_str().ok()).map(str::to_owned);
        let text = response.text().await.expect("a body");
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Self { status, headers, request_id, body }
    }
}
