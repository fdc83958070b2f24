//! Passive replies against the samples, and back again.

use proptest::prelude::*;

use crate::{
    infra::clock::Time,
    wechat::{
        account::Format::Xml,
        golden::{sample, samples},
        message::{Article, CustomMessage, Fields, Push, Reply, custom},
    },
};

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn article(title: &str) -> Article {
    Article {
        title: title.to_owned(),
        description: "描述".to_owned(),
        pic_url: some("https://example.com/p.jpg"),
        url: "https://example.com/a?x=1&y=2".to_owned(),
    }
}

/// Every sample reply, when it was written, and what it says.
fn written() -> Vec<(&'static str, i64, Reply)> {
    vec![
        ("reply_text.xml", 364, Reply::Text { content: "欢迎加入会员！\n回复 1 查询积分".to_owned() }),
        ("reply_image.xml", 371, Reply::Image { media_id: "media_image_0001".to_owned() }),
        ("reply_voice.xml", 378, Reply::Voice { media_id: "media_voice_0001".to_owned() }),
        (
            "reply_video.xml",
            385,
            Reply::Video {
                media_id: "media_video_0001".to_owned(),
                thumb_media_id: None,
                title: some("标题"),
                description: some("描述"),
            },
        ),
        (
            "reply_music.xml",
            392,
            Reply::Music {
                title: some("歌曲"),
                description: some("歌手"),
                url: some("https://example.com/a.mp3"),
                hq_url: some("https://example.com/a-hq.mp3"),
                thumb_media_id: "media_thumb_0001".to_owned(),
            },
        ),
        ("reply_news.xml", 399, Reply::News { articles: vec![article("标题")] }),
        ("reply_transfer_customer_service.xml", 406, Reply::TransferCustomerService { account: None }),
        (
            "reply_transfer_customer_service_to.xml",
            413,
            Reply::TransferCustomerService { account: some("kf2001@sandbox") },
        ),
    ]
}

fn push(sample_name: &str) -> Push {
    Push::read(String::from_utf8(sample(sample_name)).unwrap(), Xml).unwrap()
}

fn at(seconds: i64) -> Time {
    Time::from_timestamp(1_763_700_000 + seconds, 0).unwrap()
}

/// The tree with numbers as the text that XML makes of them.
fn tree(body: &str) -> Fields {
    Fields::read(body, Xml).unwrap()
}

#[test]
fn every_sample_reply_is_written_and_read() {
    let written = written();
    assert_eq!(samples(&["reply_"]).len(), written.len());
    let question = push("msg_text.xml");
    for (name, seconds, reply) in written {
        let sample = String::from_utf8(sample(name)).unwrap();
        assert_eq!(tree(&reply.answer(&question, at(seconds))), tree(&sample), "{name}");
        assert_eq!(Reply::read(&sample), Ok(reply), "{name}");
    }
}

#[test]
fn a_message_is_answered_with_one_article_and_an_event_with_up_to_eight() {
    let reply = Reply::News { articles: (1..=9).map(|n| article(&n.to_string())).collect() };
    for (name, articles) in [
        ("msg_text.xml", 1),
        ("msg_image.xml", 1),
        ("msg_voice.xml", 1),
        ("msg_video.xml", 1),
        ("msg_location.xml", 1),
        ("msg_link.xml", 1),
        ("event_click.xml", 8),
        ("event_subscribe.xml", 8),
    ] {
        let body = reply.answer(&push(name), at(0));
        let Ok(Reply::News { articles: read }) = Reply::read(&body) else { panic!("{name}") };
        assert_eq!(read.len(), articles, "{name}");
        assert_eq!(read[0].title, "1");
    }
}

#[test]
fn rules_keep_replies_as_tagged_json() {
    let json = serde_json::json!({ "kind": "transfer_customer_service", "account": "kf2001@sandbox" });
    let reply: Reply = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(reply, Reply::TransferCustomerService { account: some("kf2001@sandbox") });
    assert_eq!(serde_json::to_value(&reply).unwrap(), json);
    for (name, _, reply) in written() {
        let stored = serde_json::to_string(&reply).unwrap();
        assert_eq!(serde_json::from_str::<Reply>(&stored).unwrap(), reply, "{name}");
    }
    for unknown in [r#"{"kind":"dance"}"#, r#"{"kind":"text","content":"x","extra":1}"#, r#"{"content":"x"}"#] {
        assert!(serde_json::from_str::<Reply>(unknown).is_err(), "{unknown}");
    }
}

#[test]
fn what_is_no_reply_is_refused() {
    for body in [
        "success",
        "<xml/>",
        "<xml><MsgType>dance</MsgType></xml>",
        "<xml><MsgType>text</MsgType></xml>",
        "<xml><MsgType>image</MsgType><Image/></xml>",
        "<xml><MsgType>news</MsgType><ArticleCount>1</ArticleCount><Articles/></xml>",
        "<xml><MsgType>news</MsgType><ArticleCount>2</ArticleCount><Articles><item><Title>t</Title><Url>u</Url></item></Articles></xml>",
    ] {
        assert!(Reply::read(body).is_err(), "{body}");
    }
}

#[test]
fn a_reply_becomes_a_customer_service_message_where_that_exists() {
    for (name, _, reply) in written() {
        let msg_type = CustomMessage::from_reply(&reply).map(|message| message.msg_type());
        let expected = match &reply {
            Reply::TransferCustomerService { .. } | Reply::Video { .. } => None,
            other => Some(other.msg_type()),
        };
        assert_eq!(msg_type, expected, "{name}");
    }
    let video = Reply::Video { media_id: "v".into(), thumb_media_id: some("t"), title: None, description: None };
    assert_eq!(CustomMessage::from_reply(&video).unwrap().msg_type(), "video");
    let music = |url: Option<String>, hq_url: Option<String>| {
        let reply = Reply::Music { title: None, description: None, url, hq_url, thumb_media_id: "t".into() };
        match CustomMessage::from_reply(&reply) {
            Some(CustomMessage::Music { music }) => Some((music.musicurl, music.hqmusicurl)),
            _ => None,
        }
    };
    assert_eq!(music(None, None), None);
    assert_eq!(music(some("a"), None), Some(("a".into(), "a".into())));
    assert_eq!(music(None, some("b")), Some(("b".into(), "b".into())));
    let news = Reply::News { articles: vec![article("1"), article("2")] };
    let Some(CustomMessage::News { news: custom::News { articles } }) = CustomMessage::from_reply(&news) else {
        panic!();
    };
    assert_eq!(articles.iter().map(|article| article.title.as_str()).collect::<Vec<_>>(), ["1"]);
}

proptest! {
    #[test]
    fn any_text_reply_is_read_back(content in "[^\0]{0,80}") {
        let reply = Reply::Text { content };
        prop_assert_eq!(Reply::read(&reply.answer(&push("msg_text.xml"), at(0))), Ok(reply));
    }
}
