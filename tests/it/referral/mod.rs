//! Old members bring new ones: by every carrier, in any order, and whoever tries to farm it.

mod appeals;
mod boards;
mod carriers;
mod codes;
mod funnel;
mod guard;
mod ladder;
mod life;
pub mod members;
mod model;
mod parallel;
mod posters;
mod programs;
mod proof;
mod properties;
pub mod qr;

pub use members::{forget, join, part};

use chrono::TimeDelta;
use entity::{
    identity::identity::Source,
    referral::{
        invitation::{self, State},
        reward,
    },
    types::{CampaignId, MemberId, ReferralProgramId},
};
use huilian::{
    identity::{Claims, resolve},
    infra::{clock::Time, db::Tx},
    referral::{
        code,
        program::{self, Terms},
    },
    rewards::campaign::By,
    tracking::{
        invitation::Code,
        origin::Origin,
        touches::Carrier,
        visits::{Visit, record},
    },
};
use reqwest::StatusCode;
use sea_orm::{ActiveValue::Set, EntityTrait, sea_query::OnConflict};
use serde_json::{Value, json};

use crate::{
    identity::people::{Shows, claim, somebody},
    support::{Answered, Consumer, TestApp},
};

pub const PROGRAMS: &str = "/api/mini/v1/referral-programs";

/// A campaign that gives so many points each time.
pub async fn points(app: &TestApp, each: i64) -> CampaignId {
    let amount = json!({ "kind": "fixed", "amount": each });
    let guard = json!({ "failures_percent": 100, "one_person_percent": 100 });
    let terms = json!({ "gives": { "kind": "points" }, "amount": amount, "budget": 1_000_000, "guard": guard });
    crate::rewards::running(app, terms).await
}

/// Nothing is held by the guard.
pub fn unguarded() -> Value {
    let off = |rule: &huilian::referral::guard::Rule| (rule.name.to_owned(), json!({ "mode": "off" }));
    Value::Object(huilian::referral::guard::REGISTRY.iter().map(off).collect())
}

/// Who brings somebody who follows and stays for two days gets ten points, and the friend five.
async fn terms(app: &TestApp, change: Value) -> Value {
    let (inviter, invitee) = (points(app, 10).await, points(app, 5).await);
    let mut rules = json!({
        "attribution": "first", "window_days": 7, "qualification": { "follow": "brand" }, "mature_days": 2,
        "leave_days": 2, "rewards": { "inviter": inviter, "invitee": invitee }, "guard": unguarded(),
    });
    rules.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
    let now = app.clock.now();
    json!({ "name": "邀请有礼", "starts_at": now - TimeDelta::hours(1), "ends_at": now + TimeDelta::days(60), "rules": rules })
}

fn by(app: &TestApp, version: i32) -> By<'static> {
    By { staff: somebody(app), version, reason: "按计划" }
}

/// Nobody looks at night for people whom the sandbox does not know.
async fn unsynchronised(app: &TestApp) {
    use entity::jobs::schedule::{ActiveModel, Column, Entity};
    let next_at = Set(app.clock.now() + TimeDelta::days(9_999));
    let row = ActiveModel { name: Set("followers.sync".to_owned()), next_at };
    let again = OnConflict::column(Column::Name).update_column(Column::NextAt).to_owned();
    Entity::insert(row).on_conflict(again).exec_without_returning(app.app.db.read()).await.expect("a line");
}

/// A program that runs.
pub async fn running(app: &TestApp, change: Value) -> ReferralProgramId {
    unsynchronised(app).await;
    begun(app, change).await
}

async fn begun(app: &TestApp, change: Value) -> ReferralProgramId {
    let terms: Terms = serde_json::from_value(terms(app, change).await).expect("terms");
    let made = app.app.db.tx(async |tx: &Tx| {
        let row = program::create(tx, &terms, somebody(app)).await?;
        program::run(tx, row.id, by(app, 1)).await
    });
    made.await.expect("a program").id
}

/// Somebody in the mini program with their code.
async fn inviter<'a>(app: &'a TestApp, name: &str, program: ReferralProgramId) -> (Consumer<'a>, String) {
    let consumer = app.person(name).log_in("shop").await;
    let code = mine(&consumer, program).await["code"].as_str().expect("a code").to_owned();
    (consumer, code)
}

async fn mine(consumer: &Consumer<'_>, program: ReferralProgramId) -> Value {
    let answer = consumer.put(&format!("{PROGRAMS}/{program}/code"), &json!({})).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.body
}

/// What somebody sees of whom they invited.
async fn invitations(consumer: &Consumer<'_>, program: ReferralProgramId) -> Vec<Value> {
    let answer = consumer.get(&format!("{PROGRAMS}/{program}/invitations")).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.body["items"].as_array().expect("items").clone()
}

async fn touch(consumer: &Consumer<'_>, code: &str, carrier: &str) -> Answered {
    consumer.post("/api/mini/v1/touches", &json!({ "code": code, "carrier": carrier })).await
}

