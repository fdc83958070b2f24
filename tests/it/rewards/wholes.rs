//! Whatever is done, in whatever order, as often as it likes, cut off anywhere: what budgets, grants and payouts say is
//! what WeChat Pay's own ledger says, to the fen.

use chrono::TimeDelta;
use entity::{
    rewards::{
        payout::{Model, State},
        stop,
    },
    types::{CampaignId, MemberId},
};
use huilian::{
    infra::db::Tx,
    rewards::{
        Because,
        payout::{cancel, close, replace},
        take_back,
    },
    sandbox::{FaultKind, NewFault, PAY_NOTIFY},
};
use proptest::{
    prelude::{Just, Strategy, prop},
    prop_oneof,
    test_runner::{Config, TestRunner},
};
use sea_orm::EntityTrait;
use serde_json::json;

use super::{
    books, by, pass, payouts,
    till::{WAYS, customer, kept, open, pocket, promise, take},
};
use crate::support::{Consumer, Settings, TestApp, cut};

const PEOPLE: usize = 2;
const CALLS: [&str; 5] = [
    "/v3/fund-app/mch-transfer/transfer-bills",
    "/v3/fund-app/mch-transfer/transfer-bills/out-bill-no/{out_bill_no}",
    "/mmpaymkttransfers/sendredpack",
    "/mmpaymkttransfers/sendminiprogramhb",
    "/mmpaymkttransfers/gethbinfo",
];

#[derive(Clone, Debug)]
enum Act {
    /// To whom, and in which way; the same cause comes again now and then.
    Give(usize, usize),
    Take(usize),
    Fault(usize, FaultKind),
    Bend(FaultKind),
    /// The work that is due is cut off after so many steps.
    Cut(usize),
    /// The latest notification comes again.
    Again,
    Cancel(usize),
    Replace(usize),
    TakeBack(usize),
    Pass(i64),
}

fn faults() -> impl Strategy<Value = FaultKind> {
    let error = |code: &str, after| FaultKind::PayError { code: code.to_owned(), text: None, status: None, after };
    prop_oneof![
        Just(FaultKind::ResetBefore),
        Just(FaultKind::ResetAfter),
        Just(FaultKind::Http { status: 502 }),
        Just(FaultKind::HttpAfter { status: 500 }),
        Just(error("SYSTEMERROR", false)),
        Just(error("SYSTEMERROR", true)),
        Just(error("NOBODY_KNOWS_THIS", true)),
        Just(FaultKind::Truncated),
        Just(FaultKind::WrongSignature),
    ]
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let bent = prop_oneof![
        Just(FaultKind::Lost),
        Just(FaultKind::Duplicate),
        Just(FaultKind::WrongSignature),
        Just(FaultKind::CutAfter),
    ];
    let at = 0..5_usize;
    let one = prop_oneof![
        5 => (0..PEOPLE, 0..WAYS.len()).prop_map(|(person, way)| Act::Give(person, way)),
        3 => (0..PEOPLE).prop_map(Act::Take),
        3 => (0..CALLS.len(), faults()).prop_map(|(call, fault)| Act::Fault(call, fault)),
        1 => bent.prop_map(Act::Bend),
        4 => (1..60_usize).prop_map(Act::Cut),
        1 => Just(Act::Again),
        1 => at.clone().prop_map(Act::Cancel),
        1 => at.clone().prop_map(Act::Replace),
        1 => at.prop_map(Act::TakeBack),
        4 => (1..600_i64).prop_map(Act::Pass),
    ];
    prop::collection::vec(one, 4..14)
}

struct Stage<'a> {
    app: &'a TestApp,
    people: Vec<(Consumer<'a>, MemberId)>,
    campaigns: Vec<CampaignId>,
}

