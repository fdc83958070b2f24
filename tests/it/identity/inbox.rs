//! What staff see of people and decide about them.

use entity::{
    admin::staff::Role,
    identity::{conflict, identity, merge as merges},
    jobs::event,
};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::people::{
    Shows::{Card, OpenId, Phone, UnionId},
    current_phone, holder, import, wechat,
};
use crate::support::{StaffActor, TestApp, story};

const MERGES: &str = "/api/admin/v1/merges";
const CONFLICTS: &str = "/api/admin/v1/conflicts";

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_else(|| panic!("{field} in {value}"))
}

async fn identities(staff: &StaffActor<'_>, member: &str) -> Value {
    let shown = staff.get(&format!("/api/admin/v1/members/{member}/identities")).await;
    assert_eq!(shown.status, StatusCode::OK, "{shown:?}");
    shown.body
}

/// A conflict of two checked phones: who came with it, whom it would join, and its id.
async fn two_phones(app: &TestApp, staff: &StaffActor<'_>) -> (String, String, String) {
    let one = wechat(app, &[OpenId("brand", 1), Phone(1)]).await.member.to_string();
    let other = wechat(app, &[OpenId("mini", 2), Phone(2)]).await.member.to_string();
    wechat(app, &[OpenId("brand", 1), Phone(2)]).await;
    let list = staff.get(CONFLICTS).await;
    let items = list.body["items"].as_array().expect("items");
    assert_eq!(items.len(), 1, "{list:?}");
    (one, other, text(&items[0], "id").to_owned())
}

async fn decide(staff: &StaffActor<'_>, conflict: &str, key: &str, decision: &str) -> crate::support::Answered {
    let body = json!({ "decision": decision, "note": "电话核实" });
    staff.post_once(&format!("{CONFLICTS}/{conflict}/decision"), key, &body).await
}

#[actix_web::test]
async fn staff_see_both_people_masked_and_what_can_be_decided() {
    story(async |app| {
        let staff = app.staff(Role::Headquarters).await;
        let (one, other, conflict) = two_phones(app, &staff).await;
        let shown = staff.get(&format!("{CONFLICTS}/{conflict}")).await;
        assert_eq!(shown.status, StatusCode::OK, "{shown:?}");
        let detail = &shown.body;
        assert_eq!((text(detail, "kind"), text(detail, "state")), ("two_phones", "open"));
        assert_eq!((text(detail, "member"), text(detail, "other")), (one.as_str(), other.as_str()));
        assert_eq!(detail["claim"], json!({ "kind": "phone", "realm": "", "shown": "138****0002" }));
        assert_eq!(detail["choices"], json!(["merge", "keep_apart", "move_number"]));
        let values: Vec<&str> = detail["people"]
            .as_array()
            .expect("people")
            .iter()
            .flat_map(|person| person["identities"].as_array().expect("identities"))
            .map(|identity| text(identity, "shown"))
            .collect();
        assert_eq!(values, ["OpenID(…0001)", "138****0001", "OpenID(…0002)", "138****0002"]);
        let everything = shown.body.to_string();
        assert!(!everything.contains("00000001") && !everything.contains("oPerson"), "nothing is shown whole");

        for role in [Role::Clerk, Role::Manager] {
            let staff = app.staff(role).await;
            assert_eq!(staff.get(CONFLICTS).await.status, StatusCode::FORBIDDEN, "it is over all stores");
            let refused = decide(&staff, &conflict, "by-somebody", "merge").await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN);
        }
    })
    .await;
}

#[actix_web::test]
async fn one_person_after_all_is_merged_once_and_can_be_undone() {
    story(async |app| {
        let staff = app.staff(Role::Headquarters).await;
        let (one, other, conflict) = two_phones(app, &staff).await;
        for _ in 0..2 {
            let decided = decide(&staff, &conflict, "the-same-key", "merge").await;
            assert_eq!((decided.status, text(&decided.body, "state")), (StatusCode::OK, "merged"), "{decided:?}");
        }
        let late = decide(&staff, &conflict, "another-key", "keep_apart").await;
        assert_eq!((late.status, text(&late.body, "code")), (StatusCode::CONFLICT, "already_decided"));
        let row = app.rows::<conflict::Entity>().await.remove(0);
        let me = staff.get("/api/admin/v1/me").await.body;
        assert_eq!(row.decided_by.map(|id| id.to_string()).as_deref(), me["id"].as_str());
        assert_eq!(row.note.as_deref(), Some("电话核实"));

        let list = staff.get(&format!("{MERGES}?member={other}")).await.body;
        let merge = &list["items"][0];
        assert_eq!((text(merge, "winner"), text(merge, "loser")), (one.as_str(), other.as_str()));
        assert_eq!((text(merge, "cause"), text(merge, "conflict")), ("staff", conflict.as_str()));
        let id = text(merge, "id");
        assert_eq!(staff.get(&format!("{MERGES}/{id}")).await.body, *merge);
        let shown = identities(&staff, &other).await;
        assert_eq!((text(&shown, "member"), &shown["aliases"]), (one.as_str(), &json!([other])), "the old id leads on");
        assert_eq!(shown["identities"].as_array().map(Vec::len), Some(4));
        assert_eq!(text(&shown["history"][0], "why"), "merged");

        let undone = staff.post_once(&format!("{MERGES}/{id}/undo"), "undo-it-1", &json!({ "note": "认错人" })).await;
        assert_eq!(undone.status, StatusCode::OK, "{undone:?}");
        assert_eq!(undone.body["returned"], json!({ "conflict": 1, "identity": 2, "member": 1, "member_profile": 1 }));
        let again = staff.post_once(&format!("{MERGES}/{id}/undo"), "undo-it-2", &json!({ "note": "认错人" })).await;
        assert_eq!((again.status, text(&again.body, "code")), (StatusCode::CONFLICT, "already_undone"));
        let states: Vec<_> = app.rows::<conflict::Entity>().await.iter().map(|row| (row.kind, row.state)).collect();
        use conflict::{Kind, State};
        assert_eq!(states, [(Kind::TwoPhones, State::Open), (Kind::Separated, State::KeptApart)]);
        let mut facts: Vec<String> = app.rows::<event::Entity>().await.into_iter().map(|row| row.kind).collect();
        facts.retain(|kind| kind.starts_with("member."));
        let created = "member.created";
        assert_eq!(facts, [created, created, "member.conflict", "member.merged", "member.unmerged"]);
    })
    .await;
}

