//! What people do.

use actix_web::{
    HttpResponse, web,
    web::{Data, Json, Path, Query, ServiceConfig},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Wait, ok};
use crate::{
    infra::clock::Time,
    sandbox::{
        Sandbox,
        accounts::AccountView,
        acts::{Open, Scanned, Tap, Tapped},
        chats::Message,
        people::PersonView,
        pushes::Push,
        qrcode::Scene,
        speech::Said,
        trouble::Trouble,
        world::World,
    },
};

/// What an act led to.
#[derive(Clone, Debug, Serialize)]
pub struct Delivered {
    /// The push; `null` when the act causes none.
    pub push: Option<Push>,
    /// The account whose profile page opens instead, after an expired code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<Box<AccountView>>,
}

/// What a sent message led to.
#[derive(Clone, Debug, Serialize)]
pub struct Sent {
    /// The push.
    pub push: Push,
    /// The message as it stands in the chat.
    pub message: Message,
}

/// What a tap led to.
#[derive(Clone, Debug, Serialize)]
pub struct TapResult {
    /// The event; `null` when the button causes none.
    pub push: Option<Push>,
    /// The message that follows, for `pic_…` and `location_select`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub then: Option<Push>,
    /// What the phone opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<Open>,
}

impl Sandbox {
    /// Adds the sample people who are not there yet; nobody follows anything.
    pub fn seed(&self) {
        self.with(World::seed);
    }

    /// Adds a person who follows nothing. Without a name one is made up.
    pub fn add_person(&self, name: Option<&str>) -> Result<PersonView, Trouble> {
        self.with(|world| {
            let id = world.add_person(name)?;
            Ok(world.person_view(world.person(&id)?))
        })
    }

    /// Adds a person of this id with a phone, unless there is one: the same id is the same person after a restart.
    pub fn introduce(&self, id: &str, name: &str, phone: &str) -> Result<(), Trouble> {
        self.with(|world| world.introduce(id, name, phone))
    }

    /// The person has followed the account since then, before this WeChat was started: nothing is pushed.
    pub fn still_follows(&self, person: &str, account: &str, since: Time) -> Result<(), Trouble> {
        self.with(|world| world.still_follows(person, account, since))
    }

    /// Sets whether WeChat tells this person's UnionID.
    pub fn bind_union(&self, person: &str, bound: bool) -> Result<(), Trouble> {
        self.with(|world| world.bind_union(person, bound))
    }

    /// The person follows an official account, by search or by the code of a scene.
    pub async fn follow(&self, person: &str, account: &str, scene: Option<Scene>) -> Result<Push, Trouble> {
        self.pushed(|world| world.follow(person, account, scene)).await
    }

    /// The person stops following.
    pub async fn unfollow(&self, person: &str, account: &str) -> Result<Push, Trouble> {
        self.pushed(|world| world.unfollow(person, account)).await
    }

    /// The person scans a code: a ticket, its address, or the address of its picture.
    pub async fn scan(&self, person: &str, code: &str) -> Result<Delivered, Trouble> {
        self.scanned(person, code, true).await
    }

    /// The person writes.
    pub async fn send(&self, person: &str, account: &str, said: &Said) -> Result<Sent, Trouble> {
        let (push, message) = self.with(|world| world.send(person, account, said))?;
        Ok(Sent { push: self.ended(push, true).await?, message })
    }

    /// The person writes a text.
    pub async fn say(&self, person: &str, account: &str, text: &str) -> Result<Sent, Trouble> {
        self.send(person, account, &Said::text(text)).await
    }

    /// The person taps a menu button.
    pub async fn tap(&self, person: &str, account: &str, tap: &Tap) -> Result<TapResult, Trouble> {
        self.tapped(person, account, tap, true).await
    }

    /// The person taps an item of a menu message.
    pub async fn choose(&self, person: &str, account: &str, message: &str, item: &str) -> Result<Sent, Trouble> {
        let (push, message) = self.with(|world| world.choose(person, account, message, item))?;
        Ok(Sent { push: self.ended(push, true).await?, message })
    }

