//! Pages that stand open hear of the threads that may be opened with them.

use chrono::TimeDelta;
use huilian::admin::Post;

use crate::support::{Block, TestApp, story};

async fn thread_of(app: &TestApp, name: &str) -> (String, Block) {
    let person = app.follower(name).await;
    person.say("brand", "在吗").await;
    app.run_jobs().await;
    let threads = app.rows::<entity::chat::conversation::Entity>().await;
    let open_id = person.open_id("brand");
    let thread = threads.iter().find(|row| row.open_id == open_id).expect("a thread").id;
    (person.id.clone(), Block::about("conversation.changed", &thread.to_string()))
}

#[actix_web::test]
async fn a_store_hears_of_its_own_people_and_of_nobodys() {
    story(async |app| {
        let (mine, of_mine) = thread_of(app, "林小满").await;
        let (_, of_nobody) = thread_of(app, "周一鸣").await;
        let consumer = crate::support::Follower { app, id: mine.clone() }.log_in("shop").await;
        app.at_home(consumer.member().await.parse().expect("an id")).await;
        app.run_jobs().await;
        app.advance(TimeDelta::seconds(1));
        let (own, other) = (
            app.staff_at(Post::Manager(app.store("s1").await)).await,
            app.staff_at(Post::Clerk(app.store("s2").await)).await,
        );
        let (mut owns, mut others) = (own.open_page().await, other.open_page().await);
        app.sandbox.say(&mine, "brand", "还在吗").await.expect("words");
        assert!(owns.until(&Block::needs()).await.contains(&of_mine));
        assert!(!others.until(&Block::needs()).await.contains(&of_mine), "somebody of another store");
        let nobodys = app.rows::<entity::chat::conversation::Entity>().await;
        let open_id = nobodys.iter().find(|row| of_nobody == Block::about("conversation.changed", &row.id.to_string()));
        let path = format!("/api/admin/v1/conversations/{}/read", open_id.expect("a thread").id);
        own.put(&path, &serde_json::json!({})).await;
        for page in [&mut owns, &mut others] {
            assert!(page.until(&Block::needs()).await.contains(&of_nobody));
        }
    })
    .await;
}
