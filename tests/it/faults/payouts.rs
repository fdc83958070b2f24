//! Answers and notifications of WeChat Pay are lost and bent at random while thousands of payouts are under way, and
//! workers die in the middle: afterwards the books are WeChat Pay's own, to the fen, and no cause is paid twice.
//!
//! `PAYOUTS` says how many instead of [`PAYOUTS`]; `make bench` runs ten thousand. `PAYOUT_SEED` tells a story again.

use std::{
    collections::{BTreeMap, HashMap},
    io::Write as _,
};

use chrono::TimeDelta;
use entity::{
    identity::identity::Source,
    rewards::{
        grant,
        payout::{Model, State},
        stop,
    },
    types::{CampaignId, GrantId, MemberId},
};
use futures_util::future::join_all;
use huilian::{
    identity::{Claim, Claims, resolve},
    infra::{calendar, db::Tx, random::Random},
    jobs::Worker,
    rewards::payout::{By, close},
    sandbox::{RandomFaults, Told},
    wechat::pay::{
        Answer,
        bill::{AccountType, Direction},
    },
};
use sea_orm::EntityTrait;
use serde_json::json;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::{
    identity::people::somebody,
    rewards::{
        books,
        till::{WAYS, kept, open, promise, take},
    },
    support::{Settings, TestApp, variable},
};

/// Payouts of one run in each column: what fits into a minute and a half without optimisation.
const PAYOUTS: usize = 600;
/// Payouts that are promised before anybody works on them.
const AT_ONCE: usize = 300;
/// Who get them, and at how many of them a worker works at the same time.
const PEOPLE: usize = 60;
const WORKERS: usize = 4;
/// Of a thousand calls and notifications so many go wrong.
const PER_MILLE: u16 = 200;
/// Rounds after which everything is at its end.
const ROUNDS: usize = 60;

fn number(name: &str) -> Option<u64> {
    variable(name).map(|text| text.parse().expect("a number"))
}

/// Somebody in both accounts of the brand.
async fn person(app: &TestApp, name: &str) -> (String, MemberId) {
    let person = app.sandbox.add_person(Some(name)).expect("a person").id;
    let claim = |account: &str| {
        let open_id = app.sandbox.openid(&person, account).expect("an OpenID").parse().expect("an OpenID");
        Claim::open_id(&account.parse().expect("a key"), &open_id)
    };
    let claims = Claims { source: Source::MiniLogin, at: app.clock.now(), claims: vec![claim("brand"), claim("shop")] };
    let member = app.app.db.tx(async |tx: &Tx| resolve(tx, &claims).await).await.expect("a member").member;
    (person, member)
}

