//! Reading all followers from WeChat: pages, progress, interruptions, and who wins.

use chrono::TimeDelta;
use entity::{
    admin::staff::Role,
    identity::{
        follower::{self, State},
        follower_sync,
    },
};
use huilian::{
    infra::db::Tx,
    sandbox::{FaultKind, Limit, NewFault},
    wechat::errcode::QUOTA,
};
use reqwest::StatusCode;
use sea_orm::{EntityTrait, sea_query::Expr};
use serde_json::{Value, json};

use super::{record, unheard};
use crate::support::{Follower, StaffActor, TestApp, story, story_with};

const LIST: &str = "/cgi-bin/user/get";
const SYNC: &str = "/api/admin/v1/followers/sync";

/// A story at an account whose lists have three people a page.
async fn story_of_pages(test: impl AsyncFnOnce(&TestApp)) {
    story_with(|settings| settings.sandbox.settings.page_size = 3, test).await;
}

/// Ten people who follow, and of whom no push ever told us.
async fn ten_strangers(app: &TestApp) -> Vec<Follower<'_>> {
    let strangers: Vec<_> = (0..10).map(|number| app.person(&format!("路人{number}"))).collect();
    unheard(app, async || {
        for stranger in &strangers {
            stranger.follow("brand").await;
        }
    })
    .await;
    assert!(app.rows::<follower::Entity>().await.is_empty());
    strangers
}

async fn start(staff: &StaffActor<'_>) -> String {
    let started = staff.post(SYNC, &json!({ "account": "brand" })).await;
    assert_eq!((started.status, &started.body["state"]), (StatusCode::ACCEPTED, &json!("running")), "{started:?}");
    format!("{SYNC}/{}", started.body["id"].as_str().expect("an id"))
}

/// State, total, done and changed of a run.
async fn progress(staff: &StaffActor<'_>, run: &str) -> (String, [i64; 3]) {
    let shown = staff.get(run).await.body;
    let number = |field: &str| shown[field].as_i64().expect("a number");
    (shown["state"].as_str().expect("a state").to_owned(), [number("total"), number("done"), number("changed")])
}

/// After which OpenID each page was asked for, in order.
fn pages(app: &TestApp) -> Vec<String> {
    let mut calls = app.sandbox.calls(1000);
    calls.reverse();
    let answered = calls.into_iter().filter(|call| call.path == LIST && call.errcode.unwrap_or(0) == 0);
    answered.map(|call| call.request).collect()
}

#[actix_web::test]
async fn ten_people_are_read_in_pages_of_three_and_staff_see_how_far_it_is() {
    story_of_pages(async |app| {
        ten_strangers(app).await;
        let staff = app.staff(Role::Manager).await;
        let run = start(&staff).await;
        assert_eq!(start(&staff).await, run, "a run that is under way is given instead of a second one");
        assert_eq!(progress(&staff, &run).await, ("running".to_owned(), [0, 0, 0]));
        app.run_jobs().await;
        assert_eq!(progress(&staff, &run).await, ("done".to_owned(), [10, 10, 10]));
        assert!(pages(app).len() >= 4);

        let rows = app.rows::<follower::Entity>().await;
        assert_eq!(rows.len(), 10);
        assert!(rows.iter().all(|row| row.state == State::Following && row.union_id.is_some() && row.follows == 1));

        app.advance(TimeDelta::hours(1));
        let second = start(&staff).await;
        assert_ne!(second, run);
        app.run_jobs().await;
        assert_eq!(progress(&staff, &second).await, ("done".to_owned(), [10, 10, 0]), "nothing has changed since");
    })
    .await;
}

