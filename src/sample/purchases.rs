//! What people buy: the till tells its purchases once a week, and each brings points a week after it.

use chrono::TimeDelta;
use entity::types::{MemberId, Points};
use futures_util::future::try_join_all;
use serde_json::{Value, json};

use super::{desk::Desk, past::Past, people::Person, stores, visits::Known};
use crate::{
    error::{Error, Result},
    infra::{calendar::end_of_month_after, clock::Time, db::Tx},
    points::{Available, Because, Give, Spend, give, spend},
};

/// Points of the first weeks end so many days after the present, so that some always end soon.
const SOON: TimeDelta = TimeDelta::days(16);

/// A purchase as the till has it.
struct Sold {
    number: String,
    member: MemberId,
    yuan: u32,
    at: Time,
    /// Whether a part of it does.
    comes_back: bool,
}

/// The till tells what was sold from a day up to another, the last one not included.
pub(super) async fn told(past: &Past<'_>, known: &Known, people: &[Person], from: u32, to: u32) -> Result<()> {
    let desk = Desk::of(past, stores::OPERATIONS).await?;
    let mut sold = Vec::new();
    for person in people {
        let Some(member) = known.members.get(&person.number).copied() else { continue };
        for day in person.buys().filter(|day| (from..to).contains(day)) {
            let yuan = 29 + (person.number * 37 + day * 13) % 371;
            let (number, at) = (format!("P{day:02}{:03}", person.number), past.morning(day));
            sold.push(Sold { number, member, yuan, at, comes_back: person.number % 16 == 9 });
        }
    }
    try_join_all(sold.iter().map(|sold| record(past, &desk, sold))).await.map(drop)
}

async fn record(past: &Past<'_>, desk: &Desk<'_>, sold: &Sold) -> Result<()> {
    let purchase = json!({
        "source": "pos", "number": sold.number, "member": sold.member, "amount_fen": sold.yuan * 100, "at": sold.at,
    });
    desk.post("/orders", &purchase).await?;
    let ends_soon = sold.at < past.morning(14);
    let expires_at = if ends_soon { past.present + SOON } else { end_of_month_after(sold.at, 12) };
    let points = Give {
        member: sold.member,
        points: Points::from(sold.yuan),
        key: format!("sample:{}", sold.number),
        because: Because::new("购物积分", "Points of a purchase"),
        available: Available::At(sold.at + TimeDelta::days(7)),
        expires_at: Some(expires_at),
        rule: Some("purchase".to_owned()),
        caps: Vec::new(),
    };
    past.app.db.tx(async |tx: &Tx| give(tx, &points).await).await?;
    if sold.comes_back { give_back(desk, sold).await } else { Ok(()) }
}

/// A part of it comes back.
async fn give_back(desk: &Desk<'_>, sold: &Sold) -> Result<()> {
    let refund = json!({
        "source": "pos", "number": format!("R{}", sold.number), "order": sold.number, "amount_fen": 1_000,
        "at": sold.at + TimeDelta::hours(2),
    });
    desk.post("/orders/refunds", &refund).await.map(drop)
}

/// Some members spend points on gifts.
pub(super) async fn spent(past: &Past<'_>, known: &Known) -> Result<()> {
    for number in [0, 2, 6] {
        let member = *known.members.get(&number).ok_or_else(|| Error::internal("an early member is missing"))?;
        let wish = Spend {
            member,
            points: 20_u32.into(),
            key: format!("sample:gift:{number}"),
            because: Because::new("兑换帆布袋", "A canvas bag"),
        };
        past.app.db.tx(async |tx: &Tx| spend(tx, &wish).await).await?;
    }
    Ok(())
}

/// Staff correct the points of somebody by hand.
pub(super) async fn corrected(desk: &Desk<'_>, member: MemberId) -> Result<()> {
    let wish: Value = json!({ "points": 30, "reason": "补发：收银机离线" });
    desk.post(&format!("/members/{member}/points/corrections"), &wish).await.map(drop)
}
