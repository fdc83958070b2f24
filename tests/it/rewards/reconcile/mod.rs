//! Every day is held against WeChat's bill: what agrees is balanced, what does not is named to the fen.

mod catch_up;
mod cut_off;
mod kinds;
mod looks;
mod proof;
mod properties;
mod sandbox;
mod statements;
mod stops;

use std::sync::Arc;

use chrono::TimeDelta;
use entity::{
    rewards::{
        payout::{self, Provider, State},
        reconciliation, reconciliation_case,
    },
    types::{Fen, Id},
};
use huilian::{
    infra::{
        calendar::{Day, day_of, days_after, start_of},
        clock::Time,
    },
    wechat::pay::bill::{Direction, Movement},
};
use sea_orm::{EntityTrait, IntoActiveModel};

use self::statements::Statements;
use crate::support::{Settings, TestApp, story_with};

/// A story in which WeChat's bills are what the test says. It begins on a morning; nothing is to be reconciled yet.
async fn books(test: impl AsyncFnOnce(&TestApp, &Statements)) {
    let statements = Statements::default();
    let set = |settings: &mut Settings| settings.bills = Some(Arc::new(statements.clone()));
    story_with(set, async |app| {
        app.run_jobs().await;
        test(app, &statements).await;
    })
    .await;
}

/// The day on which the test stands.
fn today(app: &TestApp) -> Day {
    day_of(app.clock.now())
}

/// Moves on to the next morning after bills are ready, and does what is due.
async fn next_morning(app: &TestApp) {
    let morning = start_of(days_after(today(app), 1)) + TimeDelta::minutes(10 * 60 + 31);
    app.advance(morning - app.clock.now());
    app.run_jobs().await;
}

/// A payout as it stands in the books.
#[derive(Clone, Debug)]
struct Stands {
    state: State,
    amount: u32,
    refunded: u32,
    sent_at: Time,
    settled_at: Option<Time>,
}

impl Stands {
    /// At its end at once.
    fn paid(at: Time, amount: u32) -> Self {
        Self { state: State::Paid, amount, refunded: 0, sent_at: at, settled_at: Some(at) }
    }

    fn returned(sent_at: Time, amount: u32, settled_at: Time) -> Self {
        Self { state: State::Returned, amount, refunded: amount, sent_at, settled_at: Some(settled_at) }
    }

    fn open(state: State, sent_at: Time, amount: u32) -> Self {
        Self { state, amount, refunded: 0, sent_at, settled_at: None }
    }
}

fn id<T: Id>(app: &TestApp) -> T {
    app.app.random.id(app.clock.now())
}

/// A number as payouts have it.
fn number(app: &TestApp) -> String {
    format!("HL{}", id::<entity::types::PayoutId>(app).to_string().trim_start_matches("pyt_"))
}

/// Writes payouts into the books; gives their numbers.
async fn put(app: &TestApp, payouts: &[Stands]) -> Vec<String> {
    let rows: Vec<payout::Model> = payouts.iter().map(|stands| row(app, stands)).collect();
    let numbers = rows.iter().map(|row| row.out_no.clone()).collect();
    let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
    payout::Entity::insert_many(rows).exec_without_returning(app.app.db.read()).await.expect("payouts");
    numbers
}

async fn put_one(app: &TestApp, stands: Stands) -> String {
    put(app, &[stands]).await.remove(0)
}

fn row(app: &TestApp, stands: &Stands) -> payout::Model {
    let out_no = number(app);
    payout::Model {
        id: id(app),
        grant_id: id(app),
        campaign_id: id(app),
        member_id: id(app),
        provider: Provider::Transfer,
        merchant: "main".parse().expect("a key"),
        account: "brand".parse().expect("a key"),
        open_id: "oPerson000000000000000000001".parse().expect("an OpenID"),
        provider_no: Some(format!("W{out_no}")),
        out_no,
        amount: stands.amount.into(),
        request: serde_json::json!({}),
        state: stands.state,
        attempts: 1,
        asked: 0,
        code: None,
        package: None,
        refunded: stands.refunded.into(),
        sent_at: (stands.state != State::Created).then_some(stands.sent_at),
        expires_at: None,
        next_at: None,
        cancel: false,
        review: None,
        replaces_id: None,
        created_at: stands.sent_at,
        biz_day: day_of(stands.sent_at),
        settled_at: stands.settled_at,
    }
}

/// A line of a bill.
fn line(number: &str, direction: Direction, amount: u32, at: Time) -> Movement {
    Movement {
        at,
        wechat_number: format!("W{number}"),
        flow_number: format!("F{number}"),
        business: "商家转账".to_owned(),
        kind: "转账".to_owned(),
        direction,
        amount: amount.into(),
        balance: Fen::ZERO,
        own_number: number.to_owned(),
    }
}

fn out(number: &str, amount: u32, at: Time) -> Movement {
    line(number, Direction::Out, amount, at)
}

fn back(number: &str, amount: u32, at: Time) -> Movement {
    line(number, Direction::In, amount, at)
}

async fn days(app: &TestApp) -> Vec<reconciliation::Model> {
    let mut days = app.rows::<reconciliation::Entity>().await;
    days.sort_by_key(|row| row.day);
    days
}

/// The day that is planned and has this date.
async fn day(app: &TestApp, wanted: Day) -> reconciliation::Model {
    days(app).await.into_iter().find(|row| row.day == wanted).expect("a planned day")
}

async fn cases(app: &TestApp) -> Vec<reconciliation_case::Model> {
    app.rows::<reconciliation_case::Entity>().await
}

/// What the bill and what our books say of a day: count, out, in.
fn sides(row: &reconciliation::Model) -> [[i64; 3]; 2] {
    [
        [row.there_count, row.there_out.get(), row.there_in.get()],
        [row.here_count, row.here_out.get(), row.here_in.get()],
    ]
}

/// What a case names: kind, what is here, what is there.
fn named(row: &reconciliation_case::Model) -> (reconciliation_case::Kind, [i64; 2], [i64; 2]) {
    (row.kind, [row.here_out.get(), row.here_in.get()], [row.there_out.get(), row.there_in.get()])
}
