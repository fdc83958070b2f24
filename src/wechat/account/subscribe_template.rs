//! The templates of subscription messages, of official accounts and mini programs alike (protocol section 7.3).

use garde::Validate;
use serde::{Deserialize, Serialize};

use super::tolerant;
use crate::wechat::{
    client::{Api, Call, Failure},
    endpoints,
};

/// A service category of the account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Category {
    /// Its number.
    pub id: u32,
    /// Its name.
    pub name: String,
}

/// A title in the library.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct LibraryTitle {
    /// Its number.
    pub tid: u32,
    /// Its text.
    pub title: String,
    /// 2 one permit one message, 3 long-term.
    #[serde(rename = "type")]
    pub kind: u32,
    /// The category it belongs to.
    #[serde(default, rename = "categoryId", deserialize_with = "tolerant::number")]
    pub category_id: Option<u64>,
}

/// A page of titles.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct LibraryTitles {
    /// How many there are over all pages.
    pub count: u32,
    /// This page.
    #[serde(default)]
    pub data: Vec<LibraryTitle>,
}

/// A keyword that a title offers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Keyword {
    /// Its number.
    pub kid: u32,
    /// Its text.
    pub name: String,
    /// An example of its value.
    #[serde(default)]
    pub example: String,
    /// The rule of its values, such as `thing`.
    #[serde(default)]
    pub rule: String,
}

/// A template of the account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct SubscribeTemplate {
    /// Its id.
    #[serde(rename = "priTmplId")]
    pub id: String,
    /// Its title.
    pub title: String,
    /// The text with its keywords, such as `{{thing1.DATA}}`.
    #[serde(default)]
    pub content: String,
    /// An example of it filled in.
    #[serde(default)]
    pub example: String,
    /// 2 one permit one message, 3 long-term.
    #[serde(rename = "type")]
    pub kind: u32,
    /// The values that enumerated keywords may have.
    #[serde(default, rename = "keywordEnumValueList", deserialize_with = "tolerant::or_default")]
    pub enumerated: Vec<Enumerated>,
}

/// A keyword with given values.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Enumerated {
    /// The keyword, such as `enum_string1.DATA`.
    #[serde(rename = "keywordCode")]
    pub keyword: String,
    /// Its values.
    #[serde(default, rename = "enumValueList")]
    pub values: Vec<String>,
}

#[derive(Deserialize)]
struct List<T> {
    #[serde(default = "Vec::new")]
    data: Vec<T>,
}

#[derive(Serialize, Validate)]
#[serde(rename_all = "camelCase")]
struct Add<'a> {
    #[garde(skip)]
    tid: String,
    #[garde(length(min = 2, max = 5))]
    kid_list: &'a [u32],
    #[garde(length(chars, min = 1, max = 15))]
    scene_desc: &'a str,
}

#[derive(Serialize, Deserialize, Validate)]
#[garde(allow_unvalidated)]
struct Named {
    #[serde(rename = "priTmplId")]
    id: String,
}

impl Api {
    /// The service categories of the account.
    ///
    /// # Errors
    /// Every [`Failure`] of a read.
    pub async fn subscribe_categories(&self) -> Result<Vec<Category>, Failure> {
        let list: List<Category> = self.ask(Call::to(endpoints::SUBSCRIBE_CATEGORIES)).await?;
        Ok(list.data)
    }

    /// Titles of these categories in the library; `limit` is at most 30.
    ///
    /// # Errors
    /// Not sent for a larger limit; 200016 wrong start.
    pub async fn library_titles(&self, categories: &[u32], start: u32, limit: u32) -> Result<LibraryTitles, Failure> {
        if !(1..=30).contains(&limit) {
            return Err(Failure::invalid("limit", "每页 1 至 30 条 / a page has 1 to 30 rows"));
        }
        let ids: Vec<String> = categories.iter().map(u32::to_string).collect();
        let call = Call::to(endpoints::SUBSCRIBE_TITLES).query("ids", ids.join(","));
        self.ask(call.query("start", start.to_string()).query("limit", limit.to_string())).await
    }

    /// The keywords that a title offers.
    ///
    /// # Errors
    /// 200014 there is no such title.
    pub async fn library_keywords(&self, tid: u32) -> Result<Vec<Keyword>, Failure> {
        let list: List<Keyword> =
            self.ask(Call::to(endpoints::SUBSCRIBE_KEYWORDS).query("tid", tid.to_string())).await?;
        Ok(list.data)
    }

    /// Adds a template with two to five keywords; `scene` says in up to 15 characters what it is for. Gives its id.
    ///
    /// # Errors
    /// Not sent when a limit is broken; 200012 more than 25 templates, 200014 there is no such title.
    pub async fn add_subscribe_template(&self, tid: u32, keywords: &[u32], scene: &str) -> Result<String, Failure> {
        let add = Add { tid: tid.to_string(), kid_list: keywords, scene_desc: scene };
        let named: Named = self.post(endpoints::SUBSCRIBE_ADD, &add).await?;
        Ok(named.id)
    }

    /// The subscription templates of the account.
    ///
    /// # Errors
    /// Every [`Failure`] of a read.
    pub async fn subscribe_templates(&self) -> Result<Vec<SubscribeTemplate>, Failure> {
        let list: List<SubscribeTemplate> = self.ask(Call::to(endpoints::SUBSCRIBE_LIST)).await?;
        Ok(list.data)
    }

    /// Deletes a subscription template.
    ///
    /// # Errors
    /// 200014 there is no such template.
    pub async fn delete_subscribe_template(&self, id: &str) -> Result<(), Failure> {
        self.tell(endpoints::SUBSCRIBE_DELETE, &Named { id: id.to_owned() }).await
    }
}
