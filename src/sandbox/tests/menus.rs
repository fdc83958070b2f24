use serde_json::{Value, json};

use super::rig::{BRAND, LIN, Rig, ZHOU, fine, refused};

const CREATE: &str = "/cgi-bin/menu/create";

fn click(name: &str) -> Value {
    json!({ "type": "click", "name": name, "key": "k" })
}

fn view(url: &str) -> Value {
    json!({ "type": "view", "name": "看", "url": url })
}

#[tokio::test]
async fn a_menu_is_made_read_and_deleted() {
    let rig = Rig::start().await;
    refused(&rig.get(BRAND, "/cgi-bin/menu/get", &[]).await, 46003);
    let closed = rig.get(BRAND, "/cgi-bin/get_current_selfmenu_info", &[]).await;
    assert_eq!(closed, json!({ "is_menu_open": 0, "selfmenu_info": { "button": [] } }));
    let menu =
        json!({ "button": [click("积分"), { "name": "更多", "sub_button": [view("https://h5.example.com/m")] }] });
    fine(&rig.post(BRAND, CREATE, menu).await);
    let got = rig.get(BRAND, "/cgi-bin/menu/get", &[]).await;
    assert_eq!(got["menu"]["button"][0]["sub_button"], json!([]));
    assert_eq!(got["menu"]["button"][1]["sub_button"][0]["url"], "https://h5.example.com/m");
    assert!(got["menu"]["menuid"].is_u64() && got.get("conditionalmenu").is_none());
    let current = rig.get(BRAND, "/cgi-bin/get_current_selfmenu_info", &[]).await;
    assert_eq!(current["is_menu_open"], 1);
    assert_eq!(current["selfmenu_info"]["button"][1]["sub_button"]["list"][0]["type"], "view");
    fine(&rig.get(BRAND, "/cgi-bin/menu/delete", &[]).await);
    refused(&rig.get(BRAND, "/cgi-bin/menu/get", &[]).await, 46003);
}

#[tokio::test]
async fn every_rule_of_a_menu_has_its_code() {
    let rig = Rig::start().await;
    let long = "长".repeat(21);
    let below = |button: Value| json!([{ "name": "更多", "sub_button": [button] }]);
    for (button, code) in [
        (json!([]), 40016),
        (json!([click("一"), click("二"), click("三"), click("四")]), 40016),
        (json!([{ "name": "x", "type": "dance", "key": "k" }]), 40017),
        (json!([{ "name": "x" }]), 40017),
        (json!([click("")]), 40018),
        (json!([click(&long)]), 40018),
        (json!([{ "type": "click", "name": "x" }]), 40019),
        (json!([{ "type": "scancode_push", "name": "x", "key": "k".repeat(129) }]), 40019),
        (json!([view("")]), 40020),
        (json!([view(&format!("https://a.example/{}", "x".repeat(1024)))]), 40020),
        (json!([view("weixin://x")]), 40055),
        (json!([{ "name": "更多", "sub_button": vec![click("x"); 6] }]), 40023),
        (below(json!({ "name": "x", "type": "dance" })), 40024),
        (below(click("")), 40025),
        (below(json!({ "type": "click", "name": "x" })), 40026),
        (below(view(&format!("https://a.example/{}", "x".repeat(1024)))), 40027),
        (below(view("javascript:1")), 40054),
        (below(json!({ "name": "x", "sub_button": [click("y")] })), 40022),
        (json!([{ "type": "media_id", "name": "x", "media_id": "none" }]), 40007),
        (
            json!([{ "type": "miniprogram", "name": "x", "url": "https://a.example", "appid": "wxno", "pagepath": "p" }]),
            40013,
        ),
    ] {
        refused(&rig.post(BRAND, CREATE, json!({ "button": button })).await, code);
    }
    refused(&rig.post(BRAND, CREATE, json!({})).await, 40016);
    let mini =
        json!({ "type": "miniprogram", "name": "x", "url": "https://a.example", "appid": "wxmini", "pagepath": "p" });
    fine(&rig.post(BRAND, CREATE, json!({ "button": [mini] })).await);
}

#[tokio::test]
async fn conditional_menus_are_for_some_people() {
    let rig = Rig::start().await;
    let add = "/cgi-bin/menu/addconditional";
    let (lin, zhou) = (rig.followed(LIN, BRAND).await, rig.followed(ZHOU, BRAND).await);
    let tag = rig.post(BRAND, "/cgi-bin/tags/create", json!({ "tag": { "name": "金卡" } })).await["tag"]["id"].clone();
    let special = json!({ "button": [click("金卡专享")], "matchrule": { "tag_id": tag } });
    refused(&rig.post(BRAND, add, special.clone()).await, 65303);
    fine(&rig.post(BRAND, CREATE, json!({ "button": [click("普通")] })).await);
    refused(&rig.post(BRAND, add, json!({ "button": [click("x")], "matchrule": {} })).await, 65304);
    refused(&rig.post(BRAND, add, json!({ "button": [click("x")] })).await, 65304);
    let unknown = json!({ "button": [click("x")], "matchrule": { "tag_id": "777" } });
    refused(&rig.post(BRAND, add, unknown).await, 45159);
    let hosts: Vec<Value> = (0..4).map(|n| view(&format!("https://{n}.example"))).collect();
    let far = json!({ "button": [{ "name": "更多", "sub_button": hosts }], "matchrule": { "tag_id": tag } });
    refused(&rig.post(BRAND, add, far).await, 65316);
    let id = rig.post(BRAND, add, special).await["menuid"].clone();
    let tagging = json!({ "openid_list": [lin], "tagid": tag });
    fine(&rig.post(BRAND, "/cgi-bin/tags/members/batchtagging", tagging).await);
    let sees = |openid: String| {
        let rig = &rig;
        async move {
            let answer = rig.post(BRAND, "/cgi-bin/menu/trymatch", json!({ "user_id": openid })).await;
            answer["button"][0]["name"].as_str().unwrap().to_owned()
        }
    };
    assert_eq!(sees(lin.clone()).await, "金卡专享");
    assert_eq!(sees(zhou.clone()).await, "普通");
    assert_eq!(rig.sandbox.chat(LIN, BRAND).unwrap().menu.unwrap()["button"][0]["name"], "金卡专享");
    let got = rig.get(BRAND, "/cgi-bin/menu/get", &[]).await;
    assert_eq!(got["conditionalmenu"][0]["matchrule"], json!({ "tag_id": tag.to_string() }));
    refused(&rig.post(BRAND, "/cgi-bin/menu/trymatch", json!({ "user_id": "oNobody" })).await, 65302);
    refused(&rig.post(BRAND, "/cgi-bin/menu/delconditional", json!({ "menuid": "1" })).await, 65301);
    fine(&rig.post(BRAND, "/cgi-bin/menu/delconditional", json!({ "menuid": id })).await);
    assert_eq!(sees(lin).await, "普通");
}
