use serde_json::json;

use super::rig::{BRAND, LIN, MINI, Rig, SHOP, ZHOU, fine, refused};
use crate::sandbox::Scene;

#[tokio::test]
async fn a_follower_is_described_and_a_stranger_is_not() {
    let rig = Rig::start().await;
    let openid = rig.openid(LIN, BRAND);
    let stranger = rig.get(BRAND, "/cgi-bin/user/info", &[("openid", &openid)]).await;
    assert_eq!(stranger, json!({ "subscribe": 0, "openid": openid }));
    rig.sandbox.follow(LIN, BRAND, Some(Scene::from("invite:AB12cd"))).await.unwrap();
    let info = rig.get(BRAND, "/cgi-bin/user/info", &[("openid", &openid), ("lang", "zh_CN")]).await;
    assert!(info.get("errcode").is_none());
    assert_eq!(info["subscribe"], 1);
    assert_eq!(info["subscribe_time"], 1_795_226_400);
    assert_eq!(info["subscribe_scene"], "ADD_SCENE_QR_CODE");
    assert_eq!(info["qr_scene_str"], "invite:AB12cd");
    assert_eq!(info["nickname"], "");
    let person = rig.sandbox.person(LIN).unwrap();
    assert_eq!(info["unionid"].as_str(), person.unionid.as_deref());
    rig.sandbox.bind_union(LIN, false).unwrap();
    let info = rig.get(BRAND, "/cgi-bin/user/info", &[("openid", &openid)]).await;
    assert!(info.get("unionid").is_none());
}

#[tokio::test]
async fn the_union_id_is_shared_and_some_people_have_none() {
    let rig = Rig::start().await;
    let people = rig.sandbox.state().people;
    assert!(people.iter().any(|person| person.unionid.is_none()));
    assert!(people.iter().all(|person| person.follows.is_empty()));
    let again = Rig::start().await;
    assert_eq!(again.openid(LIN, BRAND), rig.openid(LIN, BRAND));
    assert_eq!(again.sandbox.person(LIN).unwrap().unionid, rig.sandbox.person(LIN).unwrap().unionid);
    let (brand, shop) = (rig.followed(LIN, BRAND).await, rig.followed(LIN, SHOP).await);
    assert_ne!(brand, shop);
    let a = rig.get(BRAND, "/cgi-bin/user/info", &[("openid", &brand)]).await;
    let b = rig.get(SHOP, "/cgi-bin/user/info", &[("openid", &shop)]).await;
    assert!(a["unionid"].is_string());
    assert_eq!(a["unionid"], b["unionid"]);
}

#[tokio::test]
async fn many_can_be_read_at_once_but_not_more_than_a_hundred() {
    let rig = Rig::start().await;
    let (lin, zhou) = (rig.followed(LIN, BRAND).await, rig.openid(ZHOU, BRAND));
    let path = "/cgi-bin/user/info/batchget";
    let list = |openids: Vec<&str>| {
        let users: Vec<_> = openids.iter().map(|openid| json!({ "openid": openid, "lang": "zh_CN" })).collect();
        json!({ "user_list": users })
    };
    let answer = rig.post(BRAND, path, list(vec![&lin, &zhou])).await;
    assert_eq!(answer["user_info_list"][0]["subscribe"], 1);
    assert_eq!(answer["user_info_list"][1], json!({ "subscribe": 0, "openid": zhou }));
    refused(&rig.post(BRAND, path, list(vec![&lin; 101])).await, 40032);
    let hundred = rig.post(BRAND, path, list(vec![&lin; 100])).await;
    assert_eq!(hundred["user_info_list"].as_array().unwrap().len(), 100);
    refused(&rig.post(BRAND, path, list(vec![])).await, 40032);
    refused(&rig.post(BRAND, path, list(vec![&lin, "oNobody"])).await, 40003);
    refused(&rig.post(BRAND, path, list(vec![&rig.openid(LIN, SHOP)])).await, 40003);
    refused(&rig.get(BRAND, "/cgi-bin/user/info", &[]).await, 41009);
    refused(&rig.get(BRAND, "/cgi-bin/user/info", &[("openid", "oNobody")]).await, 40003);
}

