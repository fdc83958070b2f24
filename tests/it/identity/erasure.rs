//! What people withdraw is deleted: the data they name, or everything.

use chrono::TimeDelta;
use entity::identity::session::Entrance;
use entity::{
    admin::staff::Role,
    chat::{conversation, message},
    identity::{erasure, follower, identity::Source, member},
    jobs::event,
    reach::{delivery, window},
    tracking::touch,
    types::OpenId,
    wechat::push,
};
use huilian::identity::session::{self, Opened};
use huilian::{
    belongings::BELONGINGS,
    identity::{Claim, Claims, resolve},
    infra::db::Tx,
    members::{self, consent::Answer},
    sandbox::Said,
};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::people::{Shows, claim};
use crate::{
    import::Importer,
    members::{ID_CARD, declare_id_card, member_path, pictures::png, set},
    points::leave_points,
    support::{Answered, TestApp, story},
};

const LOCATION: [&str; 2] = ["location", "event:location"];

/// A follower of the official account who has left something in every table.
async fn talkative(app: &TestApp, name: &str) -> (String, OpenId) {
    let person = app.person(name);
    person.follow_by("brand", "store-7").await;
    person.say("brand", "转人工").await;
    for kind in ["location", "image", "voice", "video"] {
        person.send("brand", Said::sample(kind)).await;
    }
    let position = json!({
        "MsgType": "event", "Event": "LOCATION", "Latitude": "23.137466", "Longitude": "113.352425", "Precision": "119",
    });
    person.event("brand", position).await;
    let staff = app.staff(Role::Clerk).await;
    let list = staff.get("/api/admin/v1/conversations").await;
    for thread in list.body["items"].as_array().expect("threads") {
        let thread = thread["id"].as_str().expect("an id");
        let (path, key) = (format!("/api/admin/v1/conversations/{thread}/messages"), format!("{}-{thread}", person.id));
        let text = json!({ "message": { "kind": "text", "content": "在的" } });
        let said = staff.post_once(&path, &key, &text).await;
        assert_eq!(said.status, StatusCode::CREATED, "{said:?}");
    }
    app.run_jobs().await;
    app.advance(TimeDelta::seconds(1));
    signed_in(app, &person.open_id("brand")).await;
    (person.id.clone(), person.open_id("brand"))
}

/// Opens a session as if the official account were a mini program, too.
async fn signed_in(app: &TestApp, open_id: &OpenId) {
    let (account, key) = ("brand".parse().expect("a key"), "AAAAAAAAAAAAAAAAAAAAAA==".parse().expect("a session key"));
    let (union_id, entrance, device) = (None, Entrance::WebPage, "");
    let who = Opened { account: &account, open_id, union_id, entrance, device, key: Some(&key) };
    let (fresh, _) = session::open(&app.app.db, &app.app.vault, who).await.expect("a session");
    let call = |path: &str| app.http.post(format!("{}/api/mini/v1/{path}", app.base_url)).bearer_auth(&fresh.token);
    let view = json!({ "id": "1", "kind": "page_view", "page": "pages/home/index", "at": app.clock.now() });
    let seen = Answered::read(call("events").json(&json!({ "events": [view] }))).await;
    assert_eq!(seen.status, StatusCode::OK, "{seen:?}");
    let url = format!("{}/api/mini/v1/profile/avatar", app.base_url);
    let face = Answered::read(app.http.put(url).bearer_auth(&fresh.token).body(png())).await;
    assert_eq!(face.status, StatusCode::ACCEPTED, "{face:?}");
    let answers = json!({ "answers": { "tmpl": "accept" } });
    let permit = Answered::read(call("permits").header("Idempotency-Key", "permit-0001").json(&answers)).await;
    assert_eq!(permit.status, StatusCode::OK, "{permit:?}");
}

