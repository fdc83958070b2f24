//! One person: bought in a store, follows by a code, opens the mini program, gives a phone: one member. And when the
//! machine was wrong, staff undo it.

use entity::{
    admin::staff::Role,
    identity::{identity::Source, member},
};
use huilian::{
    identity::{Claim, Claims, resolve},
    infra::db::Tx,
    sandbox::AccountPatch,
};
use reqwest::StatusCode;
use serde_json::json;

use crate::support::{TestApp, story};

/// What the till knew before: a card and a phone.
async fn bought_in_a_store(app: &TestApp, phone: &str, card: &str) -> String {
    let phone = Claim::phone(&app.app.vault, &phone.parse().expect("a phone")).expect("a vault");
    let claims = Claims { source: Source::Import, at: app.clock.now(), claims: vec![Claim::card("pos", card), phone] };
    let outcome = app.app.db.tx(async |tx: &Tx| resolve(tx, &claims).await).await.expect("a member");
    outcome.member.to_string()
}

async fn active(app: &TestApp) -> usize {
    let rows = app.rows::<member::Entity>().await;
    rows.iter().filter(|row| row.state == member::State::Active).count()
}

#[actix_web::test]
async fn store_follow_mini_program_and_phone_are_one_member() {
    story(async |app| {
        let standing = bought_in_a_store(app, "13800000001", "88000001").await;
        let person = app.person("林小满");
        person.follow_by("brand", "store-7").await;
        app.run_jobs().await;
        assert_eq!(active(app).await, 2, "nobody knows yet that they are one");
        let consumer = person.log_in("shop").await;
        assert_eq!(active(app).await, 2, "follower and mini program are one by the UnionID");
        let given = consumer.give_phone("13800000001").await;
        assert_eq!((&given.body["member"], &given.body["state"]), (&json!(standing), &json!("linked")));
        assert_eq!(active(app).await, 1);
        assert_eq!(consumer.member().await, standing, "the session goes on as the member of the card");
        let shown =
            app.staff(Role::Headquarters).await.get(&format!("/api/admin/v1/members/{standing}/identities")).await;
        assert_eq!(shown.status, StatusCode::OK, "{shown:?}");
        let text = shown.body.to_string();
        assert!(text.contains("138****0001") && !text.contains("13800000001"), "{text}");
    })
    .await;
}

#[actix_web::test]
async fn a_union_id_that_comes_late_joins_what_was_apart() {
    story(async |app| {
        let unbound = AccountPatch { open_platform: Some(String::new()), ..AccountPatch::default() };
        app.sandbox.change_account("shop", unbound).expect("an account");
        let person = app.follower("林小满").await;
        let early = person.log_in("shop").await;
        assert_eq!(active(app).await, 2, "WeChat does not tell yet");
        let bound = AccountPatch { open_platform: Some("platform".to_owned()), ..AccountPatch::default() };
        for account in ["shop", "brand"] {
            app.sandbox.change_account(account, bound.clone()).expect("an account");
        }
        let late = person.log_in("shop").await;
        assert_eq!(early.member().await, late.member().await, "the earlier session goes on");
    })
    .await;
}

#[actix_web::test]
async fn a_wrong_merge_is_undone_and_the_sessions_part_again() {
    story(async |app| {
        let standing = bought_in_a_store(app, "13800000001", "88000001").await;
        let consumer = app.person("林小满").log_in("shop").await;
        let alone = consumer.member().await;
        consumer.give_phone("13800000001").await;
        assert_eq!(consumer.member().await, standing);
        let staff = app.staff(Role::Headquarters).await;
        let merges = staff.get("/api/admin/v1/merges").await;
        let merge = merges.body["items"][0]["id"].as_str().expect("a merge").to_owned();
        let undo = format!("/api/admin/v1/merges/{merge}/undo");
        let undone = staff.post_once(&undo, "undo-0001", &json!({ "note": "另一个人的号码" })).await;
        assert!(undone.status.is_success(), "{undone:?}");
        assert_eq!(consumer.member().await, alone, "the mini program's person is their own again");
        assert_eq!(active(app).await, 2);
    })
    .await;
}
