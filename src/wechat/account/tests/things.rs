use serde_json::json;

use super::invalid;
use crate::wechat::{
    account::{
        media::{Download, MediaKind},
        network::{Check, Operator},
        qrcode::{Life, Scene},
    },
    client::{Failure, Trouble, Upload},
    scripted::{Reply, Scripted},
};

#[tokio::test]
async fn four_kinds_of_qr_codes_are_made() {
    let server = Scripted::start().await;
    let path = "/cgi-bin/qrcode/create";
    let answer =
        json!({"ticket": "gQ/+=", "expire_seconds": 604_800, "url": "http://weixin.qq.com/q/kZgfwMTm72WWPkovabbI"});
    server.always(path, Reply::json(answer));
    let api = server.brand();
    let text = Scene::Text("invite:AB12cd".to_owned());
    let made = api.create_qrcode(&text, Life::Temporary(604_800)).await.unwrap();
    assert_eq!((made.ticket.as_str(), made.expire_seconds), ("gQ/+=", Some(604_800)));
    api.create_qrcode(&Scene::Number(123), Life::Temporary(60)).await.unwrap();
    api.create_qrcode(&text, Life::Permanent).await.unwrap();
    api.create_qrcode(&Scene::Number(100_000), Life::Permanent).await.unwrap();
    let bodies: Vec<_> = server.seen(path).iter().map(crate::wechat::scripted::Seen::json).collect();
    let text = json!({"scene": {"scene_str": "invite:AB12cd"}});
    assert_eq!(
        bodies,
        [
            json!({"expire_seconds": 604_800, "action_name": "QR_STR_SCENE", "action_info": text}),
            json!({"expire_seconds": 60, "action_name": "QR_SCENE", "action_info": {"scene": {"scene_id": 123}}}),
            json!({"action_name": "QR_LIMIT_STR_SCENE", "action_info": text}),
            json!({"action_name": "QR_LIMIT_SCENE", "action_info": {"scene": {"scene_id": 100_000}}}),
        ]
    );
    let picture = api.wechat.qrcode_picture("gQ/+=");
    assert!(picture.ends_with("/cgi-bin/showqrcode?ticket=gQ%2F%2B%3D"), "{picture}");
}

#[tokio::test]
async fn limits_of_qr_codes_are_checked_before_calling() {
    let server = Scripted::start().await;
    let api = server.brand();
    let (week, text) = (Life::Temporary(604_800), |length| Scene::Text("景".repeat(length)));
    for (scene, life, place) in [
        (text(0), week, "scene"),
        (text(65), week, "scene"),
        (text(65), Life::Permanent, "scene"),
        (Scene::Number(0), week, "scene"),
        (Scene::Number(0), Life::Permanent, "scene"),
        (Scene::Number(100_001), Life::Permanent, "scene"),
        (text(64), Life::Temporary(0), "life"),
        (text(64), Life::Temporary(2_592_001), "life"),
    ] {
        assert_eq!(invalid(api.create_qrcode(&scene, life).await), [place], "{scene:?} {life:?}");
    }
}

#[tokio::test]
async fn a_temporary_code_may_be_made_again_a_permanent_one_not() {
    let server = Scripted::start().await;
    server.always("/cgi-bin/qrcode/create", Reply::lost());
    let api = server.brand();
    let scene = Scene::Number(1);
    assert_eq!(api.create_qrcode(&scene, Life::Temporary(60)).await, Err(Failure::Unknown(Trouble::Lost)));
    assert_eq!(server.seen("/cgi-bin/qrcode/create").len(), 3);
    api.create_qrcode(&scene, Life::Permanent).await.unwrap_err();
    assert_eq!(server.seen("/cgi-bin/qrcode/create").len(), 4);
}

#[tokio::test]
async fn short_keys_are_made_and_resolved() {
    let server = Scripted::start().await;
    server.always(
        "/cgi-bin/shorten/gen",
        Reply::json(json!({"errcode": 0, "errmsg": "ok", "short_key": "aB3dE6gH9jK2mN5"})),
    );
    let long = json!({"errcode": 0, "long_data": "长数据", "create_time": 1_611_047_541, "expire_seconds": 86_300});
    server.always("/cgi-bin/shorten/fetch", Reply::json(long));
    let api = server.brand();
    assert_eq!(api.make_short_key("长数据", 86_400).await.unwrap(), "aB3dE6gH9jK2mN5");
    assert_eq!(server.only("/cgi-bin/shorten/gen").json(), json!({"long_data": "长数据", "expire_seconds": 86_400}));
    let found = api.fetch_short_key("aB3dE6gH9jK2mN5").await.unwrap();
    assert_eq!((found.long_data.as_str(), found.expire_seconds), ("长数据", Some(86_300)));
    assert_eq!(invalid(api.make_short_key(&"x".repeat(4097), 60).await), ["long_data"]);
    assert_eq!(invalid(api.make_short_key("x", 2_592_001).await), ["expire_seconds"]);
}