/// Makes a merge and a conflict of which the follower is a part.
async fn merged_and_doubted(app: &TestApp, open_id: &OpenId) {
    let (phone, other) = (claim(app, Shows::Phone(1)), claim(app, Shows::UnionId(9)));
    let follower = Claim::open_id(&"brand".parse().expect("an account key"), open_id);
    for claims in [vec![phone.clone()], vec![follower.clone(), phone], vec![follower, other]] {
        let claims = Claims { source: Source::WechatPhone, at: app.clock.now(), claims };
        app.app.db.tx(async |tx: &Tx| resolve(tx, &claims).await.map(drop)).await.expect("a member");
    }
}

/// Leaves what staff know and did of the member whom the follower is.
async fn well_known(app: &TestApp, open_id: &OpenId) {
    let member =
        huilian::identity::find(app.app.db.read(), &claim_of(open_id)).await.expect("an answer").expect("a member");
    let staff = app.staff(Role::Headquarters).await;
    declare_id_card(&staff).await;
    set(&staff, member, json!({ "id_card": ID_CARD })).await;
    let reveal = json!({ "what": "id_card", "scene": "identify", "reason": "领取奖品" });
    let told = staff.post(&format!("{}/reveal", member_path(member)), &reveal).await;
    assert_eq!(told.status, StatusCode::OK, "{told:?}");
    let (purpose, source, account) = (members::Purpose::Marketing, members::Source::Staff, None);
    let yes = Answer { purpose, granted: true, version: "2026-11".to_owned(), source, account };
    let said = async |tx: &Tx| {
        members::consent::answer(tx, &app.app.texts, member, &yes).await?;
        members::export::ask(tx, member).await?;
        members::erasure::ask(tx, member).await.map(drop)
    };
    app.app.db.tx(said).await.expect("answers and wishes");
    // A till knows the same phone.
    let at = app.clock.now();
    let shown =
        Claims { source: Source::WechatPhone, at, claims: vec![claim_of(open_id), claim(app, Shows::Phone(77))] };
    app.app.db.tx(async |tx: &Tx| resolve(tx, &shown).await).await.expect("a member");
    let run = Importer::new(app).await.import("phone,points\n13800000077,5\n").await;
    assert_eq!(run["counts"]["matched"], 1, "{run}");
    leave_points(app, member).await;
    crate::reach::leave_message(app, member).await;
    crate::referral::leave_invitations(app, member, "林小满").await;
    crate::share::leave_shares(app, member).await;
    let campaign = crate::rewards::running(app, json!({})).await;
    assert_eq!(crate::rewards::give(app, member, campaign, "erasure").await.why.as_str(), "given");
    let held = async |tx: &Tx| huilian::rewards::block::block(tx, member, "待核实", None).await;
    app.app.db.tx(held).await.expect("a block");
    crate::admin::scan::leave_link(app, open_id).await;
    app.give_up("identity.refresh_follower", json!({ "account": "brand", "open_id": open_id.as_str() })).await;
}

fn claim_of(open_id: &OpenId) -> Claim {
    Claim::open_id(&"brand".parse().expect("an account key"), open_id)
}

async fn push_event(app: &TestApp, person: &str, event: &str, more: Value) {
    let mut fields = json!({ "MsgType": "event", "Event": event });
    let all = fields.as_object_mut().expect("an object");
    all.extend(more.as_object().expect("an object").clone());
    app.sandbox.push_by_hand("brand", &fields, Some(person)).await.expect("a push");
}

async fn kinds(app: &TestApp, open_id: &OpenId) -> Vec<String> {
    let rows = app.rows::<push::Entity>().await;
    let mut kinds: Vec<String> = rows.into_iter().filter(|row| row.open_id == *open_id).map(|row| row.kind).collect();
    kinds.sort();
    kinds
}

/// The messages of this kind: what stands in the list, and whether anything is kept of the content.
async fn said(app: &TestApp, kind: &str) -> Vec<(String, bool)> {
    let rows = app.rows::<message::Entity>().await;
    rows.into_iter().filter(|row| row.kind == kind).map(|row| (row.text, row.content != json!({}))).collect()
}

