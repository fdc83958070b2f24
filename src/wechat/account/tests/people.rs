use serde_json::json;

use super::{OPENID, crowd, invalid, somebody};
use crate::wechat::scripted::{Reply, Scripted};

#[tokio::test]
async fn a_follower_is_read_with_and_without_a_unionid() {
    let server = Scripted::start().await;
    server.next(
        "/cgi-bin/user/info",
        Reply::json(json!({
            "subscribe": 1, "openid": OPENID, "nickname": "", "sex": 0, "subscribe_time": 1_434_093_047,
            "unionid": "o7abcdefghijklmnopqrstuvwxyz", "remark": "老客户", "groupid": 0, "tagid_list": [128, 2],
            "subscribe_scene": "ADD_SCENE_QR_CODE", "qr_scene": 98765, "qr_scene_str": "invite:AB12cd"
        })),
    );
    server.next(
        "/cgi-bin/user/info",
        Reply::json(json!({"subscribe": 0, "openid": OPENID, "unionid": "", "remark": null, "tagid_list": null})),
    );
    let api = server.brand();
    let user = api.user(&somebody()).await.unwrap();
    assert!(user.subscribe);
    assert_eq!(user.unionid.unwrap().as_str(), "o7abcdefghijklmnopqrstuvwxyz");
    assert_eq!(user.subscribe_time.unwrap().timestamp(), 1_434_093_047);
    assert_eq!((user.remark.as_str(), user.tagid_list.as_slice()), ("老客户", [128, 2].as_slice()));
    assert_eq!((user.qr_scene, user.qr_scene_str.as_str()), (Some(98765), "invite:AB12cd"));
    let stranger = api.user(&somebody()).await.unwrap();
    assert!(!stranger.subscribe && stranger.unionid.is_none() && stranger.subscribe_time.is_none());
    let asked = &server.seen("/cgi-bin/user/info")[0];
    assert_eq!(
        (asked.method.as_str(), asked.query["openid"].as_str(), asked.query["lang"].as_str()),
        ("GET", OPENID, "zh_CN")
    );
}

#[tokio::test]
async fn up_to_a_hundred_followers_are_read_at_once() {
    let server = Scripted::start().await;
    let info = json!({"user_info_list": [{"subscribe": 1, "openid": OPENID}, {"subscribe": 0, "openid": "oOther"}]});
    server.always("/cgi-bin/user/info/batchget", Reply::json(info));
    let api = server.brand();
    assert_eq!(api.users(&[somebody()]).await.unwrap().len(), 2);
    let body = server.only("/cgi-bin/user/info/batchget").json();
    assert_eq!(body, json!({"user_list": [{"openid": OPENID, "lang": "zh_CN"}]}));
    api.users(&crowd(100)).await.unwrap();
    assert_eq!(invalid(api.users(&crowd(101)).await), ["user_list"]);
    assert_eq!(invalid(api.users(&[]).await), ["user_list"]);
}

#[tokio::test]
async fn followers_come_in_pages_until_one_is_empty() {
    let server = Scripted::start().await;
    let path = "/cgi-bin/user/get";
    server.next(
        path,
        Reply::json(json!({"total": 2, "count": 2, "data": {"openid": ["oA", "oB"]}, "next_openid": "oB"})),
    );
    server.next(path, Reply::json(json!({"total": 2, "count": 0, "next_openid": ""})));
    let api = server.brand();
    let first = api.followers(None).await.unwrap();
    assert_eq!((first.total, first.openids.len()), (Some(2), 2));
    let last = api.followers(first.next.as_ref()).await.unwrap();
    assert_eq!((last.openids.len(), last.next), (0, None));
    let asked: Vec<String> = server.seen(path).iter().map(|seen| seen.query["next_openid"].clone()).collect();
    assert_eq!(asked, ["", "oB"]);
}

#[tokio::test]
async fn a_remark_has_fewer_than_thirty_characters() {
    let server = Scripted::start().await;
    server.always("/cgi-bin/user/info/updateremark", Reply::ok());
    let api = server.brand();
    api.set_remark(&somebody(), &"好".repeat(29)).await.unwrap();
    assert_eq!(invalid(api.set_remark(&somebody(), &"好".repeat(30)).await), ["remark"]);
    assert_eq!(
        server.only("/cgi-bin/user/info/updateremark").json(),
        json!({"openid": OPENID, "remark": "好".repeat(29)})
    );
}