#[tokio::test]
async fn media_are_uploaded_as_a_form_and_downloaded_as_they_are() {
    let server = Scripted::start().await;
    let path = "/cgi-bin/media/upload";
    server.next(path, Reply::json(json!({"type": "image", "media_id": "M1", "created_at": 1_732_154_400})));
    server.next(path, Reply::json(json!({"type": "thumb", "thumb_media_id": "M2", "created_at": "1732154400"})));
    let jpeg = b"\xff\xd8\xff\xe0{jpeg}".to_vec();
    let upload = Upload { name: "poster.jpg".to_owned(), mime: "image/jpeg".to_owned(), bytes: jpeg.clone() };
    let api = server.brand();
    assert_eq!(api.upload_media(MediaKind::Image, upload.clone()).await.unwrap().media_id, "M1");
    assert_eq!(api.upload_media(MediaKind::Thumb, upload.clone()).await.unwrap().media_id, "M2");
    let sent = &server.seen(path)[0];
    assert_eq!((sent.query["type"].as_str(), sent.method.as_str()), ("image", "POST"));
    let form = String::from_utf8_lossy(&sent.body).into_owned();
    assert!(form.contains("form-data; name=\"media\"; filename=\"poster.jpg\"") && form.contains("{jpeg}"), "{form}");

    server.next("/cgi-bin/media/get", Reply::new(200, "image/jpeg", jpeg.clone()));
    server.next("/cgi-bin/media/get", Reply::json(json!({"video_url": "http://v.example.com/1"})));
    server.next("/cgi-bin/media/get", Reply::error(40007));
    let Download::File(file) = api.media("M1").await.unwrap() else { panic!("a file") };
    assert_eq!((file.mime.as_str(), file.bytes), ("image/jpeg", jpeg));
    assert!(matches!(api.media("M3").await.unwrap(), Download::Video { url } if url == "http://v.example.com/1"));
    assert_eq!(api.media("M4").await.err().and_then(|failure| failure.errcode()), Some(40007));

    server.always("/cgi-bin/media/uploadimg", Reply::json(json!({"url": "http://mmbiz.qpic.cn/x/0"})));
    assert_eq!(api.upload_article_image(upload.clone()).await.unwrap(), "http://mmbiz.qpic.cn/x/0");
    assert_eq!(invalid(api.upload_article_image(Upload { mime: "no type".to_owned(), ..upload }).await), ["mime"]);
}

#[tokio::test]
async fn addresses_and_the_way_to_the_callback_are_told() {
    let server = Scripted::start().await;
    server.always("/cgi-bin/getcallbackip", Reply::json(json!({"ip_list": ["101.226.62.77", "101.226.103.0/25"]})));
    server.always("/cgi-bin/get_api_domain_ip", Reply::json(json!({"ip_list": ["101.226.212.27"]})));
    let checked = json!({
        "dns": [{"ip": "111.161.64.40", "real_operator": "UNICOM"}],
        "ping": [{"ip": "111.161.64.40", "from_operator": "UNICOM", "package_loss": "0%", "time": "23.079ms"}]
    });
    server.always("/cgi-bin/callback/check", Reply::json(checked));
    let api = server.brand();
    assert_eq!(api.callback_addresses().await.unwrap()[1], "101.226.103.0/25");
    assert_eq!(api.api_addresses().await.unwrap(), ["101.226.212.27"]);
    let checked = api.check_callback(Check::All, Operator::Default).await.unwrap();
    assert_eq!((checked.dns.len(), checked.ping[0].package_loss.as_str()), (1, "0%"));
    let body = json!({"action": "all", "check_operator": "DEFAULT"});
    assert_eq!(server.only("/cgi-bin/callback/check").json(), body);
}

#[tokio::test]
async fn a_request_id_is_resolved_without_its_token() {
    let server = Scripted::start().await;
    let request = json!({"request": {
        "invoke_time": 1_635_156_704, "cost_in_ms": 30, "client_ip": "203.0.113.7",
        "request_url": "https://api.weixin.qq.com/cgi-bin/menu/get?access_token=SECRET",
        "request_body": "", "response_body": "{\"errcode\":46003}"
    }});
    server.always("/cgi-bin/openapi/rid/get", Reply::json(request));
    let api = server.brand();
    let kept = api.request("61725984-6126f6f9-040f19c4").await.unwrap();
    assert_eq!(kept.path, "https://api.weixin.qq.com/cgi-bin/menu/get");
    assert_eq!((kept.cost_in_ms, kept.invoke_time.unwrap().timestamp()), (Some(30), 1_635_156_704));
    assert_eq!(invalid(api.request("").await.map(drop)), ["rid"]);
}
