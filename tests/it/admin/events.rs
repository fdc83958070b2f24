//! Pages that stand open hear what changes, as far as whoever looks at them may see it, as long as their session stands.

use std::time::Duration;

use chrono::TimeDelta;
use entity::admin::staff::Role;
use futures_util::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::{
    import::{Importer, POS},
    rewards::campaign_of,
    support::{Answered, Block, Column, StaffActor, column, soon, story, story_with},
};

const SIGN_OUT: &str = "/api/admin/v1/sessions/current";

async fn only_thread(staff: &StaffActor<'_>) -> String {
    let list = staff.get("/api/admin/v1/conversations").await;
    list.body["items"][0]["id"].as_str().expect("an id").to_owned()
}

#[actix_web::test]
async fn a_clerk_hears_of_threads_and_of_nothing_else() {
    story(async |app| {
        let person = app.follower("林小满").await;
        let (clerk, manager) = (app.staff(Role::Clerk).await, app.staff(Role::Manager).await);
        let thread = Block::about("conversation.changed", &only_thread(&clerk).await);
        let (mut clerks, mut managers) = (clerk.open_page().await, manager.open_page().await);
        person.say("brand", "在吗").await;
        for page in [&mut clerks, &mut managers] {
            assert_eq!([page.next().await, page.next().await], [thread.clone(), Block::needs()]);
        }
        // Points are given by campaigns, which clerks do not see.
        let gives = json!({ "kind": "points" });
        let campaign = campaign_of(&app.app, gives, 10, 100).await;
        let campaign = Block::about("campaign.changed", &campaign.to_string());
        assert_eq!(managers.until(&campaign).await, []);
        let path = format!("/api/admin/v1/conversations/{}/read", only_thread(&clerk).await);
        assert_eq!(clerk.put(&path, &json!({})).await.status, StatusCode::NO_CONTENT);
        assert_eq!(clerks.until(&Block::needs()).await, [thread], "nothing of the campaign came before");
    })
    .await;
}

#[actix_web::test]
async fn headquarters_follow_an_import_that_managers_do_not_see() {
    story(async |app| {
        let importer = Importer::new(app).await;
        let manager = app.staff(Role::Manager).await;
        let (mut page, mut managers) = (importer.staff.open_page().await, manager.open_page().await);
        let id = importer.bring("会员.csv", POS.as_bytes()).await;
        let moved = Block::about("import.moved", &id);
        assert_eq!(page.event().await, moved);
        importer.agree(&id).await;
        importer.run(&id).await;
        assert_eq!(page.event().await, moved);
        let person = app.follower("周一鸣").await;
        person.say("brand", "在吗").await;
        let heard = managers.until(&Block::needs()).await;
        assert!(!heard.contains(&moved), "{heard:?}");
    })
    .await;
}

#[actix_web::test]
async fn jobs_that_are_given_up_are_a_need_of_those_who_see_them() {
    story(async |app| {
        let (hq, manager) = (app.staff(Role::Headquarters).await, app.staff(Role::Manager).await);
        let (mut page, mut managers) = (hq.open_page().await, manager.open_page().await);
        let id = app.give_up("members.erase", json!({})).await;
        let again = hq.post(&format!("/api/admin/v1/jobs/{id}/run-again"), &json!({})).await;
        assert_eq!(again.status, StatusCode::NO_CONTENT, "{again:?}");
        assert_eq!(page.event().await, Block::needs());
        // Nobody can read it, and it is given up again.
        app.run_jobs().await;
        assert_eq!(page.event().await, Block::needs());
        let removed = app.app.db.read();
        sea_orm::ConnectionTrait::execute_unprepared(removed, "DELETE FROM job").await.expect("no jobs");
        let campaign = campaign_of(&app.app, json!({ "kind": "points" }), 10, 100).await;
        let campaign = Block::about("campaign.changed", &campaign.to_string());
        assert_eq!(managers.until(&campaign).await, [], "managers see no jobs and approve nothing");
    })
    .await;
}

