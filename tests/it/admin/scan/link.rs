//! Whose WeChat it is: linked with the password and from one's own session, one for each, unlinked at once.

use entity::admin::{audit_entry, staff::Role, staff_wechat};
use reqwest::StatusCode;
use serde_json::json;

use super::{MINE, Phone, Screen, agreed, linked, me, on};
use crate::support::{PASSWORD, StaffActor, TestApp, story_with};

async fn path(staff: &StaffActor<'_>) -> String {
    format!("/api/admin/v1/staff/{}/wechat", me(staff).await["id"].as_str().expect("an id"))
}

/// What is on record of linking: actions and how they were answered, without those from before.
async fn record(app: &TestApp) -> Vec<(String, Option<i32>)> {
    let mut entries = app.rows::<audit_entry::Entity>().await;
    entries.sort_by_key(|entry| entry.place);
    let entries = entries.into_iter().filter(|entry| entry.action.contains("wechat"));
    entries.map(|entry| (entry.action.replace("/api/admin/v1/", ""), entry.status)).collect()
}

#[actix_web::test]
async fn a_colleague_links_their_wechat_with_the_password_and_on_record() {
    story_with(on, async |app| {
        let (staff, person) = (app.staff(Role::Clerk).await, app.person("林小满"));
        let wrong = staff.post(MINE, &json!({ "password": "wrong" })).await;
        let says = (wrong.status, &wrong.body["errors"][0]["field"]);
        assert_eq!(says, (StatusCode::UNPROCESSABLE_ENTITY, &json!("password")));
        assert_eq!(me(&staff).await["wechat"], json!(false));
        let screen = Screen::of_colleague(app, &staff).await;
        assert_eq!(screen.state().await, "waiting");
        let phone = Phone::of(&person, &screen).await;
        let seen = phone.look(&screen).await.body;
        assert_eq!((&seen["purpose"], &seen["staff"]), (&json!("link"), &me(&staff).await["name"]));
        assert_eq!((screen.state().await.as_str(), screen.confirm().await), ("scanned", StatusCode::NOT_FOUND));
        assert_eq!(phone.say(&screen, &screen.number).await, StatusCode::NO_CONTENT);
        assert_eq!((screen.state().await.as_str(), screen.confirm().await), ("confirmed", StatusCode::NO_CONTENT));
        assert_eq!((me(&staff).await["wechat"].clone(), screen.confirm().await), (json!(true), StatusCode::NOT_FOUND));
        let rows = app.rows::<staff_wechat::Entity>().await;
        assert_eq!((rows.len(), &rows[0].open_id), (1, &person.open_id("brand")));
        assert_eq!(staff.post(MINE, &json!({ "password": PASSWORD })).await.status, StatusCode::CONFLICT);

        assert_eq!(staff.delete(MINE).await.status, StatusCode::NO_CONTENT);
        assert_eq!(me(&staff).await["wechat"], json!(false));
        let entry = |action: &str, status| [(action.to_owned(), None), (action.to_owned(), Some(status))];
        let (ask, confirm) = ("POST me/wechat", "POST me/wechat/{key}/confirm");
        let expected = [
            entry(ask, 422),
            entry(ask, 201),
            entry(confirm, 404),
            entry(confirm, 204),
            entry(confirm, 404),
            entry(ask, 409),
            entry("DELETE me/wechat", 204),
        ];
        assert_eq!(record(app).await, expected.concat());
    })
    .await;
}

#[actix_web::test]
async fn a_code_of_one_session_serves_no_other() {
    story_with(on, async |app| {
        let (staff, other, person) = (app.staff(Role::Clerk).await, app.staff(Role::Clerk).await, app.person("林小满"));
        let screen = Screen::of_colleague(app, &staff).await;
        Phone::of(&person, &screen).await.agree(&screen).await;
        let path = format!("{MINE}/{}", screen.key);
        assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(other.post(&format!("{path}/confirm"), &json!({})).await.status, StatusCode::NOT_FOUND);
        let session = format!("/api/admin/v1/scans/{}/session", screen.key);
        assert_eq!(app.post(&session, &json!({})).await.status, StatusCode::NOT_FOUND, "and signs nobody in");
        assert_eq!(screen.confirm().await, StatusCode::NO_CONTENT);
    })
    .await;
}

#[actix_web::test]
async fn a_wechat_signs_in_one_colleague_and_a_colleague_has_one() {
    story_with(on, async |app| {
        let (one, other) = (app.staff(Role::Clerk).await, app.staff(Role::Manager).await);
        let (person, stranger) = (app.person("林小满"), app.person("周一鸣"));
        // Both ask before either is linked.
        let screens = [Screen::of_colleague(app, &one).await, Screen::of_colleague(app, &other).await];
        for screen in &screens {
            Phone::of(&person, screen).await.agree(screen).await;
        }
        let twice = Screen::of_colleague(app, &one).await;
        Phone::of(&stranger, &twice).await.agree(&twice).await;
        assert_eq!(screens[0].confirm().await, StatusCode::NO_CONTENT);
        assert_eq!(screens[1].confirm().await, StatusCode::CONFLICT, "it signs in the other");
        assert_eq!(twice.confirm().await, StatusCode::CONFLICT, "they have one");
        let later = Screen::of_colleague(app, &other).await;
        let phone = Phone::of(&person, &later).await;
        assert_eq!(phone.say(&later, &later.number).await, StatusCode::CONFLICT);
        assert_eq!(app.rows::<staff_wechat::Entity>().await.len(), 1);
    })
    .await;
}

#[actix_web::test]
async fn headquarters_unlink_a_colleague_and_nobody_else_does() {
    story_with(on, async |app| {
        let (hq, staff, person) =
            (app.staff(Role::Headquarters).await, app.staff(Role::Manager).await, app.person("林小满"));
        linked(app, &staff, &person).await;
        let login = me(&staff).await["login"].clone();
        let told = async || {
            let everybody = hq.get("/api/admin/v1/staff").await.body;
            let row = everybody.as_array().expect("a list").iter().find(|row| row["login"] == login).cloned();
            row.expect("the colleague")["wechat"].clone()
        };
        assert_eq!(told().await, json!(true));
        let path = path(&staff).await;
        assert_eq!(staff.delete(&path).await.status, StatusCode::FORBIDDEN);
        let screen = agreed(app, &person).await;
        assert_eq!(hq.delete(&path).await.status, StatusCode::NO_CONTENT);
        assert_eq!(told().await, json!(false));
        assert_eq!(screen.sign_in(None).await.status, StatusCode::NOT_FOUND, "also when the phone has agreed before");
        assert_eq!(me(&staff).await["login"], login, "the session stays, as with a second factor");
        let nobody = "/api/admin/v1/staff/stf_06gzqn7n01rvnb8hvp20m4nfy0/wechat";
        assert_eq!(hq.delete(nobody).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}