impl Stage<'_> {
    /// The payouts of this play.
    async fn rows(&self) -> Vec<Model> {
        payouts(self.app).await.into_iter().filter(|row| self.campaigns.contains(&row.campaign_id)).collect()
    }

    async fn act(&self, step: usize, act: &Act) {
        let app = self.app;
        let rows = self.rows().await;
        match act {
            Act::Give(person, way) => {
                let (campaign, member) = (self.campaigns[*way], self.people[*person].1);
                promise(app, member, campaign, &format!("{campaign}-{person}-{}", step % 3)).await;
            }
            Act::Take(person) => drop(take(app, &self.people[*person].0.person.id)),
            Act::Fault(call, fault) => drop(app.sandbox.add_fault(NewFault::once(CALLS[*call], fault.clone()))),
            Act::Bend(fault) => drop(app.sandbox.add_fault(NewFault::once(PAY_NOTIFY, fault.clone()))),
            Act::Cut(steps) => {
                cut(app.run_jobs(), *steps).await;
                app.advance(TimeDelta::seconds(61));
            }
            Act::Again => {
                if let Some(latest) = app.sandbox.notifications(Some("main"), 1).first() {
                    app.sandbox.notify_again(latest.id).await.expect("a notification");
                }
            }
            // What cannot be done now changes nothing.
            Act::Cancel(at) => {
                if let Some(row) = rows.get(*at) {
                    let _ = app.app.db.tx(async |tx: &Tx| cancel(tx, row.id, by(app)).await).await;
                }
            }
            Act::Replace(at) => {
                if let Some(row) = rows.get(*at) {
                    let _ = app.app.db.tx(async |tx: &Tx| replace(tx, row.id, by(app)).await).await;
                }
            }
            Act::TakeBack(at) => {
                let because = Because { rule: "test".to_owned(), what: step.to_string() };
                if let Some(row) = rows.get(*at) {
                    let back = app.app.db.tx(async |tx: &Tx| take_back(tx, row.grant_id, &because).await).await;
                    let back = back.expect("an answer");
                    assert_eq!(back.back + back.gone + back.open, row.amount.get(), "{back:?}");
                }
            }
            Act::Pass(minutes) => pass(app, TimeDelta::minutes(*minutes)).await,
        }
        app.sandbox.settled().await;
        for campaign in &self.campaigns {
            books(app, *campaign).await;
        }
    }

    /// Everything comes to its end: what lapses lapses, and staff look at what WeChat Pay has never heard of.
    async fn end(&self) {
        let app = self.app;
        app.sandbox.clear_faults();
        stop::Entity::delete_many().exec(app.app.db.read()).await.expect("no brakes");
        for _ in 0..4 {
            pass(app, TimeDelta::hours(26)).await;
            app.sandbox.settled().await;
            for row in self.rows().await {
                let _ = app.app.db.tx(async |tx: &Tx| close(tx, row.id, by(app)).await).await;
            }
        }
    }
}

async fn play(app: &TestApp, people: Vec<(Consumer<'_>, MemberId)>, acts: &[Act]) {
    let mut campaigns = Vec::new();
    for way in WAYS {
        let terms = json!({
            "amount": { "kind": "random", "min": 100, "max": 300 }, "budget": 1_000, "again": true,
            "guard": { "failures_percent": 100, "one_person_percent": 100 },
        });
        campaigns.push(way.campaign(app, terms).await);
    }
    let stage = Stage { app, people, campaigns };
    let before: Vec<_> = stage.people.iter().map(|(person, _)| pocket(app, &person.person)).collect();
    for (step, act) in acts.iter().enumerate() {
        stage.act(step, act).await;
    }
    stage.end().await;
    let (ledger, mut sum) = (kept(app), 0);
    for row in stage.rows().await {
        let ours = if row.state == State::Paid { row.amount.get() } else { 0 };
        assert!(matches!(row.state, State::Paid | State::Returned | State::Rejected), "not at its end: {row:?}");
        assert_eq!(ledger.get(&row.out_no).copied().unwrap_or(0), ours, "{row:?}");
        sum += ours;
    }
    let mut received = 0;
    for campaign in &stage.campaigns {
        let account = books(app, *campaign).await.account;
        assert_eq!((account.reserved, account.sent), (0, 0));
        received += account.received;
    }
    let pockets: i64 = stage.people.iter().map(|(person, _)| pocket(app, &person.person)).sum();
    assert_eq!((received, pockets - before.iter().sum::<i64>()), (sum, sum));
}

#[test]
fn any_order_of_acts_faults_and_cuts_leaves_the_books_as_wechat_pays_ledger_has_them() {
    let system = actix_web::rt::System::new();
    let (app, wire) = system.block_on(open(|settings: &mut Settings| {
        settings.leave_jobs = true;
        settings.config.rewards.payee_day_count = u32::MAX;
        settings.sandbox.settings.pay.packet_count_per_person = u32::MAX;
    }));
    let mut runner = TestRunner::new(Config { cases: 10, failure_persistence: None, ..Config::default() });
    let checked = runner.run(&acts(), |acts| {
        system.block_on(async {
            let mut people = Vec::new();
            for number in 0..PEOPLE {
                people.push(customer(&app, &format!("会员{number}")).await);
            }
            Box::pin(play(&app, people, &acts)).await;
        });
        Ok(())
    });
    system.block_on(app.finish());
    drop(wire);
    checked.expect("the books are WeChat Pay's");
}
