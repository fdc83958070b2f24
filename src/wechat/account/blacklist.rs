//! The account's blacklist: people whose messages are dropped and who get no mass messages (protocol section 5.3).

use entity::types::OpenId;
use garde::Validate;
use serde::Serialize;

use super::page::OpenIdPage;
use crate::wechat::{
    client::{Api, Failure},
    endpoints,
};

#[derive(Serialize, Validate)]
#[garde(allow_unvalidated)]
struct Page<'a> {
    begin_openid: &'a str,
}

#[derive(Serialize, Validate)]
struct People<'a> {
    #[garde(length(min = 1, max = 20))]
    openid_list: &'a [OpenId],
}

impl Api {
    /// A page of the blacklist.
    ///
    /// # Errors
    /// Every [`Failure`] of a read.
    pub async fn blacklist(&self, after: Option<&OpenId>) -> Result<OpenIdPage, Failure> {
        let page = Page { begin_openid: after.map_or("", OpenId::as_str) };
        self.post(endpoints::BLACKLIST_LIST, &page).await
    }

    /// Puts up to 20 people on the blacklist.
    ///
    /// # Errors
    /// 40003, 49003.
    pub async fn block(&self, openids: &[OpenId]) -> Result<(), Failure> {
        self.tell(endpoints::BLACKLIST_PUT, &People { openid_list: openids }).await
    }

    /// Takes up to 20 people off the blacklist.
    ///
    /// # Errors
    /// 40003, 49003.
    pub async fn unblock(&self, openids: &[OpenId]) -> Result<(), Failure> {
        self.tell(endpoints::BLACKLIST_TAKE, &People { openid_list: openids }).await
    }
}
