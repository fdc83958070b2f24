//! What is different: a pure function of one payout, every line that bills have with its number, and the days whose bills
//! are known.
//!
//! A line is matched by number and direction, whatever its day: WeChat books before we hear of it, sometimes on the day
//! before, and what comes back does so days later. A payout whose end we know, with its day in the past, has to have its
//! lines; before its end no line is missing, and none is wrong but by its amount. Of a payout that came back entirely the
//! bill may also have nothing: what was taken back before WeChat set money aside never moved (pay section 7: "only
//! finished movements appear").

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use entity::{
    rewards::{bill_line::Direction, payout::State},
    types::{Fen, FenChange, Invalid, PayoutId},
};

pub use entity::rewards::reconciliation_case::Kind;

use crate::infra::{
    calendar::{Day, day_of},
    clock::Time,
};

/// How far WeChat's clock may be from ours (pay section 9, rule 18: five minutes), and some more.
pub const SKEW: TimeDelta = TimeDelta::minutes(10);

/// Whether a number was made by us for a payout, as [`payout`](crate::rewards::payout) makes them.
pub fn is_ours(number: &str) -> bool {
    number.len() == 28 && number.starts_with("HL") && number.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// A payout, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ours {
    /// Which.
    pub id: PayoutId,
    /// How far it is.
    pub state: State,
    /// How much was to be paid.
    pub amount: Fen,
    /// How much came back.
    pub refunded: Fen,
    /// When WeChat heard of it first.
    pub sent_at: Option<Time>,
    /// When we knew its end.
    pub settled_at: Option<Time>,
}

/// A line of a bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// The day of the bill.
    pub day: Day,
    /// Its place in it.
    pub line: i32,
    /// Which way the money went.
    pub direction: Direction,
    /// How much.
    pub amount: Fen,
}

/// Money that moved, both ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    /// Out of the merchant's account.
    pub out: Fen,
    /// Back into it.
    pub back: Fen,
}

impl Flow {
    /// How much more went out than came back.
    ///
    /// # Errors
    /// When it is more than can be counted.
    pub fn net(self) -> Result<FenChange, Invalid> {
        self.out.more().checked_sub(self.back.more())
    }

    fn add(&mut self, direction: Direction, amount: Fen) -> Result<(), Invalid> {
        let side = match direction {
            Direction::Out => &mut self.out,
            Direction::In => &mut self.back,
        };
        *side = side.checked_add(amount)?;
        Ok(())
    }
}

/// A difference on one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Finding {
    /// How many movements of ours it names.
    pub movements: i32,
    /// How many lines of the bill it names.
    pub lines: i32,
    /// What our books say.
    pub here: Flow,
    /// What the bill says.
    pub there: Flow,
}

/// Which bills are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Horizon {
    /// The last day whose bill is known.
    pub through: Day,
    /// Days up to then whose bills are not.
    pub gaps: BTreeSet<Day>,
}

impl Horizon {
    /// Whether a bill is missing in which a movement of these days may stand.
    fn has_gap(&self, from: Day, to: Day) -> bool {
        from <= to && self.gaps.range(from..=to).next().is_some()
    }
}

/// What is known of one number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// The differences, by day and kind.
    pub findings: BTreeMap<(Day, Kind), Finding>,
    /// A bill is missing in which more may stand: what is not found may be there all the same.
    pub undecided: bool,
}

impl Judged {
    fn at(&mut self, day: Day, kind: Kind) -> &mut Finding {
        self.findings.entry((day, kind)).or_default()
    }

    /// The bill has a line, and our books have no such movement.
    fn only_there(&mut self, day: Day, kind: Kind, line: &Line) -> Result<(), Invalid> {
        let finding = self.at(day, kind);
        finding.lines = finding.lines.saturating_add(1);
        finding.there.add(line.direction, line.amount)
    }

    /// Our books have a movement, and the bill has none.
    fn only_here(&mut self, day: Day, direction: Direction, amount: Fen) -> Result<(), Invalid> {
        let finding = self.at(day, Kind::MissingThere);
        finding.movements = finding.movements.saturating_add(1);
        finding.here.add(direction, amount)
    }

    /// Both have it, with other amounts.
    fn both(&mut self, line: &Line, amount: Fen) -> Result<(), Invalid> {
        if line.amount == amount {
            return Ok(());
        }
        self.only_there(line.day, Kind::Amount, line)?;
        let finding = self.at(line.day, Kind::Amount);
        finding.movements = finding.movements.saturating_add(1);
        finding.here.add(line.direction, amount)
    }
}