/// Until so much more has happened at WeChat.
async fn happenings(events: &mut Receiver<Told>, count: usize) {
    for _ in 0..count {
        match events.recv().await {
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

/// Runs everything that is due. All workers die after a while, wherever they are; others take over when their leases
/// have ended.
async fn work(app: &TestApp, deaths: &mut usize, random: &Random) {
    let worker = || app.app.worker().expect("a worker");
    loop {
        let workers: Vec<Worker> = (0..WORKERS).map(|_| worker()).collect();
        let working = join_all(workers.iter().map(Worker::run_due));
        let mut events = app.sandbox.events();
        let death = happenings(&mut events, if *deaths > 0 { 100 + random.below(400) } else { usize::MAX });
        tokio::select! {
            done = working => {
                assert!(done.iter().all(Result::is_ok), "{done:?}");
                break;
            }
            () = death => {
                *deaths -= 1;
                app.advance(TimeDelta::seconds(61));
            }
        }
    }
    app.sandbox.settled().await;
}

async fn rows(app: &TestApp) -> Vec<Model> {
    entity::rewards::payout::Entity::find().all(app.app.db.read()).await.expect("payouts")
}

/// Staff look at what stopped and at what WeChat Pay has never heard of.
async fn staff_look(app: &TestApp) {
    stop::Entity::delete_many().exec(app.app.db.read()).await.expect("no brakes");
    for row in rows(app).await.into_iter().filter(|row| row.review.as_deref() == Some("never_landed")) {
        let by = By::Staff(somebody(app), "账单中没有这一笔");
        // It may have been heard of since.
        let _ = app.app.db.tx(async |tx: &Tx| close(tx, row.id, by).await).await;
    }
}

fn generous(settings: &mut Settings) {
    let pay = &mut settings.sandbox.settings.pay;
    (pay.packet_count_per_person, pay.packets_per_person) = (u32::MAX, i64::from(u32::MAX));
    (pay.packets_per_day, pay.transfers_per_day) = (i64::from(u32::MAX), i64::from(u32::MAX));
    settings.sandbox.merchants[0].balance = 1_000_000_000;
    let limits = &mut settings.config.rewards;
    (limits.payee_day_count, limits.payee_day_fen) = (u32::MAX, 1_000_000_000_u32.into());
    (limits.merchant_day_fen, limits.hour_fen) = (1_000_000_000_u32.into(), 1_000_000_000_u32.into());
}

#[actix_web::test]
async fn answers_are_lost_at_random_and_the_books_are_still_wechat_pays_to_the_fen() {
    let seed = number("PAYOUT_SEED").unwrap_or_else(|| Random::system().below(1_000_000).try_into().expect("a seed"));
    let payouts = number("PAYOUTS").map_or(PAYOUTS, |count| usize::try_from(count).expect("a number"));
    writeln!(std::io::stderr(), "PAYOUT_SEED={seed} PAYOUTS={payouts}").expect("a line");
    let random = Random::seeded(seed);
    let (mut app, wire) = open(generous).await;
    let terms = json!({
        "amount": { "kind": "random", "min": 100, "max": 300 }, "budget": 300 * payouts,
        "guard": { "failures_percent": 100, "one_person_percent": 100 },
    });
    let mut campaigns = Vec::new();
    for way in WAYS {
        campaigns.push(way.campaign(&app, terms.clone()).await);
    }
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        people.push(person(&app, &format!("会员{number}")).await);
    }
    app.sandbox.set_random_faults(RandomFaults { per_mille: PER_MILLE, seed }).expect("faults");
    let mut deaths = 10;
    for first in (0..payouts).step_by(AT_ONCE) {
        for number in first..payouts.min(first + AT_ONCE) {
            let (member, campaign) = (people[number % PEOPLE].1, campaigns[number % WAYS.len()]);
            promise(&app, member, campaign, &format!("cause-{number}")).await;
        }
        work(&app, &mut deaths, &random).await;
        app.restart().await;
        wire.turn_to(&[app.address]);
        turn(&app, &people, &random).await;
    }
    let is_open = |row: &Model| !matches!(row.state, State::Paid | State::Returned | State::Rejected);
    for round in 0..ROUNDS {
        work(&app, &mut deaths, &random).await;
        staff_look(&app).await;
        if !rows(&app).await.iter().any(is_open) {
            break;
        }
        turn(&app, &people, &random).await;
        // In the end everything lapses, and what never landed has waited for long enough.
        app.advance(TimeDelta::minutes(if round < 8 { 20 } else { 300 }));
    }
    let left: Vec<_> = rows(&app).await.into_iter().filter(is_open).collect();
    assert!(left.is_empty(), "seed {seed}: not at their end: {left:?}");
    app.sandbox.set_random_faults(RandomFaults { per_mille: 0, seed }).expect("no faults");
    app.advance(TimeDelta::days(1));
    work(&app, &mut 0, &random).await;
    compare(&app, seed, &campaigns, &people, payouts).await;
    app.finish().await;
}

/// A part of the people look at their phones, and some time passes.
async fn turn(app: &TestApp, people: &[(String, MemberId)], random: &Random) {
    for (person, _) in people {
        if random.below(3) > 0 {
            take(app, person);
        }
    }
    app.sandbox.settled().await;
    app.advance(TimeDelta::seconds(30));
}

/// What left for each number and did not come back, by the bills of all days.
async fn by_bills(app: &TestApp) -> HashMap<String, i64> {
    let mut flows = HashMap::new();
    let merchant = app.merchant("main");
    let start = calendar::day_of(crate::support::START.parse().expect("a time"));
    for day in start.iter_days().take_while(|day| *day < calendar::day_of(app.clock.now())) {
        let mut bill = match merchant.fund_flow_bill(day, AccountType::Operation).await {
            Answer::Done(bill) => bill,
            // Nothing moved that day.
            Answer::Refused(_) => continue,
            Answer::Unknown(unknown) => panic!("{unknown:?}"),
        };
        while let Some(line) = bill.next().await.expect("a bill that is in order") {
            if !line.own_number.is_empty() {
                let amount = if line.direction == Direction::In { -line.amount.get() } else { line.amount.get() };
                *flows.entry(line.own_number).or_default() += amount;
            }
        }
    }
    flows
}

async fn compare(app: &TestApp, seed: u64, campaigns: &[CampaignId], people: &[(String, MemberId)], payouts: usize) {
    let rows = rows(app).await;
    assert_eq!(rows.len(), payouts, "seed {seed}: one payout for each cause");
    let (ledger, bills) = (kept(app), by_bills(app).await);
    assert_eq!(ledger, bills, "seed {seed}: the bills are the ledger");
    let mut paid: BTreeMap<GrantId, u32> = BTreeMap::new();
    let mut sum = 0;
    for row in &rows {
        let kept = ledger.get(&row.out_no).copied().unwrap_or(0);
        let ours = if row.state == State::Paid { row.amount.get() } else { 0 };
        assert_eq!(kept, ours, "seed {seed}: {row:?}");
        sum += ours;
        *paid.entry(row.grant_id).or_default() += u32::from(row.state == State::Paid);
    }
    assert!(ledger.keys().all(|number| rows.iter().any(|row| row.out_no == *number)), "seed {seed}: a stranger's");
    assert!(paid.values().all(|times| *times <= 1), "seed {seed}: paid twice");
    let mut received = 0;
    for campaign in campaigns {
        let account = books(app, *campaign).await.account;
        assert_eq!((account.reserved, account.sent), (0, 0), "seed {seed}");
        received += account.received;
    }
    let pockets: i64 = people.iter().map(|(person, _)| app.sandbox.wallet(person).expect("a wallet").balance).sum();
    assert_eq!((received, pockets), (sum, sum), "seed {seed}: budgets, pockets and payouts");
    let given = app.rows::<grant::Entity>().await.into_iter().filter(|row| row.state == grant::State::Given);
    assert_eq!(given.map(|row| row.amount).sum::<i64>(), sum, "seed {seed}: grants");
    let most = rows.iter().filter(|row| row.state == State::Paid).count();
    assert!(most * 2 > payouts, "seed {seed}: only {most} of {payouts} were paid");
}
