//! Somebody with WeChat: follows the account, and uses the mini program.

use chrono::TimeDelta;
use entity::types::MemberId;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{
    past::{Past, text},
    people::Person,
};
use crate::{
    error::{Error, Result},
    sandbox::{Scene, Trouble},
};

/// The official account of the brand.
pub(super) const ACCOUNT: &str = "brand";
/// Its mini program.
pub(super) const MINI: &str = "shop";
const API: &str = "/api/mini/v1";

/// What the sandbox does not let them do is a mistake of the sample brand.
pub(super) fn trouble(why: Trouble) -> Error {
    Error::internal(why.to_string())
}

/// Somebody whom the mini program knows.
pub(super) struct Guest<'a> {
    past: &'a Past<'a>,
    person: &'a Person,
    token: String,
    pub(super) member: MemberId,
}

impl<'a> Past<'a> {
    /// Somebody follows the account, by a code or by search.
    pub(super) async fn follow(&self, person: &Person, scene: Option<&str>) -> Result<()> {
        let scene = scene.map(|scene| Scene::Text(scene.to_owned()));
        self.sandbox.follow(&person.id, ACCOUNT, scene).await.map_err(trouble)?;
        Ok(())
    }

    /// Somebody opens the mini program.
    pub(super) async fn log_in(&'a self, person: &'a Person) -> Result<Guest<'a>> {
        let code = self.sandbox.login(&person.id, MINI).map_err(trouble)?;
        let body = json!({ "account": MINI, "code": code, "device": "样板手机" });
        let wish = from(self.request(Method::POST, &format!("{API}/sessions")), person).json(&body);
        let answer = self.answer(wish).await?;
        let member = text(&answer, "member")?.parse::<MemberId>().map_err(Error::internal)?;
        Ok(Guest { past: self, person, token: text(&answer, "token")?, member })
    }
}

/// The device and the network of a person.
fn from(request: RequestBuilder, person: &Person) -> RequestBuilder {
    request.header("X-Device-Id", person.device()).header("X-Forwarded-For", person.address())
}

impl Guest<'_> {
    pub(super) async fn call(&self, method: Method, path: &str, body: &Value) -> Result<Value> {
        let request = from(self.past.request(method, &format!("{API}{path}")), self.person);
        self.past.answer(request.bearer_auth(&self.token).json(body)).await
    }

    /// Shows a phone number, their own or another.
    pub(super) async fn show_phone(&self, number: &str) -> Result<()> {
        let tap = self.past.sandbox.tap_phone(&self.person.id, MINI, Some(number)).map_err(trouble)?;
        self.call(Method::POST, "/phone", &json!({ "code": tap.code })).await.map(drop)
    }

    /// Says who they are and what they allow.
    pub(super) async fn introduce(&self) -> Result<()> {
        let number = self.person.number;
        let sex = if number.is_multiple_of(2) { "female" } else { "male" };
        let birthday = format!("{}-{:02}-{:02}", 1980 + number % 25, number % 12 + 1, number % 28 + 1);
        let basics = json!({ "nickname": self.person.name, "sex": sex, "birthday": birthday });
        self.call(Method::PATCH, "/profile", &basics).await?;
        if number.is_multiple_of(2) { self.allow("marketing").await } else { Ok(()) }
    }

    /// Says yes to the text of today.
    async fn allow(&self, purpose: &str) -> Result<()> {
        let asked = self.call(Method::GET, "/consents", &Value::Null).await?;
        let asked = asked.as_array().map(Vec::as_slice).unwrap_or_default();
        let text = asked.iter().find(|one| one.get("purpose").is_some_and(|known| known == purpose));
        let Some(version) = text.and_then(|one| one.pointer("/text/version")) else { return Ok(()) };
        let yes = json!({ "granted": true, "version": version });
        self.call(Method::PUT, &format!("/consents/{purpose}"), &yes).await.map(drop)
    }

    /// Looks at a page for so many seconds.
    pub(super) async fn look(&self, page: &str, seconds: i64) -> Result<()> {
        self.past.app.clock.advance(TimeDelta::seconds(seconds));
        let at = self.past.now();
        let event =
            json!({ "id": format!("look-{at}"), "kind": "dwell", "page": page, "millis": seconds * 1000, "at": at });
        self.call(Method::POST, "/events", &json!({ "events": [event] })).await.map(drop)
    }
}
