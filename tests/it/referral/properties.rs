//! Any order of touches, registrations, follows, leaves, purchases, refunds, merges and partings, told late and in between
//! with work done or not: everybody has what a plain re-computation says.

use std::cell::Cell;

use chrono::TimeDelta;
use entity::{
    referral::{invitation::State, standing},
    types::{MemberId, MergeId, ReferralProgramId},
};
use huilian::{infra::db::Tx, orders};
use proptest::{
    prelude::{Just, Strategy, any, prop},
    prop_oneof,
    test_runner::{Config, TestRunner},
};
use serde_json::json;

use super::{
    came, code_of, has,
    life::told,
    members::{join, part},
    model::{Order, World},
    points, registered, rows, running,
};
use crate::support::TestApp;

/// The first of the people invite.
const INVITERS: usize = 3;
const PEOPLE: usize = 7;

#[derive(Clone, Debug)]
enum Act {
    /// Who touches whose code, so many minutes ago.
    Touch(usize, usize, i64),
    Register(usize, i64),
    Follow(usize, i64, bool),
    Buy(usize, bool, i64),
    /// Which purchase comes back.
    Refund(usize),
    Merge(usize, usize),
    Part,
    Work,
    Pass(i64),
}

fn acts() -> impl Strategy<Value = (bool, bool, Vec<Act>)> {
    let (who, guest, ago) = (0..PEOPLE, INVITERS..PEOPLE, prop_oneof![Just(0_i64), 1..600_i64]);
    let one = prop_oneof![
        6 => (guest.clone(), 0..INVITERS, ago.clone()).prop_map(|(who, inviter, ago)| Act::Touch(who, inviter, ago)),
        1 => (who.clone(), 0..INVITERS, ago.clone()).prop_map(|(who, inviter, ago)| Act::Touch(who, inviter, ago)),
        4 => (guest.clone(), ago.clone()).prop_map(|(who, ago)| Act::Register(who, ago)),
        4 => (guest.clone(), ago.clone()).prop_map(|(who, ago)| Act::Follow(who, ago, true)),
        2 => (guest.clone(), ago.clone()).prop_map(|(who, ago)| Act::Follow(who, ago, false)),
        3 => (guest.clone(), any::<bool>(), ago).prop_map(|(who, large, ago)| Act::Buy(who, large, ago)),
        1 => (0..6_usize).prop_map(Act::Refund),
        2 => (who.clone(), who).prop_map(|(one, other)| Act::Merge(one, other)),
        1 => Just(Act::Part),
        3 => Just(Act::Work),
        4 => prop_oneof![1..120_i64, 600..3_000_i64].prop_map(Act::Pass),
    ];
    (any::<bool>(), any::<bool>(), prop::collection::vec(one, 8..36))
}

struct Play<'a> {
    app: &'a TestApp,
    program: ReferralProgramId,
    /// The number of the first person.
    base: u32,
    codes: Vec<String>,
    members: Vec<Option<MemberId>>,
    merges: Vec<MergeId>,
    world: World,
}