#[actix_web::test]
async fn two_people_are_kept_apart_for_all_evidence_between_them() {
    story(async |app| {
        let staff = app.staff(Role::Headquarters).await;
        let (one, _, conflict) = two_phones(app, &staff).await;
        let kept = decide(&staff, &conflict, "keep-them", "keep_apart").await;
        assert_eq!((kept.status, text(&kept.body, "state")), (StatusCode::OK, "kept_apart"));
        let seen = wechat(app, &[OpenId("brand", 1), OpenId("mini", 2)]).await;
        assert_eq!((seen.member.to_string(), seen.merges.len()), (one, 0));
        assert_eq!(seen.conflicts.iter().map(ToString::to_string).collect::<Vec<_>>(), [conflict]);
        let waiting = staff.get(CONFLICTS).await.body;
        assert_eq!(waiting, json!({ "items": [] }), "it does not ask again");
        let list = staff.get(&format!("{CONFLICTS}?state=kept_apart")).await.body;
        assert_eq!(list["items"][0]["times_seen"], 2);
    })
    .await;
}

#[actix_web::test]
async fn a_number_that_has_changed_hands_moves_alone() {
    story(async |app| {
        let staff = app.staff(Role::Headquarters).await;
        let before = wechat(app, &[OpenId("brand", 1), Phone(1)]).await.member;
        let after = wechat(app, &[OpenId("brand", 2), Phone(1)]).await;
        let moved = decide(&staff, &after.conflicts[0].to_string(), "move-number", "move_number").await;
        assert_eq!((moved.status, text(&moved.body, "state")), (StatusCode::OK, "moved"), "{moved:?}");
        assert_eq!(holder(app, Phone(1)).await, Some(after.member));
        assert_eq!(current_phone(app, after.member, &[1]).await, Some(1));
        assert_eq!(
            (holder(app, OpenId("brand", 1)).await, current_phone(app, before, &[1]).await),
            (Some(before), None)
        );
        assert!(app.rows::<merges::Entity>().await.is_empty());
    })
    .await;
}

#[actix_web::test]
async fn another_union_id_that_nobody_has_can_be_theirs_as_well() {
    story(async |app| {
        let staff = app.staff(Role::Headquarters).await;
        let person = wechat(app, &[OpenId("brand", 1), UnionId(1)]).await.member;
        let seen = wechat(app, &[OpenId("brand", 1), UnionId(2)]).await;
        let conflict = seen.conflicts[0].to_string();
        let shown = staff.get(&format!("{CONFLICTS}/{conflict}")).await.body;
        assert_eq!(
            (&shown["choices"], shown["people"].as_array().map(Vec::len)),
            (&json!(["merge", "keep_apart"]), Some(1))
        );
        assert!(shown.get("other").is_none());
        let refused = decide(&staff, &conflict, "not-a-phone", "move_number").await;
        assert_eq!((refused.status, text(&refused.body, "code")), (StatusCode::UNPROCESSABLE_ENTITY, "invalid"));
        assert_eq!(decide(&staff, &conflict, "also-theirs", "merge").await.status, StatusCode::OK);
        assert_eq!(holder(app, UnionId(2)).await, Some(person));
        let known = wechat(app, &[OpenId("brand", 1), UnionId(2)]).await;
        assert_eq!((known.member, known.conflicts.len()), (person, 0), "both are right from now on");
    })
    .await;
}

