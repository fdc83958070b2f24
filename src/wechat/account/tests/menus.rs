use serde_json::{Value, json};

use super::invalid;
use crate::wechat::{
    account::{
        button::{Button, Group, Keyed, Linked, Other},
        menu::{ConditionalMenu, MatchRule, Menu},
    },
    scripted::{Reply, Scripted},
};

fn click(name: &str) -> Button {
    Button::Click(Keyed { name: name.to_owned(), key: "K".to_owned() })
}

fn every_type() -> Value {
    json!({"button": [
        {"type": "click", "name": "签到", "key": "CHECK_IN"},
        {"name": "会员", "sub_button": [
            {"type": "view", "name": "商城", "url": "https://m.example.com/"},
            {"type": "miniprogram", "name": "小程序", "appid": "wx1", "pagepath": "pages/index", "url": "https://m.example.com/old"},
            {"type": "scancode_waitmsg", "name": "扫码", "key": "S"},
            {"type": "location_select", "name": "门店", "key": "L"},
            {"type": "article_id", "name": "文章", "article_id": "A1"},
        ]},
        {"name": "更多", "sub_button": [
            {"type": "scancode_push", "name": "扫一扫", "key": "P"},
            {"type": "pic_sysphoto", "name": "拍照", "key": "1"},
            {"type": "pic_photo_or_album", "name": "拍照或相册", "key": "2"},
            {"type": "pic_weixin", "name": "相册", "key": "3"},
            {"type": "media_id", "name": "图片", "media_id": "M"},
        ]},
    ]})
}

#[tokio::test]
async fn every_type_of_button_is_sent_and_read_as_it_stands() {
    let server = Scripted::start().await;
    server.always("/cgi-bin/menu/create", Reply::ok());
    let menu: Menu = serde_json::from_value(every_type()).unwrap();
    assert_eq!(menu.button[0].name(), "签到");
    let api = server.brand();
    api.create_menu(&menu).await.unwrap();
    let sent = server.only("/cgi-bin/menu/create");
    assert_eq!(sent.json(), every_type());
    assert!(String::from_utf8(sent.body).unwrap().contains("签到"), "as raw UTF-8");
    let mut answered = every_type();
    answered["button"][0]["sub_button"] = json!([]);
    answered["menuid"] = json!(208_396_938);
    server.always("/cgi-bin/menu/get", Reply::json(json!({"menu": answered})));
    assert_eq!(api.menus().await.unwrap().unwrap().default, menu, "WeChat adds empty lists, which say nothing");
}

#[tokio::test]
async fn limits_are_checked_before_a_menu_is_sent() {
    let server = Scripted::start().await;
    let api = server.brand();
    let group = |buttons: Vec<Button>| Button::Group(Group { name: "组".to_owned(), sub_button: buttons });
    let link = |url: &str| Button::View(Linked { name: "x".to_owned(), url: url.to_owned() });
    for (buttons, place) in [
        (vec![], "button"),
        (vec![click("a"), click("b"), click("c"), click("d")], "button"),
        (vec![click("")], "button[0].name"),
        (vec![click(&"长".repeat(21))], "button[0].name"),
        (vec![Button::Click(Keyed { name: "x".to_owned(), key: "k".repeat(129) })], "button[0].key"),
        (vec![link("javascript:")], "button[0].url"),
        (vec![link(&format!("https://m.example.com/{}", "x".repeat(1024)))], "button[0].url"),
        (vec![click("a"), group(vec![])], "button[1].sub_button"),
        (vec![group(vec![click("a"); 6])], "button[0].sub_button"),
        (vec![group(vec![click("a"), click("")])], "button[0].sub_button[1].name"),
        (vec![group(vec![group(vec![click("a")])])], "button[0].sub_button"),
        (vec![Button::Other(Other { name: "图".to_owned(), kind: "img".to_owned() })], "button[0]"),
    ] {
        assert_eq!(invalid(api.create_menu(&Menu { button: buttons }).await), [place]);
    }
    assert!(server.seen("/cgi-bin/menu/create").is_empty());
}

#[tokio::test]
async fn the_console_s_menu_is_read_with_its_own_types_and_lists() {
    let server = Scripted::start().await;
    let answer = json!({"is_menu_open": 1, "selfmenu_info": {"button": [
        {"type": "click", "name": "签到", "key": "K"},
        {"name": "更多", "sub_button": {"list": [
            {"type": "view", "name": "商城", "url": "https://m.example.com/"},
            {"type": "news", "name": "图文", "value": "KQb", "news_info": {"list": []}},
        ]}},
    ]}});
    server.always("/cgi-bin/get_current_selfmenu_info", Reply::json(answer));
    let current = server.brand().current_menu().await.unwrap();
    assert!(current.is_menu_open);
    let Button::Group(group) = &current.menu.button[1] else { panic!("a group") };
    assert_eq!(group.sub_button[1], Button::Other(Other { name: "图文".to_owned(), kind: "news".to_owned() }));
}

#[tokio::test]
async fn no_menu_is_nothing_and_menus_can_be_deleted() {
    let server = Scripted::start().await;
    server.always("/cgi-bin/menu/get", Reply::error(46003));
    server.always("/cgi-bin/menu/delete", Reply::ok());
    let api = server.brand();
    assert_eq!(api.menus().await.unwrap(), None);
    api.delete_menus().await.unwrap();
    assert_eq!(server.only("/cgi-bin/menu/delete").method, "GET");
}

#[tokio::test]
async fn conditional_menus_are_added_tried_and_deleted() {
    let server = Scripted::start().await;
    server.always("/cgi-bin/menu/addconditional", Reply::json(json!({"menuid": "208379533"})));
    server.always("/cgi-bin/menu/delconditional", Reply::ok());
    server.always(
        "/cgi-bin/menu/trymatch",
        Reply::json(json!({"button": [{"type": "click", "name": "a", "key": "K", "sub_button": []}]})),
    );
    let api = server.brand();
    let mut menu = ConditionalMenu {
        menu: Menu { button: vec![click("a")] },
        matchrule: MatchRule { tag_id: Some("2".to_owned()), client_platform_type: None },
        menuid: None,
    };
    assert_eq!(api.add_conditional_menu(&menu).await.unwrap(), Some(208_379_533));
    let body = json!({"button": [{"type": "click", "name": "a", "key": "K"}], "matchrule": {"tag_id": "2"}});
    assert_eq!(server.only("/cgi-bin/menu/addconditional").json(), body);
    api.delete_conditional_menu(208_379_533).await.unwrap();
    assert_eq!(server.only("/cgi-bin/menu/delconditional").json(), json!({"menuid": "208379533"}));
    assert_eq!(api.try_menu("oA").await.unwrap(), menu.menu);
    menu.matchrule.tag_id = None;
    assert_eq!(invalid(api.add_conditional_menu(&menu).await), ["matchrule.client_platform_type"]);
}