impl Play<'_> {
    fn number(&self, person: usize) -> u32 {
        self.base + u32::try_from(person).expect("few")
    }

    async fn register(&mut self, person: usize, ago: TimeDelta) {
        let now = self.app.clock.now();
        if self.members[person].is_none() {
            let at = now - ago;
            self.members[person] = Some(registered(self.app, self.number(person), at).await);
            self.world.members.insert(person, (now, at));
        }
    }

    async fn act(&mut self, act: &Act, begin: huilian::infra::clock::Time) {
        let (app, now) = (self.app, self.app.clock.now());
        let at = |ago: i64| (now - TimeDelta::minutes(ago)).max(begin);
        match act {
            Act::Touch(who, inviter, ago) => {
                came(app, self.number(*who), &self.codes[*inviter], at(*ago), Default::default()).await;
                self.world.touches.push((*who, *inviter, at(*ago)));
            }
            Act::Register(who, ago) => self.register(*who, now - at(*ago)).await,
            Act::Follow(who, ago, follows) => {
                told(app, self.number(*who), at(*ago), follows.then_some("")).await;
                self.world.follows.push((*who, at(*ago), *follows));
            }
            Act::Buy(who, large, ago) => {
                let Some(member) = self.members[*who] else { return };
                let (fen, number) = (if *large { 1_500 } else { 600 }, self.world.orders.len());
                let bought = orders::Paid {
                    source: "pos".to_owned(),
                    number: format!("{}-{number}", self.base),
                    member,
                    amount: i64::try_into(fen).expect("fen"),
                    at: at(*ago),
                };
                app.app.db.tx(async |tx: &Tx| orders::paid(tx, &bought).await).await.expect("a purchase");
                let holder = self.world.today(*who);
                self.world.orders.push(Order { holder, at: at(*ago), fen, back: Vec::new() });
            }
            Act::Refund(which) => {
                let Some(order) = self.world.orders.get_mut(*which).filter(|order| order.back.is_empty()) else {
                    return;
                };
                let back = orders::Refunded {
                    source: "pos".to_owned(),
                    order: format!("{}-{which}", self.base),
                    number: format!("{}-{which}-back", self.base),
                    amount: order.fen.try_into().expect("fen"),
                    at: now,
                };
                app.app.db.tx(async |tx: &Tx| orders::refunded(tx, &back).await).await.expect("a refund");
                order.back.push((now, order.fen));
            }
            Act::Merge(one, other) => {
                let (winner, loser) = (self.world.today(*one), self.world.today(*other));
                let (Some(first), Some(second)) = (self.members[winner], self.members[loser]) else { return };
                if winner != loser {
                    self.merges.push(join(app, first, second).await);
                    self.world.merge(winner, loser);
                }
            }
            Act::Part => {
                if let Some(merge) = self.merges.pop() {
                    part(app, merge).await;
                    self.world.part();
                }
            }
            Act::Work => drop(app.run_jobs().await),
            Act::Pass(minutes) => app.advance(TimeDelta::minutes(*minutes)),
        }
    }

    /// Everybody has what the plain re-computation says.
    async fn compare(&self, acts: &[Act]) {
        let (app, now) = (self.app, self.app.clock.now());
        let people: Vec<usize> =
            (0..PEOPLE).filter(|who| self.members[*who].is_some() && self.world.today(*who) == *who).collect();
        let mut brought = [0_i64; PEOPLE];
        let found = rows(app).await;
        let mut expected = [0_i64; PEOPLE];
        for who in &people {
            let member = self.members[*who].expect("a member");
            let row = found.iter().find(|row| row.program_id == self.program && row.invitee == member);
            let counts = row.filter(|row| matches!(row.state, State::Rewarded | State::Matured));
            let inviter = self.world.invited_by(*who, now);
            let credited = counts.and_then(|row| row.inviter);
            assert_eq!(credited, inviter.and_then(|who| self.members[who]), "{who}: {row:?}\n{acts:#?}");
            if let Some(inviter) = inviter {
                brought[inviter] += 1;
                expected[inviter] += 10;
                expected[*who] += 5;
            }
        }
        let standings = app.rows::<standing::Entity>().await;
        for who in &people {
            let member = self.members[*who].expect("a member");
            if brought[*who] >= 2 {
                expected[*who] += 100;
            }
            assert_eq!(has(app, member).await, expected[*who], "{who} has\n{acts:#?}");
            let all =
                |row: &&standing::Model| row.program_id == self.program && row.member == member && row.period == "all";
            let stands = standings.iter().find(all).map_or(0, |row| row.matured);
            assert_eq!(stands, brought[*who], "{who} stands\n{acts:#?}");
        }
    }
}

async fn play(app: &TestApp, base: u32, last: bool, buys: bool, acts: &[Act]) {
    let rewards = json!({
        "inviter": points(app, 10).await, "invitee": points(app, 5).await,
        "ladder": [{ "count": 2, "campaign": points(app, 100).await }],
    });
    let mut rules = json!({ "mature_days": 1, "leave_days": 1, "rewards": rewards });
    if last {
        rules["attribution"] = json!("last");
    }
    if buys {
        rules["qualification"] = json!({ "purchase_fen": 1_000 });
        rules["leave_days"] = json!(null);
    }
    let program = running(app, rules).await;
    let world = World { last, buys, ..World::default() };
    let (members, codes, merges) = (vec![None; PEOPLE], Vec::new(), Vec::new());
    let mut play = Play { app, program, base, codes, members, merges, world };
    for inviter in 0..INVITERS {
        play.register(inviter, TimeDelta::zero()).await;
        let member = play.members[inviter].expect("a member");
        play.codes.push(code_of(app, program, member).await);
    }
    app.advance(TimeDelta::minutes(1));
    let begin = app.clock.now();
    // Most of them are on a good way at first; what comes then may break it, or not.
    for guest in INVITERS..PEOPLE - 1 {
        let touch = Act::Touch(guest, guest % INVITERS, 0);
        for act in [touch, Act::Register(guest, 0), Act::Follow(guest, 0, true), Act::Buy(guest, true, 0)] {
            play.act(&act, begin).await;
        }
    }
    for act in acts {
        play.act(act, begin).await;
    }
    app.advance(TimeDelta::hours(25));
    for _ in 0..2 {
        app.run_jobs().await;
        app.advance(TimeDelta::minutes(5));
    }
    app.run_jobs().await;
    play.compare(acts).await;
    let proof = huilian::referral::proof::prove(&app.app.db, program).await.expect("a proof");
    assert_eq!(proof.differences, 0, "{}\n{acts:#?}", proof.found);
}

#[test]
fn any_order_gives_what_a_plain_re_computation_gives() {
    let system = actix_web::rt::System::new();
    let app = system.block_on(TestApp::start(|settings| settings.leave_jobs = true));
    let base = Cell::new(1_000);
    let mut runner = TestRunner::new(Config { cases: 40, failure_persistence: None, ..Config::default() });
    let checked = runner.run(&acts(), |(last, buys, acts)| {
        base.set(base.get() + 100);
        system.block_on(play(&app, base.get(), last, buys, &acts));
        Ok(())
    });
    let standing = system.block_on(app.rows::<standing::Entity>());
    system.block_on(app.finish());
    checked.expect("what was given is what was earned");
    let brought = standing.iter().filter(|row| row.period == "all" && row.matured > 0).count();
    // Some 80, as a rule.
    assert!(brought >= 5, "only {brought} inviters have brought anybody: nothing was shown");
}
