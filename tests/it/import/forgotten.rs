//! What is left of files when their term is over.

use chrono::TimeDelta;
use entity::members::{import, import_part, import_row};

use super::{Importer, POS};
use crate::support::story;

#[actix_web::test]
async fn what_is_left_of_a_file_is_forgotten_after_its_term() {
    story(async |app| {
        let importer = Importer::new(app).await;
        let waiting = importer.bring("never.csv", b"phone\n13800000009\n").await;
        let id = importer.import(POS).await["id"].as_str().expect("an id").to_owned();
        app.advance(TimeDelta::days(29));
        app.run_jobs().await;
        assert_eq!(app.rows::<import_part::Entity>().await.len(), 1, "not yet");
        assert!(Importer::new(app).await.rejects(&id).await.contains("王五"));
        app.advance(TimeDelta::days(2));
        app.run_jobs().await;
        assert!(app.rows::<import_part::Entity>().await.is_empty());
        assert!(app.rows::<import_row::Entity>().await.iter().all(|row| row.sealed.is_none()));
        let importer = Importer::new(app).await;
        let rejects = importer.rejects(&id).await;
        assert!(rejects.contains("nobody_named") && !rejects.contains("王五"), "reasons stay, cells do not: {rejects}");
        let expired = importer.show(&waiting).await;
        assert_eq!(expired["state"], serde_json::json!("failed"), "{expired}");
        assert!(app.rows::<import::Entity>().await.len() == 2);
    })
    .await;
}
