//! `huilian member import FILE`, as an operator runs it.

use std::{path::Path, process::Output};

use entity::{
    identity::member,
    members::{import, import_part},
};
use huilian::{app::App, infra::clock::Clock};
use sea_orm::{EntityTrait, PaginatorTrait};

use super::POS;
use crate::faults::Rig;

fn run(rig: &Rig, file: &Path, options: &[&str]) -> (bool, String) {
    let path = file.display().to_string();
    let arguments = [&["member", "import", &path], options].concat();
    let Output { status, stdout, stderr } = rig.command(&arguments);
    (status.success(), [stdout, stderr].map(|text| String::from_utf8(text).expect("text")).concat())
}

/// Members, imports that did something, and parts that wait.
async fn stored(app: &App) -> [u64; 3] {
    let db = app.db.read();
    let imports = import::Entity::find().all(db).await.expect("imports");
    let done = imports.iter().filter(|import| import.state == import::State::Done).count();
    [
        member::Entity::find().count(db).await.expect("a count"),
        u64::try_from(done).expect("a number"),
        import_part::Entity::find().count(db).await.expect("a count"),
    ]
}

#[actix_web::test]
async fn a_file_is_foreseen_asked_about_and_taken_over() {
    let rig = Rig::new().await;
    let app = rig.app(Clock::system()).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("pos.csv");
    std::fs::write(&file, POS).expect("a file");

    let (well, said) = run(&rig, &file, &["--dry-run"]);
    assert!(well && said.contains("将会发生") && said.contains("手机号 → "), "{said}");
    assert_eq!(stored(&app).await, [0, 0, 0], "a dry run leaves nothing");

    let (well, said) = run(&rig, &file, &[]);
    assert!(!well && said.contains("--yes"), "nobody can be asked: {said}");
    assert_eq!(stored(&app).await, [0, 0, 0]);

    let (well, said) = run(&rig, &file, &["--yes"]);
    assert!(well && said.contains("已完成") && !said.contains("将会发生"), "{said}");
    assert_eq!(stored(&app).await, [3, 1, 0]);
    assert!(!said.contains("13800000001"), "no phones on the screen: {said}");

    let (well, said) = run(&rig, &folder.path().join("nothing.csv"), &["--yes"]);
    assert!(!well && said.contains("nothing.csv"), "{said}");
}
