//! Leaderboards: exact, stable among those who have as many, by month and by value, with names begun only.

use chrono::TimeDelta;
use entity::{
    admin::staff::Role,
    referral::{place, standing},
    types::MemberId,
};
use huilian::{infra::db::Tx, orders};
use serde_json::{Value, json};

use super::{PROGRAMS, came, code_of, person, registered, running};
use crate::{referral::life::told, support::story};

#[actix_web::test]
async fn ranks_are_exact_shared_and_follow_what_is_reversed() {
    story(async |app| {
        let program = running(app, json!({ "mature_days": 0, "leave_days": 60, "rewards": {} })).await;
        let friend = app.person("林小满").log_in("shop").await;
        friend.patch("/api/mini/v1/profile", &json!({ "nickname": "满满" })).await;
        let me: MemberId = friend.member().await.parse().expect("an id");
        let members = [person(app, 1).await, me, person(app, 3).await, person(app, 4).await];
        // 2, 3, 2 and 1 friends; the first reached two before the third.
        let order = [0, 0, 1, 1, 2, 1, 2, 3];
        for (at, inviter) in order.iter().enumerate() {
            app.advance(TimeDelta::minutes(1));
            let (number, now) = (100 + u32::try_from(at).expect("few"), app.clock.now());
            came(app, number, &code_of(app, program, members[*inviter]).await, now, Default::default()).await;
            let guest = registered(app, number, now).await;
            told(app, number, now, Some("")).await;
            let bought = orders::Paid {
                source: "pos".to_owned(),
                number: number.to_string(),
                member: guest,
                amount: (if *inviter == 3 { 900_000_i64 } else { 1_000 }).try_into().expect("fen"),
                at: now,
            };
            app.app.db.tx(async |tx: &Tx| orders::paid(tx, &bought).await).await.expect("a purchase");
            app.run_jobs().await;
        }
        let board = async |query: &str| friend.get(&format!("{PROGRAMS}/{program}/board{query}")).await.body;
        let figures = |board: &Value, field: &str| -> Vec<(i64, i64)> {
            let lines = board["items"].as_array().expect("lines");
            lines
                .iter()
                .map(|line| (line["rank"].as_i64().expect("a rank"), line[field].as_i64().expect("a figure")))
                .collect()
        };
        let all = board("").await;
        assert_eq!(figures(&all, "matured"), [(1, 3), (2, 2), (2, 2), (4, 1)]);
        assert_eq!((&all["own"]["rank"], &all["own"]["name"]), (&json!(1), &json!("满**")));
        assert!(!all.to_string().contains("满满") && !all.to_string().contains("mem_"), "{all}");
        let staff = app.staff(Role::Headquarters).await;
        let shown = staff.get(&format!("/api/admin/v1/referral-programs/{program}/board")).await.body;
        let who: Vec<_> = shown
            .as_array()
            .expect("lines")
            .iter()
            .map(|line| line["member"].as_str().expect("an id").to_owned())
            .collect();
        assert_eq!(who, [1, 0, 2, 3].map(|at: usize| members[at].to_string()), "who reached it first stands first");
        let value = board("?by=value").await;
        assert_eq!(figures(&value, "value_fen"), [(1, 900_000), (2, 3_000), (3, 2_000), (3, 2_000)]);
        assert_eq!(value["own"]["rank"], 2);
        assert_eq!(figures(&board("?period=2026-11").await, "matured"), figures(&all, "matured"));
        assert!(figures(&board("?period=2026-12").await, "matured").is_empty());
        assert_eq!(friend.get(&format!("{PROGRAMS}/{program}/board?period=2026-13")).await.status, 422);

        // In December one more, and two of mine leave.
        app.advance(TimeDelta::days(15));
        let now = app.clock.now();
        came(app, 200, &code_of(app, program, members[3]).await, now, Default::default()).await;
        registered(app, 200, now).await;
        told(app, 200, now, Some("")).await;
        for number in [102, 103] {
            told(app, number, now, None).await;
        }
        app.run_jobs().await;
        let all = board("").await;
        assert_eq!(figures(&all, "matured"), [(1, 2), (1, 2), (1, 2), (4, 1)]);
        assert_eq!(all["own"]["rank"], 4);
        assert_eq!(figures(&board("?period=2026-12").await, "matured"), [(1, 1)]);
        assert_eq!(figures(&board("?period=2026-11").await, "matured"), [(1, 2), (1, 2), (3, 1), (3, 1)]);
        let sum: i64 = app
            .rows::<standing::Entity>()
            .await
            .iter()
            .filter(|row| row.period == "all" && row.matured > 0)
            .count()
            .try_into()
            .expect("few");
        let places = app.rows::<place::Entity>().await;
        let stand = places.iter().filter(|row| row.period == "all" && row.board == "matured");
        assert_eq!(stand.map(|row| row.members).sum::<i64>(), sum, "everybody stands somewhere, once");
        assert!(places.iter().all(|row| row.members >= 0));
    })
    .await;
}
