//! It is written once, into an empty database, and who finds a part of it is told so.

use entity::{
    identity::{follower, identity::Entity as Identities},
    types::AccountKey,
};
use huilian::{
    identity::followers::follows,
    infra::{clock::Clock, random::Random},
    sample::{self, Stage, stage},
    sandbox::{self, Sandbox},
};

use super::{brand, prepared};
use crate::support::TestApp;

async fn stands(app: &TestApp) -> Stage {
    stage(&app.app.db).await.expect("a database that answers")
}

#[actix_web::test]
async fn what_is_written_stays_as_it_is_and_its_people_come_back() {
    brand(async |app| {
        assert_eq!(stands(app).await, Stage::Written);
        let before = (app.rows::<follower::Entity>().await, app.rows::<Identities>().await);
        // The sandbox forgets with its process; the next start tells it again.
        let mut options = sandbox::Options::new(([127, 0, 0, 1], 0).into(), app.app.folder.accounts.clone());
        (options.clock, options.random) = (Clock::manual(app.clock.now()), Random::system());
        let fresh = Sandbox::start(options).await.expect("a sandbox");
        sample::add_login(&app.app.db).await.expect("a login that is there");
        sample::introduce(fresh.sandbox()).expect("people");
        sample::recall(&app.app, fresh.sandbox()).await.expect("followers");
        let following = |sandbox: &Sandbox| -> Vec<(String, bool)> {
            let people = sandbox.state().people.into_iter();
            people.map(|person| (person.id, person.follows.contains(&"brand".to_owned()))).collect()
        };
        assert_eq!(following(fresh.sandbox()), following(&app.sandbox));
        let account: AccountKey = "brand".parse().expect("a key");
        let mut count = 0;
        for person in fresh.sandbox().state().people {
            let open_id = person.openids["brand"].parse().expect("an OpenID");
            count += usize::from(follows(app.app.db.read(), &account, &open_id).await.expect("an answer"));
        }
        assert!(count > 50, "{count} follow");
        fresh.stop().await;
        let after = (app.rows::<follower::Entity>().await, app.rows::<Identities>().await);
        assert!(after == before, "nothing was written");
        assert_eq!(stands(app).await, Stage::Written);
    })
    .await;
}

#[actix_web::test]
async fn a_brand_that_was_cut_off_says_so() {
    let (app, _wire) = prepared().await;
    assert_eq!(stands(&app).await, Stage::Empty);
    let nowhere = "http://127.0.0.1:9";
    sample::write(&app.app, &app.sandbox, nowhere).await.expect_err("nobody answers there");
    assert_eq!(stands(&app).await, Stage::CutOff);
    // Whoever goes on with what is there begins with the login.
    sample::add_login(&app.app.db).await.expect("a login");
    assert_eq!(stands(&app).await, Stage::Written);
    app.finish().await;
}

#[actix_web::test]
async fn a_database_of_ones_own_is_left_alone() {
    let (app, _wire) = prepared().await;
    app.store("s1").await;
    assert_eq!(stands(&app).await, Stage::Written);
    app.finish().await;
}