#[tokio::test]
async fn the_list_comes_in_pages_in_the_order_of_following() {
    let rig = Rig::with(|options| options.settings.page_size = 2).await;
    let path = "/cgi-bin/user/get";
    let empty = rig.get(BRAND, path, &[]).await;
    assert_eq!(empty, json!({ "total": 0, "count": 0, "next_openid": "" }));
    let mut openids = Vec::new();
    for person in [ZHOU, LIN, "tang-guoguo"] {
        rig.advance(1);
        openids.push(rig.followed(person, BRAND).await);
    }
    let first = rig.get(BRAND, path, &[("next_openid", "")]).await;
    let page = json!({ "openid": [openids[0], openids[1]] });
    assert_eq!(first, json!({ "total": 3, "count": 2, "data": page, "next_openid": openids[1] }));
    let second = rig.get(BRAND, path, &[("next_openid", &openids[1])]).await;
    let page = json!({ "openid": [openids[2]] });
    assert_eq!(second, json!({ "total": 3, "count": 1, "data": page, "next_openid": openids[2] }));
    let last = rig.get(BRAND, path, &[("next_openid", &openids[2])]).await;
    assert_eq!(last, json!({ "total": 3, "count": 0, "next_openid": "" }));
    refused(&rig.get(BRAND, path, &[("next_openid", "oNobody")]).await, 40003);
    rig.sandbox.unfollow(LIN, BRAND).await.unwrap();
    assert_eq!(rig.get(BRAND, path, &[]).await["total"], 2);
}

#[tokio::test]
async fn a_remark_is_short() {
    let rig = Rig::start().await;
    let openid = rig.followed(LIN, BRAND).await;
    let path = "/cgi-bin/user/info/updateremark";
    fine(&rig.post(BRAND, path, json!({ "openid": openid, "remark": "老顾客" })).await);
    assert_eq!(rig.get(BRAND, "/cgi-bin/user/info", &[("openid", &openid)]).await["remark"], "老顾客");
    refused(&rig.post(BRAND, path, json!({ "openid": openid, "remark": "长".repeat(30) })).await, 40035);
    let stranger = rig.openid(ZHOU, BRAND);
    refused(&rig.post(BRAND, path, json!({ "openid": stranger, "remark": "x" })).await, 40003);
}

#[tokio::test]
async fn the_blacklist_holds_followers_of_this_account() {
    let rig = Rig::start().await;
    let openid = rig.followed(LIN, BRAND).await;
    let path = "/cgi-bin/tags/members/batchblacklist";
    fine(&rig.post(BRAND, path, json!({ "openid_list": [openid] })).await);
    assert_eq!(rig.sandbox.person(LIN).unwrap().blocked_by, [BRAND]);
    let list = rig.post(BRAND, "/cgi-bin/tags/members/getblacklist", json!({ "begin_openid": "" })).await;
    let expected = json!({ "total": 1, "count": 1, "data": { "openid": [openid] }, "next_openid": openid });
    assert_eq!(list, expected);
    refused(&rig.post(BRAND, path, json!({ "openid_list": vec![&openid; 21] })).await, 40032);
    refused(&rig.post(BRAND, path, json!({ "openid_list": [rig.openid(LIN, MINI)] })).await, 49003);
    refused(&rig.post(BRAND, path, json!({ "openid_list": ["oNobody"] })).await, 40003);
    fine(&rig.post(BRAND, "/cgi-bin/tags/members/batchunblacklist", json!({ "openid_list": [openid] })).await);
    assert!(rig.sandbox.person(LIN).unwrap().blocked_by.is_empty());
}
