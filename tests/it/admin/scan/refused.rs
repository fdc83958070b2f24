//! What nobody gets by a code: somebody else's, an old one, a guessed number, a WeChat that signs in nobody.

use chrono::TimeDelta;
use entity::admin::staff::Role;
use reqwest::{StatusCode, header::COOKIE};
use serde_json::json;

use super::{Phone, Screen, agreed, linked, me, on};
use crate::support::{Answered, story_with};

#[actix_web::test]
async fn after_three_wrong_numbers_a_code_is_over() {
    story_with(on, async |app| {
        let (staff, person) = (app.staff(Role::Clerk).await, app.person("林小满"));
        linked(app, &staff, &person).await;
        let screen = Screen::of_stranger(app).await;
        let phone = Phone::of(&person, &screen).await;
        let wrong = screen.another_number();
        let mut said = Vec::new();
        for number in [wrong, wrong, wrong, screen.number.as_str()] {
            said.push(phone.say(&screen, number).await.as_u16());
        }
        assert_eq!(said, [422, 422, 404, 404]);
        assert_eq!((screen.state().await.as_str(), phone.look(&screen).await.status), ("over", StatusCode::NOT_FOUND));
        let last = Screen::of_stranger(app).await;
        let phone = Phone::of(&person, &last).await;
        let wrong = last.another_number();
        assert_eq!(
            [phone.say(&last, wrong).await, phone.say(&last, wrong).await],
            [StatusCode::UNPROCESSABLE_ENTITY; 2]
        );
        assert_eq!(phone.say(&last, &last.number).await, StatusCode::NO_CONTENT, "the third may be right");
    })
    .await;
}

