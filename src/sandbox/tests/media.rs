use reqwest::multipart::{Form, Part};
use serde_json::Value;

use super::rig::{BRAND, LIN, Rig, SHOP, refused};
use crate::sandbox::Said;

const UPLOAD: &str = "/cgi-bin/media/upload";
const JPEG: &[u8] = &[0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3];
const PNG: &[u8] = &[0x89, b'P', b'N', b'G', 13, 10];
const MP4: &[u8] = b"\0\0\0\x18ftypisom";
const AMR: &[u8] = b"#!AMR\n";

async fn upload(rig: &Rig, path: &str, kind: &str, field: &'static str, bytes: Vec<u8>) -> Value {
    let token = rig.token(BRAND).await;
    let form = Form::new().part(field, Part::bytes(bytes).file_name("文件.bin"));
    let request = rig.client().post(rig.url(path)).query(&[("access_token", token.as_str()), ("type", kind)]);
    let answer = request.multipart(form).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

#[tokio::test]
async fn what_was_uploaded_can_be_fetched_for_three_days() {
    let rig = Rig::start().await;
    let answer = upload(&rig, UPLOAD, "image", "media", PNG.to_vec()).await;
    assert_eq!(answer["type"], "image");
    assert_eq!(answer["created_at"], 1_795_226_400);
    let id = answer["media_id"].as_str().unwrap();
    let get = |account: &'static str| {
        let rig = &rig;
        async move {
            let token = rig.token(account).await;
            let request = rig.client().get(rig.url("/cgi-bin/media/get"));
            request.query(&[("access_token", token.as_str()), ("media_id", id)]).send().await.unwrap()
        }
    };
    let file = get(BRAND).await;
    assert_eq!(file.headers()["content-type"], "image/png");
    let disposition = String::from_utf8_lossy(file.headers()["content-disposition"].as_bytes()).into_owned();
    assert!(disposition.starts_with("attachment; ") && disposition.contains("%E6%96%87"), "{disposition}");
    assert_eq!(file.bytes().await.unwrap(), PNG);
    refused(&get(SHOP).await.json().await.unwrap(), 40007);
    let shown = rig.client().get(rig.url(&format!("/sandbox/v1/media/{id}"))).send().await.unwrap();
    assert_eq!(shown.bytes().await.unwrap(), PNG);
    rig.advance(3 * 24 * 3600);
    refused(&get(BRAND).await.json().await.unwrap(), 40007);
}

#[tokio::test]
async fn a_film_is_an_address() {
    let rig = Rig::start().await;
    let id = upload(&rig, UPLOAD, "video", "media", MP4.to_vec()).await["media_id"].as_str().unwrap().to_owned();
    let answer = rig.get(BRAND, "/cgi-bin/media/get", &[("media_id", &id)]).await;
    let film = rig.client().get(answer["video_url"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(film.headers()["content-type"], "video/mp4");
    refused(&rig.get(BRAND, "/cgi-bin/media/get", &[]).await, 41006);
}

#[tokio::test]
async fn files_have_rules() {
    let rig = Rig::start().await;
    let padded = |start: &[u8], size: usize| {
        let mut bytes = start.to_vec();
        bytes.resize(size, 0);
        bytes
    };
    for (kind, field, bytes, code) in [
        ("poem", "media", JPEG.to_vec(), 40004),
        ("image", "file", JPEG.to_vec(), 41005),
        ("image", "media", Vec::new(), 44001),
        ("image", "media", b"<html>".to_vec(), 40005),
        ("image", "media", MP4.to_vec(), 40005),
        ("image", "media", padded(JPEG, 10 * 1024 * 1024 + 1), 40006),
        ("voice", "media", padded(AMR, 2 * 1024 * 1024 + 1), 40006),
        ("thumb", "media", padded(JPEG, 64 * 1024 + 1), 40012),
        ("thumb", "media", PNG.to_vec(), 40005),
    ] {
        refused(&upload(&rig, UPLOAD, kind, field, bytes).await, code);
    }
    let thumb = upload(&rig, UPLOAD, "thumb", "media", JPEG.to_vec()).await;
    assert!(thumb["thumb_media_id"].is_string() && thumb.get("media_id").is_none());
    let path = "/cgi-bin/media/uploadimg";
    let url = upload(&rig, path, "", "media", PNG.to_vec()).await["url"].as_str().unwrap().to_owned();
    assert_eq!(rig.client().get(url).send().await.unwrap().status(), 200);
    refused(&upload(&rig, path, "", "media", padded(PNG, 1024 * 1024 + 1)).await, 40006);
}

#[tokio::test]
async fn pictures_of_people_can_be_fetched_too() {
    let rig = Rig::start().await;
    rig.followed(LIN, BRAND).await;
    rig.sandbox.send(LIN, BRAND, &Said::sample("image")).await.unwrap();
    let (_, fields) = rig.last_push("image").await;
    let picture = rig.client().get(fields.str("PicUrl").unwrap()).send().await.unwrap();
    assert!(image::load_from_memory(&picture.bytes().await.unwrap()).is_ok());
    let token = rig.token(BRAND).await;
    let query = [("access_token", token.as_str()), ("media_id", fields.str("MediaId").unwrap())];
    let file = rig.client().get(rig.url("/cgi-bin/media/get")).query(&query).send().await.unwrap();
    assert_eq!(file.headers()["content-type"], "image/png");
}
