//! Campaigns, budgets, grants and payouts: nothing is given twice, nothing is lost, and the books agree.

mod campaigns;
mod claims;
mod grants;
mod notices;
mod owned;
mod parallel;
mod payouts;
mod properties;
mod reconcile;
mod returns;
pub mod scripted;
mod stops;
mod stories;
mod take_back;
pub mod till;
mod wholes;

use chrono::TimeDelta;
use entity::{
    identity::identity::Source,
    rewards::{
        budget_account, campaign, grant,
        payout::{self, State},
    },
    types::{CampaignId, MemberId, PayoutId},
};
use huilian::{
    app::App,
    identity::{Claim, Claims, resolve},
    infra::db::Tx,
    rewards::{
        Because, Grant, Granted,
        campaign::{By as Approver, approve, create, run},
        check::{Books, check},
        payout::By,
        terms::Terms,
    },
};
use serde_json::{Value, json};

use self::scripted::Scripted;
use crate::{
    identity::people::{Shows::OpenId, somebody, wechat},
    support::{Settings, TestApp, story_with},
};

/// A story with a WeChat Pay that does what the test says.
pub async fn money(test: impl AsyncFnOnce(&TestApp, &Scripted)) {
    let scripted = Scripted::default();
    let set = |settings: &mut Settings| settings.payouts = Some(scripted.providers());
    story_with(set, async |app| test(app, &scripted).await).await;
}

/// Transfers of ten yuan to whoever comes, as long as there is budget.
fn terms(app: &TestApp, change: Value) -> Terms {
    let now = app.clock.now();
    let mut terms = json!({
        "name": "邀请有礼",
        "gives": {
            "kind": "transfer", "merchant": "main", "account": "brand", "scene": "1000", "remark": "邀请奖励",
            "reports": [
                { "info_type": "活动名称", "info_content": "邀请有礼" },
                { "info_type": "奖励说明", "info_content": "邀请奖励" },
            ],
        },
        "amount": { "kind": "fixed", "amount": 1000 },
        "budget": 10_000,
        "starts_at": now - TimeDelta::hours(1),
        "ends_at": now + TimeDelta::days(60),
    });
    let fields = terms.as_object_mut().expect("an object");
    fields.extend(change.as_object().expect("an object").clone());
    serde_json::from_value(terms).expect("terms")
}

/// A campaign that runs.
pub async fn running(app: &TestApp, change: Value) -> CampaignId {
    started(&app.app, &terms(app, change)).await
}

async fn started(app: &App, terms: &Terms) -> CampaignId {
    let [writer, approver] = [(); 2].map(|()| app.random.id(app.clock.now()));
    let made = app.db.tx(async |tx: &Tx| {
        let row = create(tx, terms, writer).await?;
        let by = |version| Approver { staff: approver, version, reason: "可以" };
        let row = approve(tx, row.id, &app.config.rewards, by(row.version)).await?;
        run(tx, row.id, by(row.version)).await
    });
    made.await.expect("a campaign").id
}

/// A campaign of an application that no test stands on, which gives this amount.
pub async fn campaign_of(app: &App, gives: Value, amount: i64, budget: i64) -> CampaignId {
    campaign_with(app, json!({ "gives": gives, "amount": { "kind": "fixed", "amount": amount }, "budget": budget }))
        .await
}

/// The same, with terms of its own.
pub async fn campaign_with(app: &App, change: Value) -> CampaignId {
    let now = app.clock.now();
    let mut terms = json!({
        "name": "邀请有礼", "starts_at": now - TimeDelta::hours(1), "ends_at": now + TimeDelta::days(1),
    });
    terms.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
    started(app, &serde_json::from_value(terms).expect("terms")).await
}

/// Somebody whom an account knows by this OpenID.
pub async fn person_of(app: &App, account: &str, open_id: &str) -> MemberId {
    let claim = Claim::open_id(&account.parse().expect("a key"), &open_id.parse().expect("an OpenID"));
    let claims = Claims { source: Source::MiniLogin, at: app.clock.now(), claims: vec![claim] };
    app.db.tx(async |tx: &Tx| resolve(tx, &claims).await).await.expect("a member").member
}

/// Somebody whom the official account knows.
async fn person(app: &TestApp, number: u32) -> MemberId {
    wechat(app, &[OpenId("brand", number)]).await.member
}

pub fn wish(member: MemberId, campaign: CampaignId, key: &str) -> Grant {
    let because = Because { rule: "test".to_owned(), what: key.to_owned() };
    Grant { member, campaign, amount: None, key: key.to_owned(), because }
}

async fn ask(app: &TestApp, grant: &Grant) -> Granted {
    app.app.db.tx(async |tx: &Tx| huilian::rewards::grant(tx, grant).await).await.expect("an answer")
}

pub async fn give(app: &TestApp, member: MemberId, campaign: CampaignId, key: &str) -> Granted {
    ask(app, &wish(member, campaign, key)).await
}

/// A member of staff who acts on payouts.
fn by(app: &TestApp) -> By<'static> {
    By::Staff(somebody(app), "客户来电")
}

async fn account(app: &TestApp, campaign: CampaignId) -> budget_account::Model {
    let rows = app.rows::<budget_account::Entity>().await;
    rows.into_iter().find(|row| row.campaign_id == campaign).expect("a budget")
}

/// Total, reserved, sent and received of the only budget.
async fn budget(app: &TestApp, campaign: CampaignId) -> [i64; 4] {
    let row = account(app, campaign).await;
    [row.total, row.reserved, row.sent, row.received]
}

pub async fn books(app: &TestApp, campaign: CampaignId) -> Books {
    let books = check(&app.app.db, campaign).await.expect("books");
    assert!(books.agree, "{books:?}");
    books
}

async fn payouts(app: &TestApp) -> Vec<payout::Model> {
    app.rows::<payout::Entity>().await
}

/// The only payout.
pub async fn only(app: &TestApp) -> payout::Model {
    let mut rows = payouts(app).await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows.remove(0)
}

async fn state_of(app: &TestApp, id: PayoutId) -> State {
    payouts(app).await.into_iter().find(|row| row.id == id).expect("a payout").state
}

async fn grants(app: &TestApp) -> Vec<grant::Model> {
    app.rows::<grant::Entity>().await
}

async fn campaign_row(app: &TestApp, id: CampaignId) -> campaign::Model {
    app.rows::<campaign::Entity>().await.into_iter().find(|row| row.id == id).expect("a campaign")
}

/// Lets time pass in small steps, with everything that is due in between.
pub async fn pass(app: &TestApp, time: TimeDelta) {
    let end = app.clock.now() + time;
    app.run_jobs().await;
    loop {
        let open = payouts(app).await.into_iter().filter_map(|row| row.next_at).filter(|at| *at <= end).min();
        let Some(next) = open else { break };
        app.advance((next - app.clock.now()).max(TimeDelta::seconds(20)));
        app.run_jobs().await;
    }
    app.advance((end - app.clock.now()).max(TimeDelta::zero()));
    app.run_jobs().await;
}
