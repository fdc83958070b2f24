//! The power goes in the middle of every step between the promise and the end of a payout, and in the middle of what
//! follows; or the database or WeChat Pay is gone for a moment. Never twice, never lost, and the budget is exact.

use std::cell::{Cell, RefCell};

use chrono::TimeDelta;
use entity::{
    rewards::{
        grant,
        payout::{self, State},
    },
    types::MemberId,
};
use huilian::{
    infra::db::Tx,
    rewards::{claim, payout::By, payout::replace, take_back},
};
use sea_orm::EntityTrait;
use secrecy::ExposeSecret;
use serde_json::json;

use super::strike::{Strike, struck};
use crate::{
    identity::people::somebody,
    rewards::{
        books, give, pass,
        till::{Way, a_day, customer, flows, open, pocket, take, till_with},
        wish,
    },
    support::{Column, Consumer, Proxy, Settings, TestApp, column},
};

/// What is struck.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The promise, before it is committed.
    Grant,
    /// Claiming it.
    Claim,
    /// The jobs that hand it over and take in the answer.
    Pay,
    /// The jobs that ask how far it is.
    Ask,
    /// The job that takes the notification in.
    Notice,
    /// Its return after nobody took it.
    Lapse,
    /// Staff pay it anew.
    Replace,
    /// A promise that nobody claims in time.
    Unclaimed,
    /// A rule takes it back.
    TakeBack,
}

const PHASES: [Phase; 9] = [
    Phase::Grant,
    Phase::Claim,
    Phase::Pay,
    Phase::Ask,
    Phase::Notice,
    Phase::Lapse,
    Phase::Replace,
    Phase::Unclaimed,
    Phase::TakeBack,
];

/// Everything that is due, by a worker of its own; what is lost with the database is another try's.
async fn jobs(app: &TestApp) {
    let _ = app.app.worker().expect("a worker").run_due().await;
    app.sandbox.settled().await;
}

/// Where a payout stood when it was struck, and whether WeChat Pay had it.
type Place = (State, bool);

/// The places where it can be struck while it is handed over, in their order: before its first step is committed, after that
/// and before WeChat Pay hears of it, after the effect and before the answer is taken in, and after that.
const PLACES: [Place; 4] =
    [(State::Created, false), (State::Submitting, false), (State::Submitting, true), (State::WaitingUser, true)];

/// What strikes one life.
struct Blows<'a> {
    app: &'a TestApp,
    phase: Phase,
    steps: usize,
    strike: &'a dyn Fn() -> Strike,
    mend: &'a dyn Fn(),
    strikes: Cell<u32>,
    /// Whether the phase was over before it was struck.
    over: Cell<bool>,
    /// Where payouts stood when they were struck.
    seen: &'a RefCell<Vec<Place>>,
}

impl Blows<'_> {
    /// Does something that belongs to a phase. In its phase it is struck, struck again when it is done anew, and then done
    /// in peace.
    async fn during(&self, of: Phase, act: impl AsyncFn()) {
        while of == self.phase && self.strikes.get() < 2 {
            self.strikes.set(self.strikes.get() + 1);
            let missed = struck(act(), self.steps, self.strike).await;
            (self.mend)();
            revive(self.app).await;
            if let Some(row) = self.app.rows::<payout::Entity>().await.pop().filter(|_| of == Phase::Pay) {
                let ledger = self.app.sandbox.ledger("main").expect("a ledger");
                self.seen.borrow_mut().push((row.state, ledger.iter().any(|moved| moved.number == row.out_no)));
            }
            self.over.set(self.over.get() && missed);
            // The leases of whoever died end.
            self.app.advance(TimeDelta::seconds(61));
        }
        act().await;
    }
}

/// Uses every connection once: those that were broken off are given up.
async fn revive(app: &TestApp) {
    for _ in 0..if column() == Column::Production { 20 } else { 0 } {
        let _ = payout::Entity::find().one(app.app.db.read()).await;
    }
}

/// What a phase has to leave behind.
#[derive(Debug, PartialEq, Eq)]
struct End {
    state: grant::State,
    pocket: i64,
    payouts: Vec<State>,
}

