use serde_json::{Value, json};

use super::rig::{BRAND, LIN, MINI, Rig, ZHOU, fine, refused};
use crate::sandbox::Trouble;

const CREATE: &str = "/cgi-bin/qrcode/create";

fn body(action: &str, scene: Value, seconds: Value) -> Value {
    let mut body = json!({ "action_name": action, "action_info": { "scene": scene } });
    if !seconds.is_null() {
        body["expire_seconds"] = seconds;
    }
    body
}

#[tokio::test]
async fn the_four_kinds_of_code() {
    let rig = Rig::start().await;
    for (action, scene, temporary) in [
        ("QR_SCENE", json!({ "scene_id": 123 }), true),
        ("QR_STR_SCENE", json!({ "scene_str": "invite:AB12cd" }), true),
        ("QR_LIMIT_SCENE", json!({ "scene_id": 100_000 }), false),
        ("QR_LIMIT_STR_SCENE", json!({ "scene_str": "store-7" }), false),
    ] {
        let answer = rig.post(BRAND, CREATE, body(action, scene, json!(600))).await;
        assert!(answer["ticket"].as_str().unwrap().starts_with("gQ"), "{answer}");
        assert!(answer["url"].as_str().unwrap().starts_with("http://weixin.qq.com/q/"));
        assert_eq!(answer.get("expire_seconds"), temporary.then_some(&json!(600)));
        assert!(answer.get("errcode").is_none());
    }
    let short = rig.post(BRAND, CREATE, body("QR_SCENE", json!({ "scene_id": 1 }), Value::Null)).await;
    assert_eq!(short["expire_seconds"], 60);
}

#[tokio::test]
async fn codes_have_limits() {
    let rig = Rig::with(|options| options.settings.permanent_codes = 1).await;
    let text = |text: &str| json!({ "scene_str": text });
    for (action, scene, seconds, code) in [
        ("QR_OTHER", text("x"), json!(60), 40052),
        ("QR_SCENE", json!({ "scene_id": 0 }), json!(60), 40053),
        ("QR_SCENE", json!({ "scene_id": 4_294_967_296_i64 }), json!(60), 40053),
        ("QR_SCENE", text("x"), json!(60), 40053),
        ("QR_STR_SCENE", text(""), json!(60), 40053),
        ("QR_STR_SCENE", text(&"x".repeat(65)), json!(60), 40053),
        ("QR_STR_SCENE", text("x"), json!(2_592_001), 40035),
        ("QR_STR_SCENE", text("x"), json!(0), 40035),
        ("QR_LIMIT_SCENE", json!({ "scene_id": 100_001 }), Value::Null, 40053),
    ] {
        refused(&rig.post(BRAND, CREATE, body(action, scene, seconds)).await, code);
    }
    let permanent = |scene: &str| rig.post(BRAND, CREATE, body("QR_LIMIT_STR_SCENE", text(scene), Value::Null));
    let first = permanent("a").await;
    assert_eq!(permanent("a").await, first, "the same scene is the same code");
    refused(&permanent("b").await, 45029);
}

#[tokio::test]
async fn a_code_is_a_picture_and_leads_people_here() {
    let rig = Rig::start().await;
    let scene = json!({ "scene_str": "invite:AB12cd" });
    let code = rig.post(BRAND, CREATE, body("QR_STR_SCENE", scene, json!(600))).await;
    let ticket = code["ticket"].as_str().unwrap();
    let shown = rig.client().get(rig.url("/cgi-bin/showqrcode")).query(&[("ticket", ticket)]);
    let link = shown.try_clone().unwrap().build().unwrap().url().to_string();
    let picture = shown.send().await.unwrap();
    assert_eq!(picture.headers()["content-type"], "image/jpg");
    assert!(image::load_from_memory(&picture.bytes().await.unwrap()).is_ok());
    let missing = rig.client().get(rig.url("/cgi-bin/showqrcode?ticket=nothing")).send().await.unwrap();
    assert_eq!(missing.status(), 404);

    rig.sandbox.scan(LIN, &link).await.unwrap();
    let (_, subscribe) = rig.last_push("event:subscribe").await;
    assert_eq!(subscribe.str("EventKey"), Some("qrscene_invite:AB12cd"));
    assert_eq!(subscribe.str("Ticket"), Some(ticket));
    rig.sandbox.scan(LIN, code["url"].as_str().unwrap()).await.unwrap();
    let (_, scan) = rig.last_push("event:SCAN").await;
    assert_eq!(scan.str("EventKey"), Some("invite:AB12cd"));
    assert_eq!(scan.str("Ticket"), Some(ticket));

    let (_, codes) = rig.control("GET", "/codes", Value::Null).await;
    let listed = &codes["codes"][0];
    assert_eq!((&listed["ticket"], &listed["scene"]), (&json!(ticket), &json!("invite:AB12cd")));
    assert_eq!((&listed["account"], &listed["expires_at"]), (&json!(BRAND), &json!("2026-11-21T02:10:00Z")));
    rig.advance(600);
    let expired = rig.sandbox.scan(ZHOU, ticket).await.unwrap();
    assert!(expired.push.is_none());
    assert_eq!(expired.profile.unwrap().key, BRAND);
    assert!(matches!(rig.sandbox.scan(LIN, ticket).await, Err(Trouble::Invalid(_))));
    assert!(matches!(rig.sandbox.scan(LIN, "unknown").await, Err(Trouble::Invalid(_))));
}

