//! How a budget went, by all of its entries.

use chrono::TimeDelta;
use entity::{
    admin::staff::Role,
    rewards::budget_entry::{self, Movement},
};
use huilian::infra::clock::Time;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{
    rewards::{campaign_of, give, person_of},
    support::{TestApp, story},
};

fn points(body: &Value) -> Vec<(Time, i64)> {
    let point = |point: &Value| {
        let at = point["at"].as_str().expect("a time").parse().expect("a time");
        (at, point["left"].as_i64().expect("a number"))
    };
    body.as_array().expect("points").iter().map(point).collect()
}

/// What was free before a moment, by the entries one by one.
async fn free_before(app: &TestApp, at: Time) -> i64 {
    let entries = app.rows::<budget_entry::Entity>().await;
    let freed = entries.iter().filter(|entry| entry.at < at).map(|entry| match entry.movement {
        Movement::Fund | Movement::Release | Movement::Return | Movement::TakeBack => entry.amount,
        Movement::Reserve | Movement::Give => -entry.amount,
        Movement::Send | Movement::Receive => 0,
    });
    freed.sum()
}

#[actix_web::test]
async fn the_line_is_what_the_entries_add_up_to_however_closely_it_is_drawn() {
    story(async |app| {
        let manager = app.staff(Role::Manager).await;
        let campaign = campaign_of(&app.app, json!({ "kind": "points" }), 10, 100).await;
        let begin = app.clock.now();
        for (number, minutes) in [0, 7, 0, 61, 200].into_iter().enumerate() {
            app.advance(TimeDelta::minutes(minutes));
            let member = person_of(&app.app, "brand", &format!("oPerson{number:021}")).await;
            give(app, member, campaign, &number.to_string()).await;
        }
        app.run_jobs().await;
        app.advance(TimeDelta::hours(3));
        let now = app.clock.now();
        for closely in [1, 2, 3, 10, 200, 1000] {
            let answer = manager.get(&format!("/api/admin/v1/campaigns/{campaign}/burn-down?points={closely}")).await;
            assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
            let line = points(&answer.body);
            let ((first, steps), last) = (line.split_first().expect("points"), line.last());
            assert_eq!((*first, last), ((begin, 100), Some(&(now, 50))), "{line:?}");
            assert!(line.is_sorted_by_key(|(at, _)| *at) && line.len() <= closely + 2, "{line:?}");
            for (at, left) in steps {
                assert_eq!(*left, free_before(app, *at).await, "at {at} of {closely}");
            }
        }
        let draft = json!({
            "name": "还没批准", "gives": { "kind": "points" }, "amount": { "kind": "fixed", "amount": 10 }, "budget": 100,
            "starts_at": now, "ends_at": now + TimeDelta::days(1),
        });
        let draft = manager.post_once("/api/admin/v1/campaigns", "write-0001", &draft).await.body;
        let path = |id: &str| format!("/api/admin/v1/campaigns/{id}/burn-down");
        let without = manager.get(&path(draft["id"].as_str().expect("an id"))).await;
        assert_eq!((without.status, without.body), (StatusCode::OK, json!([])), "there is no budget yet");
        assert_eq!(manager.get(&path("cmp_06gzqn7n01rvnb8hvp20m4nfy0")).await.status, StatusCode::NOT_FOUND);
        let wrong = format!("{}?points=0", path(&campaign.to_string()));
        assert!(manager.get(&wrong).await.status.is_client_error());
    })
    .await;
}
