//! What stands in the chat between a person and an account, as the person's phone shows it.

use serde::Serialize;
use serde_json::{Value, json};

use super::{contacts::Window, events::Told, trouble::Trouble, world::World};
use crate::infra::clock::Time;

/// What the phone shows when the service did not answer (protocol section 1.5).
pub const SERVICE_FAILED: &str = "该公众号提供的服务出现故障，请稍后再试";

/// One line of a chat.
#[derive(Clone, Debug, Serialize)]
pub struct Message {
    /// `m` and a rising number.
    pub id: String,
    /// When it appeared.
    pub at: Time,
    /// Whose side it stands on.
    pub from: From,
    /// The WeChat message type, such as `text` or `news`; `text` for notices.
    #[serde(rename = "type")]
    pub kind: String,
    /// By which way the account sent it; `null` for the person's own messages.
    pub via: Option<Via>,
    /// The fields of the type, named as in customer-service messages (`content`, `media_id`, `articles` …); media
    /// also have `media_url`.
    pub content: Value,
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum From {
    /// The person who holds the phone.
    Person,
    /// The account.
    Account,
    /// WeChat itself: a grey line.
    Notice,
}

/// By which way an account's message came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// The answer to a push.
    Passive,
    /// `message/custom/send`
    Custom,
    /// `message/template/send`
    Template,
    /// `message/subscribe/send` or `bizsend`
    Subscribe,
    /// `message/mass/…`
    Mass,
    /// WeChat Pay, such as a red packet.
    Pay,
    /// WeChat itself, such as the content of a menu button.
    System,
}

/// A chat as the phone shows it.
#[derive(Clone, Debug, Serialize)]
pub struct Chat {
    /// Oldest first.
    pub messages: Vec<Message>,
    /// The account is typing.
    pub typing: bool,
    /// Windows that are open, the one that closes first in front.
    pub window: Vec<Window>,
    /// The menu that this person sees, as `{"button": […]}`.
    pub menu: Option<Value>,
    /// Accepted subscription messages that were not sent yet, by template.
    pub credits: std::collections::BTreeMap<String, u32>,
}

impl World {
    /// Adds a line to a chat and returns it.
    pub(super) fn say(
        &mut self,
        account: &str,
        person: &str,
        from: From,
        kind: &str,
        via: Option<Via>,
        content: Value,
    ) -> Message {
        let id = format!("m{}", self.id());
        let content = self.with_media_urls(content);
        let message = Message { id, at: self.now(), from, kind: kind.to_owned(), via, content };
        if let Some(account) = self.accounts.get_mut(account) {
            let contact = account.contact(person);
            contact.chat.push(message.clone());
            if from == From::Account {
                contact.unread += 1;
                contact.typing_until = None;
            }
        }
        self.tell(Told::Chat { person: person.to_owned(), account: account.to_owned() });
        message
    }

    /// Adds a grey line.
    pub(super) fn notice(&mut self, account: &str, person: &str, text: &str) {
        self.say(account, person, From::Notice, "text", None, json!({ "content": text }));
    }

    /// Adds an address that a browser can open beside every media id.
    fn with_media_urls(&self, mut content: Value) -> Value {
        let Some(fields) = content.as_object_mut() else { return content };
        for (id, url) in [("media_id", "media_url"), ("thumb_media_id", "thumb_url")] {
            let known = fields.get(id).and_then(Value::as_str).filter(|id| self.media.contains_key(*id));
            if let Some(id) = known {
                let address = json!(self.media_url(id));
                fields.entry(url).or_insert(address);
            }
        }
        content
    }

    /// The chat of a person with an account.
    pub(super) fn chat(&self, person: &str, account: &str) -> Result<Chat, Trouble> {
        let now = self.now();
        let person = self.person(person)?;
        let menu = self.menu_of(account, person).map(|(_, buttons)| json!({ "button": buttons }));
        let contact = self.account(account)?.contacts.get(&person.id);
        Ok(Chat {
            messages: contact.map(|contact| contact.chat.clone()).unwrap_or_default(),
            typing: contact.is_some_and(|contact| contact.is_typing(now)),
            window: contact.map(|contact| contact.open_windows(now)).unwrap_or_default(),
            menu,
            credits: contact.map(|contact| contact.credits.clone()).unwrap_or_default(),
        })
    }

    /// The person has looked at the chat.
    pub(super) fn read(&mut self, person: &str, account: &str) -> Result<(), Trouble> {
        self.person(person)?;
        self.account_mut(account)?.contact(person).unread = 0;
        self.tell(Told::State);
        Ok(())
    }
}