/// One life of one promise to a new person, struck in its phase after so many steps, and again while it is made good.
/// Says whether the phase was over before that.
async fn live(
    whose: (&Consumer<'_>, MemberId),
    what: (Way, Phase, usize),
    blow: (&dyn Fn() -> Strike, &dyn Fn()),
    seen: &RefCell<Vec<Place>>,
) -> bool {
    Box::pin(life(whose, what, blow, seen)).await
}

async fn life(
    (mine, member): (&Consumer<'_>, MemberId),
    (way, phase, steps): (Way, Phase, usize),
    (strike, mend): (&dyn Fn() -> Strike, &dyn Fn()),
    seen: &RefCell<Vec<Place>>,
) -> bool {
    let app = mine.person.app;
    let amount = json!({ "kind": "fixed", "amount": 100 });
    let campaign = way.campaign(app, json!({ "amount": amount, "budget": 1_000, "claim": { "hours": 2 } })).await;
    let before = (pocket(app, &mine.person), flows(app));
    let (strikes, over) = (Cell::new(0), Cell::new(true));
    let blows = Blows { app, phase, steps, strike, mend, strikes, over, seen };
    let wish = wish(member, campaign, &format!("{campaign}"));
    blows
        .during(Phase::Grant, async || {
            drop(app.app.db.tx(async |tx: &Tx| huilian::rewards::grant(tx, &wish).await).await)
        })
        .await;
    let given = give(app, member, campaign, &format!("{campaign}")).await.id;
    if phase == Phase::Unclaimed {
        app.advance(TimeDelta::minutes(125));
        blows.during(Phase::Unclaimed, async || jobs(app).await).await;
        end(app, campaign, mine, End { state: grant::State::Lapsed, pocket: 0, payouts: vec![] }, before).await;
        return blows.over.get();
    }
    blows
        .during(Phase::Claim, async || drop(app.app.db.tx(async |tx: &Tx| claim(tx, member, given).await).await))
        .await;
    if phase == Phase::TakeBack {
        let because = huilian::rewards::Because { rule: "referral".to_owned(), what: "left".to_owned() };
        blows
            .during(Phase::TakeBack, async || {
                drop(Box::pin(app.app.db.tx(async |tx: &Tx| take_back(tx, given, &because).await)).await)
            })
            .await;
        jobs(app).await;
        let payouts = vec![State::Rejected];
        end(app, campaign, mine, End { state: grant::State::Returned, pocket: 0, payouts }, before).await;
        return blows.over.get();
    }
    if phase == Phase::Replace {
        app.sandbox.set_pay_risk(&mine.person.id, Some("ACCOUNT_FROZEN")).expect("a risk");
    }
    blows.during(Phase::Pay, async || jobs(app).await).await;
    pass(app, TimeDelta::seconds(15)).await;
    app.advance(TimeDelta::seconds(60));
    blows.during(Phase::Ask, async || jobs(app).await).await;
    pass(app, TimeDelta::minutes(45)).await;
    let mut states = vec![State::Paid];
    if phase == Phase::Replace {
        app.sandbox.set_pay_risk(&mine.person.id, None).expect("no risk");
        let rows = app.rows::<payout::Entity>().await;
        let first = rows.into_iter().find(|row| row.grant_id == given).expect("a payout");
        let (staff, id) = (somebody(app), first.id);
        blows
            .during(Phase::Replace, async || {
                drop(app.app.db.tx(async |tx: &Tx| replace(tx, id, By::Staff(staff, "已解冻")).await).await)
            })
            .await;
        states.insert(0, State::Rejected);
        pass(app, TimeDelta::minutes(10)).await;
    }
    if phase == Phase::Lapse {
        app.advance(a_day());
        blows.during(Phase::Lapse, async || jobs(app).await).await;
        pass(app, TimeDelta::hours(13)).await;
        let payouts = vec![State::Returned];
        end(app, campaign, mine, End { state: grant::State::Returned, pocket: 0, payouts }, before).await;
        return blows.over.get();
    }
    if way == Way::MiniRedPacket {
        show(app, mine, given).await;
    }
    assert_eq!(take(app, &mine.person.id), 1, "{phase:?} after {steps}: something waits for the person");
    app.sandbox.settled().await;
    blows.during(Phase::Notice, async || jobs(app).await).await;
    pass(app, TimeDelta::hours(7)).await;
    end(app, campaign, mine, End { state: grant::State::Given, pocket: 100, payouts: states }, before).await;
    blows.over.get()
}

/// The mini program shows the packet.
async fn show(app: &TestApp, mine: &Consumer<'_>, grant: entity::types::GrantId) {
    let found = mine.get(&format!("/api/mini/v1/grants/{grant}/claim-parameters")).await;
    let call = serde_json::from_value(found.body["parameters"].clone()).expect("a call");
    app.sandbox.show_packet(&mine.person.id, &call).expect("a packet");
}

/// Looks whether everything is where it should be, to the fen.
async fn end(
    app: &TestApp,
    campaign: entity::types::CampaignId,
    mine: &Consumer<'_>,
    wanted: End,
    before: (i64, (i64, i64)),
) {
    let account = books(app, campaign).await.account;
    let grants = app.rows::<grant::Entity>().await;
    let theirs: Vec<_> = grants.into_iter().filter(|row| row.campaign_id == campaign).collect();
    assert_eq!(theirs.len(), 1, "one promise");
    let rows = app.rows::<payout::Entity>().await;
    let payouts = rows.iter().filter(|row| row.campaign_id == campaign).map(|row| row.state).collect();
    let found = End { state: theirs[0].state, pocket: pocket(app, &mine.person) - before.0, payouts };
    assert_eq!(found, wanted);
    let now = flows(app);
    let kept = (now.0 - before.1.0) - (now.1 - before.1.1);
    assert_eq!((account.reserved, account.sent, account.received, kept), (0, 0, wanted.pocket, wanted.pocket));
}

/// Strikes a phase after ever more steps until it is over before that, a few times in a row. Gives how often it was struck.
async fn through(whose: (&Consumer<'_>, MemberId), (way, phase): (Way, Phase), seen: &RefCell<Vec<Place>>) -> usize {
    let (mut steps, mut strikes, mut missed) = (1, 0, 0);
    while missed < 3 {
        let over = live(whose, (way, phase, steps), (&|| Strike::Deadly, &|| {}), seen).await;
        (strikes, missed) = if over { (strikes, missed + 1) } else { (strikes + 1, 0) };
        // Closely at first: later steps are those of other jobs.
        steps += 1 + steps / 6;
    }
    strikes
}

/// Strikes the handing over of a transfer until each place was struck. How many steps lie before one of them depends on how
/// the network cuts the bytes, so it is looked for between those where a strike came too early and too late.
async fn everywhere(whose: (&Consumer<'_>, MemberId), seen: &RefCell<Vec<Place>>) {
    const MOST: usize = 300;
    let mut steps = 1;
    for _ in 0..MOST {
        let Some(missing) = PLACES.iter().position(|place| !seen.borrow().contains(place)) else { return };
        let before = seen.borrow().len();
        live(whose, (Way::Transfer, Phase::Pay, steps), (&|| Strike::Deadly, &|| {}), seen).await;
        let first = seen.borrow()[before];
        let too_early = PLACES[..missing].contains(&first);
        steps = if too_early { steps + 1 } else { (steps - 1).max(1) };
    }
    panic!("not every one of {PLACES:?} was struck, only {:?}", seen.borrow());
}

async fn cut_everywhere(way: Way, phases: &[Phase]) {
    // Behind a proxy of the same thread every question to a server is a step. One transaction would have too few otherwise.
    let short = |phase: &Phase| matches!(phase, Phase::Grant | Phase::Claim | Phase::Replace | Phase::TakeBack);
    let mut wire = None;
    let settings = |settings: &mut Settings| {
        settings.config.rewards.payee_day_count = u32::MAX;
        if column() == Column::Production && phases.iter().all(short) {
            wire = Some(before_database(settings));
        }
    };
    let test = async |app: &mut TestApp, _: &Proxy| {
        let (mine, member) = customer(app, "林小满").await;
        for phase in phases {
            let seen = RefCell::default();
            let strikes = through((&mine, member), (way, *phase), &seen).await;
            assert!(strikes > 2, "{phase:?}: only {strikes} places were struck");
            if (way, *phase) == (Way::Transfer, Phase::Pay) {
                everywhere((&mine, member), &seen).await;
            }
        }
        jobs(app).await;
    };
    Box::pin(till_with(settings, test)).await;
}

#[actix_web::test]
async fn the_power_goes_while_a_promise_is_made_claimed_or_taken_back_or_paid_anew() {
    cut_everywhere(Way::Transfer, &[Phase::Grant, Phase::Claim, Phase::TakeBack, Phase::Replace]).await;
}

#[actix_web::test]
async fn the_power_goes_while_a_transfer_is_handed_over_and_asked_about() {
    cut_everywhere(Way::Transfer, &[Phase::Pay, Phase::Ask]).await;
}

#[actix_web::test]
async fn the_power_goes_while_a_promise_lapses_or_a_transfer_ends_or_comes_back() {
    cut_everywhere(Way::Transfer, &[Phase::Unclaimed, Phase::Notice, Phase::Lapse]).await;
}

#[actix_web::test]
async fn the_power_goes_while_a_red_packet_is_sent_and_asked_about() {
    cut_everywhere(Way::MiniRedPacket, &[Phase::Pay, Phase::Ask]).await;
}

/// A proxy between the product and its server.
fn before_database(settings: &mut Settings) -> Proxy {
    let (proxy, url) = Proxy::before(settings.config.database.url.expose_secret());
    settings.config.database.url = url.into();
    proxy
}

/// Steps after which something is gone for a moment.
const MOMENTS: [usize; 7] = [1, 3, 6, 10, 16, 25, 40];

#[actix_web::test]
async fn wechat_pay_is_gone_for_a_moment_in_the_middle_of_everything() {
    for way in [Way::Transfer, Way::MiniRedPacket] {
        let (v3, v2) = (Proxy::held(), Proxy::held());
        let wires = [v3.address, v2.address];
        let set = |settings: &mut Settings| {
            settings.pay_wires = Some(wires);
            settings.config.rewards.payee_day_count = u32::MAX;
        };
        let test = async |app: &mut TestApp, _: &Proxy| {
            let access = app.sandbox.merchant("main").expect("a merchant");
            for (wire, url) in [(&v3, access.v3_url), (&v2, access.v2_url)] {
                let url = url::Url::parse(&url).expect("an address");
                wire.turn_to(&[*url.socket_addrs(|| None).expect("a place").first().expect("a place")]);
            }
            let gone = || {
                v3.break_off();
                v2.break_off();
                Strike::Hard
            };
            let back = || {
                v3.mend();
                v2.mend();
            };
            let (mine, member) = customer(app, "林小满").await;
            let seen = RefCell::default();
            for phase in [Phase::Pay, Phase::Ask, Phase::Lapse] {
                for steps in MOMENTS {
                    live((&mine, member), (way, phase, steps), (&gone, &back), &seen).await;
                }
            }
            jobs(app).await;
        };
        Box::pin(till_with(set, test)).await;
    }
}

#[actix_web::test]
async fn the_database_is_gone_for_a_moment_in_the_middle_of_everything() {
    // An embedded database cannot be away.
    if column() == Column::Embedded {
        return;
    }
    let mut between = None;
    let (app, _wire) = open(|settings| {
        settings.config.rewards.payee_day_count = u32::MAX;
        settings.config.database.acquire_timeout = std::time::Duration::from_secs(2);
        between = Some(before_database(settings));
    })
    .await;
    let proxy = between.expect("a proxy");
    let gone = || {
        proxy.break_off();
        Strike::Hard
    };
    let (mine, member) = customer(&app, "林小满").await;
    let seen = RefCell::default();
    for phase in PHASES {
        for steps in MOMENTS {
            live((&mine, member), (Way::Transfer, phase, steps), (&gone, &|| proxy.mend()), &seen).await;
        }
    }
    jobs(&app).await;
    app.finish().await;
}