async fn rows(app: &TestApp) -> Vec<invitation::Model> {
    app.rows::<invitation::Entity>().await
}

/// The only invitation.
async fn only(app: &TestApp) -> invitation::Model {
    let mut rows = rows(app).await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows.remove(0)
}

/// State and reason of somebody's invitation.
async fn stands(app: &TestApp, member: MemberId) -> (State, String) {
    let row = rows(app).await.into_iter().find(|row| row.invitee == member).expect("an invitation");
    (row.state, row.why)
}

/// What somebody has been given and still has, by role and generation.
async fn rewards(app: &TestApp, member: MemberId) -> Vec<(reward::Role, i32)> {
    let rows = app.rows::<reward::Entity>().await;
    let live = rows.iter().filter(|row| row.member_id == member && row.ended_at.is_none());
    live.map(|row| (row.role, row.generation)).collect()
}

async fn has(app: &TestApp, member: MemberId) -> i64 {
    crate::points::has(app, member).await.0
}

/// Lets time pass, with everything that it ripens.
async fn pass(app: &TestApp, time: TimeDelta) {
    app.run_jobs().await;
    app.advance(time);
    app.run_jobs().await;
    app.advance(TimeDelta::minutes(5));
    app.run_jobs().await;
}

/// Somebody whom the mini program and the account know under this number.
pub async fn person(app: &TestApp, number: u32) -> MemberId {
    registered(app, number, app.clock.now()).await
}

pub async fn registered(app: &TestApp, number: u32, at: Time) -> MemberId {
    let claims = [Shows::OpenId("shop", number), Shows::OpenId("brand", number)].map(|shows| claim(app, shows));
    let claims = Claims { source: Source::MiniLogin, at, claims: claims.to_vec() };
    app.app.db.tx(async |tx: &Tx| resolve(tx, &claims).await).await.expect("a member").member
}

/// Leaves something of a member in every table of this domain, and a purchase. The words name them.
pub async fn leave_invitations(app: &TestApp, member: MemberId, words: &str) {
    use entity::referral::appeal;
    let program = begun(app, json!({})).await;
    code_of(app, program, member).await;
    let bought = huilian::orders::Paid {
        source: "pos".to_owned(),
        number: format!("{words}-1"),
        member,
        amount: 100_i64.try_into().expect("fen"),
        at: app.clock.now(),
    };
    app.app.db.tx(async |tx: &Tx| huilian::orders::paid(tx, &bought).await).await.expect("a purchase");
    let (db, now) = (app.app.db.read(), app.clock.now());
    let row = invitation::ActiveModel {
        id: Set(app.app.random.id(now)),
        program_id: Set(program),
        invitee: Set(member),
        rules: Set(1),
        state: Set(State::Refused),
        why: Set("no_touch".to_owned()),
        seen: Set(json!({})),
        checks: Set(json!([])),
        prefix: Set(Some(words.to_owned())),
        value_fen: Set(0),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    let row = invitation::Entity::insert(row).exec_with_returning(db).await.expect("an invitation");
    let earned = reward::ActiveModel {
        id: Set(app.app.random.id(now)),
        program_id: Set(program),
        referral_id: Set(Some(row.id)),
        role: Set(reward::Role::Invitee),
        step: Set(0),
        member_id: Set(member),
        campaign_id: Set(points(app, 1).await),
        grant_id: Set(app.app.random.id(now)),
        key: Set(row.id.to_string()),
        generation: Set(1),
        state: Set(reward::State::Refused),
        amount: Set(0),
        back: Set(0),
        gone: Set(0),
        at: Set(now),
        ended_at: Set(None),
    };
    reward::Entity::insert(earned).exec_without_returning(db).await.expect("a reward");
    let said = appeal::ActiveModel {
        id: Set(app.app.random.id(now)),
        referral_id: Set(row.id),
        held_at: Set(now),
        by: Set(member),
        words: Set(words.to_owned()),
        at: Set(now),
    };
    appeal::Entity::insert(said).exec_without_returning(db).await.expect("an appeal");
    app.run_jobs().await;
}

async fn code_of(app: &TestApp, program: ReferralProgramId, member: MemberId) -> String {
    let made = app.app.db.tx(async |tx: &Tx| code::mine(tx, program, member, None).await);
    made.await.expect("a code").code
}

/// Somebody opens the mini program by a code at this moment.
async fn came(app: &TestApp, number: u32, code: &str, at: Time, origin: Origin) {
    let visit = Visit {
        account: "shop".parse().expect("an account"),
        open_id: format!("oPerson{number:021}").parse().expect("an OpenID"),
        code: code.parse::<Code>().expect("a code"),
        carrier: Carrier::MiniCode,
        origin,
        began_at: at,
        at,
    };
    app.app.db.tx(async |tx: &Tx| record(tx, &[&visit]).await).await.expect("a touch");
}