#[actix_web::test]
async fn strangers_and_those_who_have_left_hear_nothing() {
    story(async |app| {
        let stranger = Answered::read(app.http.get(format!("{}/api/admin/v1/events", app.base_url))).await;
        assert_eq!((stranger.status, &stranger.body["code"]), (StatusCode::UNAUTHORIZED, &json!("unauthorized")));
        let (hq, clerk, other) =
            (app.staff(Role::Headquarters).await, app.staff(Role::Clerk).await, app.staff(Role::Clerk).await);
        let (mut page, mut others) = (clerk.open_page().await, other.open_page().await);
        assert_eq!(clerk.call(Method::DELETE, SIGN_OUT, None, None).await.status, StatusCode::NO_CONTENT);
        assert_eq!(page.next().await, Block::End);
        let me = other.get("/api/admin/v1/me").await.body;
        let person = app.follower("林小满").await;
        person.say("brand", "在吗").await;
        // The others go on.
        others.until(&Block::needs()).await;
        let path = format!("/api/admin/v1/staff/{}", me["id"].as_str().expect("an id"));
        assert_eq!(hq.patch(&path, &json!({ "role": "manager" })).await.status, StatusCode::OK);
        assert_eq!(others.event().await, Block::End, "another role is another session");
    })
    .await;
}

#[actix_web::test]
async fn a_session_that_expires_ends_its_pages() {
    story(async |app| {
        let person = app.follower("何思远").await;
        let mut page = app.staff(Role::Clerk).await.open_page().await;
        app.advance(TimeDelta::hours(13));
        person.say("brand", "还在吗").await;
        assert_eq!(page.next().await, Block::End, "before anything is told");
    })
    .await;
}

#[actix_web::test]
async fn while_nothing_happens_there_is_a_heartbeat_that_looks_at_the_session() {
    story_with(
        |settings| settings.config.http.heartbeat = Duration::from_millis(20),
        async |app| {
            let clerk = app.staff(Role::Clerk).await;
            let mut page = clerk.open_page().await;
            let look = Block::Comment("look".to_owned());
            assert_eq!([page.next().await, page.next().await], [look.clone(), look.clone()]);
            // The session ends where nobody tells anybody.
            let connection = app.app.db.read();
            sea_orm::ConnectionTrait::execute_unprepared(connection, "DELETE FROM staff_session").await.expect("none");
            let mut last = page.next().await;
            while last == look {
                last = page.next().await;
            }
            assert_eq!(last, Block::End);
        },
    )
    .await;
}

#[actix_web::test]
async fn a_session_has_so_many_pages_and_no_more() {
    story(async |app| {
        let (clerk, other) = (app.staff(Role::Clerk).await, app.staff(Role::Clerk).await);
        let open = join_all((0..8).map(|_| clerk.open_page())).await;
        let refused = clerk.try_to_open_page().await;
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        other.open_page().await;
        assert_eq!(open.len(), 8);
    })
    .await;
}

#[actix_web::test]
async fn a_node_that_stops_ends_its_pages() {
    story(async |app| {
        let other = app.another_node().await;
        let mut page = app.staff(Role::Clerk).await.open_page_at(&other.base_url).await;
        soon(other.finish()).await;
        assert_eq!(page.next().await, Block::End);
    })
    .await;
}

#[actix_web::test]
async fn what_happens_at_one_node_is_heard_at_the_other() {
    // Nodes hear each other through Redis.
    if column() == Column::Embedded {
        return;
    }
    story_with(
        |settings| settings.config.http.heartbeat = Duration::from_secs(3600),
        async |app| {
            let other = app.another_node().await;
            let stop = CancellationToken::new();
            let person = app.follower("苏晚晴").await;
            let clerk = app.staff(Role::Clerk).await;
            let thread = Block::about("conversation.changed", &only_thread(&clerk).await);
            let mut page = clerk.open_page_at(&other.base_url).await;
            let in_step = [app, &other].map(|node| node.app.keep_in_step(stop.clone()));
            // From here on the node hears the others.
            page.until(&Block::Comment("look".to_owned())).await;
            person.say("brand", "在吗").await;
            let heard = page.until(&Block::needs()).await;
            assert!(heard.contains(&thread), "{heard:?}");
            assert_eq!(clerk.call(Method::DELETE, SIGN_OUT, None, None).await.status, StatusCode::NO_CONTENT);
            assert_eq!(page.event().await, Block::End);
            stop.cancel();
            soon(join_all(in_step)).await;
            other.finish().await;
        },
    )
    .await;
}
