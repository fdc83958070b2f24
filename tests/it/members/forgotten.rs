//! A member who wants to be forgotten is: nothing names them any more, and everybody else stays.

use chrono::TimeDelta;
use entity::{
    admin::staff::Role,
    http::idempotency_key,
    identity::{follower, identity, member},
    jobs::{event, job},
    members::{access, erasure, profile},
    tracking::touch,
    types::MemberId,
};
use huilian::{infra::db::Tx, jobs::run_again};
use reqwest::StatusCode;
use serde_json::json;

use super::{Known, declare_id_card, member_path, named, well_known};
use crate::{
    import::Importer,
    support::{TestApp, story, unique_name},
};

const ERASURES: &str = "/api/mini/v1/erasures";

async fn two(app: &TestApp) -> (Known<'_>, Known<'_>) {
    declare_id_card(&app.staff(Role::Headquarters).await).await;
    let one = well_known(app, "林小满", "13800000001", super::ID_CARD).await;
    (one, well_known(app, "周一鸣", "13800000002", "440301199003070018").await)
}

async fn wish(known: &Known<'_>) -> String {
    let asked = known.consumer.post(ERASURES, &json!({})).await;
    assert_eq!((asked.status, &asked.body["state"]), (StatusCode::CREATED, &json!("requested")), "{asked:?}");
    format!("{ERASURES}/{}", asked.body["id"].as_str().expect("an id"))
}