    /// The person answers a subscription dialog.
    pub async fn subscribe(&self, person: &str, account: &str, template: &str, accept: bool) -> Result<Push, Trouble> {
        self.pushed(|world| world.subscribe(person, account, template, accept)).await
    }

    /// The person opens the customer-service session of a mini program.
    pub async fn enter(&self, person: &str, account: &str, from: &str) -> Result<Push, Trouble> {
        self.pushed(|world| world.enter(person, account, from)).await
    }

    /// The person pays: the window of section 7.1 opens.
    pub fn pay(&self, person: &str, account: &str) -> Result<(), Trouble> {
        self.with(|world| world.pay(person, account))
    }

    /// The person switches the account's messages off or on.
    pub fn refuse(&self, person: &str, account: &str, refuse: bool) -> Result<(), Trouble> {
        self.with(|world| world.refuse(person, account, refuse))
    }

    /// The person has looked at the chat.
    pub fn read(&self, person: &str, account: &str) -> Result<(), Trouble> {
        self.with(|world| world.read(person, account))
    }

    async fn pushed(&self, act: impl FnOnce(&mut World) -> Result<u64, Trouble>) -> Result<Push, Trouble> {
        let push = self.with(act)?;
        self.ended(push, true).await
    }

    /// The push after its end, or at once.
    pub(super) async fn ended(&self, push: u64, wait: bool) -> Result<Push, Trouble> {
        self.dispatch(vec![push], wait).await;
        self.push(push)
    }

    async fn dispatch(&self, pushes: Vec<u64>, wait: bool) {
        if wait { self.deliver_now(pushes).await } else { self.deliver_later(pushes) }
    }

    async fn scanned(&self, person: &str, code: &str, wait: bool) -> Result<Delivered, Trouble> {
        Ok(match self.with(|world| world.scan(person, code))? {
            Scanned::Pushed(push) => Delivered { push: Some(self.ended(push, wait).await?), profile: None },
            Scanned::Profile(account) => Delivered { push: None, profile: Some(account) },
        })
    }

    async fn tapped(&self, person: &str, account: &str, tap: &Tap, wait: bool) -> Result<TapResult, Trouble> {
        let Tapped { pushes, open } = self.with(|world| world.tap(person, account, tap))?;
        self.dispatch(pushes.clone(), wait).await;
        let mut pushes = pushes.into_iter().map(|push| self.push(push));
        Ok(TapResult { push: pushes.next().transpose()?, then: pushes.next().transpose()?, open })
    }
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/people", web::post().to(add))
        .route("/people/{person}/follow", web::post().to(follow))
        .route("/people/{person}/unfollow", web::post().to(unfollow))
        .route("/people/{person}/scan", web::post().to(scan))
        .route("/people/{person}/send", web::post().to(send))
        .route("/people/{person}/tap", web::post().to(tap))
        .route("/people/{person}/choose", web::post().to(choose))
        .route("/people/{person}/subscribe", web::post().to(subscribe))
        .route("/people/{person}/enter", web::post().to(enter))
        .route("/people/{person}/pay", web::post().to(pay))
        .route("/people/{person}/refuse", web::post().to(refuse))
        .route("/people/{person}/union", web::post().to(union))
        .route("/people/{person}/read", web::post().to(read));
}

type Answer<T> = Result<Json<T>, Trouble>;
type Control = Data<Sandbox>;

impl From<Push> for Json<Delivered> {
    fn from(push: Push) -> Self {
        Json(Delivered { push: Some(push), profile: None })
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Named {
    name: Option<String>,
}

#[derive(Deserialize)]
struct At {
    account: String,
}

#[derive(Deserialize)]
struct Follow {
    account: String,
    #[serde(default)]
    scene: Option<Scene>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
struct Send {
    account: String,
    #[serde(flatten)]
    said: Said,
}

#[derive(Deserialize)]
struct Tapping {
    account: String,
    #[serde(flatten)]
    tap: Tap,
}

#[derive(Deserialize)]
struct Choice {
    account: String,
    message_id: String,
    #[serde(deserialize_with = "item")]
    item_id: String,
}

/// Items of a menu message have ids that are texts or numbers.
fn item<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    })
}

