//! Template messages of service accounts (protocol section 7.2): only after something the person did, never marketing.
//! Whether one arrived is told later by TEMPLATESENDJOBFINISH.

use entity::types::OpenId;
use garde::Validate;
use serde::{Deserialize, Serialize};

use super::{template_value::TemplateData, tolerant};
use crate::wechat::{
    client::{Api, Call, Failure},
    endpoints,
};

/// A page of a mini program that a message opens. The mini program must be associated with the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct MiniProgram {
    /// The mini program.
    #[garde(length(bytes, min = 1))]
    pub appid: String,
    /// The page, with its query.
    #[garde(length(bytes, min = 1, max = 1024))]
    pub pagepath: String,
}

/// A template message. Without address and page it opens nothing; with both it opens the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Validate)]
pub struct TemplateMessage {
    /// Who gets it.
    #[garde(skip)]
    pub touser: OpenId,
    /// A template of the account.
    #[garde(length(bytes, min = 1))]
    pub template_id: String,
    /// Our own id of the message. WeChat drops a second message of the same id to the same person within ten minutes,
    /// so an unknown outcome may be repeated.
    #[garde(length(bytes, min = 1, max = 32), ascii)]
    pub client_msg_id: String,
    /// The web page that opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[garde(length(bytes, max = 1024), pattern(r"^https?://"), url)]
    pub url: Option<String>,
    /// The mini program that opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[garde(dive)]
    pub miniprogram: Option<MiniProgram>,
    /// The values.
    #[garde(skip)]
    pub data: TemplateData,
}

/// A template of the account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Template {
    /// Its id.
    pub template_id: String,
    /// Its title.
    #[serde(default)]
    pub title: String,
    /// The text with its keywords, such as `{{thing1.DATA}}`.
    #[serde(default)]
    pub content: String,
    /// An example of it filled in.
    #[serde(default)]
    pub example: String,
    /// The industry it belongs to.
    #[serde(default)]
    pub primary_industry: String,
    /// The part of the industry it belongs to.
    #[serde(default)]
    pub deputy_industry: String,
}

/// The industries of an account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Industries {
    /// The main one.
    #[serde(rename = "primary_industry")]
    pub primary: Industry,
    /// The other one.
    #[serde(rename = "secondary_industry")]
    pub secondary: Industry,
}

/// An industry.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Industry {
    /// Such as `IT科技`.
    #[serde(default)]
    pub first_class: String,
    /// Such as `互联网/电子商务`.
    #[serde(default)]
    pub second_class: String,
}

/// What sending answers with.
#[derive(Deserialize)]
pub(super) struct Sent {
    #[serde(default, deserialize_with = "tolerant::number")]
    pub(super) msgid: Option<u64>,
}

#[derive(Serialize, Validate)]
struct Add<'a> {
    #[garde(length(bytes, min = 1))]
    template_id_short: &'a str,
    #[garde(skip)]
    keyword_name_list: &'a [&'a str],
}

#[derive(Serialize, Deserialize, Validate)]
struct Named {
    #[garde(length(bytes, min = 1))]
    template_id: String,
}

#[derive(Deserialize)]
struct List {
    #[serde(default)]
    template_list: Vec<Template>,
}

#[derive(Serialize, Validate)]
#[garde(allow_unvalidated)]
struct SetIndustry {
    industry_id1: String,
    industry_id2: String,
}

impl Api {
    /// Sends a template message and gives WeChat's id of it, by which the result is told later.
    ///
    /// # Errors
    /// 43004 the person does not follow, 40037 the template, 43101 refused by the person, 47003 a value (the refusal
    /// names the keyword), 45009 the daily quota.
    pub async fn send_template(&self, message: &TemplateMessage) -> Result<Option<u64>, Failure> {
        let sent: Sent = self.post(endpoints::TEMPLATE_SEND, message).await?;
        Ok(sent.msgid)
    }

    /// The templates of the account.
    ///
    /// # Errors
    /// Every [`Failure`] of a read.
    pub async fn templates(&self) -> Result<Vec<Template>, Failure> {
        let list: List = self.ask(Call::to(endpoints::TEMPLATE_LIST)).await?;
        Ok(list.template_list)
    }

    /// Adds a template from the library, with these of its keywords, and gives its id.
    ///
    /// # Errors
    /// 45026 too many templates.
    pub async fn add_template(&self, short_id: &str, keywords: &[&str]) -> Result<String, Failure> {
        let add = Add { template_id_short: short_id, keyword_name_list: keywords };
        let named: Named = self.post(endpoints::TEMPLATE_ADD, &add).await?;
        Ok(named.template_id)
    }

    /// Deletes a template.
    ///
    /// # Errors
    /// 40037 there is no such template.
    pub async fn delete_template(&self, template_id: &str) -> Result<(), Failure> {
        self.tell(endpoints::TEMPLATE_DELETE, &Named { template_id: template_id.to_owned() }).await
    }

    /// The industries of the account.
    ///
    /// # Errors
    /// Every [`Failure`] of a read.
    pub async fn industries(&self) -> Result<Industries, Failure> {
        self.ask(Call::to(endpoints::TEMPLATE_GET_INDUSTRY)).await
    }

    /// Sets the industries by their numbers in WeChat's list; possible once a month.
    ///
    /// # Errors
    /// A refusal when it was changed this month.
    pub async fn set_industries(&self, primary: u32, secondary: u32) -> Result<(), Failure> {
        let body = SetIndustry { industry_id1: primary.to_string(), industry_id2: secondary.to_string() };
        self.tell(endpoints::TEMPLATE_SET_INDUSTRY, &body).await
    }
}
