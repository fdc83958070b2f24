//! Points: given, spent, pending, over, and always adding up.

mod api;
mod books;
mod caps;
mod expiry;
mod ledger;
mod merge;
mod model;
mod parallel;
mod pending;
mod plans;
mod refund;
mod take_back;

use std::collections::BTreeMap;

use chrono::TimeDelta;
use entity::{
    points::{account, draw, entry, lot},
    types::{MemberId, Points, PointsChange},
};
use huilian::{
    error::Result,
    infra::{
        clock::Time,
        db::{Db, Tx},
    },
    points::{Available, Because, Cap, Give, Given, Outcome, Period, Spend, Spent, check, give, spend, standing},
};

use crate::{
    identity::people::{Shows::Phone, import},
    support::TestApp,
};

/// A member of this number.
pub async fn somebody(app: &TestApp, number: u32) -> MemberId {
    import(app, &[Phone(number)]).await.member
}

pub fn because() -> Because {
    Because::new("分享活动页", "Shared the activity page")
}

/// Points for ever, to be spent at once.
pub fn gift(member: MemberId, points: u32, key: &str) -> Give {
    Give {
        member,
        points: points.into(),
        key: key.to_owned(),
        because: because(),
        available: Available::Now,
        expires_at: None,
        rule: None,
        caps: Vec::new(),
    }
}

/// Points that last to the end of the day so many days from now.
pub fn lasting(app: &TestApp, member: MemberId, points: u32, key: &str, days: i64) -> Give {
    Give { expires_at: Some(in_days(app, days)), ..gift(member, points, key) }
}

pub fn in_days(app: &TestApp, days: i64) -> Time {
    app.clock.now() + TimeDelta::days(days)
}

pub async fn try_give(app: &TestApp, wish: &Give) -> Result<Outcome> {
    app.app.db.tx(async |tx: &Tx| give(tx, wish).await).await
}

pub async fn given(app: &TestApp, wish: &Give) -> Given {
    match try_give(app, wish).await.expect("points") {
        Outcome::Given(given) => given,
        Outcome::Capped(cap) => panic!("{cap:?}"),
    }
}

pub fn purchase(member: MemberId, points: u32, key: &str) -> Spend {
    Spend { member, points: points.into(), key: key.to_owned(), because: Because::new("兑换礼品", "A gift") }
}

pub async fn try_spend(app: &TestApp, wish: &Spend) -> Result<Spent> {
    spend_on(&app.app.db, wish).await
}

pub async fn spend_on(db: &Db, wish: &Spend) -> Result<Spent> {
    db.tx(async |tx: &Tx| spend(tx, wish).await).await
}

/// What a member can spend, and what is pending.
pub async fn has(app: &TestApp, member: MemberId) -> (i64, i64) {
    let standing = standing::of(app.app.db.read(), member, app.clock.now(), 30).await.expect("a standing");
    (standing.balance.get(), standing.pending.get())
}

/// What is left of each lot of a member that is not gone, as it is spent.
pub async fn lots(app: &TestApp, member: MemberId) -> Vec<i64> {
    let standing = standing::of(app.app.db.read(), member, app.clock.now(), 30).await.expect("a standing");
    standing.lots.iter().map(|lot| lot.row.remaining.get()).collect()
}

/// Whether everything adds up, computed from the rows and by nothing of the product.
pub async fn proved(app: &TestApp) {
    let (entries, lots) = (app.rows::<entry::Entity>().await, app.rows::<lot::Entity>().await);
    let draws = app.rows::<draw::Entity>().await;
    for account in app.rows::<account::Entity>().await {
        let theirs = || entries.iter().filter(|row| row.member_id == account.member_id);
        let sum = |change: fn(&entry::Model) -> PointsChange| theirs().map(|row| change(row).get()).sum::<i64>();
        let left = |pending: bool| {
            let of_kind = |row: &&lot::Model| {
                let is_pending = matches!(row.state, lot::State::Held | lot::State::Waiting);
                row.member_id == account.member_id && is_pending == pending
            };
            lots.iter().filter(of_kind).map(|row| row.remaining.get()).sum::<i64>()
        };
        assert_eq!(account.balance.get(), sum(|row| row.delta), "balance = entries of {account:?}");
        assert_eq!(account.pending.get(), sum(|row| row.pending), "pending = entries of {account:?}");
        assert_eq!((account.balance.get(), account.pending.get()), (left(false), left(true)), "lots of {account:?}");
        let due = lots.iter().filter(|row| row.member_id == account.member_id).map(|row| row.due_at).min();
        assert!(due.is_none_or(|due| account.next_due_at <= due), "{account:?} is looked at too late");
    }
    let mut drawn: BTreeMap<_, i64> = BTreeMap::new();
    for draw in &draws {
        *drawn.entry(draw.lot_id).or_default() += draw.delta.get() + draw.pending.get();
    }
    for lot in &lots {
        let change = drawn.get(&lot.id).copied().unwrap_or(0);
        assert_eq!(lot.remaining.get(), lot.earned.get() + change, "draws of {lot:?}");
        let over = matches!(lot.state, lot::State::Used | lot::State::Expired | lot::State::Cancelled);
        assert_eq!(lot.remaining == Points::ZERO, over, "{lot:?}");
    }
    for entry in entries.iter().filter(|row| row.source_key.starts_with("points:") || row.kind == entry::Kind::Spent) {
        let theirs = draws.iter().filter(|draw| draw.entry_id == entry.id);
        let drawn =
            theirs.map(|draw| (draw.delta.get(), draw.pending.get())).fold((0, 0), |(a, b), (c, d)| (a + c, b + d));
        if !matches!(entry.kind, entry::Kind::Parted | entry::Kind::Forfeited) {
            assert_eq!((entry.delta.get(), entry.pending.get()), drawn, "draws of {entry:?}");
        }
    }
}

/// Entries of a member, the oldest first: the kind, and how balance and pending changed.
pub async fn entries(app: &TestApp, member: MemberId) -> Vec<(entry::Kind, i64, i64)> {
    let rows = app.rows::<entry::Entity>().await.into_iter().filter(|row| row.member_id == member);
    rows.map(|row| (row.kind, row.delta.get(), row.pending.get())).collect()
}

/// Leaves something in every table of points.
pub async fn leave_points(app: &TestApp, member: MemberId) {
    let caps = vec![Cap { rule: "share".to_owned(), period: Period::Day, most: Points::MAX }];
    given(app, &Give { caps, ..gift(member, 100, &format!("left {member}")) }).await;
    try_spend(app, &purchase(member, 30, &format!("left {member}, spent"))).await.expect("enough");
    for balance in [1000_u32, 70] {
        books::meddle(app, member, balance).await;
        app.app.db.tx(async |tx: &Tx| check::one(tx, member).await).await.expect("a check");
    }
}
