//! What people do with their phone: follow, leave, scan, tap, answer a dialog. Each act returns the pushes it causes.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    accounts::AccountView,
    contacts::{Following, Trigger},
    events::Told,
    fields::Fields,
    qrcode::{Code, Scene},
    trouble::Trouble,
    world::World,
};
use crate::{
    infra::clock::Time,
    wechat::account::{Format, Kind},
};

/// What a scan led to.
#[derive(Debug)]
pub(super) enum Scanned {
    /// A push was made.
    Pushed(u64),
    /// The code has expired: the person sees the account's profile, and nothing is pushed.
    Profile(Box<AccountView>),
}

/// Which items of a menu were tapped, and what came of the camera.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Tap {
    /// `[i]` for a button of the first level, `[i, j]` for one below it.
    pub button: Vec<usize>,
    /// What the camera read, for `scancode_…` buttons.
    #[serde(default)]
    pub result: Option<String>,
}

/// What a tap led to.
#[derive(Debug, Default)]
pub(super) struct Tapped {
    pub(super) pushes: Vec<u64>,
    pub(super) open: Option<Open>,
}

/// What the phone opens after a tap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Open {
    /// A web page.
    Url(String),
    /// A page of a mini program.
    Page {
        /// The mini program.
        appid: String,
        /// The page with its query.
        pagepath: String,
    },
}

impl World {
    /// Opens a window for the account, because the person did something.
    pub(super) fn act(&mut self, account: &str, person: &str, trigger: Trigger) {
        let now = self.now();
        if let Some(account) = self.accounts.get_mut(account) {
            let (windows, kind) = (account.windows, account.kind);
            account.contact(person).act(trigger, &windows, kind, now);
        }
    }

    fn event(&self, account: &str, person: &str, event: &str) -> Fields {
        self.envelope(account, Some(person), "event").text("Event", event)
    }

    /// Both exist, and the account is of this kind.
    pub(super) fn pair(&self, person: &str, account: &str, kind: Kind) -> Result<(), Trouble> {
        self.person(person)?;
        if self.account(account)?.kind == kind {
            Ok(())
        } else {
            Err(Trouble::invalid(match kind {
                Kind::Official => "this is possible with an official account only",
                Kind::Mini => "this is possible with a mini program only",
            }))
        }
    }

    /// The person follows the official account.
    pub(super) fn must_follow(&self, person: &str, account: &str) -> Result<(), Trouble> {
        self.pair(person, account, Kind::Official)?;
        if self.account(account)?.is_following(person) {
            Ok(())
        } else {
            Err(Trouble::Conflict("the person does not follow this account"))
        }
    }

    /// Follows: by search, or by the code of a scene.
    pub(super) fn follow(&mut self, person: &str, account: &str, scene: Option<Scene>) -> Result<u64, Trouble> {
        self.pair(person, account, Kind::Official)?;
        let code = scene.map(|scene| self.code_of(account, &scene));
        self.follow_by(person, account, code.as_ref())
    }

    fn follow_by(&mut self, person: &str, account: &str, code: Option<&Code>) -> Result<u64, Trouble> {
        let (since, number) = (self.now(), self.id());
        let contact = self.account_mut(account)?.contact(person);
        if contact.following.is_some() {
            return Err(Trouble::Conflict("the person follows this account already"));
        }
        let (qr_scene, qr_scene_str) = match code.map(|code| &code.scene) {
            Some(Scene::Id(id)) => (*id, String::new()),
            Some(Scene::Text(text)) => (0, text.clone()),
            None => (0, String::new()),
        };
        let scene = if code.is_some() { "ADD_SCENE_QR_CODE" } else { "ADD_SCENE_SEARCH" };
        contact.following = Some(Following { since, number, scene, qr_scene, qr_scene_str });
        self.act(account, person, Trigger::Follow);
        self.tell(Told::State);
        let event = self.event(account, person, "subscribe");
        let event = match code {
            Some(code) => {
                event.text("EventKey", format!("qrscene_{}", code.scene.key())).text("Ticket", code.ticket.clone())
            }
            None => event.text("EventKey", ""),
        };
        self.push(account, Some(person), event)
    }

    /// Somebody who followed by search before this WeChat was started: nothing is pushed, and no window opens.
    pub(super) fn still_follows(&mut self, person: &str, account: &str, since: Time) -> Result<(), Trouble> {
        self.pair(person, account, Kind::Official)?;
        let number = self.id();
        let contact = self.account_mut(account)?.contact(person);
        let (scene, qr_scene, qr_scene_str) = ("ADD_SCENE_SEARCH", 0, String::new());
        contact.following.get_or_insert(Following { since, number, scene, qr_scene, qr_scene_str });
        self.tell(Told::State);
        Ok(())
    }

