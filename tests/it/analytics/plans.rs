//! Every count and every line goes by an index, on both engines.

use huilian::{
    analytics::{figures, needs},
    identity::followers::follow_of,
    infra::news::Need,
    referral::funnel,
    rewards::burn,
    stores::Scope,
};
use sea_orm::{ConnectionTrait, sea_query::Expr};

use crate::{
    identity::plans::{listening, scanned},
    support::story,
};

#[actix_web::test]
async fn every_count_goes_by_an_index() {
    story(async |app| {
        let (db, heard) = listening(app).await;
        let (read, now) = (db.read(), db.now());
        // Of brakes there are a handful, in a table of nothing else.
        for scope in [Scope::All, Scope::Store(app.app.random.id(now))] {
            for need in needs::ALL.into_iter().filter(|need| *need != Need::Stops) {
                assert_eq!(needs::count(read, scope, need, now, 1000).await.expect("a number"), 0);
            }
            for key in figures::ALL {
                let counts = figures::per_day(read, scope, key, &figures::last_days(now, 3)).await.expect("numbers");
                assert!(counts.iter().all(|(_, count)| *count == 0), "{counts:?}");
            }
        }
        let (campaign, program) = (app.app.random.id(now), app.app.random.id(now));
        assert_eq!(burn::down(read, campaign, 200, now).await.expect("a line"), []);
        assert_eq!(funnel::of(read, program).await.expect("numbers"), funnel::Funnel::default());
        let member: entity::types::MemberId = app.app.random.id(now);
        assert!(read.query_all(&follow_of(Expr::val(member))).await.expect("rows").is_empty());
        let (broken, heard) = scanned(app, &heard).await;
        assert!(heard >= 15, "{heard} statements were heard");
        assert_eq!(broken, Vec::<String>::new());
    })
    .await;
}
