//! The merchants, ready to be called.

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use entity::types::{AccountKey, MerchantKey};
use secrecy::ExposeSecret;
use tokio::sync::Mutex;

use super::{
    Merchants, Settings,
    rate::Rate,
    transfer::{PackageInfo, TransferParameters},
    trust_store::Downloaded,
};
use crate::{
    error::{Error, Result},
    infra::{cache::Cache, clock::Clock, config, random::Random},
    wechat::client::Sleeper,
};

/// How long an unused connection is kept; shorter than servers usually keep them.
const IDLE: Duration = Duration::from_secs(20);

/// The client for all merchants of the brand. Cheap to clone; clones share everything.
#[derive(Clone, Debug)]
pub struct Pay(Arc<BTreeMap<MerchantKey, Merchant>>);

/// The calls of one merchant. Cheap to clone.
#[derive(Clone)]
pub struct Merchant(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) settings: Arc<Settings>,
    notify_url: String,
    pub(super) v3: reqwest::Client,
    /// With the client certificate; none without an APIv2 key.
    pub(super) v2: Option<reqwest::Client>,
    pub(super) window: Duration,
    pub(super) clock: Clock,
    pub(super) random: Random,
    pub(super) rate: Rate,
    pub(super) downloaded: Mutex<Downloaded>,
}

/// What a client stands on.
#[derive(Clone)]
pub struct Around {
    /// Shares rates between nodes.
    pub cache: Cache,
    /// Signed times, and their window.
    pub clock: Clock,
    /// Nonces.
    pub random: Random,
    /// How to wait for a place.
    pub sleeper: Sleeper,
}

impl Pay {
    /// A client for these merchants, whose notifications come to `public_url`. Connects to nothing yet.
    ///
    /// # Errors
    /// When the machine cannot set up TLS, or a merchant's certificate cannot be shown.
    pub fn new(merchants: &Merchants, config: &config::WeChat, public_url: &str, around: &Around) -> Result<Self> {
        let made = merchants.iter().map(|settings| {
            let merchant = Merchant::new(Arc::clone(settings), config, public_url, around)?;
            Ok((settings.key.clone(), merchant))
        });
        Ok(Self(Arc::new(made.collect::<Result<_>>()?)))
    }

    /// The calls of one merchant.
    pub fn merchant(&self, key: &MerchantKey) -> Option<Merchant> {
        self.0.get(key).cloned()
    }

    /// Every merchant, ordered by key.
    pub fn merchants(&self) -> impl Iterator<Item = &Merchant> {
        self.0.values()
    }
}

impl Merchant {
    fn new(settings: Arc<Settings>, config: &config::WeChat, public_url: &str, around: &Around) -> Result<Self> {
        let v3 = builder(&settings, config)?.build().map_err(Error::internal)?;
        let v2 = match &settings.keys.v2 {
            Some(_) => {
                let identity = settings.keys.identity.expose_secret().as_bytes();
                let identity = reqwest::Identity::from_pem(identity).map_err(Error::internal)?;
                Some(builder(&settings, config)?.identity(identity).build().map_err(Error::internal)?)
            }
            None => None,
        };
        let Around { cache, clock, random, sleeper } = around.clone();
        Ok(Self(Arc::new(Inner {
            notify_url: format!("{public_url}/wechat/pay/{}/notify", settings.key),
            settings,
            v3,
            v2,
            window: config.replay_window,
            rate: Rate { cache, clock: clock.clone(), sleeper },
            clock,
            random,
            downloaded: Mutex::default(),
        })))
    }

    /// Who it is, and what it may do.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The appid of an account, if that is bound to the merchant.
    pub fn appid(&self, account: &AccountKey) -> Option<&str> {
        self.0.settings.apps.get(account).map(String::as_str)
    }

    /// Where WeChat Pay reports to us; goes into every transfer.
    pub fn notify_url(&self) -> &str {
        &self.0.notify_url
    }

    /// What a page needs to let the person confirm a transfer (pay section 4.9).
    pub fn transfer_parameters(&self, appid: &str, package: PackageInfo) -> TransferParameters {
        TransferParameters { mch_id: self.settings().mchid.clone(), app_id: appid.to_owned(), package }
    }
}

impl fmt::Debug for Merchant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Merchant({})", self.settings().key)
    }
}

fn builder(settings: &Settings, config: &config::WeChat) -> Result<reqwest::ClientBuilder> {
    let builder = reqwest::Client::builder()
        .user_agent(concat!("huilian/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(config.connect_timeout)
        .timeout(config.timeout)
        .pool_idle_timeout(IDLE)
        // Signed requests go where they were meant to, or nowhere.
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .no_proxy();
    Ok(match &settings.addresses.trust {
        Some(pem) => {
            let roots = reqwest::Certificate::from_pem_bundle(pem.as_bytes()).map_err(Error::internal)?;
            builder.tls_certs_merge(roots)
        }
        None => builder,
    })
}
