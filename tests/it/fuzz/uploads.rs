//! Pictures and forms: whatever bytes they are, they are taken as what they are or refused with a word.

use std::io::Cursor;

use entity::members::{import, picture};
use image::{DynamicImage, ImageFormat, RgbImage};
use reqwest::{StatusCode, header::CONTENT_TYPE};
use sea_orm::{EntityTrait, PaginatorTrait};

use super::{Verdict, mutate::Seeds, run::fuzz};
use crate::{
    import::{Importer, POS},
    support::{Answered, Settings, story_with, unique_name},
};

const FORM: &str = "multipart/form-data; boundary=edge";

fn picture(format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(RgbImage::new(40, 60)).write_to(&mut bytes, format).expect("a picture");
    bytes.into_inner()
}

fn set(settings: &mut Settings) {
    settings.config.http.rate_per_minute = 100_000;
    settings.config.imports.file_limit = 500_000;
}

/// Taken, or refused with a code.
fn answered(answer: &Answered) -> Verdict {
    let refused = answer.status.is_client_error() && answer.body["code"].is_string();
    if answer.status.is_success() || refused { Ok(()) } else { Err(format!("{} {}", answer.status, answer.body)) }
}

#[actix_web::test]
async fn no_picture_does_harm() {
    story_with(set, async |app| {
        let consumer = app.person("林小满").log_in("shop").await;
        let url = format!("{}/api/mini/v1/profile/avatar", app.base_url);
        let pictures = async || picture::Entity::find().count(app.app.db.read()).await.expect("a count");
        let check = async |input: &[u8]| -> Verdict {
            let before = pictures().await;
            let request = app.http.put(&url).bearer_auth(&consumer.token).header(CONTENT_TYPE, "image/png");
            let answer = Answered::read(request.body(input.to_vec())).await;
            answered(&answer)?;
            let kept = pictures().await - before;
            if answer.status.is_success() || kept == 0 {
                Ok(())
            } else {
                Err(format!("{} and {kept} kept", answer.status))
            }
        };
        // Sizes in the heads of pictures, and the marks of other formats.
        let words: [&[u8]; 12] = [
            b"\xff\xff\xff\xff",
            b"\x7f\xff\xff\xff",
            b"\0\0\0\0",
            b"IHDR",
            b"IDAT",
            b"IEND",
            b"acTL",
            b"tRNS",
            b"\xff\xd8\xff\xe0",
            b"\xff\xc0\0\x11\x08\xff\xff\xff\xff\x03",
            b"GIF89a\xff\xff\xff\xff",
            b"RIFF\0\0\0\0WEBPVP8 ",
        ];
        let seeds = Seeds::new([ImageFormat::Png, ImageFormat::Jpeg].map(picture), words);
        fuzz("picture", seeds, 150, check).await;
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn no_form_does_harm() {
    story_with(set, async |app| {
        let importer = Importer::new(app).await;
        let url = format!("{}/api/admin/v1/imports", app.base_url);
        let imports = async || import::Entity::find().count(app.app.db.read()).await.expect("a count");
        let form = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"origin\"\r\n\r\npos\r\n--edge\r\nContent-Disposition: form-data; \
             name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\n{POS}\r\n--edge--\r\n"
        );
        let check = async |input: &[u8]| -> Verdict {
            let before = imports().await;
            let request = app.http.post(&url).bearer_auth(&importer.staff.token).header(CONTENT_TYPE, FORM);
            let answer = Answered::read(request.header("Idempotency-Key", unique_name()).body(input.to_vec())).await;
            answered(&answer)?;
            let kept = imports().await - before;
            if answer.status.is_success() || kept == 0 { Ok(()) } else { Err(format!("{} and {kept} kept", answer.status)) }
        };
        let words = [
            "\r\n--edge\r\n", "\r\n--edge--\r\n", "--", "\r\n\r\n", "; name=\"file\"", "; filename*=UTF-8''%ff", "; filename=\"../../x\"",
            "Content-Length: -1\r\n", "Content-Transfer-Encoding: base64\r\n", "Content-Type: multipart/mixed; boundary=x\r\n", "name=\"origin\"",
        ];
        fuzz("form", Seeds::new([form], words), 150, check).await;
    })
    .await;
}

#[actix_web::test]
async fn a_form_without_an_edge_is_refused() {
    story_with(set, async |app| {
        let importer = Importer::new(app).await;
        let url = format!("{}/api/admin/v1/imports", app.base_url);
        for kind in [
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=\"",
            "image/png",
            "",
        ] {
            let request = app.http.post(&url).bearer_auth(&importer.staff.token).header(CONTENT_TYPE, kind);
            let answer = Answered::read(request.header("Idempotency-Key", unique_name()).body("--x--")).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{kind}: {answer:?}");
            assert_eq!(answer.body["code"], "bad_request", "{kind}: {answer:?}");
        }
    })
    .await;
}
