//! How far invitations came, all of them counted, and with whose names they are listed.

use chrono::TimeDelta;
use entity::{
    admin::staff::Role,
    referral::invitation::{self, State},
};
use reqwest::StatusCode;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::json;

use super::{inviter, pass, person, running};
use crate::support::{TestApp, story};

/// An invitation that has come so many steps, and is in this state.
async fn came(app: &TestApp, program: entity::types::ReferralProgramId, number: u32, steps: usize, state: State) {
    let invitee = person(app, number).await;
    // Whoever looks at what became known of them must find no invitation yet.
    app.run_jobs().await;
    let now = app.clock.now();
    let at = |step| Set((steps >= step).then_some(now));
    let row = invitation::ActiveModel {
        id: Set(app.app.random.id(now)),
        program_id: Set(program),
        invitee: Set(invitee),
        rules: Set(1),
        state: Set(state),
        why: Set("no_touch".to_owned()),
        seen: Set(json!({})),
        // Nobody has to have a phone who did what the rules ask for.
        registered_at: at(1),
        phone_at: Set((steps == 2).then_some(now)),
        qualified_at: at(3),
        matured_at: at(4),
        rewarded_at: at(5),
        checks: Set(json!([])),
        value_fen: Set(0),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    invitation::Entity::insert(row).exec_without_returning(app.app.db.read()).await.expect("an invitation");
}

#[actix_web::test]
async fn whoever_came_further_counts_for_the_steps_before() {
    story(async |app| {
        let (program, other) = (running(app, json!({})).await, running(app, json!({})).await);
        let all = [
            (0, State::Seen),
            (0, State::Refused),
            (1, State::Registered),
            (2, State::PhoneVerified),
            (2, State::Held),
            (3, State::Qualified),
            (4, State::Matured),
            (5, State::Rewarded),
            (5, State::Reversed),
        ];
        for (number, (steps, state)) in (1..).zip(all) {
            came(app, program, number, steps, state).await;
        }
        came(app, other, 90, 5, State::Rewarded).await;
        let manager = app.staff(Role::Manager).await;
        let path = |program: &str| format!("/api/admin/v1/referral-programs/{program}/funnel");
        let funnel = manager.get(&path(&program.to_string())).await;
        let expected = json!({
            "seen": 9, "registered": 7, "phone": 6, "qualified": 4, "matured": 3, "rewarded": 2,
            "held": 1, "refused": 1, "reversed": 1,
        });
        assert_eq!((funnel.status, funnel.body), (StatusCode::OK, expected));
        assert_eq!(manager.get(&path("rpg_06gzqn7n01rvnb8hvp20m4nfy0")).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[actix_web::test]
async fn a_list_says_how_the_names_of_both_begin() {
    story(async |app| {
        let program = running(app, json!({ "mature_days": 1 })).await;
        let (friend, code) = inviter(app, "林小满", program).await;
        let named = friend.patch("/api/mini/v1/profile", &json!({ "nickname": "小满" })).await;
        assert_eq!(named.status, StatusCode::OK, "{named:?}");
        app.advance(TimeDelta::minutes(1));
        app.person("周一鸣").follow_by("brand", &format!("i.{code}")).await;
        pass(app, TimeDelta::days(2)).await;
        let manager = app.staff(Role::Headquarters).await;
        let list = manager.get("/api/admin/v1/referrals").await.body;
        let line = &list["items"][0];
        assert_eq!((&line["inviter_name"], &line["invitee_name"]), (&json!("小**"), &json!("友**")), "{list}");
        let detail = manager.get(&format!("/api/admin/v1/referrals/{}", line["id"].as_str().expect("an id"))).await;
        assert_eq!(detail.body["inviter_name"], "小**");
    })
    .await;
}