#[tokio::test]
async fn tags_are_made_changed_and_put_on_people() {
    let server = Scripted::start().await;
    for path in [
        "/cgi-bin/tags/update",
        "/cgi-bin/tags/delete",
        "/cgi-bin/tags/members/batchtagging",
        "/cgi-bin/tags/members/batchuntagging",
    ] {
        server.always(path, Reply::ok());
    }
    server.always("/cgi-bin/tags/create", Reply::json(json!({"tag": {"id": 134, "name": "老客户"}})));
    let tags = json!({"tags": [{"id": 2, "name": "星标组", "count": 0}, {"id": 134, "name": "老客户", "count": 7}]});
    server.always("/cgi-bin/tags/get", Reply::json(tags));
    server.always(
        "/cgi-bin/user/tag/get",
        Reply::json(json!({"count": 1, "data": {"openid": [OPENID]}, "next_openid": OPENID})),
    );
    server.always("/cgi-bin/tags/getidlist", Reply::json(json!({"tagid_list": [134, 2]})));
    let api = server.brand();
    assert_eq!(api.create_tag("老客户").await.unwrap().id, 134);
    assert_eq!(server.only("/cgi-bin/tags/create").json(), json!({"tag": {"name": "老客户"}}));
    assert_eq!(api.tags().await.unwrap()[1].count, Some(7));
    api.rename_tag(134, "新客户").await.unwrap();
    assert_eq!(server.only("/cgi-bin/tags/update").json(), json!({"tag": {"id": 134, "name": "新客户"}}));
    api.delete_tag(134).await.unwrap();
    assert_eq!(server.only("/cgi-bin/tags/delete").json(), json!({"tag": {"id": 134}}));
    api.put_tag(134, &[somebody()]).await.unwrap();
    assert_eq!(
        server.only("/cgi-bin/tags/members/batchtagging").json(),
        json!({"openid_list": [OPENID], "tagid": 134})
    );
    api.take_tag(134, &crowd(50)).await.unwrap();
    let page = api.tag_followers(134, None).await.unwrap();
    assert_eq!((page.openids, page.next), (vec![somebody()], Some(somebody())));
    assert_eq!(server.only("/cgi-bin/user/tag/get").json(), json!({"tagid": 134, "next_openid": ""}));
    assert_eq!(api.tags_of(&somebody()).await.unwrap(), [134, 2]);
    assert_eq!(server.only("/cgi-bin/tags/getidlist").json(), json!({"openid": OPENID}));
    assert_eq!(invalid(api.create_tag("").await), ["tag.name"]);
    assert_eq!(invalid(api.create_tag(&"长".repeat(31)).await), ["tag.name"]);
    assert_eq!(invalid(api.put_tag(134, &crowd(51)).await), ["openid_list"]);
}

#[tokio::test]
async fn the_blacklist_is_read_and_changed_twenty_at_a_time() {
    let server = Scripted::start().await;
    server.always("/cgi-bin/tags/members/batchblacklist", Reply::ok());
    server.always("/cgi-bin/tags/members/batchunblacklist", Reply::ok());
    let page = json!({"total": 1, "count": 1, "data": {"openid": [OPENID]}, "next_openid": OPENID});
    server.always("/cgi-bin/tags/members/getblacklist", Reply::json(page));
    let api = server.brand();
    api.block(&crowd(20)).await.unwrap();
    api.unblock(&[somebody()]).await.unwrap();
    assert_eq!(server.only("/cgi-bin/tags/members/batchunblacklist").json(), json!({"openid_list": [OPENID]}));
    assert_eq!(api.blacklist(Some(&somebody())).await.unwrap().openids, [somebody()]);
    assert_eq!(server.only("/cgi-bin/tags/members/getblacklist").json(), json!({"begin_openid": OPENID}));
    assert_eq!(invalid(api.block(&crowd(21)).await), ["openid_list"]);
}
