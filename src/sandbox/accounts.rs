//! What this WeChat stores about one account: its settings in the console, and everything its owner made through APIs.

use std::collections::{BTreeMap, HashMap};

use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    contacts::Contact,
    events::Told,
    mass::MassJobs,
    menu::Menus,
    options::{Settings, Windows},
    people::OPEN_PLATFORM,
    qrcode::Codes,
    quota::Quotas,
    shorten::ShortKeys,
    subscribe_library::SubscribeTemplate,
    tags::Tags,
    template::{Industry, Template},
    tokens::Tokens,
    trouble::Trouble,
    world::World,
};
use crate::{
    infra::random::Random,
    wechat::account::{Account as Registered, Format, Kind, Mode},
};

/// One account as WeChat's servers hold it.
pub(super) struct Account {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) appid: String,
    pub(super) original_id: String,
    pub(super) secret: String,
    pub(super) secret_frozen: bool,
    pub(super) ip_allowed: bool,
    pub(super) mode: Mode,
    pub(super) format: Format,
    /// The token that signs pushes.
    pub(super) sign_token: String,
    pub(super) aes_key: Option<String>,
    pub(super) previous_aes_key: Option<String>,
    /// Set by hand; otherwise `{callback_base}/wechat/{key}/callback`.
    pub(super) callback_url: Option<String>,
    /// The host that pages may be authorised for; otherwise that of the callback address.
    pub(super) web_domain: Option<String>,
    /// The open-platform account it is bound to; without one no UnionID is told.
    pub(super) open_platform: Option<String>,
    pub(super) windows: Windows,
    pub(super) tokens: Tokens,
    pub(super) quotas: Quotas,
    /// Who is behind an OpenID.
    pub(super) openids: HashMap<String, String>,
    /// What is between this account and a person, by the person's id.
    pub(super) contacts: BTreeMap<String, Contact>,
    pub(super) tags: Tags,
    pub(super) menus: Menus,
    pub(super) codes: Codes,
    pub(super) short_keys: ShortKeys,
    pub(super) templates: Vec<Template>,
    pub(super) industry: Industry,
    pub(super) subscribe_templates: Vec<SubscribeTemplate>,
    pub(super) mass: MassJobs,
}

impl Account {
    pub(super) fn new(registered: &Registered, settings: &Settings, random: &Random) -> Self {
        let secret = |value: &secrecy::SecretString| value.expose_secret().to_owned();
        let appid = registered.appid.clone();
        Self {
            key: registered.key.to_string(),
            name: registered.name.clone(),
            kind: registered.kind,
            original_id: registered.original_id.clone(),
            secret: secret(&registered.secret),
            secret_frozen: false,
            ip_allowed: true,
            mode: registered.callback.mode,
            format: match registered.kind {
                Kind::Official => Format::Xml,
                Kind::Mini => registered.callback.format,
            },
            sign_token: secret(&registered.callback.token),
            aes_key: registered.callback.aes_key.as_ref().map(secret),
            previous_aes_key: registered.callback.previous_aes_key.as_ref().map(secret),
            callback_url: None,
            web_domain: None,
            open_platform: Some(OPEN_PLATFORM.to_owned()),
            windows: settings.windows,
            tokens: Tokens::new(random),
            quotas: Quotas::new(settings.quotas.clone()),
            openids: HashMap::new(),
            contacts: BTreeMap::new(),
            tags: Tags::default(),
            menus: Menus::default(),
            codes: Codes::default(),
            short_keys: ShortKeys::default(),
            templates: Template::samples(&appid, registered.kind),
            industry: Industry::default(),
            subscribe_templates: SubscribeTemplate::samples(&appid),
            mass: MassJobs::default(),
            appid,
        }
    }

    /// What is between this account and the person; made when it is first needed.
    pub(super) fn contact(&mut self, person: &str) -> &mut Contact {
        self.contacts.entry(person.to_owned()).or_default()
    }

    /// People who follow, ordered by the time they followed.
    pub(super) fn followers(&self) -> Vec<&str> {
        let mut followers: Vec<_> = self
            .contacts
            .iter()
            .filter_map(|(person, contact)| Some((contact.following.as_ref()?.number, person.as_str())))
            .collect();
        followers.sort_unstable();
        followers.into_iter().map(|(_, person)| person).collect()
    }

    pub(super) fn is_following(&self, person: &str) -> bool {
        self.contacts.get(person).is_some_and(|contact| contact.following.is_some())
    }
}

/// What a tester may change about an account; absent fields stay as they are.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AccountPatch {
    /// How pushes are protected from now on.
    pub mode: Option<Mode>,
    /// How pushes are written from now on; JSON is for mini programs only.
    pub format: Option<Format>,
    /// Where pushes go instead of `{callback_base}/wechat/{key}/callback`.
    pub callback_url: Option<String>,
    /// The host that pages may be authorised for (网页授权域名), without scheme and port.
    pub web_domain: Option<String>,
    /// The open-platform account it is bound to from now on; an empty text ends the binding. Another one gives other
    /// UnionIDs.
    pub open_platform: Option<String>,
    /// Replaces the EncodingAESKey by a fresh one; the old one becomes the previous.
    pub rotate_key: bool,
    /// Windows to replace, by name.
    pub windows: Option<Value>,
    /// Limits to set, by API path.
    pub quotas: Option<BTreeMap<String, super::options::Limit>>,
    /// `false`: token calls fail with 40164.
    pub ip_allowed: Option<bool>,
    /// A new AppSecret (the old one stops working at once).
    pub secret: Option<String>,
    /// `true`: token calls fail with 40243.
    pub secret_frozen: Option<bool>,
}