#[actix_web::test]
async fn staff_leaf_through_followers_and_see_each_once() {
    story_of_pages(async |app| {
        ten_strangers(app).await;
        let staff = app.staff(Role::Manager).await;
        start(&staff).await;
        app.run_jobs().await;
        let list = "/api/admin/v1/followers?account=brand&state=following&limit=4";
        let (mut seen, mut path) = (Vec::new(), list.to_owned());
        loop {
            let page = staff.get(&path).await;
            assert_eq!(page.status, StatusCode::OK, "{page:?}");
            let items = page.body["items"].as_array().expect("items").clone();
            seen.extend(items.into_iter().map(|item| item["id"].to_string()));
            match page.body.get("next").and_then(Value::as_str) {
                Some(next) => path = format!("{list}&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen.len(), 10);
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 10);
        let none = staff.get("/api/admin/v1/followers?account=brand&state=gone").await;
        assert_eq!(none.body, json!({ "items": [] }));
    })
    .await;
}

#[actix_web::test]
async fn a_run_that_is_cut_off_goes_on_where_it_was_also_after_a_restart() {
    let three_a_day = Limit { per_day: Some(3), per_minute: None };
    let mut app = TestApp::start(|settings| {
        settings.sandbox.settings.page_size = 3;
        settings.sandbox.settings.quotas.insert(LIST.to_owned(), three_a_day);
    })
    .await;
    ten_strangers(&app).await;
    let run = start(&app.staff(Role::Manager).await).await;
    app.run_jobs().await;
    let staff = app.staff(Role::Manager).await;
    assert_eq!(progress(&staff, &run).await, ("running".to_owned(), [10, 9, 9]), "WeChat's quota is used up");
    assert_eq!(app.rows::<follower::Entity>().await.len(), 9);

    app.restart().await;
    app.run_jobs().await;
    app.advance(TimeDelta::hours(14));
    app.run_jobs().await;
    let staff = app.staff(Role::Manager).await;
    assert_eq!(progress(&staff, &run).await, ("done".to_owned(), [10, 10, 10]));
    let mut asked = pages(&app);
    let calls = asked.len();
    asked.dedup();
    assert_eq!(asked.len(), calls, "no page was read twice");
    app.finish().await;
}

#[actix_web::test]
async fn who_left_unheard_is_gone_after_the_next_run_and_nobody_else() {
    story_of_pages(async |app| {
        let mut people = Vec::new();
        for number in 0..5 {
            people.push(app.follower(&format!("粉丝{number}")).await);
        }
        app.text_from("shop", "oMiniPerson0000000000000001", 1, "在吗").send().await;
        unheard(app, async || drop(people[1].unfollow("brand").await)).await;
        app.advance(TimeDelta::hours(1));
        let staff = app.staff(Role::Manager).await;
        let run = start(&staff).await;
        app.run_jobs().await;
        assert_eq!(progress(&staff, &run).await, ("done".to_owned(), [4, 4, 1]));
        for (number, person) in people.iter().enumerate() {
            let state = record(app, &person.open_id("brand")).await.state;
            assert_eq!(state, if number == 1 { State::Gone } else { State::Following }, "person {number}");
        }
        let mini = app.rows::<follower::Entity>().await.into_iter().find(|row| row.account.as_str() == "shop");
        assert_eq!(mini.map(|row| row.state), Some(State::Known), "a mini program has no followers");
    })
    .await;
}

#[actix_web::test]
async fn a_list_that_is_not_whole_makes_nobody_leave() {
    let one_a_day = Limit { per_day: Some(1), per_minute: None };
    let page_a_day = |settings: &mut crate::support::Settings| {
        settings.sandbox.settings.page_size = 3;
        settings.sandbox.settings.quotas.insert(LIST.to_owned(), one_a_day);
    };
    story_with(page_a_day, async |app| {
        let mut people = Vec::new();
        for number in 0..5 {
            people.push(app.follower(&format!("粉丝{number}")).await);
        }
        unheard(app, async || drop(people[4].unfollow("brand").await)).await;
        app.advance(TimeDelta::hours(1));
        let run = start(&app.staff(Role::Headquarters).await).await;
        app.run_jobs().await;
        // As if the first page had named nobody.
        let forget = follower_sync::Entity::update_many().col_expr(follower_sync::Column::Done, Expr::value(0));
        app.app.db.tx(async |tx: &Tx| Ok(forget.clone().exec(tx.db()).await?)).await.expect("a run");
        // One day for the second page, one to hear that there is no third.
        for _ in 0..2 {
            app.advance(TimeDelta::days(1));
            app.run_jobs().await;
        }
        let staff = app.staff(Role::Headquarters).await;
        let shown = staff.get(&run).await.body;
        assert_eq!((&shown["state"], shown["error"].is_string()), (&json!("failed"), true), "{shown}");
        for person in &people {
            assert_eq!(record(app, &person.open_id("brand")).await.state, State::Following);
        }
    })
    .await;
}

#[actix_web::test]
async fn who_came_back_unheard_follows_after_the_next_run() {
    story_of_pages(async |app| {
        let person = app.follower("林小满").await;
        person.unfollow("brand").await;
        app.run_jobs().await;
        app.advance(TimeDelta::hours(1));
        unheard(app, async || drop(person.follow("brand").await)).await;
        let returned = app.clock.now();
        app.advance(TimeDelta::hours(1));
        start(&app.staff(Role::Manager).await).await;
        app.run_jobs().await;
        let row = record(app, &person.open_id("brand")).await;
        assert_eq!((row.state, row.state_at), (State::Following, returned));
    })
    .await;
}

#[actix_web::test]
async fn what_happens_during_a_run_wins_over_what_was_read_before() {
    let two_a_day = Limit { per_day: Some(2), per_minute: None };
    story_with(
        |settings| {
            settings.sandbox.settings.page_size = 3;
            settings.sandbox.settings.quotas.insert(LIST.to_owned(), two_a_day);
        },
        async |app| {
            let mut people = Vec::new();
            for number in 0..6 {
                people.push(app.follower(&format!("粉丝{number}")).await);
            }
            let run = start(&app.staff(Role::Manager).await).await;
            app.run_jobs().await;
            app.advance(TimeDelta::minutes(5));
            // Of the two, one was read before they left; the other one follows for the first time.
            people[0].unfollow("brand").await;
            let late = app.person("迟到的人");
            late.follow("brand").await;
            app.run_jobs().await;
            app.advance(TimeDelta::hours(14));
            app.run_jobs().await;
            let staff = app.staff(Role::Manager).await;
            assert_eq!(progress(&staff, &run).await.0, "done");
            assert_eq!(record(app, &people[0].open_id("brand")).await.state, State::Gone);
            assert_eq!(record(app, &late.open_id("brand")).await.state, State::Following);
            for person in &people[1..] {
                assert_eq!(record(app, &person.open_id("brand")).await.state, State::Following);
            }
        },
    )
    .await;
}

#[actix_web::test]
async fn a_quota_puts_the_run_off_and_a_wrong_secret_ends_it_with_the_reason() {
    story_with(
        |settings| settings.leave_jobs = true,
        async |app| {
            app.follower("林小满").await;
            let staff = app.staff(Role::Headquarters).await;
            let quota = FaultKind::Errcode { errcode: QUOTA, errmsg: None };
            app.sandbox.add_fault(NewFault::once(LIST, quota)).expect("a fault");
            let run = start(&staff).await;
            app.run_jobs().await;
            assert_eq!(progress(&staff, &run).await.0, "running");
            app.advance(TimeDelta::hours(14));
            let staff = app.staff(Role::Headquarters).await;
            app.run_jobs().await;
            assert_eq!(progress(&staff, &run).await.0, "done");

            let unauthorised = FaultKind::Errcode { errcode: 48001, errmsg: None };
            app.sandbox.add_fault(NewFault::once(LIST, unauthorised)).expect("a fault");
            let run = start(&staff).await;
            app.run_jobs().await;
            let shown = staff.get(&run).await.body;
            assert_eq!((&shown["state"], shown["error"].is_string()), (&json!("failed"), true), "{shown}");
            let parked = staff.get("/api/admin/v1/jobs/parked").await;
            assert_eq!(parked.body["items"][0]["kind"], "identity.sync_page");
            assert_ne!(start(&staff).await, run, "another run can begin");
        },
    )
    .await;
}

#[actix_web::test]
async fn when_the_person_at_the_cursor_has_left_the_list_begins_anew() {
    let one_a_day = Limit { per_day: Some(1), per_minute: None };
    let page_a_day = |settings: &mut crate::support::Settings| {
        settings.sandbox.settings.page_size = 3;
        settings.sandbox.settings.quotas.insert(LIST.to_owned(), one_a_day);
    };
    story_with(page_a_day, async |app| {
        let strangers = ten_strangers(app).await;
        let run = start(&app.staff(Role::Headquarters).await).await;
        app.run_jobs().await;
        unheard(app, async || drop(strangers[2].unfollow("brand").await)).await;
        for _ in 0..8 {
            app.advance(TimeDelta::days(1));
            app.run_jobs().await;
        }
        let (state, [total, done, _]) = progress(&app.staff(Role::Headquarters).await, &run).await;
        assert_eq!((state.as_str(), total, done), ("done", 9, 9), "nobody is counted twice");
    })
    .await;
}

#[actix_web::test]
async fn only_official_accounts_have_followers_to_read() {
    story(async |app| {
        let staff = app.staff(Role::Manager).await;
        for account in ["shop", "nobody"] {
            let refused = staff.post(SYNC, &json!({ "account": account })).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert_eq!(refused.body["errors"][0]["field"], "account");
        }
    })
    .await;
}

#[actix_web::test]
async fn everybody_is_read_once_a_night() {
    story_of_pages(async |app| {
        ten_strangers(app).await;
        app.run_jobs().await;
        assert!(app.rows::<follower::Entity>().await.is_empty());
        // 03:30 in Shanghai.
        app.advance(TimeDelta::hours(17) + TimeDelta::minutes(30));
        app.run_jobs().await;
        assert_eq!(app.rows::<follower::Entity>().await.len(), 10);
    })
    .await;
}
