//! WeChat's own tools for quotas and request ids (protocol section 3.6).

use garde::Validate;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use super::tolerant::{number, seconds};
use crate::{
    infra::clock::Time,
    wechat::{
        client::{Api, Failure},
        endpoints,
    },
};

/// The limits of one API as WeChat counts them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Quota {
    /// Calls of today.
    #[serde(rename = "quota")]
    pub day: Day,
    /// The limit for shorter times, where there is one.
    #[serde(default, rename = "rate_limit")]
    pub rate: Option<Rate>,
}

/// The calls of a day of China.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Day {
    /// How many may be made.
    pub daily_limit: u64,
    /// How many were made.
    pub used: u64,
    /// How many are left.
    pub remain: u64,
}

/// A limit for a short time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Rate {
    /// How many calls.
    pub call_count: u64,
    /// In how many seconds.
    pub refresh_second: u64,
}

/// What WeChat kept of a request. Its bodies hold personal data, and its address held a token: it does not print.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Kept {
    /// When it came.
    #[serde(default, deserialize_with = "seconds")]
    pub invoke_time: Option<Time>,
    /// How long it took, in milliseconds.
    #[serde(default, deserialize_with = "number")]
    pub cost_in_ms: Option<u64>,
    /// What was called, without the query.
    #[serde(default, rename = "request_url", deserialize_with = "without_query")]
    pub path: String,
    /// What was sent.
    #[serde(default)]
    pub request_body: String,
    /// What was answered.
    #[serde(default)]
    pub response_body: String,
    /// Where it came from.
    #[serde(default)]
    pub client_ip: String,
}

#[derive(Serialize, Validate)]
#[garde(allow_unvalidated)]
struct Account<'a> {
    appid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    appsecret: Option<&'a str>,
}

#[derive(Serialize, Validate)]
struct Path<'a> {
    #[garde(prefix("/"))]
    cgi_path: &'a str,
}

#[derive(Serialize, Validate)]
struct Rid<'a> {
    #[garde(length(bytes, min = 1, max = 64), ascii)]
    rid: &'a str,
}

#[derive(Deserialize)]
struct Request {
    request: Kept,
}

impl Api {
    /// Sets WeChat's counters of all APIs to zero. There are ten resets a month, shared with WeChat's console.
    ///
    /// # Errors
    /// 48006 no more resets this month.
    pub async fn clear_quotas(&self) -> Result<(), Failure> {
        self.tell(endpoints::QUOTA_CLEAR_ALL, &Account { appid: &self.account.appid, appsecret: None }).await?;
        self.wechat.lift_quotas(&self.account, None).await;
        Ok(())
    }

    /// The same with the AppSecret instead of a token, for when even the token call is over its quota.
    ///
    /// # Errors
    /// 48006 no more resets this month, 40125 wrong AppSecret.
    pub async fn clear_quotas_by_secret(&self) -> Result<(), Failure> {
        let appsecret = Some(self.account.secret.expose_secret());
        self.tell(endpoints::QUOTA_CLEAR_ALL_BY_SECRET, &Account { appid: &self.account.appid, appsecret }).await?;
        self.wechat.lift_quotas(&self.account, None).await;
        Ok(())
    }

    /// Sets WeChat's counter of one API to zero. There are fifty such resets a month over all APIs.
    ///
    /// # Errors
    /// 48006 no more resets this month, 76021 wrong path.
    pub async fn clear_quota(&self, path: &str) -> Result<(), Failure> {
        self.tell(endpoints::QUOTA_CLEAR, &Path { cgi_path: path }).await?;
        self.wechat.lift_quotas(&self.account, Some(path)).await;
        Ok(())
    }

    /// The limits of one API. If calls are left, it is no longer held back: somebody has reset it in the console.
    ///
    /// # Errors
    /// 76021 wrong path.
    pub async fn quota(&self, path: &str) -> Result<Quota, Failure> {
        let quota: Quota = self.post(endpoints::QUOTA_GET, &Path { cgi_path: path }).await?;
        if quota.day.remain > 0 {
            self.wechat.lift_quotas(&self.account, Some(path)).await;
        }
        Ok(quota)
    }

    /// What stands behind the request id of a refusal; WeChat keeps it for seven days.
    ///
    /// # Errors
    /// 76001 unknown, 76002 malformed, 76003 another account's, 76004 expired.
    pub async fn request(&self, rid: &str) -> Result<Kept, Failure> {
        let found: Request = self.post(endpoints::RID_GET, &Rid { rid }).await?;
        Ok(found.request)
    }
}

fn without_query<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let url = String::deserialize(deserializer)?;
    Ok(url.split_once('?').map_or(url.clone(), |(path, _)| path.to_owned()))
}
