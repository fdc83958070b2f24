//! Cards of a mini program, over the control API.

use serde_json::{Value, json};

use super::rig::{BRAND, LIN, MINI, Rig, ZHOU};

#[tokio::test]
async fn a_card_is_sent_by_one_and_opened_by_others_in_a_chat_or_a_group() {
    let rig = Rig::start().await;
    let card = json!({ "account": MINI, "path": "/pages/goods/tea?share=0123456789", "title": "春茶上市" });
    let (status, sent) = rig.control("POST", &format!("/people/{LIN}/share"), card).await;
    assert_eq!((status, &sent["person"], &sent["title"]), (200, &json!(LIN), &json!("春茶上市")));
    let (_, plain) =
        rig.control("POST", &format!("/people/{LIN}/share"), json!({ "account": MINI, "path": "pages/index" })).await;
    assert_eq!(plain["title"], "惠联mini", "the name of the mini program");
    let (_, list) = rig.control("GET", "/shares", Value::Null).await;
    assert_eq!((&list["shares"][0]["id"], &list["shares"][1]["id"]), (&plain["id"], &sent["id"]));
    for (from, scene) in [("chat", 1007), ("group", 1008)] {
        let open = format!("/people/{ZHOU}/shares/{}/open", sent["id"]);
        let (status, launch) = rig.control("POST", &open, json!({ "from": from })).await;
        let expected = json!({ "path": "pages/goods/tea", "query": { "share": "0123456789" }, "scene": scene });
        assert_eq!((status, launch), (200, expected), "{from}");
    }
    assert!(rig.sandbox.sandbox().pushes(None, 10).is_empty(), "WeChat tells nobody of a share");
}

#[tokio::test]
async fn what_cannot_be_sent_or_opened_is_refused() {
    let rig = Rig::start().await;
    for (account, path) in [
        (BRAND, "pages/index".to_owned()),
        (MINI, String::new()),
        (MINI, "/?a=1".to_owned()),
        (MINI, "pages/in dex".to_owned()),
        (MINI, "p".repeat(1_025)),
    ] {
        let card = json!({ "account": account, "path": path });
        let (status, answer) = rig.control("POST", &format!("/people/{LIN}/share"), card).await;
        assert!(status == 422 && answer["error"].is_string(), "{account} {path}: {status} {answer}");
    }
    let (status, _) = rig.control("POST", &format!("/people/{ZHOU}/shares/99/open"), json!({ "from": "chat" })).await;
    assert_eq!(status, 404);
}
