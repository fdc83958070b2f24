//! Places in texts, and what stands in them.

use entity::types::OpenId;

use super::{Template, Values, Wording};
use crate::{
    error::FieldError,
    wechat::{
        account::{
            subscribe::{ProgramState, SubscribeMessage},
            template::TemplateMessage,
            template_value::TemplateData,
        },
        message::{CustomMessage, custom},
    },
};

/// A message with its values.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    /// What it says.
    pub wording: &'a Wording,
    /// What stands in its places.
    pub values: &'a Values,
    /// Whether the person reads English rather than Chinese.
    pub english: bool,
}

impl Words<'_> {
    /// As a customer-service message.
    pub fn custom(&self) -> CustomMessage {
        let text = if self.english { &self.wording.en } else { &self.wording.zh };
        CustomMessage::Text { text: custom::Text { content: filled(text, self.values) } }
    }

    /// As a subscription message.
    ///
    /// # Errors
    /// The keywords whose value cannot be sent.
    pub fn subscription(&self, to: &OpenId, template: &Template) -> Result<SubscribeMessage, Vec<FieldError>> {
        Ok(SubscribeMessage {
            touser: to.clone(),
            template_id: template.id.clone(),
            page: template.page.clone(),
            miniprogram: template.program.clone(),
            state: ProgramState::Formal,
            data: self.data(template)?,
        })
    }

    /// As a template message under a number of our own.
    ///
    /// # Errors
    /// The keywords whose value cannot be sent.
    pub fn template(&self, to: &OpenId, template: &Template, id: String) -> Result<TemplateMessage, Vec<FieldError>> {
        Ok(TemplateMessage {
            touser: to.clone(),
            template_id: template.id.clone(),
            client_msg_id: id,
            url: template.page.clone(),
            miniprogram: template.program.clone(),
            data: self.data(template)?,
        })
    }

    fn data(&self, template: &Template) -> Result<TemplateData, Vec<FieldError>> {
        TemplateData::fit(template.data.iter().map(|(keyword, text)| (keyword, filled(text, self.values))))
    }
}

/// A text with its places filled. A value is put in as it is, whatever it looks like.
pub(super) fn filled(text: &str, values: &Values) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, place, after)) = next_place(rest) {
        out.push_str(before);
        out.push_str(values.get(place).map_or("", String::as_str));
        rest = after;
    }
    out + rest
}

/// The names of the places of a text.
pub(super) fn places(text: &str) -> Vec<&str> {
    let (mut found, mut rest) = (Vec::new(), text);
    while let Some((_, place, after)) = next_place(rest) {
        found.push(place);
        rest = after;
    }
    found
}

/// What comes before the next place, its name, and what comes after it. Braces around anything but a name are text.
fn next_place(text: &str) -> Option<(&str, &str, &str)> {
    for (at, _) in text.match_indices('{') {
        let (before, from) = text.split_at(at);
        let Some((name, after)) = from.strip_prefix('{').and_then(|rest| rest.split_once('}')) else { continue };
        if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
            return Some((before, name, after));
        }
    }
    None
}
