//! What may not go out.

use garde::Validate;

use crate::wechat::{
    account::Kind,
    message::{Article, CustomMessage, Reply, custom},
};

fn some(text: impl Into<String>) -> Option<String> {
    Some(text.into())
}

fn text(content: &str) -> Reply {
    Reply::Text { content: content.to_owned() }
}

fn news(count: usize) -> Reply {
    let article =
        Article { title: "t".into(), description: String::new(), pic_url: None, url: "https://example.com".into() };
    Reply::News { articles: vec![article; count] }
}

#[test]
fn replies_keep_to_wechats_limits() {
    let fine = [
        text("你"),
        text("line\nbreak\ttab"),
        text(&"x".repeat(2048)),
        text(&"你".repeat(682)),
        news(1),
        news(8),
        Reply::TransferCustomerService { account: None },
    ];
    for reply in fine {
        assert!(reply.validate().is_ok(), "{reply:?}");
    }
    let refused = [
        text(""),
        text(&"x".repeat(2049)),
        text(&"你".repeat(683)),
        text("bell\u{7}"),
        text("nul\0"),
        text("\u{ffff}"),
        Reply::Image { media_id: String::new() },
        Reply::Voice { media_id: "素材".into() },
        Reply::Video { media_id: "v".into(), thumb_media_id: None, title: some("t".repeat(65)), description: None },
        Reply::Music {
            title: None,
            description: None,
            url: some("javascript:alert(1)"),
            hq_url: None,
            thumb_media_id: "t".into(),
        },
        news(0),
        news(9),
        Reply::News {
            articles: vec![Article {
                title: "t".into(),
                description: String::new(),
                pic_url: some("file:///etc/hostname"),
                url: "https://example.com".into(),
            }],
        },
        Reply::TransferCustomerService { account: some("kf2001") },
        Reply::TransferCustomerService { account: some("@x") },
    ];
    for reply in refused {
        assert!(reply.validate().is_err(), "{reply:?}");
    }
}

#[test]
fn a_refusal_names_the_field() {
    let report = news(1);
    let Reply::News { mut articles } = report else { panic!() };
    articles[0].url = "nowhere".into();
    let report = Reply::News { articles }.validate().unwrap_err();
    let paths: Vec<String> = report.iter().map(|(path, _)| path.to_string()).collect();
    assert_eq!(paths, ["articles[0].url"]);
}

fn page(appid: Option<&str>) -> CustomMessage {
    CustomMessage::MiniProgramPage {
        miniprogrampage: custom::Page {
            title: "会员中心".into(),
            appid: appid.map(str::to_owned),
            pagepath: "pages/member/index".into(),
            thumb_media_id: "t".into(),
        },
    }
}

#[test]
fn each_kind_of_account_sends_what_it_can() {
    let media = || custom::Media { media_id: "m".into() };
    let link = CustomMessage::Link {
        link: custom::Link {
            title: "t".into(),
            description: String::new(),
            url: "https://example.com".into(),
            thumb_url: "https://example.com/t.png".into(),
        },
    };
    let cases = [
        (CustomMessage::text("x"), true, true),
        (CustomMessage::Image { image: media() }, true, true),
        (CustomMessage::Voice { voice: media() }, true, false),
        (CustomMessage::MpNews { mpnews: media() }, true, false),
        (CustomMessage::WxCard { wxcard: custom::Card { card_id: "c".into() } }, true, false),
        (link, false, true),
        (page(Some("wx1")), true, false),
        (page(None), false, true),
    ];
    for (message, official, mini) in cases {
        assert_eq!(message.validate_with(&Kind::Official).is_ok(), official, "{message:?}");
        assert_eq!(message.validate_with(&Kind::Mini).is_ok(), mini, "{message:?}");
    }
}

#[test]
fn customer_service_messages_keep_to_wechats_limits() {
    let article = custom::NewsArticle {
        title: "t".into(),
        description: String::new(),
        url: "https://example.com".into(),
        picurl: None,
    };
    let item = |id: &str| custom::MenuItem { id: id.into(), content: "满意".into() };
    let menu = |list| CustomMessage::MsgMenu {
        msgmenu: custom::Menu { head_content: "满意吗？".into(), list, tail_content: String::new() },
    };
    assert!(menu(vec![item("101")]).validate_with(&Kind::Official).is_ok());
    let refused = [
        CustomMessage::text(""),
        CustomMessage::text("x".repeat(2049)),
        CustomMessage::text("bell\u{7}"),
        CustomMessage::News { news: custom::News { articles: vec![] } },
        CustomMessage::News { news: custom::News { articles: vec![article.clone(), article] } },
        menu(vec![]),
        menu(vec![item(""); 1]),
        menu(vec![item("1"); 11]),
    ];
    for message in refused {
        assert!(message.validate_with(&Kind::Official).is_err(), "{message:?}");
    }
}
