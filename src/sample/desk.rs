//! A member of staff at the console.

use reqwest::{Method, RequestBuilder, multipart::Form};
use serde_json::{Value, json};

use super::past::{Past, text};
use crate::error::{Error, Result};

const API: &str = "/api/admin/v1";

/// Somebody who has signed in.
pub(super) struct Desk<'a> {
    past: &'a Past<'a>,
    token: String,
}

impl<'a> Desk<'a> {
    /// Signs somebody in, unless they are: a session lasts for half a day.
    pub(super) async fn of(past: &'a Past<'a>, login: &str) -> Result<Self> {
        if let Some(token) = past.token(login) {
            return Ok(Self { past, token });
        }
        let wish = json!({ "login": login, "password": super::PASSWORD });
        let answer = past.answer(past.request(Method::POST, &format!("{API}/sessions")).json(&wish)).await?;
        let (token, until) = (text(&answer, "token")?, text(&answer, "expires_at")?);
        past.keep_token(login, until.parse().map_err(Error::internal)?, token.clone());
        Ok(Self { past, token })
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.past.request(method, &format!("{API}{path}")).bearer_auth(&self.token)
    }

    pub(super) async fn get(&self, path: &str) -> Result<Value> {
        self.past.answer(self.request(Method::GET, path)).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.past.answer(self.request(Method::POST, path).json(body)).await
    }

    pub(super) async fn put(&self, path: &str, body: &Value) -> Result<Value> {
        self.past.answer(self.request(Method::PUT, path).json(body)).await
    }

    /// Brings a file.
    pub(super) async fn bring(&self, path: &str, form: Form) -> Result<Value> {
        self.past.answer(self.request(Method::POST, path).multipart(form)).await
    }

    /// Writes something that has to be started by a version, and does so: gives its id.
    pub(super) async fn running(&self, path: &str, terms: &Value) -> Result<String> {
        let written = self.post(path, terms).await?;
        let id = text(&written, "id")?;
        self.act(&format!("{path}/{id}"), &written, "run").await?;
        Ok(id)
    }

    /// Does something to a thing as it was seen; gives it afterwards.
    pub(super) async fn act(&self, path: &str, seen: &Value, what: &str) -> Result<Value> {
        let version = seen.get("version").cloned().unwrap_or_default();
        self.post(&format!("{path}/{what}"), &json!({ "version": version, "reason": "按计划" })).await
    }
}
