//! Menus from the console: what the folder wants beside what WeChat has, and making them the same.

use entity::admin::staff::Role;
use huilian::{
    sandbox::{FaultKind, NewFault},
    wechat::account::menu::Menu,
};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{StaffActor, TestApp, story};

const MENU: &str = "/api/admin/v1/accounts/brand/menu";
const APPLY: &str = "/api/admin/v1/accounts/brand/menu/apply";
const TRY: &str = "/api/admin/v1/accounts/brand/menu/try";
const MENU_GET: &str = "/cgi-bin/menu/get";

/// How often a menu was made at WeChat.
fn made(app: &TestApp) -> usize {
    app.sandbox.calls(usize::MAX).iter().filter(|call| call.path == "/cgi-bin/menu/create").count()
}

async fn shown(staff: &StaffActor<'_>) -> Value {
    let answer = staff.get(MENU).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.body
}

#[actix_web::test]
async fn what_was_looked_at_is_applied_and_again_changes_nothing() {
    story(async |app| {
        let (hq, manager) = (app.staff(Role::Headquarters).await, app.staff(Role::Manager).await);
        let before = shown(&manager).await;
        assert_eq!((&before["state"], &before["present"]), (&json!("differs"), &Value::Null), "{before}");
        let gained = before["changes"][0]["gained"].as_array().expect("lines");
        let members = format!("会员 › 会员中心 (view {}/m/?account=brand)", app.app.config.http.public_url);
        assert!(gained.contains(&json!(members)), "{before}");
        let order = json!({ "plan": before["plan"] });
        assert_eq!(manager.post(APPLY, &order).await.status, StatusCode::FORBIDDEN);
        let other = hq.post(APPLY, &json!({ "plan": "another" })).await;
        assert_eq!((other.status, made(app)), (StatusCode::CONFLICT, 0), "{other:?}");
        let applied = hq.post(APPLY, &order).await;
        assert_eq!((applied.status, &applied.body["state"]), (StatusCode::OK, &json!("same")), "{applied:?}");
        assert_eq!(applied.body["present"], applied.body["wanted"]);
        assert_eq!(hq.post(APPLY, &order).await.body, applied.body, "again");
        assert_eq!(made(app), 1);

        // Somebody changes it behind our back.
        let api = app.app.wechat.of(&app.account("brand").key).expect("an account");
        let mut menu: Menu = api.menus().await.expect("menus").expect("a menu").default;
        menu.button.truncate(1);
        api.create_menu(&menu).await.expect("another menu");
        let found = shown(&hq).await;
        assert_eq!((&found["state"], &found["present"].as_array().map(Vec::len)), (&json!("differs"), &Some(1)));
    })
    .await;
}

#[actix_web::test]
async fn who_cannot_reach_wechat_sees_the_folder_and_can_ask_again() {
    story(async |app| {
        let hq = app.staff(Role::Headquarters).await;
        // So often is a read tried.
        for _ in 0..3 {
            app.sandbox.add_fault(NewFault::once(MENU_GET, FaultKind::Http { status: 502 })).expect("a fault");
        }
        let gone = shown(&hq).await;
        assert_eq!(gone["state"], "unreachable", "{gone}");
        assert!(gone["why"].is_string() && gone["wanted"][0]["name"] == "会员", "{gone}");
        assert_eq!(shown(&hq).await["state"], "differs", "asked again");
        assert_eq!(hq.get("/api/admin/v1/accounts/shop/menu").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[actix_web::test]
async fn a_trial_shows_what_one_person_sees() {
    story(async |app| {
        let (manager, hq) = (app.staff(Role::Manager).await, app.staff(Role::Headquarters).await);
        let person = app.follower("林小满").await;
        person.say("brand", "在吗").await;
        let member = hq.get("/api/admin/v1/conversations").await.body["items"][0]["member"].clone();
        let elsewhere = manager.post(TRY, &json!({ "member": member })).await;
        assert_eq!(elsewhere.status, StatusCode::NOT_FOUND, "who is no member of the store: {elsewhere:?}");
        app.at_home(member.as_str().expect("an id").parse().expect("an id")).await;
        let none = manager.post(TRY, &json!({ "member": member })).await;
        assert!(none.status.is_client_error(), "there is no menu yet: {none:?}");
        let plan = shown(&hq).await["plan"].clone();
        assert_eq!(hq.post(APPLY, &json!({ "plan": plan })).await.status, StatusCode::OK);
        let seen = manager.post(TRY, &json!({ "member": member })).await;
        assert_eq!(seen.status, StatusCode::OK, "{seen:?}");
        assert_eq!(seen.body["buttons"], shown(&hq).await["wanted"]);
        let stranger = app.person("周一鸣").log_in("shop").await.member().await;
        assert_eq!(hq.post(TRY, &json!({ "member": stranger })).await.status, StatusCode::NOT_FOUND, "no follower");
    })
    .await;
}
