//! Telling members something: by the cheapest way that WeChat allows, at most once, and never against the rules.

mod falls;
mod ledger;
mod once;
mod outcomes;
mod owned;
mod permits;
mod properties;
mod rules;
mod uses;
mod ways;

use chrono::TimeDelta;
use entity::{
    reach::{
        delivery::{self, Channel},
        message, permit, window,
    },
    types::{MemberId, ReachMessageId},
};
use huilian::{
    infra::db::Tx,
    reach::{Message, Purpose, send},
    sandbox::{FaultKind, NewFault},
};

use crate::support::{Consumer, Follower, TestApp};

pub const CUSTOM_SEND: &str = "/cgi-bin/message/custom/send";
pub const SUBSCRIBE_SEND: &str = "/cgi-bin/message/subscribe/send";
pub const TEMPLATE_SEND: &str = "/cgi-bin/message/template/send";
/// 奖励到账提醒 of the mini program and of the official account.
pub const SHOP: &str = "xwkR-aeNPJAvoVDA_2MIRaStmRXj06SV86r5vJoSxR0";
pub const BRAND: &str = "5_dKe7hggaJsPsKKPInp75Oe4gQ6FIXSH6_hlXC1agU";

/// Somebody who follows the official account, has no window open there, and uses the mini program.
struct Somebody<'a> {
    person: Follower<'a>,
    consumer: Consumer<'a>,
    member: MemberId,
}

async fn somebody<'a>(app: &'a TestApp, name: &str) -> Somebody<'a> {
    let person = app.follower(name).await;
    let consumer = person.log_in("shop").await;
    let member = consumer.member().await.parse().expect("an id");
    Somebody { person, consumer, member }
}

impl Somebody<'_> {
    /// Says yes to one subscription message; not twice in a second, which WeChat's pushes cannot tell apart.
    async fn permits(&self, account: &str, template: &str) {
        self.person.app.advance(TimeDelta::seconds(1));
        let sandbox = &self.person.app.sandbox;
        sandbox.subscribe(&self.person.id, account, template, true).await.expect("an answer");
    }

    /// Opens a window at the official account for 48 hours.
    async fn writes(&self) {
        self.person.say("brand", "转人工").await;
        self.person.app.run_jobs().await;
    }

    /// How many things that are ours the member has got.
    fn told(&self) -> usize {
        ["brand", "shop"].into_iter().map(|account| self.texts(account).len()).sum()
    }

    /// What the member was told of money at an account.
    fn texts(&self, account: &str) -> Vec<String> {
        let heard = self.person.heard(account).into_iter();
        heard.filter(|(_, text)| text.contains("春游")).map(|(_, text)| text).collect()
    }
}

/// Something that makes sense for a day.
fn message(app: &TestApp, member: MemberId, key: &str) -> Message {
    let values = [("campaign", "春游有礼"), ("amount", "¥1.88"), ("until", "2026年11月22日 10:00")];
    Message {
        member,
        kind: "payout_arrived".to_owned(),
        values: values.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        key: key.to_owned(),
        purpose: Purpose::Transactional,
        expires_at: app.clock.now() + TimeDelta::hours(24),
    }
}

fn offer(app: &TestApp, member: MemberId, key: &str) -> Message {
    Message { purpose: Purpose::Marketing, ..message(app, member, key) }
}

async fn put(app: &TestApp, message: &Message) -> ReachMessageId {
    app.app.db.tx(async |tx: &Tx| send(tx, message).await).await.expect("a message")
}

/// Leaves something to be told to a member.
pub async fn leave_message(app: &TestApp, member: MemberId) {
    put(app, &message(app, member, &format!("left {member}"))).await;
}

async fn row(app: &TestApp, id: ReachMessageId) -> message::Model {
    app.rows::<message::Entity>().await.into_iter().find(|row| row.id == id).expect("a message")
}

/// How a message stands, and why.
async fn stands(app: &TestApp, id: ReachMessageId) -> (message::State, Option<String>) {
    let row = row(app, id).await;
    (row.state, row.reason)
}

/// Every try to carry a message: by which way, how it ended, and why.
async fn tries(app: &TestApp, id: ReachMessageId) -> Vec<(Channel, delivery::State, Option<String>)> {
    let rows = app.rows::<delivery::Entity>().await.into_iter().filter(|row| row.message_id == Some(id));
    rows.map(|row| (row.channel, row.state, row.reason)).collect()
}

/// What is left of a permit.
async fn left(app: &TestApp, template: &str) -> i32 {
    let rows = app.rows::<permit::Entity>().await.into_iter();
    rows.filter(|row| row.template_id == template).map(|row| row.available).sum()
}

/// What is left of all windows.
async fn windows(app: &TestApp) -> i32 {
    let rows = app.rows::<window::Entity>().await.into_iter();
    rows.filter(|row| row.closes_at > app.clock.now()).map(|row| row.allowed - row.used).sum()
}

fn refuses(app: &TestApp, path: &str, errcode: i64) {
    let fault = FaultKind::Errcode { errcode, errmsg: None };
    app.sandbox.add_fault(NewFault::once(path, fault)).expect("a fault");
}

/// How often WeChat took a call.
fn taken(app: &TestApp, path: &str) -> usize {
    app.sandbox.calls(usize::MAX).into_iter().filter(|call| call.path == path && call.errcode == Some(0)).count()
}
