//! How a member gets a home store, keeps it, and leaves it.

use chrono::TimeDelta;
use entity::{
    admin::staff::Role,
    types::{MemberId, StoreId},
};
use huilian::{
    identity::{self, merge},
    infra::db::Tx,
    stores,
};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::home;
use crate::{
    identity::people::{
        Shows::{Card, OpenId, Phone},
        holder, import, somebody, wechat,
    },
    import::Importer,
    members::member_path,
    support::{TestApp, story},
};

/// The scene of a new channel of a store.
async fn channel(app: &TestApp, store: StoreId) -> String {
    let staff = app.staff(Role::Headquarters).await;
    let draft = json!({ "name": "收银台", "kind": "store", "store": store });
    let made = staff.post_once("/api/admin/v1/channels", &app.app.random.token(), &draft).await;
    assert_eq!((made.status, &made.body["store"]), (StatusCode::CREATED, &json!(store)), "{made:?}");
    made.body["scene"].as_str().expect("a scene").to_owned()
}

async fn close(app: &TestApp, store: StoreId) {
    let change = stores::Change { closed: Some(true), ..stores::Change::default() };
    app.app.db.tx(async |tx: &Tx| stores::change(tx, store, &change).await).await.expect("a closed store");
}

#[actix_web::test]
async fn who_first_comes_by_a_channel_of_a_store_is_at_home_there() {
    story(async |app| {
        let (first, second) = (app.store("s1").await, app.store("s2").await);
        let (one, two) = (channel(app, first).await, channel(app, second).await);
        let came = async |name: &str, scenes: &[&str]| {
            let person = app.person(name);
            for (number, scene) in scenes.iter().enumerate() {
                if number > 0 {
                    person.unfollow("brand").await;
                }
                person.follow_by("brand", scene).await;
                app.run_jobs().await;
                app.advance(TimeDelta::minutes(1));
            }
            let member: MemberId = person.log_in("shop").await.member().await.parse().expect("an id");
            app.run_jobs().await;
            home(app, member).await
        };
        assert_eq!(came("林小满", &[&one, &two]).await, Some(first));
        assert_eq!(came("周一鸣", &["poster-7", &two]).await, Some(second), "another code is no store");
        assert_eq!(came("何思远", &["poster-7"]).await, None);
        close(app, first).await;
        assert_eq!(came("苏晚晴", &[&one]).await, None, "a closed store takes nobody new");
    })
    .await;
}

