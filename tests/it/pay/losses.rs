//! A third of everything goes wrong by chance, and still nobody is paid twice or forgotten: the rules of pay section 9
//! with nothing but what the client answers.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use huilian::{
    sandbox::{KeyMode, MovementKind, RandomFaults},
    wechat::pay::{
        Answer, Kind, Merchant,
        red_packet::{RedPacket, RedPacketState},
        transfer::{Transfer, TransferState},
    },
};

use super::till::pay_story_with;
use crate::support::TestApp;

const PAYOUTS: usize = 60;

/// What a payout has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Certain, and waiting for the person.
    Sent,
    /// Certain: nothing was paid.
    Failed,
    /// Not certain: ask again, send again.
    Open,
}

/// A refusal is about one request: it never closes a payout.
fn still_open(kind: Kind) -> Fate {
    assert_ne!(kind, Kind::Mismatch, "the same request was taken for another");
    Fate::Open
}

async fn transfer(merchant: &Merchant, transfer: &Transfer) -> Fate {
    match merchant.transfer(&transfer.fields().number).await {
        Answer::Done(bill) => match bill.state {
            TransferState::WaitUserConfirm => return Fate::Sent,
            TransferState::Fail | TransferState::Cancelled => return Fate::Failed,
            _ => return Fate::Open,
        },
        Answer::Refused(_) | Answer::Unknown(_) => {}
    }
    match merchant.create_transfer(transfer).await {
        Answer::Done(created) if created.state == TransferState::WaitUserConfirm => Fate::Sent,
        Answer::Refused(refusal) => still_open(refusal.kind),
        Answer::Done(_) | Answer::Unknown(_) => Fate::Open,
    }
}

async fn packet(merchant: &Merchant, packet: &RedPacket) -> Fate {
    match merchant.red_packet(&packet.fields().number, &packet.fields().appid).await {
        Answer::Done(detail) => match detail.state {
            RedPacketState::Sent => return Fate::Sent,
            RedPacketState::Failed => return Fate::Failed,
            _ => return Fate::Open,
        },
        Answer::Refused(_) | Answer::Unknown(_) => {}
    }
    match merchant.send_red_packet(packet).await {
        Answer::Refused(refusal) => still_open(refusal.kind),
        // Accepted is not sent: the query says so.
        Answer::Done(_) | Answer::Unknown(_) => Fate::Open,
    }
}

/// What left the merchant's account and did not come back, by number.
fn paid(app: &TestApp) -> BTreeMap<String, i64> {
    let mut paid = BTreeMap::new();
    for movement in app.sandbox.ledger("main").expect("a ledger") {
        if movement.kind != MovementKind::TopUp {
            let amount = if movement.kind.is_income() { -movement.amount } else { movement.amount };
            *paid.entry(movement.number.clone()).or_default() += amount;
        }
    }
    paid.retain(|_, amount| *amount != 0);
    paid
}

#[actix_web::test]
async fn nobody_is_paid_twice_or_forgotten_when_a_third_of_all_goes_wrong() {
    pay_story_with(
        KeyMode::Both,
        |_| {},
        async |app| {
            let merchant = app.main();
            let mut open = Vec::new();
            for at in 0..PAYOUTS {
                let person = app.person(&format!("会员{at}"));
                person.follow("brand").await;
                let (number, amount) = (format!("N{at}"), 100 + u32::try_from(at).expect("a small number"));
                open.push((
                    app.transfer_to(&person, &format!("T{number}"), amount),
                    app.packet_to(&person, &number, amount),
                ));
            }
            app.sandbox.set_random_faults(RandomFaults { per_mille: 330, seed: 7 }).expect("faults");
            let mut expected = BTreeMap::new();
            let mut waiting: Vec<(usize, bool)> = (0..PAYOUTS).flat_map(|at| [(at, true), (at, false)]).collect();
            for _ in 0..60 {
                let mut left = Vec::new();
                for (at, is_transfer) in waiting {
                    let (one, other) = &open[at];
                    let (number, amount, fate) = if is_transfer {
                        (&one.fields().number, one.fields().amount, transfer(&merchant, one).await)
                    } else {
                        (&other.fields().number, other.fields().amount, packet(&merchant, other).await)
                    };
                    match fate {
                        Fate::Sent => drop(expected.insert(number.to_string(), amount.get())),
                        Fate::Failed => {}
                        Fate::Open => left.push((at, is_transfer)),
                    }
                }
                waiting = left;
                if waiting.is_empty() {
                    break;
                }
                app.advance(TimeDelta::minutes(10));
            }
            assert_eq!(waiting, [], "some were never settled");
            assert!(expected.len() > PAYOUTS, "most were paid");
            assert_eq!(paid(app), expected, "the account says what we were told");
            app.sandbox.set_random_faults(RandomFaults { per_mille: 0, seed: 7 }).expect("no faults");
            app.sandbox.settled().await;
            app.run_jobs().await;
        },
    )
    .await;
}
