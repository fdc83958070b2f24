//! What people say to an account: every message type of protocol section 2.1.

use serde::Deserialize;
use serde_json::json;

use super::{
    chats::{From, Message},
    contacts::Trigger,
    fields::Fields,
    trouble::Trouble,
    world::World,
};
use crate::wechat::account::Kind;

/// A message that a person sends. Which fields count depends on the type; what is missing gets a sample value.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Said {
    /// `text`, `image`, `voice`, `video`, `shortvideo`, `location`, `link` or `miniprogrampage`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The words of a text.
    pub text: Option<String>,
    /// Degrees, as text.
    #[serde(deserialize_with = "degrees")]
    pub latitude: Option<String>,
    /// Degrees, as text.
    #[serde(deserialize_with = "degrees")]
    pub longitude: Option<String>,
    /// The address of a location.
    pub label: Option<String>,
    /// Of a link or a mini-program page.
    pub title: Option<String>,
    /// Of a link.
    pub description: Option<String>,
    /// Of a link.
    pub url: Option<String>,
    /// A stored file; a sample file when absent.
    pub media_id: Option<String>,
    /// What speech recognition heard in a voice.
    pub recognition: Option<String>,
    /// The page of a mini program.
    pub path: Option<String>,
}

/// Takes a number as it is written, without rounding it, or a text.
fn degrees<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Option::<serde_json::Value>::deserialize(deserializer)? {
        Some(serde_json::Value::String(text)) => Some(text),
        Some(serde_json::Value::Number(number)) => Some(number.to_string()),
        None | Some(serde_json::Value::Null) => None,
        Some(_) => return Err(serde::de::Error::custom("degrees are a number")),
    })
}

impl Said {
    /// A text.
    pub fn text(text: &str) -> Self {
        Self { kind: "text".to_owned(), text: Some(text.to_owned()), ..Self::default() }
    }

    /// A message of this type with sample values.
    pub fn sample(kind: &str) -> Self {
        Self { kind: kind.to_owned(), ..Self::default() }
    }

    /// A location.
    pub(super) fn at_the_bund() -> Self {
        Self {
            latitude: Some("31.230416".to_owned()),
            longitude: Some("121.473701".to_owned()),
            label: Some("上海市黄浦区示例路 1 号".to_owned()),
            ..Self::sample("location")
        }
    }
}

