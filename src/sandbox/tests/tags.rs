use serde_json::{Value, json};

use super::rig::{BRAND, LIN, Rig, SHOP, ZHOU, fine, refused};

async fn created(rig: &Rig, name: &str) -> i64 {
    let answer = rig.post(BRAND, "/cgi-bin/tags/create", json!({ "tag": { "name": name } })).await;
    assert_eq!(answer["tag"]["name"], name, "{answer}");
    answer["tag"]["id"].as_i64().unwrap()
}

async fn tag(rig: &Rig, openids: Value, id: i64) -> Value {
    rig.post(BRAND, "/cgi-bin/tags/members/batchtagging", json!({ "openid_list": openids, "tagid": id })).await
}

#[tokio::test]
async fn a_tag_is_made_renamed_and_deleted() {
    let rig = Rig::start().await;
    let id = created(&rig, "老客").await;
    assert!(id >= 100);
    fine(&rig.post(BRAND, "/cgi-bin/tags/update", json!({ "tag": { "id": id, "name": "常客" } })).await);
    let listed = rig.get(BRAND, "/cgi-bin/tags/get", &[]).await;
    let expected = json!([{ "id": 2, "name": "星标组", "count": 0 }, { "id": id, "name": "常客", "count": 0 }]);
    assert_eq!(listed["tags"], expected);
    let openid = rig.followed(LIN, BRAND).await;
    fine(&tag(&rig, json!([openid]), id).await);
    fine(&rig.post(BRAND, "/cgi-bin/tags/delete", json!({ "tag": { "id": id } })).await);
    let left = rig.post(BRAND, "/cgi-bin/tags/getidlist", json!({ "openid": openid })).await;
    assert_eq!(left, json!({ "tagid_list": [] }));
}

#[tokio::test]
async fn names_and_ids_have_rules() {
    let rig = Rig::start().await;
    let id = created(&rig, "老客").await;
    let (create, update, delete) = ("/cgi-bin/tags/create", "/cgi-bin/tags/update", "/cgi-bin/tags/delete");
    for (path, tag, code) in [
        (create, json!({ "name": "老客" }), 45157),
        (create, json!({ "name": "星标组" }), 45157),
        (create, json!({ "name": "长".repeat(31) }), 45158),
        (create, json!({}), 45158),
        (update, json!({ "id": 2, "name": "x" }), 45058),
        (update, json!({ "id": 999, "name": "x" }), 45159),
        (update, json!({ "id": id, "name": "长".repeat(31) }), 45158),
        (delete, json!({ "id": 0 }), 45058),
        (delete, json!({ "id": 999 }), 45159),
    ] {
        refused(&rig.post(BRAND, path, json!({ "tag": tag })).await, code);
    }
    fine(&rig.post(BRAND, update, json!({ "tag": { "id": id, "name": "老客" } })).await);
    for n in 1..100 {
        created(&rig, &format!("标签{n}")).await;
    }
    refused(&rig.post(BRAND, create, json!({ "tag": { "name": "第101个" } })).await, 45056);
}

#[tokio::test]
async fn followers_are_tagged_all_or_nobody() {
    let rig = Rig::start().await;
    let id = created(&rig, "老客").await;
    let (lin, zhou) = (rig.followed(LIN, BRAND).await, rig.openid(ZHOU, BRAND));
    for (list, tagid, code) in [
        (json!([]), id, 40032),
        (json!(vec![&lin; 51]), id, 40032),
        (json!([lin, zhou]), id, 40003),
        (json!([lin, "oNobody"]), id, 40003),
        (json!([lin, rig.openid(LIN, SHOP)]), id, 49003),
        (json!([lin]), 999, 45159),
    ] {
        refused(&tag(&rig, list, tagid).await, code);
    }
    assert_eq!(rig.get(BRAND, "/cgi-bin/tags/get", &[]).await["tags"][1]["count"], 0);
    rig.followed(ZHOU, BRAND).await;
    fine(&tag(&rig, json!([lin, zhou]), id).await);
    let members = rig.post(BRAND, "/cgi-bin/user/tag/get", json!({ "tagid": id, "next_openid": "" })).await;
    assert_eq!(members["count"], 2);
    assert!(members.get("total").is_none());
    assert_eq!(members["next_openid"], members["data"]["openid"][1]);
    let untag = json!({ "openid_list": [lin], "tagid": id });
    fine(&rig.post(BRAND, "/cgi-bin/tags/members/batchuntagging", untag).await);
    let members = rig.post(BRAND, "/cgi-bin/user/tag/get", json!({ "tagid": id })).await;
    assert_eq!(members["data"]["openid"], json!([zhou]));
}

#[tokio::test]
async fn nobody_carries_more_than_twenty() {
    let rig = Rig::start().await;
    let openid = rig.followed(LIN, BRAND).await;
    for n in 0..20 {
        let id = created(&rig, &format!("标签{n}")).await;
        fine(&tag(&rig, json!([openid]), id).await);
    }
    let one_more = created(&rig, "多余").await;
    refused(&tag(&rig, json!([openid]), one_more).await, 45059);
    rig.sandbox.unfollow(LIN, BRAND).await.unwrap();
    rig.followed(LIN, BRAND).await;
    fine(&tag(&rig, json!([openid]), one_more).await);
}

#[tokio::test]
async fn a_tag_with_too_many_people_stays() {
    let rig = Rig::with(|options| options.settings.undeletable_tag = 1).await;
    let id = created(&rig, "大家").await;
    let (lin, zhou) = (rig.followed(LIN, BRAND).await, rig.followed(ZHOU, BRAND).await);
    fine(&tag(&rig, json!([lin, zhou]), id).await);
    refused(&rig.post(BRAND, "/cgi-bin/tags/delete", json!({ "tag": { "id": id } })).await, 45057);
}
