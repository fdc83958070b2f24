//! By which channels people come, and what becomes of them: exact in whatever order facts arrive.

mod channels;
mod credit;

use chrono::NaiveDate;
use entity::{admin::staff::Role, types::MemberId};
use huilian::{
    infra::{clock::Time, db::Tx},
    orders::{Paid, paid},
};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{StaffActor, TestApp};

pub const PATH: &str = "/api/admin/v1/channels";

/// A channel and what it shows.
pub struct Channel<'a> {
    app: &'a TestApp,
    pub id: String,
    pub scene: String,
}

pub async fn channel<'a>(app: &'a TestApp, name: &str, kind: &str) -> Channel<'a> {
    let staff = app.staff(Role::Manager).await;
    let key = format!("channel-{}", app.app.random.token());
    let made = staff.post_once(PATH, &key, &json!({ "name": name, "kind": kind })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    let text = |field: &str| made.body[field].as_str().expect("a text").to_owned();
    Channel { app, id: text("id"), scene: text("scene") }
}

impl<'a> Channel<'a> {
    /// Staff who may see it; they sign in anew every day.
    pub async fn staff(&self) -> StaffActor<'a> {
        self.app.staff(Role::Manager).await
    }

    /// What it brought between START and two months later.
    pub async fn counts(&self) -> Value {
        let counts = self.staff().await.get(&format!("{PATH}/{}/counts?from=2026-11-21&to=2027-01-20", self.id)).await;
        assert_eq!(counts.status, StatusCode::OK, "{counts:?}");
        counts.body
    }

    /// Scans, follows, stays, then who registered and who converted, each by first and by last touch.
    pub async fn total(&self) -> [i64; 7] {
        let total = self.counts().await["total"].clone();
        let places = [
            "/scans",
            "/follows",
            "/stays",
            "/registers/first",
            "/registers/last",
            "/converts/first",
            "/converts/last",
        ];
        places.map(|place| total.pointer(place).and_then(Value::as_i64).expect("a number"))
    }
}

/// Somebody buys something.
pub async fn buys(app: &TestApp, member: MemberId, number: &str, at: Time) {
    let amount = 9_900_i64.try_into().expect("fen");
    let bought = Paid { source: "pos".to_owned(), number: number.to_owned(), member, amount, at };
    app.app.db.tx(async |tx: &Tx| paid(tx, &bought).await).await.expect("a purchase");
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}
