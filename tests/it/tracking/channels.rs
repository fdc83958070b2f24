//! Channels through WeChat: codes that are printed once, scans, follows that hold or do not, opens of the mini program.

use chrono::TimeDelta;
use entity::{
    admin::staff::Role,
    tracking::{channel_follow, touch},
    types::MemberId,
};
use reqwest::StatusCode;
use serde_json::json;

use super::{PATH, buys, channel};
use crate::{
    referral::qr::says,
    support::{TestApp, story},
};

async fn qr(app: &TestApp, of: &super::Channel<'_>, account: &str) -> crate::support::Answered {
    let made = of.staff().await.put(&format!("{PATH}/{}/qr", of.id), &json!({ "account": account })).await;
    app.run_jobs().await;
    made
}

#[actix_web::test]
async fn a_channel_is_made_once_and_has_a_code_that_never_lapses() {
    story(async |app| {
        let (manager, clerk) = (app.staff(Role::Manager).await, app.staff(Role::Clerk).await);
        let draft = json!({ "name": "深圳湾店", "kind": "store" });
        let made = manager.post_once(PATH, "channel-0001", &draft).await;
        assert_eq!(manager.post_once(PATH, "channel-0001", &draft).await.body, made.body, "asked again it is the same");
        let scene = made.body["scene"].as_str().expect("a scene");
        assert!(scene.starts_with("c.") && scene.len() <= 32, "{scene}");
        assert_eq!(clerk.get(PATH).await.status, StatusCode::FORBIDDEN);
        for wrong in [json!({ "name": "", "kind": "store" }), json!({ "name": "a", "kind": "moon" })] {
            assert_eq!(manager.post_once(PATH, "channel-0002", &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        channel(app, "林小满", "staff").await;
        let listed = |query: &'static str| {
            let manager = &manager;
            async move { manager.get(&format!("{PATH}{query}")).await.body["items"].as_array().map(Vec::len) }
        };
        assert_eq!(
            (listed("").await, listed("?kind=store").await, listed("?kind=advertising").await),
            (Some(2), Some(1), Some(0))
        );

        let store = channel(app, "深圳北站店", "store").await;
        let first = qr(app, &store, "brand").await;
        assert_eq!(first.status, StatusCode::OK, "{first:?}");
        app.advance(TimeDelta::days(90));
        assert_eq!(qr(app, &store, "brand").await.body, first.body);
        let codes: Vec<_> = app.sandbox.codes().into_iter().filter(|code| code.scene == store.scene).collect();
        assert_eq!((codes.len(), codes[0].expires_at), (1, None));
        assert_eq!(qr(app, &store, "shop").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(qr(app, &store, "nobody").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}

#[actix_web::test]
async fn scans_follows_and_stays_are_counted_by_day() {
    story(async |app| {
        let store = channel(app, "深圳湾店", "store").await;
        let url = qr(app, &store, "brand").await.body["url"].as_str().expect("an address").to_owned();
        let (stays, leaves, old) = (app.person("林小满"), app.person("周一鸣"), app.follower("何思远").await);
        for person in [&stays, &leaves, &old] {
            app.sandbox.scan(&person.id, &url).await.expect("a scan");
            app.run_jobs().await;
        }
        app.advance(TimeDelta::days(2));
        leaves.unfollow("brand").await;
        app.run_jobs().await;
        assert_eq!(store.total().await, [3, 2, 0, 2, 2, 0, 0], "whether they stay is not known yet");
        app.advance(TimeDelta::days(5));
        assert_eq!(store.total().await, [3, 2, 1, 2, 2, 0, 0]);
        // Who leaves later has stayed; who comes back follows once more.
        stays.unfollow("brand").await;
        app.advance(TimeDelta::days(1));
        app.sandbox.scan(&leaves.id, &url).await.expect("a scan");
        app.run_jobs().await;
        assert_eq!(store.total().await, [4, 3, 1, 2, 2, 0, 0]);
        app.advance(TimeDelta::days(7));
        assert_eq!(store.total().await, [4, 3, 2, 2, 2, 0, 0]);
        let days = store.counts().await["days"].clone();
        assert_eq!(
            (days.as_array().map(Vec::len), &days[0]["day"], &days[0]["scans"], &days[0]["stays"]),
            (Some(2), &json!("2026-11-21"), &json!(3), &json!(1))
        );
        assert_eq!((&days[1]["day"], &days[1]["follows"]), (&json!("2026-11-29"), &json!(1)));
        assert_eq!(app.rows::<channel_follow::Entity>().await.len(), 3);
        for query in
            ["?from=2026-11-21", "?from=2026-11-22&to=2026-11-21", "?from=2025-01-01&to=2026-11-21", "?from=x&to=y"]
        {
            let refused = store.staff().await.get(&format!("{PATH}/{}/counts{query}", store.id)).await;
            assert!(refused.status.is_client_error(), "{query}: {refused:?}");
        }
    })
    .await;
}

#[actix_web::test]
async fn who_opens_the_mini_program_by_a_channel_is_counted_and_may_buy() {
    story(async |app| {
        let advert = channel(app, "朋友圈广告", "advertising").await;
        let path = format!("{PATH}/{}/mini-code?account=shop&page=pages%2Findex%2Findex", advert.id);
        let picture = app.http.get(format!("{}{path}", app.base_url)).bearer_auth(&advert.staff().await.token);
        let picture = picture.send().await.expect("an answer").bytes().await.expect("a picture");
        let address = says(&picture);
        let scene = address.split("scene=").nth(1).expect("a scene");
        assert_eq!(scene, advert.scene);
        let opened = app.person("林小满").log_in("shop").await;
        let touch = async |code: &str, carrier: &str| {
            opened.post("/api/mini/v1/touches", &json!({ "code": code, "carrier": carrier })).await.status
        };
        app.advance(TimeDelta::seconds(2));
        assert_eq!(touch(scene, "mini_code").await, StatusCode::NO_CONTENT);
        assert_eq!(touch("c.0000000000", "mini_code").await, StatusCode::NOT_FOUND, "guessed");
        assert_eq!(touch(scene, "qr").await, StatusCode::UNPROCESSABLE_ENTITY);
        app.run_jobs().await;
        assert_eq!(advert.total().await, [1, 0, 0, 1, 1, 0, 0]);
        let member: MemberId = opened.member().await.parse().expect("an id");
        app.advance(TimeDelta::days(3));
        for number in ["A-1", "A-1", "A-2"] {
            buys(app, member, number, app.clock.now()).await;
            app.run_jobs().await;
        }
        assert_eq!(advert.total().await, [1, 0, 0, 1, 1, 1, 1], "the first purchase, once");
        let days = advert.counts().await["days"].clone();
        assert_eq!((&days[1]["day"], &days[1]["converts"]["last"]), (&json!("2026-11-24"), &json!(1)));
        assert_eq!(app.rows::<touch::Entity>().await.len(), 1);
    })
    .await;
}

#[actix_web::test]
async fn scenes_that_are_no_channel_are_nobodys() {
    story(async |app| {
        let store = channel(app, "深圳湾店", "store").await;
        let scenes = ["c.", "c.zzzzzzzzzz", "c.' OR 1=1 --", "c.%", "C.0123456789", "c.<script>", "c._________"];
        for (number, scene) in scenes.iter().enumerate() {
            app.person(&format!("路人{number}")).follow_by("brand", scene).await;
        }
        app.run_jobs().await;
        assert_eq!(store.total().await, [0; 7]);
        assert_eq!(app.rows::<touch::Entity>().await.len(), scenes.len(), "seen they are");
        assert!(app.rows::<channel_follow::Entity>().await.is_empty());
    })
    .await;
}
