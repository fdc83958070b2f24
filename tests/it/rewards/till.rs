//! The brand's merchant as the sandbox plays it: real keys, both of its addresses, TLS with its certificate, and its way
//! back to us.

use std::collections::HashMap;

use chrono::TimeDelta;
use entity::{
    rewards::grant::State,
    types::{CampaignId, GrantId, MemberId, PayoutId},
};
use huilian::{
    infra::db::Tx,
    rewards::claim,
    sandbox::{KeyMode, MerchantOptions, MovementKind, PacketState, Sandbox, TransferState},
};
use serde_json::{Value, json};

use super::{give, running};
use crate::support::{Consumer, Follower, Proxy, Settings, TestApp};

/// Runs a test against a product whose merchant `main` the sandbox plays.
pub async fn till(test: impl AsyncFnOnce(&TestApp)) {
    till_with(|_| {}, async |app, _| test(app).await).await;
}

/// The same, with settings of its own, and with the wire on which WeChat Pay reports to us.
pub async fn till_with(set: impl FnOnce(&mut Settings), test: impl AsyncFnOnce(&mut TestApp, &Proxy)) {
    let (mut app, wire) = open(set).await;
    test(&mut app, &wire).await;
    app.finish().await;
}

/// A product with its till.
pub async fn open(set: impl FnOnce(&mut Settings)) -> (TestApp, Proxy) {
    let wire = Proxy::held();
    let app = TestApp::start(|settings| {
        let mut main = MerchantOptions::new("main", "1900000001", "惠联样板店");
        main.mode = KeyMode::Both;
        settings.sandbox.merchants = vec![main, MerchantOptions::new("other", "1900009999", "别家")];
        settings.config.http.public_url = format!("http://{}", wire.address);
        set(settings);
    });
    let app = app.await;
    wire.turn_to(&[app.address]);
    (app, wire)
}

/// One of the three ways in which money goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Transfer,
    RedPacket,
    MiniRedPacket,
}

pub const WAYS: [Way; 3] = [Way::Transfer, Way::RedPacket, Way::MiniRedPacket];

impl Way {
    /// What a campaign says of it.
    pub fn gives(self) -> Value {
        let packet = |kind: &str, account: &str| {
            json!({
                "kind": kind, "merchant": "main", "account": account, "send_name": "惠联样板店",
                "wishing": "感谢参加活动", "act_name": "拉新有礼", "remark": "邀请奖励",
            })
        };
        match self {
            Self::Transfer => json!({
                "kind": "transfer", "merchant": "main", "account": "shop", "scene": "1000", "remark": "邀请奖励",
                "reports": [
                    { "info_type": "活动名称", "info_content": "邀请有礼" },
                    { "info_type": "奖励说明", "info_content": "邀请奖励" },
                ],
            }),
            Self::RedPacket => packet("red_packet", "brand"),
            Self::MiniRedPacket => packet("mini_red_packet", "shop"),
        }
    }

    /// A campaign that gives 10 yuan in this way; in the mini program they are claimed.
    pub async fn campaign(self, app: &TestApp, change: Value) -> CampaignId {
        let mut terms = json!({ "gives": self.gives() });
        if self != Self::RedPacket {
            terms["claim"] = json!({ "hours": 48 });
        }
        terms.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
        running(app, terms).await
    }
}

/// Somebody who follows the brand and is logged in to its mini program.
pub async fn customer<'a>(app: &'a TestApp, name: &str) -> (Consumer<'a>, MemberId) {
    let person = app.follower(name).await;
    let consumer = person.log_in("shop").await;
    let member = consumer.member().await.parse().expect("an id");
    (consumer, member)
}

/// Gives, and claims where that is needed, without asking for the risk.
pub async fn promise(app: &TestApp, member: MemberId, campaign: CampaignId, key: &str) -> GrantId {
    let given = give(app, member, campaign, key).await;
    if given.state == State::Claimable {
        app.app.db.tx(async |tx: &Tx| claim(tx, member, given.id).await).await.expect("claimed");
    }
    given.id
}

/// What the person finds on the phone they take: red packets are opened, transfers confirmed. Gives how many.
pub fn take(app: &TestApp, person: &str) -> usize {
    taken(&app.sandbox, person)
}

/// The same at a WeChat on which no test application stands.
pub fn taken(sandbox: &Sandbox, person: &str) -> usize {
    let wallet = sandbox.wallet(person).expect("a wallet");
    let mut taken = 0;
    for packet in wallet.packets.iter().filter(|packet| packet.state == PacketState::Sent) {
        taken += usize::from(sandbox.open_packet(person, packet.id).is_ok());
    }
    for transfer in wallet.transfers.iter().filter(|transfer| transfer.state == TransferState::WaitUserConfirm) {
        taken += usize::from(sandbox.confirm_transfer(person, transfer.id).is_ok());
    }
    taken
}

/// What is in the pocket of a follower, in fen.
pub fn pocket(app: &TestApp, person: &Follower<'_>) -> i64 {
    app.sandbox.wallet(&person.id).expect("a wallet").balance
}

/// What left the merchant's account and came back to it, without what was put in, in fen.
pub fn flows(app: &TestApp) -> (i64, i64) {
    let movements = app.sandbox.ledger("main").expect("a ledger");
    let sum = |kinds: [MovementKind; 2]| {
        movements.iter().filter(|movement| kinds.contains(&movement.kind)).map(|movement| movement.amount).sum()
    };
    (
        sum([MovementKind::Packet, MovementKind::Transfer]),
        sum([MovementKind::PacketReturn, MovementKind::TransferReturn]),
    )
}

/// What left the merchant's account for each number and did not come back, by its ledger, in fen.
pub fn kept(app: &TestApp) -> HashMap<String, i64> {
    kept_at(&app.sandbox)
}

/// The same at a WeChat on which no test application stands.
pub fn kept_at(sandbox: &Sandbox) -> HashMap<String, i64> {
    let mut kept = HashMap::new();
    for movement in sandbox.ledger("main").expect("a ledger") {
        if movement.kind != MovementKind::TopUp {
            let amount = if movement.kind.is_income() { -movement.amount } else { movement.amount };
            *kept.entry(movement.number).or_default() += amount;
        }
    }
    kept
}

/// How often an address was called for the merchant.
pub fn calls(app: &TestApp, path: &str) -> usize {
    let calls = app.sandbox.calls(usize::MAX).into_iter();
    calls.filter(|call| call.path == path && call.account.as_deref() == Some("main")).count()
}

/// The path of what staff do about a payout.
pub fn act(id: PayoutId, what: &str) -> String {
    format!("/api/admin/v1/payouts/{id}/{what}")
}

/// A little more than the person has to take it.
pub fn a_day() -> TimeDelta {
    TimeDelta::hours(24) + TimeDelta::minutes(30)
}
