//! A page of OpenIDs, as the lists of followers, of a tag and of the blacklist come.

use entity::types::OpenId;
use serde::Deserialize;

use super::tolerant;

/// Up to 10,000 OpenIDs (protocol sections 5.1 to 5.3).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Raw")]
pub struct OpenIdPage {
    /// How many there are over all pages, where WeChat tells it.
    pub total: Option<u64>,
    /// This page.
    pub openids: Vec<OpenId>,
    /// What to ask the next page with; the last page is an empty one, or has none.
    pub next: Option<OpenId>,
}

#[derive(Deserialize)]
struct Raw {
    #[serde(default, deserialize_with = "tolerant::number")]
    total: Option<u64>,
    /// Absent when the page is empty.
    #[serde(default)]
    data: Data,
    #[serde(default, deserialize_with = "tolerant::blank_is_none")]
    next_openid: Option<OpenId>,
}

#[derive(Default, Deserialize)]
struct Data {
    #[serde(default)]
    openid: Vec<OpenId>,
}

impl From<Raw> for OpenIdPage {
    fn from(Raw { total, data: Data { openid }, next_openid }: Raw) -> Self {
        let next = next_openid.filter(|_| !openid.is_empty());
        Self { total, openids: openid, next }
    }
}
