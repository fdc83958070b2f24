//! The query string of a callback request.

use serde::{Deserialize, Serialize};

/// What WeChat puts into the URL (protocol sections 1.1 and 1.2). It has no `Debug`, as it names a person.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Query {
    /// The signature over timestamp and nonce alone; it does not protect the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// Unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
    /// Any text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// `aes`; `raw` or missing means plaintext.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encrypt_type: Option<String>,
    /// The signature over timestamp, nonce and ciphertext.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub msg_signature: Option<String>,
    /// What the verification of the URL wants to hear back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub echostr: Option<String>,
    /// Who the push claims to come from. Nothing signs it and nothing here reads it: the sender is `FromUserName` of
    /// the verified body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub openid: Option<String>,
}