#[derive(Deserialize)]
struct Dialog {
    account: String,
    template_id: String,
    accept: bool,
}

#[derive(Deserialize)]
struct Enter {
    account: String,
    #[serde(default)]
    session_from: String,
}

#[derive(Deserialize)]
struct Refuse {
    account: String,
    refuse: bool,
}

#[derive(Deserialize)]
struct Union {
    bound: bool,
}

async fn add(sandbox: Control, named: Json<Named>) -> Answer<PersonView> {
    sandbox.add_person(named.name.as_deref()).map(Json)
}

async fn follow(sandbox: Control, person: Path<String>, wait: Query<Wait>, follow: Json<Follow>) -> Answer<Delivered> {
    let Follow { account, scene } = follow.into_inner();
    let push = sandbox.with(|world| world.follow(&person, &account, scene))?;
    Ok(sandbox.ended(push, wait.wait).await?.into())
}

async fn unfollow(sandbox: Control, person: Path<String>, wait: Query<Wait>, at: Json<At>) -> Answer<Delivered> {
    let push = sandbox.with(|world| world.unfollow(&person, &at.account))?;
    Ok(sandbox.ended(push, wait.wait).await?.into())
}

async fn scan(sandbox: Control, person: Path<String>, wait: Query<Wait>, code: Json<Code>) -> Answer<Delivered> {
    sandbox.scanned(&person, &code.code, wait.wait).await.map(Json)
}

async fn send(sandbox: Control, person: Path<String>, wait: Query<Wait>, send: Json<Send>) -> Answer<Sent> {
    let (push, message) = sandbox.with(|world| world.send(&person, &send.account, &send.said))?;
    Ok(Json(Sent { push: sandbox.ended(push, wait.wait).await?, message }))
}

async fn tap(sandbox: Control, person: Path<String>, wait: Query<Wait>, tap: Json<Tapping>) -> Answer<TapResult> {
    sandbox.tapped(&person, &tap.account, &tap.tap, wait.wait).await.map(Json)
}

async fn choose(sandbox: Control, person: Path<String>, wait: Query<Wait>, choice: Json<Choice>) -> Answer<Sent> {
    let (push, message) =
        sandbox.with(|world| world.choose(&person, &choice.account, &choice.message_id, &choice.item_id))?;
    Ok(Json(Sent { push: sandbox.ended(push, wait.wait).await?, message }))
}

async fn subscribe(
    sandbox: Control,
    person: Path<String>,
    wait: Query<Wait>,
    dialog: Json<Dialog>,
) -> Answer<Delivered> {
    let Dialog { account, template_id, accept } = dialog.into_inner();
    let push = sandbox.with(|world| world.subscribe(&person, &account, &template_id, accept))?;
    Ok(sandbox.ended(push, wait.wait).await?.into())
}

async fn enter(sandbox: Control, person: Path<String>, wait: Query<Wait>, enter: Json<Enter>) -> Answer<Delivered> {
    let push = sandbox.with(|world| world.enter(&person, &enter.account, &enter.session_from))?;
    Ok(sandbox.ended(push, wait.wait).await?.into())
}

async fn pay(sandbox: Control, person: Path<String>, at: Json<At>) -> Result<HttpResponse, Trouble> {
    sandbox.pay(&person, &at.account)?;
    Ok(ok())
}

async fn refuse(sandbox: Control, person: Path<String>, refuse: Json<Refuse>) -> Answer<PersonView> {
    sandbox.refuse(&person, &refuse.account, refuse.refuse)?;
    sandbox.person(&person).map(Json)
}

async fn union(sandbox: Control, person: Path<String>, union: Json<Union>) -> Answer<PersonView> {
    sandbox.bind_union(&person, union.bound)?;
    sandbox.person(&person).map(Json)
}

async fn read(sandbox: Control, person: Path<String>, at: Json<At>) -> Answer<serde_json::Value> {
    sandbox.read(&person, &at.account)?;
    Ok(Json(json!({})))
}
