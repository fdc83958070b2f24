//! The authorize page's rules: which address it takes, what it asks, and where it sends the browser (protocol section
//! 4.1). How it looks stands in [`consent`](super::consent).

use serde::{Deserialize, Serialize};
use url::{Url, form_urlencoded};

use super::{person_codes::StandsFor, trouble::Trouble, world::World};
use crate::wechat::account::Kind;

const PATH: &str = "/connect/oauth2/authorize";
/// The arguments that must come in just this order.
const ORDER: [&str; 5] = ["appid", "redirect_uri", "response_type", "scope", "state"];
const STATE: usize = 128;

/// What a page asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Silent: who it is.
    Base,
    /// With consent: nickname and picture.
    UserInfo,
}

impl Scope {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Base => "snsapi_base",
            Self::UserInfo => "snsapi_userinfo",
        }
    }
}

/// What a person answers when a page asks for more than who it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// The page may know.
    #[default]
    Allow,
    /// The page comes back without a code.
    Refuse,
    /// WeChat opens the page as a snapshot: invented ids, nothing but scrolling.
    Snapshot,
}

/// Where the browser goes.
#[derive(Clone, Debug, Serialize)]
pub struct Authorized {
    /// The page's own address with `code` and `state`.
    pub redirect: String,
    /// The code, unless the person refused.
    pub code: Option<String>,
}

/// An address that the page takes.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) account: String,
    pub(super) scope: Scope,
    redirect: Url,
    state: Option<String>,
    /// The address itself asks for a snapshot, for tests of it.
    pub(super) forced_snapshot: bool,
}

/// What the page shows instead of asking: WeChat's number, where one is known, and its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PageError {
    pub(super) number: Option<u32>,
    pub(super) words: &'static str,
}

const fn error(number: u32, words: &'static str) -> PageError {
    PageError { number: Some(number), words }
}

const fn wrong(words: &'static str) -> PageError {
    PageError { number: None, words }
}

impl World {
    /// Reads the query of the authorize page, and checks what WeChat checks.
    pub(super) fn authorize_request(&self, query: &str) -> Result<Request, PageError> {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let of = |name: &str| pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let places = pairs.iter().filter_map(|(name, _)| ORDER.iter().position(|known| known == name));
        if !places.is_sorted_by(|a, b| a < b) {
            return Err(wrong("参数顺序有误：appid、redirect_uri、response_type、scope、state"));
        }
        let appid = of("appid").unwrap_or_default();
        let account = self.accounts.values().find(|account| account.appid == appid);
        let account = account.ok_or(error(10013, "AppID 参数错误"))?;
        let redirect =
            of("redirect_uri").and_then(|text| Url::parse(text).ok()).ok_or(error(10003, "redirect_uri 参数错误"))?;
        let domain = self.web_domain(account);
        if domain.is_none()
            || redirect.host_str() != domain.as_deref()
            || !matches!(redirect.scheme(), "http" | "https")
        {
            return Err(error(10003, "redirect_uri 域名与后台配置不一致"));
        }
        if of("response_type") != Some("code") {
            return Err(wrong("response_type 参数错误"));
        }
        let scope = [Scope::Base, Scope::UserInfo].into_iter().find(|scope| Some(scope.name()) == of("scope"));
        let scope =
            scope.filter(|_| account.kind == Kind::Official).ok_or(error(10005, "Scope 参数错误或没有 Scope 权限"))?;
        let state = of("state").map(str::to_owned);
        let plain = |state: &String| state.len() <= STATE && state.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !state.as_ref().is_none_or(plain) {
            return Err(wrong("state 参数错误"));
        }
        let forced_snapshot = of("forceSnapShot") == Some("true") && scope == Scope::UserInfo;
        Ok(Request { account: account.key.clone(), scope, redirect, state, forced_snapshot })
    }

    /// Sends the person back to the page. Nobody is asked for the silent scope.
    pub(super) fn authorize(
        &mut self,
        person: &str,
        request: &Request,
        consent: Consent,
    ) -> Result<Authorized, Trouble> {
        self.person(person)?;
        let asked = request.scope == Scope::UserInfo;
        let snapshot = asked && (request.forced_snapshot || consent == Consent::Snapshot);
        let code = if asked && !snapshot && consent == Consent::Refuse {
            None
        } else {
            let page = StandsFor::Page { scope: request.scope, snapshot };
            Some(self.mint_code(&request.account, person, page))
        };
        let mut redirect = request.redirect.clone();
        let told = code.iter().map(|code| ("code", code)).chain(request.state.iter().map(|state| ("state", state)));
        redirect.query_pairs_mut().extend_pairs(told);
        Ok(Authorized { redirect: redirect.into(), code })
    }

    /// The same for a whole address, as the service gave it to the browser.
    pub(super) fn open_authorize(
        &mut self,
        person: &str,
        address: &str,
        consent: Consent,
    ) -> Result<Authorized, Trouble> {
        let address: Url = address.parse().map_err(|error| Trouble::invalid(format!("url: {error}")))?;
        if address.path() != PATH || address.fragment() != Some("wechat_redirect") {
            return Err(Trouble::invalid(format!("url: {PATH}?…#wechat_redirect is expected")));
        }
        let request = self.authorize_request(address.query().unwrap_or_default()).map_err(|error| {
            Trouble::invalid(match error.number {
                Some(number) => format!("{number} {}", error.words),
                None => error.words.to_owned(),
            })
        })?;
        self.authorize(person, &request, consent)
    }
}
