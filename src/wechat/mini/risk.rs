//! Whether WeChat trusts a person: `getuserriskrank` (protocol section 8.8).

use std::net::IpAddr;

use entity::types::OpenId;
use garde::Validate;
use serde::{Deserialize, Serialize};

use super::phone::PhoneNumber;
use crate::wechat::{
    client::{Api, Failure},
    endpoints,
};

/// "The user has no recent session."
const NO_SESSION: i64 = 61010;
/// The rank of those whom WeChat trusts least.
const WORST: u8 = 4;

/// What the person is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// Become a member.
    Register,
    /// Take part in a campaign, get value.
    Marketing,
}

/// What WeChat thinks of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Risk {
    /// 0 no risk known, up to 4 the highest.
    Rank(u8),
    /// WeChat does not say, because the person was not here lately: not to be trusted with value.
    Unknown,
}

/// Whom to ask about.
#[derive(Clone, Debug)]
pub struct RiskQuestion<'a> {
    /// The person.
    pub openid: &'a OpenId,
    /// What they are about to do.
    pub occasion: Occasion,
    /// Their own address, not that of a proxy.
    pub client_ip: IpAddr,
    /// Their number, if it is known.
    pub phone: Option<&'a PhoneNumber>,
}

#[derive(Serialize, Validate)]
#[garde(allow_unvalidated)]
struct Request<'a> {
    appid: &'a str,
    openid: &'a OpenId,
    scene: u8,
    client_ip: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    mobile_no: Option<&'a str>,
}

#[derive(Deserialize)]
struct Response {
    risk_rank: u8,
}

impl Api {
    /// Asks what WeChat thinks of a person; before value is given, and never instead of our own rules.
    ///
    /// # Errors
    /// Every [`Failure`] of a read but 61010, which is [`Risk::Unknown`].
    pub async fn risk(&self, question: &RiskQuestion<'_>) -> Result<Risk, Failure> {
        let request = Request {
            appid: &self.account.appid,
            openid: question.openid,
            scene: match question.occasion {
                Occasion::Register => 0,
                Occasion::Marketing => 1,
            },
            client_ip: question.client_ip.to_canonical().to_string(),
            mobile_no: question.phone.map(|phone| phone.national.as_str()),
        };
        match self.post::<Response>(endpoints::RISK_RANK, &request).await {
            Ok(Response { risk_rank }) => Ok(Risk::Rank(risk_rank.min(WORST))),
            Err(failure) if failure.errcode() == Some(NO_SESSION) => Ok(Risk::Unknown),
            Err(failure) => Err(failure),
        }
    }
}