    /// Leaves: tags, remark and open windows go; the account can no longer write.
    pub(super) fn unfollow(&mut self, person: &str, account: &str) -> Result<u64, Trouble> {
        self.must_follow(person, account)?;
        let contact = self.account_mut(account)?.contact(person);
        contact.following = None;
        contact.windows.clear();
        contact.tags.clear();
        contact.remark.clear();
        self.tell(Told::State);
        let event = self.event(account, person, "unsubscribe").text("EventKey", "");
        self.push(account, Some(person), event)
    }

    /// Scans a code: a follower enters the chat, a stranger follows.
    pub(super) fn scan(&mut self, person: &str, code: &str) -> Result<Scanned, Trouble> {
        self.person(person)?;
        let (account, code) = self.scanned(code).ok_or_else(|| Trouble::invalid("this code is not known"))?;
        let follows = self.account(&account)?.is_following(person);
        if !code.is_live(self.now()) {
            return if follows {
                Err(Trouble::invalid("this code has expired"))
            } else {
                Ok(Scanned::Profile(Box::new(self.account_view(self.account(&account)?))))
            };
        }
        if !follows {
            return self.follow_by(person, &account, Some(&code)).map(Scanned::Pushed);
        }
        self.act(&account, person, Trigger::Scan);
        let event = self.event(&account, person, "SCAN").text("EventKey", code.scene.key()).text("Ticket", code.ticket);
        self.push(&account, Some(person), event).map(Scanned::Pushed)
    }

    /// Taps a button of the menu that the person sees.
    pub(super) fn tap(&mut self, person: &str, account: &str, tap: &Tap) -> Result<Tapped, Trouble> {
        self.must_follow(person, account)?;
        let (menu, buttons) =
            self.menu_of(account, self.person(person)?).ok_or(Trouble::Unknown("menu: the account has none"))?;
        let button = match tap.button.as_slice() {
            [first] => buttons.get(first),
            [first, second] => buttons.get(first).and_then(|button| button.get("sub_button")?.get(second)),
            _ => None,
        };
        let button = button.ok_or(Trouble::Unknown("button"))?.clone();
        let field = |name: &str| button.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (kind, key) = (field("type"), field("key"));
        let event = |world: &Self, event: &str, key: &str| world.event(account, person, event).text("EventKey", key);
        let mut tapped = Tapped::default();
        match kind.as_str() {
            "" => {}
            "click" => {
                self.act(account, person, Trigger::Click);
                tapped.pushes.push(self.push(account, Some(person), event(self, "CLICK", &key))?);
            }
            "view" => {
                let url = field("url");
                let event = event(self, "VIEW", &url).number("MenuId", menu);
                tapped.pushes.push(self.push(account, Some(person), event)?);
                tapped.open = Some(Open::Url(url));
            }
            "miniprogram" => {
                let pagepath = field("pagepath");
                let event = event(self, "view_miniprogram", &pagepath).number("MenuId", menu);
                tapped.pushes.push(self.push(account, Some(person), event)?);
                tapped.open = Some(Open::Page { appid: field("appid"), pagepath });
            }
            "scancode_push" | "scancode_waitmsg" => {
                self.act(account, person, Trigger::Click);
                let result = tap.result.clone().ok_or_else(|| Trouble::invalid("result: what did the camera read?"))?;
                let scan_type = if result.starts_with("http") { "qrcode" } else { "barcode" };
                let info = Fields::new().text("ScanType", scan_type).text("ScanResult", result.clone());
                let event = event(self, &kind, &key).tree("ScanCodeInfo", info);
                tapped.pushes.push(self.push(account, Some(person), event)?);
                if kind == "scancode_push" && scan_type == "qrcode" {
                    tapped.open = Some(Open::Url(result));
                }
            }
            "pic_sysphoto" | "pic_photo_or_album" | "pic_weixin" => {
                let sum = hex::encode(self.random.bytes::<16>());
                let list = Fields::new().tree("item", Fields::new().text("PicMd5Sum", sum));
                let info = Fields::new().number("Count", 1).tree("PicList", list);
                let event = event(self, &kind, &key).tree("SendPicsInfo", info);
                tapped.pushes.push(self.push(account, Some(person), event)?);
                let said = super::speech::Said { kind: "image".to_owned(), ..Default::default() };
                tapped.pushes.push(self.send(person, account, &said)?.0);
            }
            "location_select" => {
                let said = super::speech::Said::at_the_bund();
                let place = Fields::new()
                    .text("Location_X", said.latitude.clone().unwrap_or_default())
                    .text("Location_Y", said.longitude.clone().unwrap_or_default())
                    .text("Scale", "15")
                    .text("Label", said.label.clone().unwrap_or_default())
                    .text("Poiname", "");
                let event = event(self, &kind, &key).tree("SendLocationInfo", place);
                tapped.pushes.push(self.push(account, Some(person), event)?);
                tapped.pushes.push(self.send(person, account, &said)?.0);
            }
            _ => {
                let (name, id) = if kind == "media_id" { ("media_id", "image") } else { ("article_id", "mpnews") };
                let content = json!({ name: field(name) });
                self.say(account, person, super::chats::From::Account, id, Some(super::chats::Via::System), content);
            }
        }
        Ok(tapped)
    }

