//! Subscription messages: one permit of the person, one message (protocol sections 7.3 and 7.5).

use entity::types::OpenId;
use garde::Validate;
use serde::{Deserialize, Serialize};

use super::{
    Kind,
    template::{MiniProgram, Sent},
    template_value::TemplateData,
};
use crate::wechat::{
    client::{Api, Call, Failure},
    endpoints,
};

/// Which version of a mini program a message opens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProgramState {
    /// 开发版
    Developer,
    /// 体验版
    Trial,
    /// 正式版
    #[default]
    Formal,
}

/// A subscription message. The kind of account decides by which API it goes.
#[derive(Clone, Debug, PartialEq, Eq, Validate)]
pub struct SubscribeMessage {
    /// Who gets it.
    #[garde(skip)]
    pub touser: OpenId,
    /// A template of the account.
    #[garde(length(bytes, min = 1))]
    pub template_id: String,
    /// What opens: a web page from an official account, a page from a mini program.
    #[garde(length(bytes, min = 1, max = 1024))]
    pub page: Option<String>,
    /// The mini program that opens; official accounts only.
    #[garde(dive)]
    pub miniprogram: Option<MiniProgram>,
    /// The version that opens; mini programs only.
    #[garde(skip)]
    pub state: ProgramState,
    /// The values.
    #[garde(skip)]
    pub data: TemplateData,
}

#[derive(Serialize)]
struct Body<'a> {
    touser: &'a OpenId,
    template_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    miniprogram: Option<&'a MiniProgram>,
    #[serde(skip_serializing_if = "Option::is_none")]
    miniprogram_state: Option<ProgramState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lang: Option<&'static str>,
    data: &'a TemplateData,
}

impl Api {
    /// Sends a subscription message. WeChat's id of it is told by some versions of the API only.
    ///
    /// # Errors
    /// 43101 there is no permit, 40037 the template, 41030 the page is not released, 47003 a value (the refusal names
    /// the keyword), 43108 another one is on its way to this person, 45168 the content.
    pub async fn send_subscribe(&self, message: &SubscribeMessage) -> Result<Option<u64>, Failure> {
        message.validate()?;
        let mini = self.account.kind == Kind::Mini;
        let body = Body {
            touser: &message.touser,
            template_id: &message.template_id,
            page: message.page.as_deref(),
            miniprogram: message.miniprogram.as_ref().filter(|_| !mini),
            miniprogram_state: mini.then_some(message.state),
            lang: mini.then_some("zh_CN"),
            data: &message.data,
        };
        let endpoint = if mini { endpoints::SUBSCRIBE_SEND_MINI } else { endpoints::SUBSCRIBE_SEND_OFFICIAL };
        let sent: Sent = self.ask(Call::to(endpoint).json(&body)?).await?;
        Ok(sent.msgid)
    }
}
