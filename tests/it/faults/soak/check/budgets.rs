//! Money: what WeChat Pay has sent and what lies in pockets is what payouts, grants and budgets say, to the fen; and the
//! event log has told each once.

use std::collections::HashMap;

use entity::{
    rewards::{
        budget_account, budget_entry,
        budget_entry::Movement,
        grant,
        payout::{self, State},
    },
    types::{CampaignId, GrantId},
};

use super::{Case, Findings};
use crate::rewards::till::kept_at;

/// Reserved, sent and received.
type Sums = [i64; 3];

pub async fn look(case: &Case<'_>, findings: &mut Findings) {
    let payouts = case.brand.rows::<payout::Entity>().await;
    let grants = case.brand.rows::<grant::Entity>().await;
    ledger(case, findings, &payouts);
    pockets(case, findings, &payouts);
    budgets(case, findings, &grants, &payouts).await;
    told(case, findings, &grants, &payouts);
}

/// What is with the person of a payout.
fn arrived(row: &payout::Model) -> i64 {
    if row.state == State::Paid { row.amount.get() } else { 0 }
}

fn ledger(case: &Case<'_>, findings: &mut Findings, payouts: &[payout::Model]) {
    let mut ledger = kept_at(case.brand.sandbox());
    let mut paid: HashMap<GrantId, usize> = HashMap::new();
    for row in payouts {
        let kept = ledger.remove(&row.out_no).unwrap_or(0);
        findings.same("payouts by WeChat Pay's ledger", row.id, kept, arrived(row));
        *paid.entry(row.grant_id).or_default() += usize::from(row.state == State::Paid);
    }
    for (number, kept) in ledger {
        findings.same("WeChat Pay's ledger knows no stranger", number, 0, kept);
    }
    for (grant, times) in paid {
        findings.same("a grant is paid once at most", grant, true, times <= 1);
    }
}

fn pockets(case: &Case<'_>, findings: &mut Findings, payouts: &[payout::Model]) {
    for someone in case.people {
        let ids = ["brand", "shop"].map(|account| case.brand.open_id(&someone.person, account));
        let theirs = payouts.iter().filter(|row| ids.iter().any(|id| row.open_id.as_str() == id));
        let pocket = case.brand.sandbox().wallet(&someone.person).expect("a wallet").balance;
        findings.same("payouts by the pockets of people", &someone.person, pocket, theirs.map(arrived).sum());
    }
}

async fn budgets(case: &Case<'_>, findings: &mut Findings, grants: &[grant::Model], payouts: &[payout::Model]) {
    let entries = case.brand.rows::<budget_entry::Entity>().await;
    for account in case.brand.rows::<budget_account::Entity>().await {
        let id = account.campaign_id;
        let is = [account.reserved, account.sent, account.received];
        let moved = |movement| {
            let of = entries.iter().filter(|entry| entry.campaign_id == id && entry.movement == movement);
            of.map(|entry| entry.amount).sum::<i64>()
        };
        let reserved = moved(Movement::Reserve) - moved(Movement::Send) - moved(Movement::Release);
        let sent = moved(Movement::Send) - moved(Movement::Receive) - moved(Movement::Return);
        let received = moved(Movement::Receive) + moved(Movement::Give) - moved(Movement::TakeBack);
        findings.same("budgets by entries", id, [reserved, sent, received], is);
        findings.same("budgets by grants and payouts", id, behind(id, grants, payouts), is);
        findings.same("what was put into budgets", id, moved(Movement::Fund), account.total);
        findings.same("a budget is never overdrawn", id, true, is.iter().sum::<i64>() <= account.total);
    }
}

/// What stands behind a budget.
fn behind(campaign: CampaignId, grants: &[grant::Model], payouts: &[payout::Model]) -> Sums {
    let [mut reserved, mut sent, mut received] = [0; 3];
    for row in payouts.iter().filter(|row| row.campaign_id == campaign) {
        match row.state {
            State::Created | State::Submitting | State::Unknown => reserved += row.amount.get(),
            State::WaitingUser | State::Returning => sent += row.amount.get(),
            State::Paid => received += row.amount.get(),
            State::Returned => received += row.amount.get() - row.refunded.get(),
            State::Rejected => {}
        }
    }
    let unpaid = |grant: &&grant::Model| payouts.iter().all(|row| row.grant_id != grant.id);
    for row in grants.iter().filter(|row| row.campaign_id == campaign).filter(unpaid) {
        match row.state {
            grant::State::Claimable | grant::State::Paying => reserved += row.amount,
            grant::State::Given => received += row.amount - row.came_back,
            grant::State::Refused | grant::State::Returned | grant::State::Lapsed => {}
        }
    }
    [reserved, sent, received]
}

fn told(case: &Case<'_>, findings: &mut Findings, grants: &[grant::Model], payouts: &[payout::Model]) {
    let count = |kind: &str, name: &str| {
        let mut count: HashMap<String, usize> = HashMap::new();
        for fact in case.facts(kind) {
            *count.entry(fact.payload[name].as_str().unwrap_or_default().to_owned()).or_default() += 1;
        }
        count
    };
    let mut granted = count("reward.granted", "grant");
    for row in grants {
        let should = usize::from(row.state != grant::State::Refused);
        let is = granted.remove(&row.id.to_string()).unwrap_or(0);
        findings.same("grants by the event log", row.id, is, should);
    }
    findings.same("the event log has no grant of its own", "it", 0, granted.len());
    for (kind, state) in
        [("payout.paid", State::Paid), ("payout.returned", State::Returned), ("payout.rejected", State::Rejected)]
    {
        let mut ended = count(kind, "payout");
        for row in payouts {
            let is = ended.remove(&row.id.to_string()).unwrap_or(0);
            findings.same(
                "payouts by the event log",
                format!("{} {kind}", row.id),
                is,
                usize::from(row.state == state),
            );
        }
        findings.same("the event log has no payout of its own", kind, 0, ended.len());
    }
}