#[tokio::test]
async fn a_short_key_gives_the_data_back_until_it_expires() {
    let rig = Rig::start().await;
    let (generate, fetch) = ("/cgi-bin/shorten/gen", "/cgi-bin/shorten/fetch");
    let made = rig.post(BRAND, generate, json!({ "long_data": "很长的数据", "expire_seconds": 100 })).await;
    fine(&made);
    let key = made["short_key"].as_str().unwrap();
    assert_eq!(key.len(), 15);
    rig.advance(40);
    let fetched = rig.post(BRAND, fetch, json!({ "short_key": key })).await;
    assert_eq!(fetched["long_data"], "很长的数据");
    assert_eq!(fetched["expire_seconds"], 60);
    assert_eq!(fetched["create_time"], 1_795_226_400);
    rig.advance(60);
    refused(&rig.post(BRAND, fetch, json!({ "short_key": key })).await, 40035);
    refused(&rig.post(BRAND, generate, json!({ "long_data": "x".repeat(4097) })).await, 40035);
    refused(&rig.post(BRAND, generate, json!({ "long_data": "x", "expire_seconds": 2_592_001 })).await, 40035);
}

#[tokio::test]
async fn a_mini_programs_code_says_which_page_and_scene_it_opens() {
    const PATH: &str = "/wxa/getwxacodeunlimit";
    let rig = Rig::start().await;
    let body = json!({ "scene": "i.7K3M9QX2BD", "page": "pages/invited/index", "check_path": false, "width": 430 });
    let token = rig.token(MINI).await;
    let call = rig.client().post(rig.url(PATH)).query(&[("access_token", token)]).body(body.to_string());
    let picture = call.send().await.unwrap();
    assert_eq!(picture.headers()["content-type"], "image/jpeg");
    let picture = image::load_from_memory(&picture.bytes().await.unwrap()).unwrap().to_luma8();
    let side = |side: u32| usize::try_from(side).unwrap();
    let at = |x: usize, y: usize| picture.get_pixel(u32::try_from(x).unwrap(), u32::try_from(y).unwrap()).0[0];
    let (width, height) = (side(picture.width()), side(picture.height()));
    let mut seen = rqrr::PreparedImage::prepare_from_greyscale(width, height, at);
    let says = seen.detect_grids().remove(0).decode().unwrap().1;
    assert!(says.starts_with("weixin://mini/wx"), "{says}");
    assert!(says.ends_with("?page=pages%2Finvited%2Findex&scene=i.7K3M9QX2BD"), "{says}");

    for (field, value, code) in [
        ("scene", json!(null), 40129),
        ("scene", json!("x".repeat(33)), 40169),
        ("scene", json!("邀请"), 40169),
        ("page", json!("/pages/index"), 41030),
        ("page", json!("pages/index?a=1"), 41030),
        ("width", json!(200), 40097),
        ("env_version", json!("beta"), 40097),
    ] {
        let mut body = body.clone();
        body[field] = value;
        refused(&rig.post(MINI, PATH, body).await, code);
    }
    refused(&rig.post(BRAND, PATH, body).await, 48001);
}