impl Ours {
    /// The first day on which WeChat may have booked anything.
    fn first_day(&self) -> Option<Day> {
        self.sent_at.map(|at| day_of(at - SKEW))
    }

    /// The day by whose bill everything is booked.
    fn due(&self) -> Option<Day> {
        self.settled_at.map(|at| day_of(at + SKEW))
    }

    /// What should have come back: nothing, this much, or whatever is not more than was paid.
    fn comes_back(&self, sent: Option<&Line>) -> Option<Expected> {
        match self.state {
            State::Returned => (!self.refunded.is_zero()).then_some(Expected::Exactly(self.refunded)),
            // It was set aside and given back without being paid.
            State::Rejected => sent.map(|sent| Expected::Exactly(sent.amount)),
            State::Submitting | State::Unknown | State::WaitingUser | State::Returning => {
                Some(Expected::UpTo(self.amount))
            }
            State::Created | State::Paid => None,
        }
    }
}

enum Expected {
    Exactly(Fen),
    UpTo(Fen),
}

/// Takes the line of this direction that fits best: the first with the amount, else the first. The others are repetitions.
fn pick<'a>(
    lines: &'a [Line],
    direction: Direction,
    amount: Fen,
    judged: &mut Judged,
) -> Result<Option<&'a Line>, Invalid> {
    let all = || lines.iter().filter(|line| line.direction == direction);
    let Some(best) = all().find(|line| line.amount == amount).or_else(|| all().next()) else { return Ok(None) };
    for line in all().filter(|line| *line != best) {
        judged.only_there(line.day, Kind::Twice, line)?;
    }
    Ok(Some(best))
}

/// Finds what is different between a payout and the lines with its number, which are in order.
///
/// # Errors
/// When amounts add up to more than can be counted.
pub fn judge(ours: Option<&Ours>, lines: &[Line], horizon: &Horizon) -> Result<Judged, Invalid> {
    let mut judged = Judged::default();
    let Some(ours) = ours else {
        for line in lines {
            judged.only_there(line.day, Kind::MissingHere, line)?;
        }
        return Ok(judged);
    };
    let due = ours.due().filter(|due| *due <= horizon.through);
    judged.undecided = ours.first_day().is_some_and(|first| horizon.has_gap(first, due.unwrap_or(horizon.through)));
    let sent = pick(lines, Direction::Out, ours.amount, &mut judged)?;
    let expected_back = ours.comes_back(sent);
    let likely = match &expected_back {
        Some(Expected::Exactly(amount) | Expected::UpTo(amount)) => *amount,
        None => ours.amount,
    };
    let back = pick(lines, Direction::In, likely, &mut judged)?;
    match (sent, ours.state) {
        (Some(line), State::Created) => judged.only_there(line.day, Kind::State, line)?,
        // Whether it was given back is looked at below.
        (None, _) | (Some(_), State::Rejected) => {}
        (Some(line), _) => judged.both(line, ours.amount)?,
    }
    match (back, &expected_back) {
        (Some(line), Some(Expected::Exactly(amount))) => judged.both(line, *amount)?,
        (Some(line), Some(Expected::UpTo(most))) if line.amount > *most => judged.both(line, *most)?,
        (Some(line), None) => judged.only_there(line.day, Kind::Refund, line)?,
        (None, _) | (Some(_), Some(Expected::UpTo(_))) => {}
    }
    if let Some(due) = due.filter(|_| !judged.undecided) {
        missing(ours, due, sent, back, &mut judged)?;
    }
    Ok(judged)
}

/// What a payout that is at its end should have in the bills, and has not.
fn missing(
    ours: &Ours,
    due: Day,
    sent: Option<&Line>,
    back: Option<&Line>,
    judged: &mut Judged,
) -> Result<(), Invalid> {
    let entirely = ours.state == State::Returned && ours.refunded == ours.amount;
    match (ours.state, sent, back) {
        (State::Paid, None, _) => judged.only_here(due, Direction::Out, ours.amount)?,
        (State::Returned, None, None) if entirely => {}
        (State::Returned, _, _) => {
            if sent.is_none() {
                judged.only_here(due, Direction::Out, ours.amount)?;
            }
            if back.is_none() && !ours.refunded.is_zero() {
                judged.only_here(due, Direction::In, ours.refunded)?;
            }
        }
        (State::Rejected, Some(line), None) => judged.only_there(line.day, Kind::State, line)?,
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests;
