//! Any order of everything that can happen to points, merges and their undoing included, is as it is kept by hand.

use chrono::{DateTime, TimeDelta, Utc};
use entity::types::{MemberId, MergeId, Points};
use futures_util::future::LocalBoxFuture;
use huilian::{
    error::Result,
    infra::db::Tx,
    points::{
        Available, Decide, Give, Refund, TakeBack, cancel, give, refund, release, settle::SettleAll, spend, take_back,
    },
};
use proptest::{
    prelude::{Just, Strategy, any, prop},
    prop_assert_eq, prop_oneof,
    sample::Index,
    test_runner::{Config, TestCaseError, TestRunner},
};

use super::{
    because,
    by_hand::{Lot, MEMBERS, Model, day_end},
    gift, has, lots, proved, purchase, somebody,
};
use crate::{
    identity::merge::{merge_by_staff, undo},
    support::TestApp,
};

#[derive(Clone, Debug)]
enum Step {
    Give { who: usize, points: u32, lasts: Option<u8>, when: When },
    Spend { who: usize, points: u32 },
    Refund { which: Index, part: Option<u32> },
    Release(Index),
    Cancel(Index),
    TakeBack { which: Index, part: Option<u32>, others: bool },
    Repeat(Index),
    Pass(u16),
    Book,
    Merge(usize, usize),
    Undo,
}

#[derive(Clone, Copy, Debug)]
enum When {
    Now,
    Days(u8),
    Held,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let who = 0..MEMBERS;
    let part = || prop::option::of(1..40_u32);
    let when = prop_oneof![4 => Just(When::Now), 1 => (1..4_u8).prop_map(When::Days), 2 => Just(When::Held)];
    let step = prop_oneof![
        6 => (who.clone(), 1..60_u32, prop::option::of(4..9_u8), when)
            .prop_map(|(who, points, lasts, when)| Step::Give { who, points, lasts, when }),
        6 => (who.clone(), 1..50_u32).prop_map(|(who, points)| Step::Spend { who, points }),
        3 => (any::<Index>(), part()).prop_map(|(which, part)| Step::Refund { which, part }),
        2 => any::<Index>().prop_map(Step::Release),
        1 => any::<Index>().prop_map(Step::Cancel),
        2 => (any::<Index>(), part(), any::<bool>())
            .prop_map(|(which, part, others)| Step::TakeBack { which, part, others }),
        2 => any::<Index>().prop_map(Step::Repeat),
        3 => (1..60_u16).prop_map(Step::Pass),
        1 => Just(Step::Book),
        2 => (who.clone(), who).prop_map(|(winner, loser)| Step::Merge(winner, loser)),
        2 => Just(Step::Undo),
    ];
    prop::collection::vec(step, 5..40)
}

/// What was asked for, so that it can be asked for again.
type Request = Box<dyn for<'a> Fn(&'a TestApp) -> LocalBoxFuture<'a, Result<String>>>;

macro_rules! request {
    ($wish:expr, |$tx:ident, $app:ident, $w:ident| $call:expr) => {{
        let wish = $wish;
        let request: Request = Box::new(move |app| {
            let wish = wish.clone();
            Box::pin(async move {
                let work = async |$tx: &Tx| {
                    let ($app, $w) = (app, &wish);
                    let _ = $app;
                    $call.await.map(|done| format!("{done:?}"))
                };
                app.app.db.tx(work).await
            })
        });
        request
    }};
}

struct Play<'a> {
    app: &'a TestApp,
    members: Vec<MemberId>,
    model: Model,
    given: Vec<String>,
    spent: Vec<String>,
    done: Vec<(Request, String)>,
    keys: usize,
    undone: usize,
    case: u32,
}