async fn only_erasure(app: &TestApp) -> erasure::Model {
    let mut rows = app.rows::<erasure::Entity>().await;
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

#[actix_web::test]
async fn a_withdrawn_location_is_blanked_and_everything_else_stays() {
    story(async |app| {
        let (person, open_id) = talkative(app, "林小满").await;
        let before = kinds(app, &open_id).await;
        assert!(LOCATION.iter().all(|kind| before.iter().any(|known| known == kind)), "{before:?}");
        push_event(app, &person, "user_authorization_revoke", json!({ "RevokeInfo": "206" })).await;
        assert_eq!(only_erasure(app).await.done_at, None, "recorded at once, done by a job");
        app.run_jobs().await;

        let after = kinds(app, &open_id).await;
        assert!(after.iter().all(|kind| !LOCATION.contains(&kind.as_str())), "{after:?}");
        assert_eq!(after.len(), before.len() - 2 + 1, "two pushes less, and the revocation itself");
        assert_eq!(said(app, "location").await, [("[已删除]".to_owned(), false)]);
        for kind in ["image", "voice", "video", "text"] {
            let kept = said(app, kind).await;
            assert!(!kept.is_empty() && kept.iter().all(|(text, content)| text != "[已删除]" && *content), "{kind}");
        }
        assert_eq!(app.rows::<follower::Entity>().await.len(), 1);
        let done = only_erasure(app).await;
        assert_eq!(done.done_at, Some(app.clock.now()));
        assert_eq!(
            (&done.codes, &done.deleted["push"], &done.deleted["message"]),
            (&json!(["location"]), &json!(2), &json!(1))
        );
        assert_eq!((&done.deleted["follower"], &done.deleted["touch"]), (&json!(0), &json!(0)));
    })
    .await;
}

#[actix_web::test]
async fn pictures_and_recordings_are_blanked_by_their_codes() {
    story(async |app| {
        let (person, open_id) = talkative(app, "周一鸣").await;
        push_event(app, &person, "user_authorization_revoke", json!({ "RevokeInfo": "207,204" })).await;
        app.run_jobs().await;
        for kind in ["image", "video", "voice"] {
            assert_eq!(said(app, kind).await, [("[已删除]".to_owned(), false)], "{kind}");
            assert!(!kinds(app, &open_id).await.contains(&kind.to_owned()));
        }
        assert!(said(app, "location").await.iter().all(|(_, content)| *content));
    })
    .await;
}

#[actix_web::test]
async fn a_code_for_data_that_we_do_not_hold_deletes_nothing_and_is_recorded() {
    story(async |app| {
        let (person, open_id) = talkative(app, "何思远").await;
        let before = (kinds(app, &open_id).await.len(), app.rows::<message::Entity>().await.len());
        push_event(app, &person, "user_authorization_revoke", json!({ "RevokeInfo": "202" })).await;
        push_event(app, &person, "user_info_modified", json!({ "RevokeInfo": "1" })).await;
        app.run_jobs().await;
        assert_eq!(kinds(app, &open_id).await.len(), before.0 + 2);
        assert_eq!(app.rows::<message::Entity>().await.len(), before.1);
        let recorded = app.rows::<erasure::Entity>().await;
        assert!(recorded.len() == 2 && recorded.iter().all(|row| row.done_at.is_some()), "{recorded:?}");
    })
    .await;
}

#[actix_web::test]
async fn the_end_of_a_wechat_account_deletes_every_row_and_leaves_touches_nobodys() {
    story(async |app| {
        let (person, open_id) = talkative(app, "林小满").await;
        let (_, other) = talkative(app, "周一鸣").await;
        merged_and_doubted(app, &open_id).await;
        well_known(app, &open_id).await;
        let touches = app.rows::<touch::Entity>().await.len();
        let events = app.rows::<event::Entity>().await.len();
        push_event(app, &person, "user_authorization_cancellation", json!({})).await;
        app.run_jobs().await;

        let done = only_erasure(app).await;
        for line in BELONGINGS {
            let rows = done.deleted[line.table].as_u64();
            assert!(rows > Some(0), "nothing of {} was erased: let `talkative` leave something there", line.table);
        }
        let states = app.rows::<member::Entity>().await.into_iter().map(|row| row.state).collect::<Vec<_>>();
        let erased = states.iter().filter(|state| **state == member::State::Erased).count();
        assert_eq!((states.len(), erased), (3, 2), "the member and its former name are nobody, the other person stays");
        let left = |open_id: &OpenId| {
            let open_id = open_id.clone();
            async move {
                let threads: Vec<_> = app.rows::<conversation::Entity>().await;
                let mine: Vec<_> = threads.iter().filter(|row| row.open_id == open_id).map(|row| row.id).collect();
                let messages = app.rows::<message::Entity>().await;
                [
                    app.rows::<follower::Entity>().await.iter().filter(|row| row.open_id == open_id).count(),
                    app.rows::<push::Entity>().await.iter().filter(|row| row.open_id == open_id).count(),
                    mine.len(),
                    messages.iter().filter(|row| mine.contains(&row.conversation_id)).count(),
                    app.rows::<delivery::Entity>().await.iter().filter(|row| row.open_id == open_id).count(),
                    app.rows::<window::Entity>().await.iter().filter(|row| row.open_id == open_id).count(),
                    app.rows::<touch::Entity>().await.iter().filter(|row| row.open_id == open_id).count(),
                ]
            }
        };
        assert_eq!(left(&open_id).await, [0; 7]);
        assert!(left(&other).await.iter().all(|rows| *rows > 0), "the other person keeps everything");
        let orphans = app.rows::<message::Entity>().await;
        let threads = app.rows::<conversation::Entity>().await;
        assert!(orphans.iter().all(|row| threads.iter().any(|thread| thread.id == row.conversation_id)));

        let kept = app.rows::<touch::Entity>().await;
        assert_eq!(kept.len(), touches, "what was seen stays countable");
        assert!(
            kept.iter().any(|touch| touch.open_id.as_str() == "erased" && touch.scene.as_deref() == Some("store-7"))
        );
        let facts = app.rows::<event::Entity>().await;
        assert_eq!(facts.len(), events + 1, "and so do facts, with the withdrawal itself");
        let named = |fact: &event::Model| {
            fact.subject.as_deref() == Some(open_id.as_str()) || fact.payload.to_string().contains(open_id.as_str())
        };
        assert!(!facts.iter().any(named), "but they name nobody");
    })
    .await;
}

#[actix_web::test]
async fn an_erasure_that_runs_twice_erases_once_and_people_may_come_back() {
    story(async |app| {
        let (person, open_id) = talkative(app, "林小满").await;
        push_event(app, &person, "user_authorization_cancellation", json!({})).await;
        app.run_jobs().await;
        let first = only_erasure(app).await;
        let again =
            async |tx: &huilian::infra::db::Tx| tx.enqueue(huilian::identity::erasure::Erase { erasure: first.id });
        app.app.db.tx(again).await.expect("the job again");
        app.advance(TimeDelta::hours(1));
        app.run_jobs().await;
        assert_eq!(only_erasure(app).await, first);

        app.text_from("brand", open_id.as_str(), 77, "会员").send().await;
        let row = super::record(app, &open_id).await;
        assert_eq!((row.follows, row.union_id), (0, None), "a person we had never met");
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn a_repetition_that_comes_after_the_erasure_brings_nobody_back() {
    story(async |app| {
        let (person, open_id) = talkative(app, "林小满").await;
        app.text_from("brand", open_id.as_str(), 78, "会员").send().await;
        push_event(app, &person, "user_authorization_cancellation", json!({})).await;
        app.run_jobs().await;
        let (status, answer) = app.text_from("brand", open_id.as_str(), 78, "会员").send().await;
        assert_eq!((status, answer.as_str()), (reqwest::StatusCode::OK, "success"));
        assert!(app.rows::<follower::Entity>().await.iter().all(|row| row.open_id != open_id));
        app.run_jobs().await;
    })
    .await;
}
