//! Followers: who they are, and the list of them (protocol section 5.1).

use entity::types::{OpenId, UnionId};
use garde::Validate;
use serde::{Deserialize, Serialize};

use super::{page::OpenIdPage, tolerant};
use crate::{
    infra::clock::Time,
    wechat::{
        client::{Api, Call, Failure},
        endpoints,
    },
};

/// What WeChat tells about a person. Nickname, picture, sex and region are no longer told.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct UserInfo {
    /// Whether the person follows the account; if not, nothing but the ids is told.
    #[serde(deserialize_with = "tolerant::flag")]
    pub subscribe: bool,
    /// The person as this account sees them.
    pub openid: OpenId,
    /// The person over all accounts bound to one open-platform account; may be missing at any time (section 5.4).
    #[serde(default, deserialize_with = "tolerant::blank_is_none")]
    pub unionid: Option<UnionId>,
    /// When the person last began to follow.
    #[serde(default, deserialize_with = "tolerant::seconds")]
    pub subscribe_time: Option<Time>,
    /// The remark that staff gave.
    #[serde(default, deserialize_with = "tolerant::or_default")]
    pub remark: String,
    /// The tags of the account on this person.
    #[serde(default, deserialize_with = "tolerant::or_default")]
    pub tagid_list: Vec<u32>,
    /// How the person came, such as `ADD_SCENE_QR_CODE`; an open set.
    #[serde(default, deserialize_with = "tolerant::or_default")]
    pub subscribe_scene: String,
    /// The number of the QR code the person came by; 0 for none.
    #[serde(default, deserialize_with = "tolerant::number")]
    pub qr_scene: Option<u64>,
    /// The text of the QR code the person came by; empty for none.
    #[serde(default, deserialize_with = "tolerant::or_default")]
    pub qr_scene_str: String,
}

#[derive(Serialize, Validate)]
struct Batch<'a> {
    #[garde(length(min = 1, max = 100))]
    user_list: Vec<Person<'a>>,
}

#[derive(Serialize)]
struct Person<'a> {
    openid: &'a OpenId,
    lang: &'static str,
}

#[derive(Deserialize)]
struct Found {
    user_info_list: Vec<UserInfo>,
}

#[derive(Serialize, Validate)]
struct Remark<'a> {
    #[garde(skip)]
    openid: &'a OpenId,
    #[garde(length(chars, max = 29))]
    remark: &'a str,
}

impl Api {
    /// One person.
    ///
    /// # Errors
    /// 40003 for an OpenID of another account.
    pub async fn user(&self, openid: &OpenId) -> Result<UserInfo, Failure> {
        let call = Call::to(endpoints::USER_INFO).query("openid", openid.as_str()).query("lang", "zh_CN");
        self.ask(call).await
    }

    /// Up to 100 people.
    ///
    /// # Errors
    /// Not sent for none or more than 100; 40003 when one OpenID is of another account.
    pub async fn users(&self, openids: &[OpenId]) -> Result<Vec<UserInfo>, Failure> {
        let user_list = openids.iter().map(|openid| Person { openid, lang: "zh_CN" }).collect();
        let found: Found = self.post(endpoints::USER_BATCH, &Batch { user_list }).await?;
        Ok(found.user_info_list)
    }

    /// A page of followers in the order in which they began to follow, from the first or after the one given.
    ///
    /// # Errors
    /// Every [`Failure`] of a read.
    pub async fn followers(&self, after: Option<&OpenId>) -> Result<OpenIdPage, Failure> {
        let call = Call::to(endpoints::USER_LIST).query("next_openid", after.map_or("", OpenId::as_str));
        self.ask(call).await
    }

    /// Sets the remark of a follower, fewer than 30 characters.
    ///
    /// # Errors
    /// 40003, 43004.
    pub async fn set_remark(&self, openid: &OpenId, remark: &str) -> Result<(), Failure> {
        self.tell(endpoints::USER_REMARK, &Remark { openid, remark }).await
    }
}