impl Play<'_> {
    fn key(&mut self) -> String {
        self.keys += 1;
        format!("{}-{}", self.case, self.keys)
    }

    fn owner(&self, who: usize) -> usize {
        self.model.names[who]
    }

    /// Asks, and expects an answer just when the model has one.
    async fn ask(&mut self, request: Request, expected: bool) -> std::result::Result<Option<String>, TestCaseError> {
        let outcome = request(self.app).await;
        prop_assert_eq!(outcome.is_ok(), expected, "{:?}", outcome);
        let Ok(answer) = outcome else { return Ok(None) };
        self.done.push((request, answer.clone()));
        Ok(Some(answer))
    }

    async fn step(&mut self, step: &Step) -> std::result::Result<(), TestCaseError> {
        let now = self.app.clock.now();
        self.model.at(now);
        match step {
            Step::Give { who, points, lasts, when } => {
                let (key, owner) = (self.key(), self.owner(*who));
                let (available, from) = match when {
                    When::Now => (Available::Now, Some(now)),
                    When::Days(days) => {
                        let at = now + TimeDelta::days(i64::from(*days));
                        (Available::At(at), Some(at))
                    }
                    When::Held => (Available::Held, None),
                };
                let expires_at = lasts.map(|days| now + TimeDelta::days(days.into()));
                let wish = Give { available, expires_at, ..gift(self.members[*who], *points, &key) };
                self.ask(request!(wish, |tx, app, wish| give(tx, wish)), true).await?;
                let end = lasts.map(|days| day_end(now, days.into()));
                let points = i64::from(*points);
                self.model.lots.push(Lot { owner, earned: points, left: points, from, end, cancelled: false });
                self.given.push(key);
            }
            Step::Spend { who, points } => {
                let (key, owner) = (self.key(), self.owner(*who));
                let enough = self.model.has(owner, now).0 >= i64::from(*points);
                let wish = purchase(self.members[*who], *points, &key);
                self.ask(request!(wish, |tx, app, wish| spend(tx, wish)), enough).await?;
                if enough {
                    let taken = self.model.take(owner, i64::from(*points), now);
                    self.model.spends.push((taken, 0));
                    self.spent.push(key);
                }
            }
            Step::Refund { which, part } if !self.spent.is_empty() => self.refund(*which, *part, now).await?,
            Step::Release(which) | Step::Cancel(which) if !self.given.is_empty() => {
                let (place, key) = (which.index(self.given.len()), self.key());
                let lot = &self.model.lots[place];
                let pending = lot.left > 0 && !Model::is_open(lot, now);
                let wish = Decide { given: self.given[place].clone(), key, because: because() };
                let release_it = matches!(step, Step::Release(_));
                let request = if release_it {
                    request!(wish, |tx, app, wish| release(tx, wish))
                } else {
                    request!(wish, |tx, app, wish| cancel(tx, wish))
                };
                self.ask(request, pending).await?;
                let lot = &mut self.model.lots[place];
                match (pending, release_it) {
                    (true, true) => lot.from = Some(now),
                    (true, false) => (lot.left, lot.cancelled) = (0, true),
                    (false, _) => {}
                }
            }
            Step::TakeBack { which, part, others } if !self.given.is_empty() => {
                let (place, key) = (which.index(self.given.len()), self.key());
                let lot = self.model.lots[place].clone();
                let asked = part.map_or(lot.earned, i64::from);
                let points = part.map(Points::from);
                let given = self.given[place].clone();
                let wish = TakeBack { given, points, others: *others, key, because: because() };
                let answer = self.ask(request!(wish, |tx, app, wish| take_back(tx, wish)), asked <= lot.earned).await?;
                let Some(answer) = answer else { return Ok(()) };
                let from_it = asked.min(lot.left);
                self.model.lots[place].left -= from_it;
                let mut missing = asked - from_it;
                if *others {
                    let taken = self.model.take(lot.owner, missing, now);
                    missing -= taken.iter().map(|(_, part)| part).sum::<i64>();
                }
                let told = format!("taken: Points({}), missing: Points({missing})", asked - missing);
                prop_assert_eq!(answer.contains(&told), true, "{} is not {}", answer, told);
            }
            Step::Repeat(which) if !self.done.is_empty() => {
                let (request, before) = &self.done[which.index(self.done.len())];
                // Whoever parted since may be told that it was somebody else's; nothing happens either way.
                if let Ok(answer) = request(self.app).await {
                    prop_assert_eq!(&answer, before);
                }
            }
            Step::Pass(hours) => self.app.advance(TimeDelta::hours((*hours).into())),
            Step::Book => {
                let db = &self.app.app.db;
                db.tx(async |tx: &Tx| tx.enqueue(SettleAll {})).await.expect("a job");
                self.app.run_jobs().await;
            }
            Step::Merge(winner, loser) => {
                let (winner, loser) = (self.owner(*winner), self.owner(*loser));
                if winner != loser {
                    let merged =
                        merge_by_staff(self.app, &self.app.app.db, self.members[winner], self.members[loser]).await;
                    self.joined(merged.expect("a merge").id, winner, loser);
                }
            }
            Step::Undo => {
                if let Some((merge, _, loser, lots)) = self.model.merges.pop() {
                    undo(self.app, &self.app.app.db, merge).await.expect("a report");
                    self.undone += 1;
                    lots.into_iter().for_each(|lot| self.model.lots[lot].owner = loser);
                    self.rename();
                }
            }
            _ => {}
        }
        Ok(())
    }

    async fn refund(
        &mut self,
        which: Index,
        part: Option<u32>,
        now: DateTime<Utc>,
    ) -> std::result::Result<(), TestCaseError> {
        let (place, key) = (which.index(self.spent.len()), self.key());
        let (drawn, before) = self.model.spends[place].clone();
        let left = drawn.iter().map(|(_, part)| part).sum::<i64>() - before;
        let asked = part.map_or(left, i64::from);
        let wish = Refund { spent: self.spent[place].clone(), points: part.map(Points::from), key, because: because() };
        let request = request!(wish, |tx, app, wish| refund(tx, &app.app.config.points, wish));
        if self.ask(request, asked > 0 && asked <= left).await?.is_none() {
            return Ok(());
        }
        self.model.spends[place].1 += asked;
        let (mut skip, mut rest) = (before, asked);
        for (lot, part) in drawn.iter().rev() {
            let passed = skip.min(*part);
            skip -= passed;
            let back = rest.min(part - passed);
            rest -= back;
            let lot = &mut self.model.lots[*lot];
            lot.left += back;
            if back > 0 && lot.end.is_some_and(|end| end <= now) {
                lot.end = Some(day_end(now, 7));
            }
        }
        Ok(())
    }

    fn joined(&mut self, merge: MergeId, winner: usize, loser: usize) {
        let theirs: Vec<usize> =
            (0..self.model.lots.len()).filter(|lot| self.model.lots[*lot].owner == loser).collect();
        theirs.iter().for_each(|lot| self.model.lots[*lot].owner = winner);
        self.model.merges.push((merge, winner, loser, theirs));
        self.rename();
    }

    /// Who everybody is after the merges that stand.
    fn rename(&mut self) {
        let mut names: Vec<usize> = (0..MEMBERS).collect();
        for (_, winner, loser, _) in &self.model.merges {
            names.iter_mut().filter(|name| **name == *loser).for_each(|name| *name = *winner);
        }
        self.model.names = names;
    }

    /// What the product shows is what the model has.
    async fn compare(&mut self) -> std::result::Result<(), TestCaseError> {
        let now = self.app.clock.now();
        self.model.at(now);
        for who in 0..MEMBERS {
            let standing = self.owner(who) == who;
            let (expected, left) = if standing {
                let left = self.model.of(who).iter().map(|lot| self.model.lots[*lot].left).collect();
                (self.model.has(who, now), left)
            } else {
                ((0, 0), Vec::new())
            };
            prop_assert_eq!(has(self.app, self.members[who]).await, expected, "member {}", who);
            prop_assert_eq!(lots(self.app, self.members[who]).await, left, "member {}", who);
        }
        Ok(())
    }
}

