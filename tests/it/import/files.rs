//! What is brought, and what its columns mean.

use entity::{
    admin::staff::Role,
    members::{import, import_part},
};
use reqwest::{StatusCode, multipart::Form};
use serde_json::json;

use super::{Importer, POS};
use crate::support::{story, story_with, unique_name};

#[actix_web::test]
async fn a_file_is_read_and_its_columns_are_understood() {
    story(async |app| {
        let importer = Importer::new(app).await;
        let (gbk, _, _) = encoding_rs::GB18030.encode(POS);
        let brought = importer.upload("会员.csv", &gbk, &unique_name()).await;
        assert_eq!(brought.status, StatusCode::CREATED, "{brought:?}");
        let import = &brought.body;
        assert_eq!(import["format"], json!({ "kind": "csv", "encoding": "gb18030", "separator": "," }));
        assert_eq!((&import["name"], &import["state"]), (&json!("会员.csv"), &json!("ready")));
        assert_eq!(import["progress"]["rows"], 7);
        let guesses: Vec<_> =
            import["columns"].as_array().expect("columns").iter().map(|c| &c["guess"]["field"]).collect();
        let wanted = ["card", "phone", "name", "sex", "birthday", "joined_at", "store", "tier", "points", "ignore"];
        assert_eq!(guesses, wanted);
        assert_eq!(
            import["columns"][0],
            json!({ "heading": "会员卡号", "filled": 6, "guess": { "field": "card", "issuer": "pos" } })
        );
        assert_eq!(import["mapping"], json!(null), "staff have not said so yet");
        let parts = app.rows::<import_part::Entity>().await;
        assert!(parts.iter().all(|part| !part.sealed.contains("1380000")), "it waits sealed");
    })
    .await;
}

#[actix_web::test]
async fn a_mapping_is_checked_and_remembered_for_the_same_headings() {
    story(async |app| {
        let importer = Importer::new(app).await;
        let id = importer.bring("a.csv", "编号甲,手机号\n1,13800000001\n".as_bytes()).await;
        let path = format!("/api/admin/v1/imports/{id}/mapping");
        let wrong = json!({ "columns": [{ "field": "card", "issuer": "Old" }, { "field": "ignore" }] });
        let refused = importer.staff.put(&path, &wrong).await;
        assert_eq!(
            (refused.status, &refused.body["errors"][0]["field"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("columns[0].issuer"))
        );
        let early = importer.order(&id, "start").await;
        assert_eq!(early.status, StatusCode::CONFLICT, "nobody has said what its columns mean: {early:?}");
        let right = json!({ "columns": [{ "field": "external", "system": "erp" }, { "field": "phone" }] });
        let mapped = importer.staff.put(&path, &right).await;
        assert_eq!((mapped.status, &mapped.body["mapping"]), (StatusCode::OK, &right));
        let next = importer.upload("b.csv", "编号甲 ,手机号*\n2,13800000002\n".as_bytes(), &unique_name()).await;
        assert_eq!(next.body["mapping"], right, "the next file with these headings");
    })
    .await;
}

#[actix_web::test]
async fn a_repeated_upload_is_one_import() {
    story(async |app| {
        let importer = Importer::new(app).await;
        let first = importer.upload("a.csv", POS.as_bytes(), "upload-0001").await;
        let again = importer.upload("a.csv", POS.as_bytes(), "upload-0001").await;
        assert_eq!((again.status, &again.body["id"]), (StatusCode::CREATED, &first.body["id"]));
        let other = importer.upload("a.csv", b"phone\n13800000001\n", "upload-0001").await;
        assert_eq!(other.body["code"], "idempotency_key_reused");
        let imports = app.rows::<import::Entity>().await;
        let parts = app.rows::<import_part::Entity>().await;
        assert!(parts.iter().all(|part| part.import_id == parts[0].import_id), "{parts:?}");
        assert_eq!(imports.iter().filter(|row| row.state == import::State::Ready).count(), 1);
    })
    .await;
}

#[actix_web::test]
async fn hostile_files_are_refused_and_leave_nothing() {
    story_with(
        |settings| {
            settings.config.imports.file_limit = 10_000;
            settings.config.imports.row_limit = 50;
        },
        async |app| {
            let importer = Importer::new(app).await;
            let long = format!("phone\n{}", "x".repeat(10_001));
            let many = format!("phone\n{}", "13800000001\n".repeat(51));
            let wide = format!("{}\n1\n", "phone,".repeat(200));
            let files: [(&[u8], StatusCode, &str); 8] = [
                (b"", StatusCode::UNPROCESSABLE_ENTITY, "file_unreadable"),
                (b"<html></html>", StatusCode::UNPROCESSABLE_ENTITY, "file_unreadable"),
                (b"PK\x03\x04garbage", StatusCode::UNPROCESSABLE_ENTITY, "file_unreadable"),
                (&[0xd0, 0xcf, 0x11, 0xe0, 1, 2, 3], StatusCode::UNPROCESSABLE_ENTITY, "file_unreadable"),
                (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", StatusCode::UNPROCESSABLE_ENTITY, "file_unreadable"),
                (wide.as_bytes(), StatusCode::UNPROCESSABLE_ENTITY, "file_unreadable"),
                (many.as_bytes(), StatusCode::UNPROCESSABLE_ENTITY, "file_unreadable"),
                (long.as_bytes(), StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            ];
            for (bytes, status, code) in files {
                let refused = importer.upload("../../etc/passwd", bytes, &unique_name()).await;
                assert_eq!((refused.status, &refused.body["code"]), (status, &json!(code)), "{refused:?}");
            }
            let form = Form::new().text("origin", "Old System!").text("file", "phone\n1\n");
            let refused = importer.staff.send_form("/api/admin/v1/imports", form, &unique_name()).await;
            assert_eq!(refused.body["errors"][0]["field"], "origin");
            let refused = importer.staff.send_form("/api/admin/v1/imports", Form::new(), &unique_name()).await;
            assert!(refused.status.is_client_error(), "{refused:?}");
            assert!(app.rows::<import::Entity>().await.is_empty());
            assert!(app.rows::<import_part::Entity>().await.is_empty());
        },
    )
    .await;
}

#[actix_web::test]
async fn only_headquarters_import() {
    story(async |app| {
        for role in [Role::Clerk, Role::Manager] {
            let staff = app.staff(role).await;
            let form = Form::new().text("file", POS);
            let refused = staff.send_form("/api/admin/v1/imports", form, &unique_name()).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN);
        }
    })
    .await;
}
