//! The network between WeChat and us: the addresses that pushes come from, and a test of the way to our callback
//! (protocol section 1.7).

use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::wechat::{
    client::{Api, Call, Failure},
    endpoints::{self, Endpoint},
};

/// What to test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Check {
    /// Name resolution and reachability.
    All,
    /// Name resolution.
    Dns,
    /// Reachability.
    Ping,
}

/// From where to test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Operator {
    /// WeChat chooses.
    Default,
    /// 中国电信
    Chinanet,
    /// 中国联通
    Unicom,
    /// 腾讯自建出口
    Cap,
}

/// What a test found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Checked {
    /// The addresses that our host name has.
    #[serde(default)]
    pub dns: Vec<Resolved>,
    /// How well they are reached.
    #[serde(default)]
    pub ping: Vec<Pinged>,
}

/// An address of our host.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Resolved {
    /// The address.
    pub ip: String,
    /// Whose network it is in.
    #[serde(default)]
    pub real_operator: String,
}

/// How well an address is reached.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Pinged {
    /// The address.
    pub ip: String,
    /// Whose network the test came from.
    #[serde(default)]
    pub from_operator: String,
    /// Lost packets, such as `0%`.
    #[serde(default)]
    pub package_loss: String,
    /// The time there and back, such as `23.079ms`.
    #[serde(default)]
    pub time: String,
}

#[derive(Deserialize)]
struct Addresses {
    ip_list: Vec<String>,
}

#[derive(Serialize, Validate)]
#[garde(allow_unvalidated)]
struct Test {
    action: Check,
    check_operator: Operator,
}

impl Api {
    /// The addresses that pushes come from; some are networks such as `101.226.103.0/25`.
    ///
    /// # Errors
    /// Every [`Failure`] of a read.
    pub async fn callback_addresses(&self) -> Result<Vec<String>, Failure> {
        self.addresses(endpoints::CALLBACK_ADDRESSES).await
    }

    /// The addresses of WeChat's API.
    ///
    /// # Errors
    /// Every [`Failure`] of a read.
    pub async fn api_addresses(&self) -> Result<Vec<String>, Failure> {
        self.addresses(endpoints::API_ADDRESSES).await
    }

    /// Tests the way from WeChat to the callback that is set up in its console.
    ///
    /// # Errors
    /// A refusal when no callback is set up.
    pub async fn check_callback(&self, check: Check, from: Operator) -> Result<Checked, Failure> {
        self.post(endpoints::CALLBACK_CHECK, &Test { action: check, check_operator: from }).await
    }

    async fn addresses(&self, endpoint: Endpoint) -> Result<Vec<String>, Failure> {
        let addresses: Addresses = self.ask(Call::to(endpoint)).await?;
        Ok(addresses.ip_list)
    }
}