#[actix_web::test]
async fn being_forgotten_leaves_nothing_that_names_the_member_and_everything_countable() {
    story(async |app| {
        let (one, other) = two(app).await;
        one.consumer.post("/api/mini/v1/exports", &json!({})).await;
        app.run_jobs().await;
        let names: Vec<&str> = one.names.iter().map(String::as_str).collect();
        assert!(named(app, &names).await.len() > 8, "they were named in many places");
        let (touches, facts) = (app.rows::<touch::Entity>().await.len(), app.rows::<event::Entity>().await.len());
        let others = async || named(app, &other.names.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let others_before = others().await;

        let path = wish(&one).await;
        assert_eq!(wish(&one).await, path, "asking again is the same wish");
        app.advance(TimeDelta::days(8));
        app.run_jobs().await;
        assert_eq!(
            one.consumer.get("/api/mini/v1/profile").await.status,
            StatusCode::OK,
            "nothing happens unconfirmed"
        );
        let confirmed = one.consumer.post(&format!("{path}/confirm"), &json!({})).await;
        assert_eq!((confirmed.status, &confirmed.body["state"]), (StatusCode::OK, &json!("confirmed")));
        app.advance(TimeDelta::days(7) - TimeDelta::seconds(1));
        app.run_jobs().await;
        assert_eq!(one.consumer.get("/api/mini/v1/profile").await.status, StatusCode::OK);
        app.advance(TimeDelta::seconds(1));
        app.run_jobs().await;

        assert_eq!(named(app, &names).await, Vec::<String>::new());
        assert_eq!(one.consumer.get("/api/mini/v1/profile").await.status, StatusCode::UNAUTHORIZED, "signed out");
        let staff = app.staff(Role::Headquarters).await;
        assert_eq!(staff.get(&member_path(one.member)).await.status, StatusCode::NOT_FOUND);
        let members = app.rows::<member::Entity>().await;
        let states = |id| members.iter().find(|row| row.id == id).expect("a row").state;
        assert_eq!((states(one.member), states(other.member)), (member::State::Erased, member::State::Active));
        let theirs = app.rows::<identity::Entity>().await;
        assert!(theirs.iter().all(|row| row.member_id == other.member));
        assert_eq!(app.rows::<profile::Entity>().await.len(), 1);
        assert_eq!(app.rows::<touch::Entity>().await.len(), touches, "what was seen stays countable");
        assert_eq!(app.rows::<event::Entity>().await.len(), facts + 1, "and so do facts, with the wish itself");
        let accesses = app.rows::<access::Entity>().await;
        assert!(accesses.len() == 2 && accesses.iter().any(|row| row.member_id == one.member && row.reason.is_empty()));
        let proof = app.rows::<erasure::Entity>().await.remove(0);
        assert_eq!((proof.state, proof.done_at), (erasure::State::Done, Some(app.clock.now())));
        assert!(proof.deleted["identity"].as_u64() > Some(3) && proof.deleted["member_profile"] == 1, "{proof:?}");
        let others_after = others().await;
        // Pushes are kept for three days whoever sent them.
        let lost: Vec<_> = others_before.iter().filter(|column| !others_after.contains(column)).collect();
        assert_eq!(lost, ["push.body", "push.open_id"], "nothing of anybody else is lost");

        let back = one.person.log_in("shop").await;
        assert_eq!(back.logged_in["new"], true, "who comes back is somebody new");
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn who_thinks_better_of_it_is_not_forgotten() {
    story(async |app| {
        let (one, other) = two(app).await;
        let path = wish(&one).await;
        assert_eq!(other.consumer.post(&format!("{path}/confirm"), &json!({})).await.status, StatusCode::NOT_FOUND);
        assert_eq!(other.consumer.delete(&path).await.status, StatusCode::NOT_FOUND);
        one.consumer.post(&format!("{path}/confirm"), &json!({})).await;
        assert_eq!(one.consumer.delete(&path).await.status, StatusCode::NO_CONTENT);
        assert_eq!(one.consumer.post(&format!("{path}/confirm"), &json!({})).await.status, StatusCode::CONFLICT);
        assert_eq!(one.consumer.get(ERASURES).await.body, json!([]));
        app.advance(TimeDelta::days(8));
        app.run_jobs().await;
        assert_eq!(one.consumer.get("/api/mini/v1/profile").await.status, StatusCode::OK);
        let states: Vec<_> = app.rows::<erasure::Entity>().await.into_iter().map(|row| row.state).collect();
        assert_eq!(states, [erasure::State::Cancelled]);
    })
    .await;
}

#[actix_web::test]
async fn leaving_the_account_closes_its_windows_and_taking_back_a_permission_deletes_what_it_gave() {
    story(async |app| {
        let (one, _) = two(app).await;
        let staff = app.staff(Role::Headquarters).await;
        let shown = async || staff.get(&member_path(one.member)).await.body["basics"].clone();
        for (code, field, left) in [("19", "nickname", "phone"), ("8", "phone", "name")] {
            assert!(shown().await[field].is_string());
            let event = json!({ "MsgType": "event", "Event": "user_authorization_revoke", "RevokeInfo": code });
            one.person.event("shop", event).await;
            app.run_jobs().await;
            let basics = shown().await;
            assert!(basics[field].is_null() && basics[left].is_string(), "{code}: {basics}");
        }
        let open_id = one.person.open_id("brand");
        one.person.unfollow("brand").await;
        let account = "brand".parse().expect("an account key");
        let now = app.clock.now();
        let open = huilian::reach::windows::open(app.app.db.read(), &account, &open_id, now).await.expect("windows");
        assert!(open.is_empty(), "nothing may be sent any more");
        let told = staff.get(&format!("{}/timeline", member_path(one.member))).await.body;
        assert_eq!(told["items"][0]["kind"], "unfollow", "{told}");
    })
    .await;
}

#[actix_web::test]
async fn who_was_forgotten_and_still_follows_stays_unknown_until_they_do_something() {
    story(async |app| {
        let (one, _) = two(app).await;
        let path = wish(&one).await;
        one.consumer.post(&format!("{path}/confirm"), &json!({})).await;
        app.advance(TimeDelta::days(8));
        app.run_jobs().await;
        let names: Vec<&str> = one.names.iter().map(String::as_str).collect();
        let known = async || {
            let followers = app.rows::<follower::Entity>().await.len();
            let members = app.rows::<member::Entity>().await;
            (followers, members.iter().filter(|row| row.state == member::State::Active).count())
        };
        assert_eq!(known().await, (1, 1));

        let staff = app.staff(Role::Headquarters).await;
        let run = staff.post_once("/api/admin/v1/followers/sync", &unique_name(), &json!({ "account": "brand" })).await;
        assert!(run.status.is_success(), "{run:?}");
        app.run_jobs().await;
        assert_eq!((known().await, named(app, &names).await), ((1, 1), Vec::new()), "WeChat's list names them still");

        one.person.say("brand", "我又来了").await;
        app.run_jobs().await;
        app.advance(TimeDelta::days(1));
        app.run_jobs().await;
        assert_eq!(known().await, (2, 2), "who comes back is somebody new");
    })
    .await;
}

#[actix_web::test]
async fn a_member_whom_no_account_knows_is_forgotten_when_staff_write_it_down() {
    story(async |app| {
        let run = Importer::new(app).await.import("phone,name,points\n13800000031,何一舟,5\n").await;
        assert_eq!(run["counts"]["created"], 1, "{run}");
        let member = app.rows::<member::Entity>().await.remove(0).id;
        let staff = app.staff(Role::Headquarters).await;
        let names = ["何一舟", "13800000031"];
        let wish = json!({ "reason": "本人来电，已核对卡号" });

        let copies = format!("{}/exports", member_path(member));
        let copy = staff.post(&copies, &json!({})).await;
        assert_eq!(copy.status, StatusCode::ACCEPTED, "{copy:?}");
        app.run_jobs().await;
        let copy = format!("{copies}/{}", copy.body["id"].as_str().expect("an id"));
        assert_eq!(staff.get(&copy).await.body["state"], "ready");
        let file = staff.post(&format!("{copy}/file"), &wish).await;
        assert_eq!(file.status, StatusCode::OK, "{file:?}");
        for name in names {
            assert!(file.body.to_string().contains(name), "{file:?}");
        }
        let accesses = app.rows::<access::Entity>().await;
        assert_eq!((accesses[0].what.as_str(), accesses[0].scene.as_str()), ("everything", "copy"));

        let path = format!("{}/erasures", member_path(member));
        let written = staff.post_once(&path, "forget-0001", &wish).await;
        assert_eq!((written.status, &written.body["state"]), (StatusCode::OK, &json!("confirmed")), "{written:?}");
        let cancelled = staff.delete(&format!("{path}/{}", written.body["id"].as_str().expect("an id"))).await;
        assert_eq!(cancelled.status, StatusCode::NO_CONTENT);
        assert_eq!(staff.get(&path).await.body, json!([]));
        app.advance(TimeDelta::days(8));
        app.run_jobs().await;
        assert!(!named(app, &names).await.is_empty(), "they have thought better of it");

        let staff = app.staff(Role::Headquarters).await;
        let written = staff.post_once(&path, "forget-0002", &wish).await;
        assert_eq!(written.status, StatusCode::OK, "{written:?}");
        app.advance(TimeDelta::days(7));
        app.run_jobs().await;
        let staff = app.staff(Role::Headquarters).await;
        assert_eq!(staff.get(&member_path(member)).await.status, StatusCode::NOT_FOUND);
        assert_eq!(named(app, &["何一舟", "13800000031", "本人来电"]).await, Vec::<String>::new());
        let done = app.rows::<erasure::Entity>().await;
        assert!(done.iter().any(|row| row.state == erasure::State::Done && row.staff_id.is_some()), "{done:?}");
    })
    .await;
}

#[actix_web::test]
async fn work_that_was_given_up_and_answers_that_were_kept_are_forgotten_too() {
    story(async |app| {
        let (one, other) = two(app).await;
        let given_up = async |known: &Known<'_>| {
            let open_id = known.person.open_id("brand");
            app.give_up("identity.refresh_follower", json!({ "account": "brand", "open_id": open_id.as_str() })).await
        };
        let (_, of_other) = (given_up(&one).await, given_up(&other).await);
        let path = wish(&one).await;
        one.consumer.post(&format!("{path}/confirm"), &json!({})).await;
        app.advance(TimeDelta::days(6));
        let answers = async || {
            let rows = app.rows::<idempotency_key::Entity>().await;
            let of = |member: MemberId| rows.iter().filter(|row| row.actor == member.to_string()).count();
            (of(one.member), of(other.member))
        };
        assert_eq!(answers().await, (1, 1), "they said which messages they allow");
        app.advance(TimeDelta::days(1));
        app.run_jobs().await;
        assert_eq!(answers().await, (0, 1));
        let left = app.rows::<job::Entity>().await;
        let left: Vec<_> = left.iter().filter(|row| row.state == job::State::Dead).map(|row| row.id).collect();
        assert_eq!(left, [of_other]);
        app.app.db.tx(async |tx: &Tx| run_again(tx, of_other).await).await.expect("a job that runs again");
        app.run_jobs().await;
    })
    .await;
}
