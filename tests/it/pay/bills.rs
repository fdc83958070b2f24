//! The bill of a day, as a stream, to the fen.

use chrono::TimeDelta;
use entity::types::Fen;
use huilian::{
    infra::calendar,
    wechat::pay::{
        Kind,
        bill::{AccountType, Direction, Movement},
    },
};

use super::till::{done, pay_story, refused};
use crate::support::TestApp;

async fn bill(app: &TestApp, day: calendar::Day) -> Vec<Movement> {
    let mut open = done(app.main().fund_flow_bill(day, AccountType::Operation).await);
    let mut found = Vec::new();
    while let Some(movement) = open.next().await.expect("a bill that is in order") {
        found.push(movement);
    }
    found
}

#[actix_web::test]
async fn the_bill_of_a_day_has_every_movement_with_our_number() {
    pay_story(async |app| {
        let person = app.follower("林小满").await;
        let today = calendar::day_of(app.clock.now());
        let (transfer, packet) = (app.transfer_to(&person, "T1", 150), app.packet_to(&person, "P1", 100));
        done(app.main().create_transfer(&transfer).await);
        let sent = done(app.main().send_red_packet(&packet).await);
        done(app.main().cancel_transfer(&transfer.fields().number).await);
        app.sandbox.settled().await;
        assert_eq!(refused(app.main().fund_flow_bill(today, AccountType::Operation).await), Kind::NoBill, "not over");
        app.advance(TimeDelta::hours(23));
        assert_eq!(
            refused(app.main().fund_flow_bill(today, AccountType::Operation).await),
            Kind::NotReady,
            "before ten"
        );
        app.advance(TimeDelta::hours(2));
        let found = bill(app, today).await;
        let of = |number: &'static str| found.iter().filter(move |row| row.own_number == number);
        let out = |rows: Vec<&Movement>, way: Direction| -> Vec<Fen> {
            rows.into_iter().filter(|row| row.direction == way).map(|row| row.amount).collect()
        };
        assert_eq!(out(of("T1").collect(), Direction::Out), [Fen::from(150)]);
        assert_eq!(out(of("T1").collect(), Direction::In), [Fen::from(150)], "cancelled");
        assert_eq!(out(of("P1").collect(), Direction::Out), [Fen::from(100)]);
        assert_eq!(of("P1").next().map(|row| row.wechat_number.clone()), sent.send_listid);
        let balance = found.last().map(|row| row.balance.get());
        assert_eq!(
            balance,
            Some(app.sandbox.ledger("main").expect("a ledger")[..found.len()].last().expect("a row").balance)
        );
        let empty = calendar::days_after(today, 0) - TimeDelta::days(30);
        assert_eq!(refused(app.main().fund_flow_bill(empty, AccountType::Operation).await), Kind::NoBill);
        app.sandbox.settled().await;
        app.run_jobs().await;
    })
    .await;
}
