//! Tags that WeChat keeps on followers (protocol section 5.2): at most 100 an account and 20 a follower. Ours have no
//! such limits; these few serve mass messages and conditional menus.

use entity::types::OpenId;
use garde::Validate;
use serde::{Deserialize, Serialize};

use super::{page::OpenIdPage, tolerant};
use crate::wechat::{
    client::{Api, Call, Failure},
    endpoints::{self, Endpoint},
};

/// A tag of the account. Ids 0, 1 and 2 are WeChat's own; 2 means starred.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Tag {
    /// Its number.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// How many followers carry it, where WeChat tells it.
    #[serde(default, deserialize_with = "tolerant::number")]
    pub count: Option<u64>,
}

#[derive(Serialize, Validate)]
struct Change<'a> {
    #[garde(dive)]
    tag: Fields<'a>,
}

#[derive(Serialize, Validate)]
struct Fields<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    id: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, min = 1, max = 30))]
    name: Option<&'a str>,
}

#[derive(Deserialize)]
struct Created {
    tag: Tag,
}

#[derive(Deserialize)]
struct All {
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Serialize, Validate)]
#[garde(allow_unvalidated)]
struct Page<'a> {
    tagid: u32,
    next_openid: &'a str,
}

#[derive(Serialize, Validate)]
struct Members<'a> {
    #[garde(length(min = 1, max = 50))]
    openid_list: &'a [OpenId],
    #[garde(skip)]
    tagid: u32,
}

#[derive(Serialize, Validate)]
#[garde(allow_unvalidated)]
struct Of<'a> {
    openid: &'a OpenId,
}

#[derive(Deserialize)]
struct Ids {
    #[serde(default)]
    tagid_list: Vec<u32>,
}

impl Api {
    /// Makes a tag of 1 to 30 characters.
    ///
    /// # Errors
    /// 45157 the name exists, 45158 too long, 45056 too many tags.
    pub async fn create_tag(&self, name: &str) -> Result<Tag, Failure> {
        let created: Created = self.post(endpoints::TAG_CREATE, &change(None, Some(name))).await?;
        Ok(created.tag)
    }

    /// All tags.
    ///
    /// # Errors
    /// Every [`Failure`] of a read.
    pub async fn tags(&self) -> Result<Vec<Tag>, Failure> {
        let all: All = self.ask(Call::to(endpoints::TAG_LIST)).await?;
        Ok(all.tags)
    }

    /// Gives a tag another name.
    ///
    /// # Errors
    /// 45157 the name exists, 45158 too long, 45058 a tag of WeChat.
    pub async fn rename_tag(&self, id: u32, name: &str) -> Result<(), Failure> {
        self.tell(endpoints::TAG_UPDATE, &change(Some(id), Some(name))).await
    }

    /// Deletes a tag.
    ///
    /// # Errors
    /// 45057 more than 100,000 followers carry it: take it off them first; 45058 a tag of WeChat.
    pub async fn delete_tag(&self, id: u32) -> Result<(), Failure> {
        self.tell(endpoints::TAG_DELETE, &change(Some(id), None)).await
    }

    /// A page of the followers that carry a tag.
    ///
    /// # Errors
    /// 45159 no such tag.
    pub async fn tag_followers(&self, id: u32, after: Option<&OpenId>) -> Result<OpenIdPage, Failure> {
        let page = Page { tagid: id, next_openid: after.map_or("", OpenId::as_str) };
        self.post(endpoints::TAG_FOLLOWERS, &page).await
    }

    /// Puts a tag on up to 50 followers.
    ///
    /// # Errors
    /// 45159 no such tag, 45059 more than 20 tags on one of them, 40003, 49003.
    pub async fn put_tag(&self, id: u32, openids: &[OpenId]) -> Result<(), Failure> {
        self.members(endpoints::TAG_PUT, id, openids).await
    }

    /// Takes a tag off up to 50 followers.
    ///
    /// # Errors
    /// 45159 no such tag, 40003, 49003.
    pub async fn take_tag(&self, id: u32, openids: &[OpenId]) -> Result<(), Failure> {
        self.members(endpoints::TAG_TAKE, id, openids).await
    }

    /// The ids of the tags on one follower.
    ///
    /// # Errors
    /// 40003, 49003.
    pub async fn tags_of(&self, openid: &OpenId) -> Result<Vec<u32>, Failure> {
        let ids: Ids = self.post(endpoints::TAG_OF_FOLLOWER, &Of { openid }).await?;
        Ok(ids.tagid_list)
    }

    async fn members(&self, endpoint: Endpoint, tagid: u32, openid_list: &[OpenId]) -> Result<(), Failure> {
        self.tell(endpoint, &Members { openid_list, tagid }).await
    }
}

fn change(id: Option<u32>, name: Option<&str>) -> Change<'_> {
    Change { tag: Fields { id, name } }
}