#[test]
fn any_order_of_everything_is_as_the_model_says() {
    let system = actix_web::rt::System::new();
    let app = system.block_on(TestApp::start(|settings| settings.leave_jobs = true));
    let mut runner = TestRunner::new(Config { cases: 64, failure_persistence: None, ..Config::default() });
    let (case, done) = (std::cell::Cell::new(0_u32), std::cell::Cell::new((0, 0)));
    let checked = runner.run(&steps(), |steps| {
        case.set(case.get() + 1);
        system.block_on(async {
            let mut members = Vec::new();
            for number in 0..3 {
                members.push(somebody(&app, case.get() * 10 + number).await);
            }
            let (given, spent) = (Vec::new(), Vec::new());
            let (model, answered) = (Model::new(), Vec::new());
            let mut play =
                Play { app: &app, members, model, given, spent, done: answered, keys: 0, undone: 0, case: case.get() };
            for step in &steps {
                // Ids of one moment follow their making, so merges need no time between.
                app.advance(TimeDelta::milliseconds(1));
                play.step(step).await?;
                play.compare().await?;
            }
            proved(&app).await;
            done.set((done.get().0 + play.done.len(), done.get().1 + play.undone));
            Ok::<(), TestCaseError>(())
        })
    });
    system.block_on(app.finish());
    checked.expect("the product and the model agree");
    let (answers, undone) = done.get();
    // Some 480 and 26, as a rule.
    assert!(answers > 200 && undone > 5, "{answers} answers and {undone} merges undone are too few to show anything");
}
