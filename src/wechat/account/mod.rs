//! The brand's WeChat accounts, and the typed calls about them: users, tags, menus, codes, media, messages, quotas.

pub mod blacklist;
pub mod button;
pub mod custom;
pub mod mass;
pub mod media;
pub mod menu;
pub mod network;
pub mod page;
pub mod qrcode;
pub mod quota;
pub mod short_key;
pub mod subscribe;
pub mod subscribe_template;
pub mod tags;
pub mod template;
pub mod template_value;
pub(in crate::wechat) mod tolerant;
pub mod users;

use std::{collections::BTreeMap, fmt, sync::Arc};

use entity::types::AccountKey;
use secrecy::SecretString;

/// What kind of WeChat account it is; decides which messages it can get and which calls it may make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AccountKind)]
pub enum Kind {
    /// 公众号: an official (service) account.
    Official,
    /// 小程序: a mini program.
    Mini,
}

/// How pushes are protected (protocol section 1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Nothing but a signature over timestamp and nonce: the body can be forged.
    Plain,
    /// Plain fields and ciphertext together.
    Compatible,
    /// Ciphertext only; plaintext bodies are refused.
    Secure,
}

/// How push bodies are written. Official accounts know XML only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// XML with CDATA.
    Xml,
    /// JSON; mini programs only.
    Json,
}

/// What is set under "server configuration" in WeChat's console for one account.
#[derive(Clone)]
pub struct CallbackSettings {
    /// How pushes are protected.
    pub mode: Mode,
    /// How push bodies are written.
    pub format: Format,
    /// The token that signs, 3 to 32 letters and digits.
    pub token: SecretString,
    /// The 43 characters of the EncodingAESKey; needed in compatible and secure mode.
    pub aes_key: Option<SecretString>,
    /// The former EncodingAESKey, accepted while WeChat still uses it.
    pub previous_aes_key: Option<SecretString>,
}

/// One official account or mini program of the brand.
#[derive(Clone)]
pub struct Account {
    /// Our own short name of it.
    pub key: AccountKey,
    /// Official account or mini program.
    pub kind: Kind,
    /// The name that people see.
    pub name: String,
    /// `wx…`
    pub appid: String,
    /// The original id, `gh_…`, that pushes carry as `ToUserName`.
    pub original_id: String,
    /// The AppSecret.
    pub secret: SecretString,
    /// How pushes arrive.
    pub callback: CallbackSettings,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("key", &self.key).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// All accounts of the brand, by key. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Accounts(Arc<BTreeMap<AccountKey, Arc<Account>>>);

impl Accounts {
    /// The account of this key.
    pub fn get(&self, key: &AccountKey) -> Option<&Arc<Account>> {
        self.0.get(key)
    }

    /// Every account, ordered by key.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Account>> {
        self.0.values()
    }
}

impl FromIterator<Account> for Accounts {
    fn from_iter<I: IntoIterator<Item = Account>>(accounts: I) -> Self {
        Self(Arc::new(accounts.into_iter().map(|account| (account.key.clone(), Arc::new(account))).collect()))
    }
}

#[cfg(test)]
mod tests;
