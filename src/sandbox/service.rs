//! The service as people of the sandbox reach it: where it stands, and what a mini program asks it.

use std::time::Instant;

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Sandbox, events::Told, trouble::Trouble, world::World};

/// Characters of an answer that are shown.
const SHOWN: usize = 16_000;

/// Where the service stands, and which of its calls the phone's mini program makes.
#[derive(Clone, Debug, Serialize)]
pub struct ServiceView {
    /// Its address, such as `http://127.0.0.1:8080`; `null` while it is not known.
    pub url: Option<String>,
    /// The path that takes `{"account", "code"}` of a login and answers with a `token`.
    pub login_path: String,
    /// The path that takes `{"code"}` of a phone number, with that token.
    pub phone_path: String,
}

/// What of it changes; absent fields stay as they are.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServicePatch {
    /// Its address.
    pub url: Option<String>,
    /// The path of logins.
    pub login_path: Option<String>,
    /// The path of phone numbers.
    pub phone_path: Option<String>,
}

/// The paths that a mini program calls.
#[derive(Clone, Debug)]
pub(super) struct Paths {
    login: String,
    phone: String,
}

impl Default for Paths {
    fn default() -> Self {
        Self { login: "/api/mini/v1/sessions".to_owned(), phone: "/api/mini/v1/phone".to_owned() }
    }
}

/// `wx.request`: what a mini program asks the service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The HTTP method; POST when it is left out.
    #[serde(default = "post")]
    pub method: String,
    /// The path at the service, with its query.
    pub path: String,
    /// The JSON body.
    #[serde(default)]
    pub body: Option<Value>,
    /// The bearer token.
    #[serde(default)]
    pub token: Option<String>,
}

fn post() -> String {
    Method::POST.to_string()
}

/// What the service answered.
#[derive(Clone, Debug, Serialize)]
pub struct Answered {
    /// The whole address.
    pub url: String,
    /// The HTTP status; `null` when nothing answered.
    pub status: Option<u16>,
    /// The body, or why there is none.
    pub answer: String,
    /// How long it took, in milliseconds of real time.
    pub took_ms: u64,
}

/// A path below an address, and nothing that would leave it.
fn is_path(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains(['\\', '#'])
        && !path.contains(char::is_whitespace)
}

impl World {
    pub(super) fn service(&self) -> ServiceView {
        ServiceView {
            url: self.callback_base.clone(),
            login_path: self.paths.login.clone(),
            phone_path: self.paths.phone.clone(),
        }
    }

    /// Changes where the service is reached. Nothing changes when one of the values is refused.
    fn change_service(&mut self, patch: ServicePatch) -> Result<ServiceView, Trouble> {
        let web = |url: &String| url.parse::<url::Url>().is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if !patch.url.as_ref().is_none_or(web) {
            return Err(Trouble::invalid("url is not an http or https address"));
        }
        if ![&patch.login_path, &patch.phone_path].into_iter().flatten().all(|path| is_path(path)) {
            return Err(Trouble::invalid("a path begins with /"));
        }
        if let Some(url) = patch.url {
            self.callback_base = Some(url);
        }
        self.paths.login = patch.login_path.unwrap_or_else(|| self.paths.login.clone());
        self.paths.phone = patch.phone_path.unwrap_or_else(|| self.paths.phone.clone());
        self.tell(Told::State);
        Ok(self.service())
    }
}

impl Sandbox {
    /// Changes where the service is reached, and which of its calls the phone's mini program makes.
    pub fn change_service(&self, patch: ServicePatch) -> Result<ServiceView, Trouble> {
        self.with(|world| world.change_service(patch))
    }

    /// A mini program asks the service, as `wx.request` does: no browser's rules about origins apply.
    pub async fn ask_service(&self, asked: &Asked) -> Result<Answered, Trouble> {
        let base = self.with(|world| world.callback_base.clone());
        let base = base.ok_or(Trouble::Conflict("the service's address is not known"))?;
        if !is_path(&asked.path) {
            return Err(Trouble::invalid("a path begins with /"));
        }
        let method: Method =
            asked.method.parse().map_err(|_unreadable| Trouble::invalid("method is no HTTP method"))?;
        let url = format!("{}{}", base.trim_end_matches('/'), asked.path);
        let mut request = self.0.client.request(method, &url);
        if let Some(body) = &asked.body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        if let Some(token) = &asked.token {
            request = request.bearer_auth(token);
        }
        let begun = Instant::now();
        let (status, answer) = match request.send().await {
            Ok(response) => (Some(response.status().as_u16()), response.text().await.unwrap_or_default()),
            Err(error) => (None, error.to_string()),
        };
        let took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(Answered { url, status, answer: answer.chars().take(SHOWN).collect(), took_ms })
    }
}
