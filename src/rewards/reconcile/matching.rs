//! A bill that is there is held against the payouts, both ways, page after page: from its doubtful lines to the payouts,
//! from the payouts that came to their end to their lines, and from open cases to what may explain them by now. It may be
//! cut off anywhere and done again.

use std::collections::BTreeSet;

use entity::{
    rewards::{reconciliation, reconciliation_case},
    types::MerchantKey,
};

use super::{
    books::{self, Row},
    cases::{self, Found},
    horizon::horizon,
    lines,
    rules::{Horizon, Judged, Line, judge},
};
use crate::{
    error::Result,
    infra::{
        calendar::Day,
        db::{Db, Tx},
    },
    rewards::stop::{self, Cause, Scope},
};

/// Numbers that are looked at together.
const PAGE: u64 = 5_000;

/// Holds the bill of a day against the payouts.
pub(super) async fn run(db: &Db, row: &reconciliation::Model) -> Result<()> {
    let (merchant, day) = (&row.merchant, row.day);
    let horizon = horizon(db.read(), merchant, day).await?;
    let mut days = BTreeSet::from([day]);
    let mut after = -1;
    loop {
        let page = lines::doubtful_after(db.read(), (merchant, day), after, PAGE).await?;
        let Some((last, _)) = page.last() else { break };
        after = *last;
        days.extend(look(db, merchant, page.into_iter().map(|(_, number)| number), &horizon).await?);
    }
    let mut after = None;
    loop {
        let page = books::ended(db.read(), merchant, day, &horizon, after, PAGE).await?;
        let Some((last, _)) = page.last() else { break };
        after = Some(*last);
        days.extend(look(db, merchant, page.into_iter().map(|(_, number)| number), &horizon).await?);
    }
    let mut after = None;
    loop {
        let page = cases::open_after(db.read(), merchant, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        days.extend(look_again(db, day, merchant, &page, &horizon).await?);
    }
    db.tx(async |tx: &Tx| finish(tx, merchant, day, &days).await).await
}

/// Everything that is known of a number.
struct Known {
    number: String,
    payout: Option<Row>,
    lines: Vec<Line>,
}

impl Known {
    fn judge(&self, horizon: &Horizon) -> Result<Judged> {
        let ours = self.payout.as_ref().map(Row::ours);
        Ok(judge(ours.as_ref(), &self.lines, horizon)?)
    }
}

async fn known(db: &Db, merchant: &MerchantKey, numbers: BTreeSet<String>) -> Result<Vec<Known>> {
    let texts = || numbers.iter().map(String::as_str);
    let mut payouts = books::with_numbers(db.read(), merchant, texts()).await?;
    let mut lines = lines::with_numbers(db.read(), merchant, texts()).await?;
    let known = numbers.into_iter().map(|number| {
        let (payout, lines) = (payouts.remove(&number), lines.remove(&number).unwrap_or_default());
        Known { number, payout, lines }
    });
    Ok(known.collect())
}

/// Looks at numbers, and writes what is different. Gives the days that are concerned.
async fn look(
    db: &Db,
    merchant: &MerchantKey,
    numbers: impl Iterator<Item = String>,
    horizon: &Horizon,
) -> Result<BTreeSet<Day>> {
    let mut found = Vec::new();
    for known in known(db, merchant, numbers.collect()).await? {
        let judged = known.judge(horizon)?;
        found.extend(judged.findings.into_iter().map(|((day, kind), finding)| Found {
            number: known.number.clone(),
            payout: known.payout.as_ref().map(|row| (row.id, row.state)),
            day,
            kind,
            finding,
        }));
    }
    if found.is_empty() {
        return Ok(BTreeSet::new());
    }
    db.tx(async |tx: &Tx| cases::write(tx, merchant, &found).await).await
}

/// Looks at open cases, and closes those that the bill of `day`, or the end of their payout, explains.
async fn look_again(
    db: &Db,
    day: Day,
    merchant: &MerchantKey,
    open: &[reconciliation_case::Model],
    horizon: &Horizon,
) -> Result<BTreeSet<Day>> {
    let mut gone = Vec::new();
    let mut days = BTreeSet::new();
    let numbers: BTreeSet<String> = open.iter().map(|case| case.number.clone()).collect();
    for known in known(db, merchant, numbers).await? {
        let judged = known.judge(horizon)?;
        let over = open.iter().filter(|case| {
            // What was in a bill that is being fetched anew may be there again.
            case.number == known.number
                && !judged.undecided
                && !horizon.gaps.contains(&case.day)
                && !judged.findings.contains_key(&(case.day, case.kind))
        });
        for case in over {
            gone.push(case.id);
            days.insert(case.day);
        }
    }
    if !gone.is_empty() {
        let why = format!("{day} 的账单已能说明 · explained by the bill of {day}");
        db.tx(async |tx: &Tx| cases::explain(tx, &gone, &why).await).await?;
    }
    Ok(days)
}

/// Sums up every day that is concerned, and stops the merchant as long as a case is open.
async fn finish(tx: &Tx, merchant: &MerchantKey, day: Day, days: &BTreeSet<Day>) -> Result<()> {
    for concerned in days {
        cases::sum_up(tx, merchant, *concerned).await?;
    }
    let open = cases::open(tx.db(), Some(merchant)).await?;
    if open > 0 {
        let why = format!("{open} differences with bills up to that of {day}");
        stop::put(tx, &Scope::Merchant(merchant.clone()), Cause::Mismatch, &why, None, None).await?;
    }
    Ok(())
}
