//! How much happened on each day of Shanghai.

use chrono::TimeDelta;
use entity::{
    admin::staff::Role,
    identity::follower,
    members::profile,
    rewards::grant::{self, State},
};
use huilian::infra::{calendar::day_of, clock::Time};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{
    rewards::{campaign_of, give, person_of},
    support::story,
};

const PATH: &str = "/api/admin/v1/figures";

/// How many of these moments are on each of two days.
fn on(days: [&str; 2], moments: impl Iterator<Item = Time>) -> Vec<i64> {
    let moments: Vec<String> = moments.map(|at| day_of(at).to_string()).collect();
    let count = |day: &str| i64::try_from(moments.iter().filter(|other| *other == day).count()).expect("a number");
    days.map(count).to_vec()
}

fn counts(body: &Value, key: &str) -> Vec<i64> {
    let figure = body.as_array().expect("figures").iter().find(|figure| figure["key"] == key).expect("a figure");
    figure["per_day"].as_array().expect("days").iter().map(|day| day["count"].as_i64().expect("a number")).collect()
}

#[actix_web::test]
async fn days_begin_at_midnight_in_shanghai() {
    story(async |app| {
        // Ten in the morning in Shanghai: fourteen hours are left of the day.
        app.person("林小满").follow("brand").await;
        app.run_jobs().await;
        app.advance(TimeDelta::hours(14) - TimeDelta::milliseconds(1));
        app.person("周一鸣").log_in("shop").await;
        app.advance(TimeDelta::milliseconds(1));
        app.person("何思远").follow("brand").await;
        app.person("苏晚晴").log_in("shop").await;
        let campaign = campaign_of(&app.app, json!({ "kind": "points" }), 10, 10).await;
        let member = person_of(&app.app, "brand", "oPerson000000000000000000001").await;
        for key in ["given", "refused for want of budget"] {
            give(app, member, campaign, key).await;
        }
        app.run_jobs().await;
        let manager = app.staff(Role::Headquarters).await;
        let figures = manager.get(&format!("{PATH}?days=2")).await;
        assert_eq!(figures.status, StatusCode::OK, "{figures:?}");
        let days = ["2026-11-21", "2026-11-22"];
        let shown: Vec<_> =
            figures.body[0]["per_day"].as_array().expect("days").iter().map(|day| &day["day"]).collect();
        assert_eq!(shown, days);
        let joined = app.rows::<profile::Entity>().await.into_iter().map(|row| row.joined_at);
        let followed = app.rows::<follower::Entity>().await.into_iter().filter_map(|row| row.first_followed_at);
        let grants = app.rows::<grant::Entity>().await.into_iter().filter(|row| row.state != State::Refused);
        let (joined, followed) = (on(days, joined), on(days, followed));
        assert_eq!(counts(&figures.body, "members"), joined);
        assert!(joined[0] >= 1 && joined[1] >= 2, "{joined:?}");
        assert_eq!((counts(&figures.body, "followers"), followed), (vec![1, 1], vec![1, 1]));
        assert_eq!(counts(&figures.body, "grants"), on(days, grants.map(|row| row.created_at)));
        assert_eq!((counts(&figures.body, "grants"), counts(&figures.body, "referrals")), (vec![0, 1], vec![0, 0]));
    })
    .await;
}

#[actix_web::test]
async fn nobody_is_told_of_what_they_may_not_see_nor_of_too_many_days() {
    story(async |app| {
        let (clerk, manager) = (app.staff(Role::Clerk).await, app.staff(Role::Manager).await);
        assert_eq!(clerk.get(PATH).await.body, json!([]));
        let week = manager.get(PATH).await.body;
        assert_eq!(week[0]["per_day"].as_array().map(Vec::len), Some(7));
        for wrong in ["0", "32", "-1", "x"] {
            let refused = manager.get(&format!("{PATH}?days={wrong}")).await;
            assert!(refused.status.is_client_error(), "{wrong}: {refused:?}");
        }
    })
    .await;
}
