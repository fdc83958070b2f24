use serde_json::json;

use crate::wechat::{
    client::{Failure, NotSent, Trouble},
    mini::code::{MiniCode, Version},
    scripted::{Reply, Scripted},
};

const PATH: &str = "/wxa/getwxacodeunlimit";

fn code() -> MiniCode<'static> {
    let (scene, page) = ("i.7K3M9QX2BD", "pages/invited/index");
    MiniCode { scene, page, check_path: true, env_version: Version::Release, width: 430 }
}

#[tokio::test]
async fn a_code_is_drawn_or_refused() {
    let server = Scripted::start().await;
    let api = server.shop();
    server.next(PATH, Reply::new(200, "image/jpeg", *b"\xff\xd8picture"));
    let file = api.mini_code(&code()).await.unwrap();
    assert_eq!((file.mime.as_str(), file.bytes.as_slice()), ("image/jpeg", &b"\xff\xd8picture"[..]));
    assert_eq!(
        server.seen(PATH)[0].json(),
        json!({
            "scene": "i.7K3M9QX2BD", "page": "pages/invited/index", "check_path": true, "env_version": "release",
            "width": 430,
        })
    );
    server.next(PATH, Reply::json(json!({ "errcode": 41030, "errmsg": "invalid page rid: 1-2-3" })));
    assert_eq!(api.mini_code(&code()).await.err().and_then(|failure| failure.errcode()), Some(41030));
    server.next(PATH, Reply::ok());
    assert!(matches!(api.mini_code(&code()).await, Err(Failure::Unavailable(Trouble::Form))), "no refusal, no picture");
}

#[tokio::test]
async fn what_wechat_would_not_draw_is_not_sent() {
    let server = Scripted::start().await;
    let api = server.shop();
    let long = "x".repeat(33);
    for code in [
        MiniCode { scene: "", ..code() },
        MiniCode { scene: &long, ..code() },
        MiniCode { scene: "100%", ..code() },
        MiniCode { scene: "邀请", ..code() },
        MiniCode { page: "/pages/index", ..code() },
        MiniCode { page: "pages/index?a=1", ..code() },
        MiniCode { width: 279, ..code() },
    ] {
        let refused = api.mini_code(&code).await;
        assert!(matches!(refused, Err(Failure::NotSent(NotSent::Invalid(_)))), "{code:?}");
    }
    assert!(server.seen(PATH).is_empty());
}
