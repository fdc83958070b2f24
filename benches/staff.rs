//! Somebody of the staff who is signed in.

use anyhow::{Context, Result};
use huilian::{
    admin::{self, Post},
    app::App,
};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use crate::{node::Node, server::failed};

const PASSWORD: &str = "a long enough secret";

/// A session.
pub struct Staff {
    client: Client,
    base: String,
    token: String,
}

impl Staff {
    /// Takes somebody on.
    pub async fn add(app: &App, login: &str, post: Post) -> Result<()> {
        admin::staff::add(&app.db, login, login, PASSWORD.to_owned(), post).await.map_err(failed)?;
        Ok(())
    }

    /// Signs in, to ask over so many connections at most.
    pub async fn sign_in(node: &Node, login: &str, connections: usize) -> Result<Self> {
        let client = Client::builder().no_proxy().pool_max_idle_per_host(connections).build()?;
        let base = format!("http://{}/api/admin/v1", node.address);
        let sent = client.post(format!("{base}/sessions")).json(&json!({ "login": login, "password": PASSWORD }));
        let answer: Value = sent.send().await?.error_for_status()?.json().await?;
        let token = answer.get("token").and_then(Value::as_str).context("a token")?.to_owned();
        Ok(Self { client, base, token })
    }

    /// A request below `/api/admin/v1`.
    pub fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token)
    }
}