/// An account as the page and the tests see it.
#[derive(Clone, Debug, Serialize)]
pub struct AccountView {
    /// The service's short name of it.
    pub key: String,
    /// `wx…`
    pub appid: String,
    /// `gh_…`
    pub original_id: String,
    /// The name that people see.
    pub name: String,
    /// Official account or mini program.
    pub kind: Kind,
    /// How pushes are protected.
    pub mode: Mode,
    /// How pushes are written.
    pub format: Format,
    /// Where pushes go; `null` while the service's address is not known.
    pub callback_url: Option<String>,
    /// The host that pages may be authorised for; `null` while none is known.
    pub web_domain: Option<String>,
    /// The open-platform account it is bound to, if any; only then UnionIDs are told.
    pub open_platform: Option<String>,
    /// The default menu as `{"button": […]}`, if there is one.
    pub menu: Option<Value>,
    /// How many people follow.
    pub followers: usize,
    /// Whether the service's address is on the list for token calls.
    pub ip_allowed: bool,
    /// Whether the AppSecret is frozen.
    pub secret_frozen: bool,
    /// Calls of today, for each API that was called or is limited.
    pub quotas: Vec<super::quota::Used>,
    /// Template messages of an official account, for the inspector.
    pub templates: Vec<Value>,
    /// Subscription templates; the phone shows their titles in the dialog.
    pub subscribe_templates: Vec<Value>,
    /// The fresh EncodingAESKey, only in the answer to `rotate_key`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_aes_key: Option<String>,
}

impl World {
    pub(super) fn callback_url(&self, account: &Account) -> Option<String> {
        account.callback_url.clone().or_else(|| {
            let base = self.callback_base.as_deref()?;
            Some(format!("{}/wechat/{}/callback", base.trim_end_matches('/'), account.key))
        })
    }

    /// The host that pages may be authorised for (protocol section 4).
    pub(super) fn web_domain(&self, account: &Account) -> Option<String> {
        let ours = || self.callback_url(account)?.parse::<url::Url>().ok()?.host_str().map(str::to_owned);
        account.web_domain.clone().or_else(ours)
    }

    pub(super) fn accounts(&self) -> Vec<AccountView> {
        self.accounts.values().map(|account| self.account_view(account)).collect()
    }

    pub(super) fn account_view(&self, account: &Account) -> AccountView {
        AccountView {
            key: account.key.clone(),
            appid: account.appid.clone(),
            original_id: account.original_id.clone(),
            name: account.name.clone(),
            kind: account.kind,
            mode: account.mode,
            format: account.format,
            callback_url: self.callback_url(account),
            web_domain: self.web_domain(account),
            open_platform: account.open_platform.clone(),
            menu: account.menus.default_buttons(),
            followers: account.contacts.values().filter(|contact| contact.following.is_some()).count(),
            ip_allowed: account.ip_allowed,
            secret_frozen: account.secret_frozen,
            quotas: account.quotas.today(self.now()),
            templates: account.templates.iter().map(Template::listed).collect(),
            subscribe_templates: account.subscribe_templates.iter().map(SubscribeTemplate::listed).collect(),
            new_aes_key: None,
        }
    }

    /// Changes what the account's owner set in the console. Nothing changes when one of the values is refused.
    pub(super) fn change_account(&mut self, key: &str, patch: AccountPatch) -> Result<AccountView, Trouble> {
        let fresh = patch.rotate_key.then(|| self.random.alphanumeric(43));
        let account = self.account_mut(key)?;
        let format = patch.format.unwrap_or(account.format);
        let mode = patch.mode.unwrap_or(account.mode);
        if format == Format::Json && account.kind == Kind::Official {
            return Err(Trouble::invalid("official accounts push XML only"));
        }
        if mode != Mode::Plain && account.aes_key.is_none() && fresh.is_none() {
            return Err(Trouble::invalid("this mode needs an EncodingAESKey: rotate_key makes one"));
        }
        if let Some(url) = &patch.callback_url
            && !url.parse::<url::Url>().is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
        {
            return Err(Trouble::invalid("callback_url is not an http or https address"));
        }
        let windows = match patch.windows {
            Some(changes) => merged(account.windows, changes)?,
            None => account.windows,
        };
        (account.format, account.mode, account.windows) = (format, mode, windows);
        if let Some(fresh) = &fresh {
            account.previous_aes_key = account.aes_key.replace(fresh.clone());
        }
        if let Some(url) = patch.callback_url {
            account.callback_url = Some(url);
        }
        if let Some(domain) = patch.web_domain {
            account.web_domain = Some(domain);
        }
        if let Some(platform) = patch.open_platform {
            account.open_platform = Some(platform).filter(|platform| !platform.is_empty());
        }
        for (path, limit) in patch.quotas.into_iter().flatten() {
            account.quotas.limit(path, limit);
        }
        account.ip_allowed = patch.ip_allowed.unwrap_or(account.ip_allowed);
        account.secret_frozen = patch.secret_frozen.unwrap_or(account.secret_frozen);
        if let Some(secret) = patch.secret {
            account.secret = secret;
        }
        self.tell(Told::State);
        let mut view = self.account_view(self.account(key)?);
        view.new_aes_key = fresh;
        Ok(view)
    }
}

fn merged(windows: Windows, changes: Value) -> Result<Windows, Trouble> {
    let (Ok(Value::Object(mut all)), Value::Object(changes)) = (serde_json::to_value(windows), changes) else {
        return Err(Trouble::invalid("windows is not an object"));
    };
    all.extend(changes);
    serde_json::from_value(Value::Object(all)).map_err(|error| Trouble::invalid(format!("windows: {error}")))
}