#[actix_web::test]
async fn a_preview_tells_what_a_merge_would_do_and_does_nothing() {
    story(async |app| {
        let staff = app.staff(Role::Headquarters).await;
        let wechat_side = wechat(app, &[OpenId("brand", 1), Phone(1)]).await.member;
        let imported = import(app, &[Card(1), Phone(2)]).await.member;
        let before = app.rows::<identity::Entity>().await;
        let path = format!("{MERGES}/preview?a={wechat_side}&b={imported}");
        let preview = staff.get(&path).await;
        assert_eq!(preview.status, StatusCode::OK, "{preview:?}");
        let (winner, loser) = (&preview.body["winner"], &preview.body["loser"]);
        assert_eq!(text(winner, "member"), imported.to_string(), "the imported one survives");
        assert_eq!(loser["identities"].as_array().map(Vec::len), Some(2));
        assert_eq!(preview.body["moves"], json!({ "identity": 2, "member": 1, "member_profile": 1 }));
        let why: Vec<&str> = preview.body["decisions"]
            .as_array()
            .expect("decisions")
            .iter()
            .map(|decision| text(decision, "why"))
            .collect();
        assert_eq!(why, ["imported", "earlier", "proved_best"]);
        assert_eq!(app.rows::<identity::Entity>().await, before);
        assert!(app.rows::<merges::Entity>().await.is_empty());
        assert!(app.rows::<event::Entity>().await.iter().all(|fact| fact.kind != "member.merged"));
        let chosen = staff.get(&format!("{path}&winner={wechat_side}")).await.body;
        assert_eq!(text(&chosen["winner"], "member"), wechat_side.to_string());
        let itself = staff.get(&format!("{MERGES}/preview?a={imported}&b={imported}")).await;
        assert_eq!((itself.status, text(&itself.body, "code")), (StatusCode::CONFLICT, "same_member"));
    })
    .await;
}

#[actix_web::test]
async fn headquarters_merge_once_per_key_and_later_merges_are_undone_first() {
    story(async |app| {
        let staff = app.staff(Role::Headquarters).await;
        let mut members = Vec::new();
        for number in 1..=3 {
            members.push(wechat(app, &[OpenId("brand", number)]).await.member.to_string());
        }
        let body = json!({ "a": members[0], "b": members[1], "reason": "同一位会员" });
        let merged = staff.post_once(MERGES, "merge-once", &body).await;
        assert_eq!(merged.status, StatusCode::CREATED, "{merged:?}");
        assert_eq!(staff.post_once(MERGES, "merge-once", &body).await.body, merged.body);
        let missing = staff.post(MERGES, &body).await;
        assert_eq!(text(&missing.body, "code"), "idempotency_key_missing");
        // By the old name of the loser: it stands for the winner.
        let body = json!({ "a": members[1], "b": members[2], "winner": members[2], "reason": "同一位会员" });
        let further = staff.post_once(MERGES, "merge-again", &body).await;
        assert_eq!((further.status, text(&further.body, "loser")), (StatusCode::CREATED, members[0].as_str()));
        let first = text(&merged.body, "id");
        let refused = staff.post_once(&format!("{MERGES}/{first}/undo"), "too-early", &json!({ "note": "错" })).await;
        assert_eq!((refused.status, text(&refused.body, "code")), (StatusCode::CONFLICT, "merged_further"));
        assert!(text(&refused.body, "detail").contains(text(&further.body, "id")));
        let page = staff.get(&format!("{MERGES}?limit=1")).await.body;
        assert_eq!(page["items"].as_array().map(Vec::len), Some(1));
        let rest = staff.get(&format!("{MERGES}?limit=1&cursor={}", text(&page, "next"))).await.body;
        assert_ne!(rest["items"][0]["id"], page["items"][0]["id"]);
        assert!(rest.get("next").is_none());
    })
    .await;
}

#[actix_web::test]
async fn staff_take_identities_out_and_put_them_back() {
    story(async |app| {
        let staff = app.staff(Role::Headquarters).await;
        let member = wechat(app, &[OpenId("brand", 1), Phone(1)]).await.member.to_string();
        let shown = identities(&staff, &member).await;
        let phone = shown["identities"].as_array().expect("identities").iter().find(|one| one["kind"] == "phone");
        let phone = text(phone.expect("a phone"), "id").to_owned();
        let path = |member: &str| format!("/api/admin/v1/members/{member}/split");
        let out = json!({ "identities": [phone], "note": "机主换人" });
        let taken = staff.post_once(&path(&member), "take-it-out", &out).await;
        assert_eq!(taken.status, StatusCode::CREATED, "{taken:?}");
        let fresh = text(&taken.body, "to").to_owned();
        assert_eq!(text(&identities(&staff, &fresh).await["identities"][0], "shown"), "138****0001");
        let back = json!({ "identities": [phone], "to": member, "note": "还是本人" });
        assert_eq!(staff.post_once(&path(&fresh), "put-it-back", &back).await.status, StatusCode::CREATED);
        let restored = identities(&staff, &member).await;
        assert_eq!(restored["identities"], shown["identities"]);
        let why: Vec<&str> =
            restored["history"].as_array().expect("history").iter().map(|line| text(line, "why")).collect();
        assert_eq!(why, ["split", "split", "claimed", "claimed"]);
        let strange = staff.post_once(&path(&fresh), "not-theirs", &out).await;
        assert_eq!(strange.status, StatusCode::NOT_FOUND);
    })
    .await;
}
