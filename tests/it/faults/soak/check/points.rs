//! Points: an account is what the event log adds up to, and so are its entries and its lots.

use std::collections::BTreeMap;

use entity::{
    points::{account, check, entry, lot},
    types::MemberId,
};

use super::{Case, Findings};

/// What can be spent, and what cannot be spent yet.
type Sums = BTreeMap<MemberId, (i64, i64)>;

fn add(sums: &mut Sums, member: MemberId, (balance, pending): (i64, i64)) {
    let sum = sums.entry(member).or_default();
    *sum = (sum.0 + balance, sum.1 + pending);
}

pub async fn look(case: &Case<'_>, findings: &mut Findings) {
    let [mut told, mut entries, mut lots, mut accounts] = [(); 4].map(|()| Sums::new());
    for fact in case.facts("points.") {
        let member: MemberId = fact.payload["member"].as_str().and_then(|id| id.parse().ok()).expect("a member");
        let change = |name: &str| fact.payload[name].as_i64().expect("points");
        add(&mut told, case.whose(member), (change("delta"), change("pending")));
    }
    for row in case.brand.rows::<entry::Entity>().await {
        add(&mut entries, case.whose(row.member_id), (row.delta.get(), row.pending.get()));
    }
    for row in case.brand.rows::<lot::Entity>().await {
        let pending = matches!(row.state, lot::State::Held | lot::State::Waiting);
        let left = row.remaining.get();
        add(&mut lots, case.whose(row.member_id), if pending { (0, left) } else { (left, 0) });
    }
    for row in case.brand.rows::<account::Entity>().await {
        add(&mut accounts, case.whose(row.member_id), (row.balance.get(), row.pending.get()));
        findings.same("points are not stopped", row.member_id, None, row.stopped_at);
    }
    let of = |sums: &Sums, member: &MemberId| sums.get(member).copied().unwrap_or_default();
    let members: std::collections::BTreeSet<_> = told.keys().chain(entries.keys()).chain(accounts.keys()).collect();
    for member in members {
        let is = of(&accounts, member);
        findings.same("points by the event log", member, of(&told, member), is);
        findings.same("points by entries", member, of(&entries, member), is);
        findings.same("points by lots", member, of(&lots, member), is);
    }
    for night in case.brand.rows::<check::Entity>().await {
        findings.same(
            "the service's own proof of points",
            night.id,
            (true, 0),
            (night.done_at.is_some(), night.differences),
        );
    }
}