    /// Answers a subscription dialog: one more message may be sent, or none.
    pub(super) fn subscribe(
        &mut self,
        person: &str,
        account: &str,
        template: &str,
        accept: bool,
    ) -> Result<u64, Trouble> {
        self.person(person)?;
        let state = self.account_mut(account)?;
        if !state.subscribe_templates.iter().any(|known| known.id == template) {
            return Err(Trouble::Unknown("template"));
        }
        let (format, kind) = (state.format, state.kind);
        let contact = state.contact(person);
        if accept {
            contact.refused.remove(template);
            *contact.credits.entry(template.to_owned()).or_default() += 1;
        } else {
            contact.refused.insert(template.to_owned());
        }
        self.tell(Told::Chat { person: person.to_owned(), account: account.to_owned() });
        let status = if accept { "accept" } else { "reject" };
        let scene = if kind == Kind::Mini { "0" } else { "2" };
        let entry = Fields::new().text("TemplateId", template).text("SubscribeStatusString", status);
        let entry = match format {
            Format::Xml => entry.number("PopupScene", scene),
            Format::Json => entry.text("PopupScene", scene),
        };
        let event = self.event(account, person, "subscribe_msg_popup_event");
        let event = listed(event, "SubscribeMsgPopupEvent", format, entry);
        self.push(account, Some(person), event)
    }

    /// Opens the customer-service session of a mini program.
    pub(super) fn enter(&mut self, person: &str, account: &str, from: &str) -> Result<u64, Trouble> {
        self.pair(person, account, Kind::Mini)?;
        self.act(account, person, Trigger::Enter);
        let event = self.event(account, person, "user_enter_tempsession").text("SessionFrom", from);
        self.push(account, Some(person), event)
    }

    /// Pays: only the window opens here; the notification is WeChat Pay's.
    pub(super) fn pay(&mut self, person: &str, account: &str) -> Result<(), Trouble> {
        self.person(person)?;
        self.account(account)?;
        self.act(account, person, Trigger::Paid);
        self.tell(Told::Chat { person: person.to_owned(), account: account.to_owned() });
        Ok(())
    }

    /// Switches the account's messages off or on.
    pub(super) fn refuse(&mut self, person: &str, account: &str, refuse: bool) -> Result<(), Trouble> {
        self.person(person)?;
        self.account_mut(account)?.contact(person).refuses = refuse;
        self.tell(Told::State);
        Ok(())
    }

    /// Any message or event by hand. Fields that are missing are filled in.
    pub(super) fn push_by_hand(
        &mut self,
        account: &str,
        message: &Value,
        person: Option<&str>,
    ) -> Result<u64, Trouble> {
        if let Some(person) = person {
            self.person(person)?;
        }
        self.account(account)?;
        let given = Fields::from_json(message).ok_or_else(|| Trouble::invalid("message is not an object"))?;
        let kind = given.str("MsgType").ok_or_else(|| Trouble::invalid("the message has no MsgType"))?.to_owned();
        if kind == "event" && given.str("Event").is_none() {
            return Err(Trouble::invalid("the event has no Event"));
        }
        let number = self.number();
        let envelope = self.envelope(account, person, &kind);
        let envelope = if kind == "event" { envelope } else { envelope.number("MsgId", number) };
        self.push(account, person, given.or(envelope))
    }
}

/// A subscription event: the list stands below a name in XML, and at the top in JSON (protocol section 2.3).
pub(super) fn listed(event: Fields, name: &str, format: Format, entry: Fields) -> Fields {
    match format {
        Format::Xml => event.tree(name, Fields::new().tree("List", entry)),
        Format::Json => event.tree("List", entry),
    }
}
