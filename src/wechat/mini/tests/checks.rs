use serde_json::{Value, json};

use super::{OPENID, somebody};
use crate::wechat::{
    client::{Failure, NotSent},
    errcode::{Action, Reason},
    message::event::Verdict,
    mini::{
        media_check::{MediaQuestion, Medium},
        text_check::{Place, TextQuestion},
    },
    scripted::{Reply, Scripted},
};

const TEXT: &str = "/wxa/msg_sec_check";
const MEDIA: &str = "/wxa/media_check_async";

fn invalid(failure: &Failure) -> Option<&str> {
    match failure {
        Failure::NotSent(NotSent::Invalid(fields)) => fields.first().map(|field| field.field.as_str()),
        _ => None,
    }
}

#[tokio::test]
async fn a_text_passes_only_when_everybody_who_looked_lets_it_pass() {
    let server = Scripted::start().await;
    let api = server.shop();
    let openid = somebody();
    let question =
        TextQuestion { openid: &openid, place: Place::Comment, content: "好吃不贵😀", nickname: Some("小满") };
    let opinion = |suggest: &str, label: i64| json!({"strategy": "content_model", "errcode": 0, "suggest": suggest, "label": label});
    let void = json!({"strategy": "keyword", "errcode": -1, "suggest": "risky", "label": 20006});
    for (result, detail, verdict, label) in [
        (opinion("pass", 100), json!([opinion("pass", 100)]), Verdict::Pass, Some(100)),
        (opinion("pass", 100), json!([]), Verdict::Pass, Some(100)),
        (opinion("review", 21000), json!([opinion("review", 21000)]), Verdict::Review, Some(21000)),
        (opinion("risky", 20001), json!([opinion("pass", 100)]), Verdict::Risky, Some(20001)),
        (opinion("pass", 100), json!([opinion("pass", 100), void]), Verdict::Pass, Some(100)),
        (opinion("pass", 100), json!([opinion("risky", 20006)]), Verdict::Risky, Some(20006)),
        (opinion("pass", 100), json!([void]), Verdict::Other, Some(100)),
        (opinion("splendid", 100), json!([]), Verdict::Other, Some(100)),
        (json!({"label": "100"}), json!(null), Verdict::Other, Some(100)),
        (Value::Null, json!([opinion("pass", 100)]), Verdict::Other, Some(100)),
        (Value::Null, json!([]), Verdict::Other, None),
    ] {
        let answer = json!({"errcode": 0, "errmsg": "ok", "result": result, "detail": detail, "trace_id": "t-1"});
        server.next(TEXT, Reply::json(answer.clone()));
        let check = api.check_text(&question).await.unwrap();
        assert_eq!((check.verdict, check.label, check.trace_id.as_str()), (verdict, label, "t-1"), "{answer}");
    }
    server.next(TEXT, Reply::ok());
    assert_eq!(api.check_text(&question).await.unwrap().verdict, Verdict::Other, "no opinion is no pass");
    assert_eq!(
        server.seen(TEXT)[0].json(),
        json!({"version": 2, "openid": OPENID, "scene": 2, "content": "好吃不贵😀", "nickname": "小满"})
    );
}

#[tokio::test]
async fn a_text_that_cannot_be_judged_is_a_failure() {
    let server = Scripted::start().await;
    let api = server.shop();
    let openid = somebody();
    let question = |content| TextQuestion { openid: &openid, place: Place::Profile, content, nickname: None };
    server.next(TEXT, Reply::error(61010));
    let failure = api.check_text(&question("你好")).await.unwrap_err();
    assert_eq!(failure.action(), Some(Action::Stop(Reason::Distrusted)));
    server.always(TEXT, Reply::new(502, "text/html", "<html>"));
    assert!(matches!(api.check_text(&question("你好")).await, Err(Failure::Unavailable(_))));
    for content in ["", &"长".repeat(2501)] {
        assert_eq!(invalid(&api.check_text(&question(content)).await.unwrap_err()), Some("content"));
    }
}

#[tokio::test]
async fn a_file_is_judged_later_under_its_trace_id() {
    let server = Scripted::start().await;
    let api = server.shop();
    let openid = somebody();
    let url = "https://cdn.example.com/a.jpg";
    let question = MediaQuestion { openid: &openid, place: Place::Forum, medium: Medium::Image, url };
    server.next(MEDIA, Reply::json(json!({"errcode": 0, "errmsg": "ok", "trace_id": "60f96f1d-3845297a-1976a3ae"})));
    assert_eq!(api.check_media(&question).await.unwrap(), "60f96f1d-3845297a-1976a3ae");
    assert_eq!(
        server.only(MEDIA).json(),
        json!({"version": 2, "openid": OPENID, "scene": 3, "media_url": url, "media_type": 2})
    );
    server.next(MEDIA, Reply::ok());
    let sound = MediaQuestion { medium: Medium::Audio, place: Place::Log, ..question.clone() };
    assert!(matches!(api.check_media(&sound).await, Err(Failure::Unknown(_))), "no trace id, no check");
    let asked = server.seen(MEDIA).pop().unwrap().json();
    assert_eq!((&asked["media_type"], &asked["scene"]), (&json!(1), &json!(4)));
    let nowhere = MediaQuestion { url: "a.jpg", ..question };
    assert_eq!(invalid(&api.check_media(&nowhere).await.unwrap_err()), Some("url"));
}
