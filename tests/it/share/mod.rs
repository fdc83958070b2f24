//! Members share pages: visits of others bring points, once, and the tap itself brings none.

mod life;
mod members;
mod model;
mod quality;

use chrono::TimeDelta;
use entity::{
    share::{
        reward,
        visit::{self, State},
    },
    types::{MemberId, ShareCampaignId},
};
use huilian::{
    infra::{clock::Time, db::Tx},
    rewards::campaign::By,
    share::{
        campaign::{self, Act, Terms},
        link,
    },
    tracking::{
        invitation::Code,
        origin::Origin,
        shared::{Opened, opened},
    },
};
use reqwest::StatusCode;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::{Value, json};

use crate::{
    identity::people::somebody,
    referral::points,
    support::{Answered, Consumer, TestApp},
};

pub const PAGE: &str = "pages/goods/tea";
const LINKS: &str = "/api/mini/v1/share-links";

/// A visit that is looked at for ten seconds brings ten points, registering fifty, a first purchase two hundred.
async fn terms(app: &TestApp, change: Value) -> Terms {
    let rewards = json!({
        "visit": points(app, 10).await, "registered": points(app, 50).await, "purchase": points(app, 200).await,
    });
    let page = json!({ "page": PAGE, "title": "春茶上市", "picture": "/pictures/tea.png" });
    let cup = json!({ "page": "pages/goods/cup", "title": "杯子" });
    let mut rules = json!({ "pages": [page, cup], "rewards": rewards });
    rules.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
    let now = app.clock.now();
    let (starts_at, ends_at) = (now - TimeDelta::hours(1), now + TimeDelta::days(60));
    serde_json::from_value(json!({ "name": "春茶", "starts_at": starts_at, "ends_at": ends_at, "rules": rules }))
        .expect("terms")
}

fn by(app: &TestApp, version: i32) -> By<'static> {
    By { staff: somebody(app), version, reason: "按计划" }
}

/// A campaign that runs.
async fn running(app: &TestApp, change: Value) -> ShareCampaignId {
    let terms = terms(app, change).await;
    let made = app.app.db.tx(async |tx: &Tx| {
        let row = campaign::create(tx, &terms, somebody(app)).await?;
        campaign::act(tx, row.id, Act::Run, by(app, 1)).await
    });
    made.await.expect("a campaign").id
}

/// Ends every campaign, so that the page is free for another one.
async fn end_all(app: &TestApp) {
    for row in app.rows::<entity::share::campaign::Entity>().await {
        if row.state != entity::share::campaign::State::Ended {
            let ended = async |tx: &Tx| campaign::act(tx, row.id, Act::End, by(app, row.version)).await;
            app.app.db.tx(ended).await.expect("an end");
        }
    }
}

/// Somebody's link for the page, by HTTP.
async fn mint(consumer: &Consumer<'_>) -> Value {
    let answer = consumer.put(LINKS, &json!({ "page": PAGE })).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.body
}

async fn key_of(consumer: &Consumer<'_>) -> String {
    mint(consumer).await["key"].as_str().expect("a key").to_owned()
}

async fn visit(consumer: &Consumer<'_>, key: &str) -> Answered {
    let answer = consumer.post("/api/mini/v1/share-visits", &json!({ "key": key, "scene": 1007 })).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{answer:?}");
    answer
}

/// Somebody stays on the page for so many seconds.
async fn stay(consumer: &Consumer<'_>, seconds: i64) {
    let app = consumer.person.app;
    app.advance(TimeDelta::seconds(seconds));
    let (at, id) = (app.clock.now(), format!("{}-{seconds}", app.clock.now()));
    let event = json!({ "id": id, "kind": "dwell", "page": PAGE, "millis": seconds * 1000, "at": at });
    let answer = consumer.post("/api/mini/v1/events", &json!({ "events": [event] })).await;
    assert_eq!((answer.status, &answer.body["stored"]), (StatusCode::OK, &json!(1)), "{answer:?}");
    app.run_jobs().await;
}

async fn rows(app: &TestApp) -> Vec<visit::Model> {
    app.rows::<visit::Entity>().await
}

/// State and reason of the visits, in order.
async fn stand(app: &TestApp) -> Vec<(State, String)> {
    rows(app).await.into_iter().map(|row| (row.state, row.why)).collect()
}

async fn id(consumer: &Consumer<'_>) -> MemberId {
    consumer.member().await.parse().expect("an id")
}

async fn has(app: &TestApp, member: MemberId) -> i64 {
    crate::points::has(app, member).await.0
}

/// Somebody's link for the page.
async fn link_of(app: &TestApp, member: MemberId, page: &str) -> String {
    let made = app.app.db.tx(async |tx: &Tx| link::mine(tx, member, page, None).await);
    made.await.expect("a link").key
}

/// A person by number opens the mini program by a link at this moment.
async fn came(app: &TestApp, number: u32, key: &str, at: Time, origin: Origin) {
    let seen = Opened {
        account: "shop".parse().expect("an account"),
        open_id: format!("oPerson{number:021}").parse().expect("an OpenID"),
        key: key.parse::<Code>().expect("a key"),
        origin,
        began_at: at,
        at,
    };
    app.app.db.tx(async |tx: &Tx| opened(tx, &seen).await).await.expect("a visit");
}

/// Leaves something of a member in every table of this domain.
pub async fn leave_shares(app: &TestApp, member: MemberId) {
    let campaign = running(app, json!({})).await;
    let link = link_of(app, member, PAGE).await;
    let (db, now) = (app.app.db.read(), app.clock.now());
    let row = visit::ActiveModel {
        id: Set(app.app.random.id(now)),
        campaign_id: Set(campaign),
        visitor: Set(member),
        page: Set(PAGE.to_owned()),
        rules: Set(1),
        state: Set(State::Refused),
        why: Set("no_visit".to_owned()),
        seen: Set(json!({})),
        value_fen: Set(0),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    let row = visit::Entity::insert(row).exec_with_returning(db).await.expect("a visit");
    let earned = reward::ActiveModel {
        id: Set(app.app.random.id(now)),
        campaign_id: Set(campaign),
        visit_id: Set(row.id),
        link: Set(link),
        role: Set(reward::Role::Visit),
        member_id: Set(member),
        gives: Set(points(app, 1).await),
        grant_id: Set(app.app.random.id(now)),
        key: Set(row.id.to_string()),
        generation: Set(1),
        day: Set(now.date_naive()),
        state: Set(reward::State::Refused),
        amount: Set(0),
        back: Set(0),
        gone: Set(0),
        at: Set(now),
        ended_at: Set(None),
    };
    reward::Entity::insert(earned).exec_without_returning(db).await.expect("a reward");
    app.run_jobs().await;
}