impl World {
    /// Sends a message to the account: it appears in the chat, opens the window, and is pushed.
    pub(super) fn send(&mut self, person: &str, account: &str, said: &Said) -> Result<(u64, Message), Trouble> {
        self.person(person)?;
        let kind = self.account(account)?.kind;
        if kind == Kind::Official {
            self.must_follow(person, account)?;
        }
        let number = self.number();
        let envelope = self.envelope(account, Some(person), &said.kind);
        let or = |given: &Option<String>, sample: &str| given.clone().unwrap_or_else(|| sample.to_owned());
        let (fields, content) = match said.kind.as_str() {
            "text" => {
                let text = said.text.clone().filter(|text| !text.is_empty());
                let text = text.ok_or_else(|| Trouble::invalid("a text has words"))?;
                (envelope.text("Content", text.clone()), json!({ "content": text }))
            }
            "image" => {
                let id = self.sent_medium(account, said, "image")?;
                let url = self.media_url(&id);
                (envelope.text("PicUrl", url).text("MediaId", id.clone()), json!({ "media_id": id }))
            }
            "voice" => {
                let id = self.sent_medium(account, said, "voice")?;
                let fields = envelope.text("MediaId", id.clone()).text("Format", "amr");
                match &said.recognition {
                    Some(heard) => {
                        let content = json!({ "media_id": id, "recognition": heard });
                        (fields.text("Recognition", heard.clone()), content)
                    }
                    None => (fields, json!({ "media_id": id })),
                }
            }
            "video" | "shortvideo" => {
                let id = self.sent_medium(account, said, "video")?;
                let thumb = self.sample_medium(account, "thumb");
                let content = json!({ "media_id": id, "thumb_media_id": thumb });
                (envelope.text("MediaId", id).text("ThumbMediaId", thumb), content)
            }
            "location" => {
                let sample = Said::at_the_bund();
                let part = |given: &Option<String>, sample: &Option<String>| {
                    given.clone().or_else(|| sample.clone()).unwrap_or_default()
                };
                let latitude = part(&said.latitude, &sample.latitude);
                let longitude = part(&said.longitude, &sample.longitude);
                let label = part(&said.label, &sample.label);
                if latitude.parse::<f64>().is_err() || longitude.parse::<f64>().is_err() {
                    return Err(Trouble::invalid("latitude and longitude are degrees"));
                }
                let fields = envelope
                    .number("Location_X", &latitude)
                    .number("Location_Y", &longitude)
                    .number("Scale", 16)
                    .text("Label", label.clone());
                (fields, json!({ "latitude": latitude, "longitude": longitude, "scale": 16, "label": label }))
            }
            "link" => {
                let title = or(&said.title, "示例文章标题");
                let description = or(&said.description, "示例摘要");
                let url = or(&said.url, "https://example.com/article?id=1");
                let content = json!({ "title": title, "description": description, "url": url });
                (envelope.text("Title", title).text("Description", description).text("Url", url), content)
            }
            "miniprogrampage" if kind == Kind::Mini => {
                let appid = self.account(account)?.appid.clone();
                let title = or(&said.title, "会员中心");
                let path = or(&said.path, "pages/member/index");
                let thumb = self.sample_medium(account, "thumb");
                let content = json!({ "title": title, "appid": appid, "pagepath": path, "thumb_media_id": thumb });
                let url = self.media_url(&thumb);
                let fields = envelope
                    .text("Title", title)
                    .text("AppId", appid)
                    .text("PagePath", path)
                    .text("ThumbUrl", url)
                    .text("ThumbMediaId", thumb);
                (fields, content)
            }
            other => return Err(Trouble::invalid(format!("{other:?} is not a type that people send here"))),
        };
        self.act(account, person, Trigger::Message);
        let message = self.say(account, person, From::Person, &said.kind, None, content);
        let push = self.push(account, Some(person), fields.number("MsgId", number))?;
        Ok((push, message))
    }

    fn sent_medium(&mut self, account: &str, said: &Said, kind: &'static str) -> Result<String, Trouble> {
        match &said.media_id {
            None => Ok(self.sample_medium(account, kind)),
            Some(id) => match self.usable_medium(account, id) {
                Ok(known) if known == kind => Ok(id.clone()),
                Ok(_) | Err(_) => Err(Trouble::invalid(format!("media_id is not a usable {kind}"))),
            },
        }
    }

    /// Taps an item of a menu message: it arrives as a text with `bizmsgmenuid` and counts as a click (protocol
    /// section 7.1).
    pub(super) fn choose(
        &mut self,
        person: &str,
        account: &str,
        message: &str,
        item: &str,
    ) -> Result<(u64, Message), Trouble> {
        self.person(person)?;
        let contact = self.account(account)?.contacts.get(person).ok_or(Trouble::Unknown("message"))?;
        let message = contact.chat.iter().find(|known| known.id == message).ok_or(Trouble::Unknown("message"))?;
        let items = message.content.get("list").and_then(serde_json::Value::as_array);
        let matching = |entry: &&serde_json::Value| {
            entry
                .get("id")
                .is_some_and(|id| id.as_str() == Some(item) || id.as_u64().is_some_and(|id| id.to_string() == item))
        };
        let words = items
            .and_then(|items| items.iter().find(matching))
            .and_then(|entry| entry.get("content")?.as_str().map(str::to_owned))
            .ok_or(Trouble::Unknown("item"))?;
        let number = self.number();
        let fields: Fields = self
            .envelope(account, Some(person), "text")
            .text("Content", words.clone())
            .number("MsgId", number)
            .text("bizmsgmenuid", item);
        self.act(account, person, Trigger::Click);
        let message = self.say(account, person, From::Person, "text", None, json!({ "content": words }));
        let push = self.push(account, Some(person), fields)?;
        Ok((push, message))
    }
}
