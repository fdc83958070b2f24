//! Codes that are guessed, over or hostile: each ends in something that is said.

use chrono::TimeDelta;
use entity::{
    referral::{code, invitation::State},
    tracking::touch as touches,
};
use huilian::{infra::db::Tx, referral::program};
use reqwest::StatusCode;
use serde_json::json;

use super::{PROGRAMS, by, inviter, mine, only, rows, running, touch};
use crate::support::story;

#[actix_web::test]
async fn a_code_is_ones_own_and_stays_the_same() {
    story(async |app| {
        let program = running(app, json!({})).await;
        let (one, code) = inviter(app, "林小满", program).await;
        let (_, other) = inviter(app, "周一鸣", program).await;
        assert_ne!(code, other);
        assert_eq!(code.len(), 10);
        let again = mine(&one, program).await;
        assert_eq!((&again["code"], &again["scene"]), (&json!(code), &json!(format!("i.{code}"))));
        assert!(again["link"].as_str().is_some_and(|link| link.ends_with(&format!("/m/i/{code}"))), "{again}");
        assert_eq!((&again["matured"], &again["rank"]), (&json!(0), &json!(null)));
        assert_eq!(app.rows::<code::Entity>().await.len(), 2);
        let shown = one.get(PROGRAMS).await.body;
        assert_eq!(
            (shown["items"].as_array().map(Vec::len), &shown["items"][0]["name"]),
            (Some(1), &json!("邀请有礼"))
        );
        let second = running(app, json!({})).await;
        assert_ne!(mine(&one, second).await["code"], json!(code), "another one in each program");
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn guessing_is_refused_after_some_tries_and_leaves_nothing() {
    story(async |app| {
        let program = running(app, json!({})).await;
        let (_, code) = inviter(app, "林小满", program).await;
        let guesser = app.person("周一鸣").log_in("shop").await;
        let hostile = [
            "i.",
            "i.'; DROP TABLE referral",
            "../../etc/passwd",
            "\u{1}\u{2}\u{3}",
            "邀请邀请邀请邀请邀请",
            "i.i.i.i.i.i.i",
        ];
        for guess in hostile.iter().map(|text| (*text).to_owned()).chain((0..5).map(|n| format!("000000000{n}"))) {
            let refused = touch(&guesser, &guess, "typed").await;
            assert_eq!(refused.status, StatusCode::NOT_FOUND, "{guess:?}: {refused:?}");
        }
        assert_eq!(touch(&guesser, "\u{0}\u{1}\u{2}", "typed").await.status, StatusCode::BAD_REQUEST);
        assert_eq!(touch(&guesser, &"0".repeat(65), "typed").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let refused = touch(&guesser, &code, "typed").await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "even the right one: {refused:?}");
        let other = app.person("何思远").log_in("shop").await;
        assert_eq!(touch(&other, &code, "typed").await.status, StatusCode::NO_CONTENT, "others are not concerned");
        app.run_jobs().await;
        assert_eq!((rows(app).await.len(), app.rows::<touches::Entity>().await.len()), (1, 1));
        app.advance(TimeDelta::hours(1));
        assert_eq!(touch(&guesser, &code, "typed").await.status, StatusCode::NO_CONTENT);
        assert_eq!(touch(&guesser, &code, "qr").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(app.get("/api/h5/v1/invitations/0000000000").await.status, StatusCode::NOT_FOUND);
        assert_eq!(app.get("/api/h5/v1/invitations/%27%3B--").await.status, StatusCode::NOT_FOUND);
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn scenes_with_hostile_content_are_kept_and_concern_nobody() {
    story(async |app| {
        running(app, json!({})).await;
        let scenes =
            ["i.", "i.zzzzzzzzzz", "i.' OR 1=1 --", "i.<script>", "i.0000000000", "i.%00%00%00%00", "I.0123456789"];
        for (number, scene) in scenes.iter().enumerate() {
            app.person(&format!("路人{number}")).follow_by("brand", scene).await;
        }
        app.run_jobs().await;
        let seen = app.rows::<touches::Entity>().await;
        assert_eq!(seen.len(), scenes.len(), "seen they are");
        let codes: Vec<_> = seen.iter().filter_map(|touch| touch.code.as_deref()).collect();
        assert_eq!(codes, ["zzzzzzzzzz", "0000000000"], "well-formed, and nobody's");
        assert!(rows(app).await.is_empty());
    })
    .await;
}

#[actix_web::test]
async fn codes_of_programs_that_do_not_run_are_refused_by_word() {
    story(async |app| {
        let program = running(app, json!({})).await;
        let (friend, code) = inviter(app, "林小满", program).await;
        let own = touch(&friend, &code, "typed").await;
        assert_eq!(own.status, StatusCode::CONFLICT, "{own:?}");
        let act = async |version, end: bool| {
            let done = app.app.db.tx(async |tx: &Tx| match end {
                true => program::end(tx, program, by(app, version)).await,
                false => program::pause(tx, program, by(app, version)).await,
            });
            done.await.expect("a program");
        };
        act(2, false).await;
        let person = app.person("周一鸣").log_in("shop").await;
        assert_eq!(touch(&person, &code, "typed").await.status, StatusCode::CONFLICT, "typed they hear of it");
        assert_eq!(touch(&person, &code, "link").await.status, StatusCode::NO_CONTENT, "a link is seen all the same");
        app.run_jobs().await;
        assert_eq!((only(app).await.state, only(app).await.why.as_str()), (State::Refused, "paused"));
        let stranger = app.person("何思远").log_in("shop").await;
        let none = stranger.put(&format!("{PROGRAMS}/{program}/code"), &json!({})).await;
        assert_eq!(none.status, StatusCode::CONFLICT, "{none:?}");
        act(3, true).await;
        let late = app.person("许青");
        late.follow_by("brand", &format!("i.{code}")).await;
        app.run_jobs().await;
        assert_eq!(rows(app).await.last().map(|row| row.why.clone()).as_deref(), Some("ended"));
        assert_eq!(mine(&friend, program).await["code"], json!(code), "it can still be looked at");
        assert_eq!(app.get(&format!("/api/h5/v1/invitations/{code}")).await.body["open"], json!(false));
    })
    .await;
}

#[actix_web::test]
async fn an_invitation_that_nobody_uses_lapses() {
    story(async |app| {
        let program = running(app, json!({ "qualification": {} })).await;
        let (_, code) = inviter(app, "林小满", program).await;
        // Looking at a page is nothing of their own.
        let member = crate::identity::people::show(
            app,
            entity::identity::identity::Source::WebOauth,
            &[crate::identity::people::Shows::OpenId("shop", 7)],
        );
        member.await;
        super::came(app, 7, &code, app.clock.now(), huilian::tracking::origin::Origin::default()).await;
        app.run_jobs().await;
        assert_eq!(only(app).await.state, State::Seen);
        super::pass(app, TimeDelta::days(7)).await;
        assert_eq!((only(app).await.state, only(app).await.why.as_str()), (State::Refused, "too_late"));
    })
    .await;
}