#[actix_web::test]
async fn managers_make_channels_of_their_own_store_and_see_no_others() {
    story(async |app| {
        let (own, other) = (app.store("s1").await, app.store("s2").await);
        channel(app, other).await;
        let manager = app.staff(Role::Manager).await;
        let wrong = json!({ "name": "别家", "kind": "store", "store": other });
        let refused = manager.post_once("/api/admin/v1/channels", "channel-0001", &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{refused:?}");
        let mine = json!({ "name": "我家", "kind": "store" });
        let made = manager.post_once("/api/admin/v1/channels", "channel-0002", &mine).await;
        assert_eq!(made.body["store"], json!(own));
        let hq = app.staff(Role::Headquarters).await;
        let brands = json!({ "name": "朋友圈", "kind": "advertising" });
        assert!(hq.post_once("/api/admin/v1/channels", "channel-0003", &brands).await.body.get("store").is_none());
        let list = manager.get("/api/admin/v1/channels").await.body;
        let names: Vec<&Value> = list["items"].as_array().expect("channels").iter().map(|line| &line["name"]).collect();
        assert_eq!(names, ["朋友圈", "我家"]);
        let all = hq.get("/api/admin/v1/channels").await.body;
        let hidden = all["items"][2]["id"].as_str().expect("the first one").to_owned();
        for path in ["", "/counts?from=2026-11-21&to=2026-11-22"] {
            let refused = manager.get(&format!("/api/admin/v1/channels/{hidden}{path}")).await;
            assert_eq!(refused.status, StatusCode::NOT_FOUND, "{path}");
        }
    })
    .await;
}

#[actix_web::test]
async fn a_file_names_homes_by_code_or_name_and_takes_them_back() {
    story(async |app| {
        let (first, second) = (app.store("s1").await, app.store("s2").await);
        let settled = import(app, &[Phone(4)]).await.member;
        app.at_home(settled).await;
        wechat(app, &[OpenId("shop", 2), Phone(2)]).await;
        let importer = Importer::new(app).await;
        let file =
            "phone,store\n13800000001,s1\n13800000002,门店s2\n13800000003,别家店\n13800000004,s2\n13800000001,s2\n";
        let run = importer.import(file).await;
        let id = run["id"].as_str().expect("an id").to_owned();
        let homes = async || {
            let mut homes = Vec::new();
            for number in 1..=4 {
                homes.push(match holder(app, Phone(number)).await {
                    Some(member) => home(app, member).await,
                    None => None,
                });
            }
            homes
        };
        assert_eq!(homes().await, [Some(first), Some(second), None, Some(first)], "{run}");
        // One who has moved since stays where they are.
        let moved = holder(app, Phone(2)).await.expect("a member");
        app.at_home(moved).await;
        importer.undo(&id).await;
        assert_eq!(home(app, settled).await, Some(first), "who was there before");
        assert_eq!(home(app, moved).await, Some(first), "and who has moved");
        let gone = app.rows::<entity::identity::member::Entity>().await;
        assert_eq!(gone.iter().filter(|row| row.store_id == Some(second)).count(), 0, "{gone:?}");
    })
    .await;
}

#[actix_web::test]
async fn headquarters_move_a_member_on_record() {
    story(async |app| {
        let (first, second) = (app.store("s1").await, app.store("s2").await);
        let member = import(app, &[Phone(1)]).await.member;
        let (hq, manager) = (app.staff(Role::Headquarters).await, app.staff(Role::Manager).await);
        let path = format!("{}/store", member_path(member));
        app.at_home(member).await;
        assert_eq!(manager.put(&path, &json!({ "store": second })).await.status, StatusCode::FORBIDDEN);
        let moved = hq.put(&path, &json!({ "store": second })).await;
        assert_eq!((moved.status, &moved.body["member"]["store"]), (StatusCode::OK, &json!(second)), "{moved:?}");
        assert_eq!(manager.get(&member_path(member)).await.status, StatusCode::NOT_FOUND, "at once");
        let told = hq.get(&format!("{}/timeline", member_path(member))).await.body.to_string();
        assert_eq!(told.matches("member.rehomed").count(), 2, "{told}");
        let acts = hq.get("/api/admin/v1/audit").await.body.to_string();
        assert!(acts.contains("PUT /api/admin/v1/members/{id}/store"), "{acts}");
        close(app, first).await;
        for wrong in [json!(first), json!("sto_06gzqn7n01rvnb8hvp20m4nfy0"), Value::Null] {
            let refused = hq.put(&path, &json!({ "store": wrong })).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{refused:?}");
        }
        assert_eq!(home(app, member).await, Some(second));
    })
    .await;
}

#[actix_web::test]
async fn a_merge_keeps_one_home_and_its_undo_gives_both_back() {
    story(async |app| {
        let (a, b, c) = (app.store("a").await, app.store("b").await, app.store("c").await);
        let cases = [
            (None, None, None),
            (Some(a), None, Some(a)),
            (None, Some(b), Some(b)),
            (Some(a), Some(b), Some(a)),
            (Some(a), Some(a), Some(a)),
        ];
        for (number, (winners, losers, kept)) in (0_u32..).zip(cases) {
            for moves_since in [false, true] {
                let first = 100 * number + 10 * u32::from(moves_since);
                let mut pair = Vec::new();
                for (offset, home) in [(1, winners), (2, losers)] {
                    app.advance(TimeDelta::seconds(1));
                    let member = import(app, &[Card(first + offset)]).await.member;
                    if let Some(store) = home {
                        app.app.db.tx(async |tx: &Tx| identity::rehome(tx, member, store).await).await.expect("a home");
                    }
                    pair.push(member);
                }
                let (winner, loser) = (pair[0], pair[1]);
                let order = merge::Order {
                    winner,
                    loser,
                    survives: "older",
                    cause: entity::identity::merge::Cause::Staff,
                    reason: "同一人".to_owned(),
                    joined_by: None,
                    conflict: None,
                    staff: Some(somebody(app)),
                };
                let merged = app.app.db.tx(async |tx: &Tx| merge::merge(tx, &order).await).await.expect("a merge");
                let what = format!("{winners:?} and {losers:?}, {moves_since}");
                assert_eq!((home(app, winner).await, home(app, loser).await), (kept, kept), "{what}");
                if moves_since {
                    app.app.db.tx(async |tx: &Tx| identity::rehome(tx, winner, c).await).await.expect("a home");
                    assert_eq!(home(app, loser).await, Some(c), "under all names");
                }
                let undo = async |tx: &Tx| merge::undo(tx, merged.id, somebody(app), None).await;
                app.app.db.tx(undo).await.expect("a report");
                let back = if moves_since { Some(c) } else { winners };
                assert_eq!((home(app, winner).await, home(app, loser).await), (back, losers), "{what}");
            }
        }
    })
    .await;
}
