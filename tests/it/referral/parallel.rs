//! Many inviters touch one person at the same moment: exactly one wins, by rule.

use chrono::TimeDelta;
use entity::{
    referral::{invitation::State, reward},
    tracking::touch as touches,
};
use futures_util::future::join_all;
use huilian::{infra::db::Tx, referral};
use serde_json::json;

use super::{came, code_of, has, only, pass, person, running};
use crate::support::story;

const INVITERS: u32 = 20;

#[actix_web::test]
async fn exactly_one_of_many_inviters_wins_and_by_the_rule() {
    for attribution in ["first", "last"] {
        story(async |app| {
            let wanted = json!({ "attribution": attribution, "qualification": {}, "mature_days": 0 });
            let program = running(app, wanted).await;
            let mut inviters = Vec::new();
            for number in 0..INVITERS {
                let member = person(app, 100 + number).await;
                inviters.push((member, code_of(app, program, member).await));
            }
            app.advance(TimeDelta::minutes(1));
            let now = app.clock.now();
            // All at the same moment, and the member is made meanwhile.
            let touched = inviters.iter().map(|(_, code)| came(app, 1, code, now, Default::default()));
            let (_, guest) = futures_util::future::join(join_all(touched), person(app, 1)).await;
            let reviews = (0..8).map(|_| async {
                let look = async |tx: &Tx| referral::review(tx, &app.app.vault, program, [guest]).await;
                app.app.db.tx(look).await
            });
            // Whoever loses the race for the row is tried anew by the queue.
            drop(join_all(reviews).await);
            pass(app, TimeDelta::minutes(1)).await;
            let row = only(app).await;
            let mut seen = app.rows::<touches::Entity>().await;
            seen.sort_by_key(|touch| (touch.at, touch.id));
            assert_eq!(seen.len(), 20);
            let decides = if attribution == "first" { seen.first() } else { seen.last() };
            let decides = decides.expect("a touch");
            let owner = inviters.iter().find(|(_, code)| Some(code) == decides.code.as_ref()).expect("an inviter").0;
            assert_eq!((row.state, row.inviter, row.touch_id), (State::Rewarded, Some(owner), Some(decides.id)));
            let given = app.rows::<reward::Entity>().await;
            assert_eq!(given.len(), 2, "{given:?}");
            for (member, _) in &inviters {
                assert_eq!(has(app, *member).await, if *member == owner { 10 } else { 0 });
            }
            assert_eq!(has(app, guest).await, 5);
        })
        .await;
    }
}

#[actix_web::test]
async fn many_who_mature_at_once_are_counted_and_climb_once() {
    story(async |app| {
        let step = super::points(app, 100).await;
        let wanted = json!({
            "qualification": {}, "mature_days": 0, "rewards": { "ladder": [{ "count": 3, "campaign": step }] },
        });
        let program = running(app, wanted).await;
        let one = person(app, 1).await;
        let code = code_of(app, program, one).await;
        app.advance(TimeDelta::minutes(1));
        let mut guests = Vec::new();
        for number in 10..18 {
            came(app, number, &code, app.clock.now(), Default::default()).await;
            guests.push(person(app, number).await);
        }
        let reviews = guests.iter().map(|guest| async {
            let look = async |tx: &Tx| referral::review(tx, &app.app.vault, program, [*guest]).await;
            app.app.db.tx(look).await
        });
        drop(join_all(reviews).await);
        app.run_jobs().await;
        app.advance(TimeDelta::minutes(1));
        app.run_jobs().await;
        let standing = app.rows::<entity::referral::standing::Entity>().await;
        let all = standing.iter().find(|row| row.period == "all").expect("a standing");
        assert_eq!((all.member, all.matured, has(app, one).await), (one, 8, 100));
    })
    .await;
}