#[actix_web::test]
async fn a_code_lasts_two_minutes_and_so_does_what_the_phone_said() {
    story_with(on, async |app| {
        let (staff, person) = (app.staff(Role::Clerk).await, app.person("林小满"));
        linked(app, &staff, &person).await;
        let (screen, other) = (Screen::of_stranger(app).await, agreed(app, &person).await);
        app.advance(TimeDelta::seconds(119));
        let phone = Phone::of(&person, &screen).await;
        assert_eq!((screen.state().await.as_str(), other.state().await.as_str()), ("waiting", "confirmed"));
        app.advance(TimeDelta::seconds(1));
        assert_eq!((screen.state().await.as_str(), other.state().await.as_str()), ("over", "over"));
        assert_eq!(phone.look(&screen).await.status, StatusCode::NOT_FOUND);
        assert_eq!(phone.say(&screen, &screen.number).await, StatusCode::NOT_FOUND);
        assert_eq!(other.sign_in(None).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[actix_web::test]
async fn only_the_browser_that_asked_is_signed_in() {
    story_with(on, async |app| {
        let (staff, person) = (app.staff(Role::Clerk).await, app.person("林小满"));
        linked(app, &staff, &person).await;
        let (screen, other) = (agreed(app, &person).await, Screen::of_stranger(app).await);
        // Whoever was shown the code has its key, and a cookie of their own.
        let secret = other.cookie().split_once('=').expect("a cookie").1;
        let name = screen.cookie().split_once('=').expect("a cookie").0;
        let url = format!("{}/api/admin/v1/scans/{}", app.base_url, screen.key);
        for cookie in [String::new(), other.cookie().to_owned(), format!("{name}={secret}"), format!("{name}=")] {
            let asked = Answered::read(app.http.get(&url).header(COOKIE, &cookie)).await;
            let session = app.http.post(format!("{url}/session")).header(COOKIE, &cookie).json(&json!({}));
            let told = (asked.status, Answered::read(session).await.status);
            assert_eq!(told, (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND), "{cookie}");
        }
        assert_eq!(screen.sign_in(None).await.status, StatusCode::CREATED);
    })
    .await;
}

#[actix_web::test]
async fn a_wechat_that_is_linked_to_nobody_learns_nothing_and_spoils_nothing() {
    story_with(on, async |app| {
        let (staff, retired, hq) =
            (app.staff(Role::Clerk).await, app.staff(Role::Clerk).await, app.staff(Role::Headquarters).await);
        let (person, stranger, former) = (app.person("林小满"), app.person("周一鸣"), app.person("何思远"));
        linked(app, &staff, &person).await;
        linked(app, &retired, &former).await;
        let path = format!("/api/admin/v1/staff/{}", me(&retired).await["id"].as_str().expect("an id"));
        assert_eq!(hq.patch(&path, &json!({ "disabled": true })).await.status, StatusCode::OK);
        let screen = Screen::of_stranger(app).await;
        let mut shown = Vec::new();
        for person in [&stranger, &former] {
            let phone = Phone::of(person, &screen).await;
            let seen = phone.look(&screen).await;
            assert_eq!(seen.status, StatusCode::OK);
            assert_eq!(phone.say(&screen, &screen.number).await, StatusCode::CONFLICT);
            shown.push(seen.body);
        }
        assert_eq!(shown[0], shown[1], "who works here no more looks like who never did");
        assert_eq!(shown[0].get("staff"), None);
        assert_eq!(screen.state().await, "waiting", "the browser hears nothing of them");
        let phone = Phone::of(&person, &screen).await;
        phone.agree(&screen).await;
        assert_eq!(screen.sign_in(None).await.status, StatusCode::CREATED);
    })
    .await;
}

#[actix_web::test]
async fn who_may_sign_in_no_more_does_not_although_the_phone_has_agreed() {
    story_with(on, async |app| {
        let (staff, hq, person) =
            (app.staff(Role::Clerk).await, app.staff(Role::Headquarters).await, app.person("林小满"));
        linked(app, &staff, &person).await;
        let path = format!("/api/admin/v1/staff/{}", me(&staff).await["id"].as_str().expect("an id"));
        let screen = agreed(app, &person).await;
        hq.patch(&path, &json!({ "disabled": true })).await;
        assert_eq!(screen.sign_in(None).await.status, StatusCode::NOT_FOUND);
        hq.patch(&path, &json!({ "disabled": false })).await;
        assert_eq!(agreed(app, &person).await.sign_in(None).await.status, StatusCode::CREATED);
    })
    .await;
}

#[actix_web::test]
async fn a_code_is_for_the_phone_that_showed_it_first() {
    story_with(on, async |app| {
        let (one, other) = (app.staff(Role::Clerk).await, app.staff(Role::Clerk).await);
        let (person, quick) = (app.person("林小满"), app.person("周一鸣"));
        linked(app, &one, &person).await;
        linked(app, &other, &quick).await;
        let screen = Screen::of_stranger(app).await;
        let (first, second) = (Phone::of(&person, &screen).await, Phone::of(&quick, &screen).await);
        assert_eq!(first.look(&screen).await.status, StatusCode::OK);
        assert_eq!(second.look(&screen).await.status, StatusCode::NOT_FOUND);
        assert_eq!(second.say(&screen, &screen.number).await, StatusCode::NOT_FOUND);
        first.agree(&screen).await;
        assert_eq!(screen.sign_in(None).await.body["staff"]["id"], me(&one).await["id"]);
    })
    .await;
}

#[actix_web::test]
async fn wechat_has_to_say_who_it_is_after_the_code_was_asked_for_and_by_the_right_account() {
    story_with(on, async |app| {
        let (staff, person) = (app.staff(Role::Clerk).await, app.person("林小满"));
        linked(app, &staff, &person).await;
        let before = Screen::of_stranger(app).await;
        let phone = Phone::of(&person, &before).await;
        app.advance(TimeDelta::seconds(1));
        let screen = Screen::of_stranger(app).await;
        let in_mini_program = Phone { app, token: person.log_in("shop").await.token };
        for (what, phone) in [("a session from before", &phone), ("the mini program", &in_mini_program)] {
            assert_eq!(phone.look(&screen).await.status, StatusCode::UNAUTHORIZED, "{what}");
            assert_eq!(phone.say(&screen, &screen.number).await, StatusCode::UNAUTHORIZED, "{what}");
        }
        assert_eq!(screen.state().await, "waiting");
        Phone::of(&person, &screen).await.agree(&screen).await;
    })
    .await;
}
