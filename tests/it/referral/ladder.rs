//! Ladders and second levels: given when a number is reached, taken back when it is not any more.

use chrono::TimeDelta;
use entity::{
    referral::{invitation::State, reward::Role},
    types::MemberId,
};
use serde_json::json;

use super::{came, code_of, has, mine, pass, person, points, registered, rewards, running, stands};
use crate::{referral::life::told, support::story};

#[actix_web::test]
async fn steps_are_given_when_reached_and_taken_back_when_somebody_leaves() {
    story(async |app| {
        let (two, three) = (points(app, 100).await, points(app, 1_000).await);
        let ladder = json!([{ "count": 2, "campaign": two }, { "count": 3, "campaign": three }]);
        let wanted = json!({ "mature_days": 0, "leave_days": 9, "rewards": { "ladder": ladder } });
        let program = running(app, wanted).await;
        let (friend, code) = super::inviter(app, "林小满", program).await;
        let one: MemberId = friend.member().await.parse().expect("an id");
        app.advance(TimeDelta::minutes(1));
        let mut balance = Vec::new();
        for number in 10..13 {
            let now = app.clock.now();
            came(app, number, &code, now, Default::default()).await;
            registered(app, number, now).await;
            told(app, number, now, Some("")).await;
            app.run_jobs().await;
            balance.push(has(app, one).await);
        }
        assert_eq!(balance, [0, 100, 1_100]);
        let shown = mine(&friend, program).await;
        assert_eq!(
            (&shown["matured"], &shown["rank"], &shown["ladder"][1]["given"]),
            (&json!(3), &json!(1), &json!(true))
        );
        app.advance(TimeDelta::days(1));
        told(app, 12, app.clock.now(), None).await;
        app.run_jobs().await;
        assert_eq!((has(app, one).await, mine(&friend, program).await["matured"].clone()), (100, json!(2)));
        // Another friend reaches it again, by a key of its own.
        let now = app.clock.now();
        came(app, 20, &code, now, Default::default()).await;
        registered(app, 20, now).await;
        told(app, 20, now, Some("")).await;
        app.run_jobs().await;
        assert_eq!((has(app, one).await, rewards(app, one).await), (1_100, vec![(Role::Step, 1), (Role::Step, 2)]));
    })
    .await;
}

#[actix_web::test]
async fn the_second_level_lasts_as_long_as_the_first() {
    story(async |app| {
        let second = points(app, 1).await;
        let rewards = json!({ "inviter": points(app, 10).await, "second": second });
        let wanted = json!({ "mature_days": 0, "leave_days": 9, "levels": 2, "rewards": rewards });
        let program = running(app, wanted).await;
        let top = person(app, 1).await;
        let mut codes = vec![code_of(app, program, top).await];
        let mut members = vec![top];
        for number in 2..5 {
            app.advance(TimeDelta::minutes(1));
            let now = app.clock.now();
            came(app, number, codes.last().expect("a code"), now, Default::default()).await;
            let member = registered(app, number, now).await;
            told(app, number, now, Some("")).await;
            app.run_jobs().await;
            codes.push(code_of(app, program, member).await);
            members.push(member);
        }
        let all = async || {
            let mut all = Vec::new();
            for member in &members {
                all.push(has(app, *member).await);
            }
            all
        };
        // Each invites the next: ten for each, one for whoever is two above, nothing three above.
        assert_eq!(all().await, [11, 11, 10, 0]);
        app.advance(TimeDelta::days(1));
        told(app, 2, app.clock.now(), None).await;
        pass(app, TimeDelta::minutes(1)).await;
        assert_eq!(stands(app, members[1]).await.0, State::Reversed);
        assert_eq!(all().await, [0, 11, 10, 0], "who has left brought nobody to the top");
    })
    .await;
}
