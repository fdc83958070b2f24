//! Invitations: who came by whose code, by what WeChat has pushed and what people told, is whom the invitation is credited
//! to; and what follows from it was given once.

use std::collections::HashMap;

use entity::{
    points::account,
    referral::{
        invitation::{self, State},
        proof,
        reward::{self, Role},
    },
    rewards::grant,
    types::MemberId,
};

use super::{Case, Findings};
use crate::faults::soak::{brand::POINTS, crowd::Way};

pub async fn look(case: &Case<'_>, findings: &mut Findings) {
    let rows = case.brand.rows::<invitation::Entity>().await;
    let of = |member: MemberId| rows.iter().find(|row| case.whose(row.invitee) == member);
    let scanned = scanned(case);
    let mut brought: HashMap<MemberId, i64> = HashMap::new();
    for (someone, member) in case.people.iter().zip(case.members) {
        let told = match someone.way {
            Way::Alone | Way::Scan(_) => scanned.get(&someone.person).copied(),
            Way::Link(inviter) => Some(inviter),
        };
        let row = of(*member);
        let credited = row.and_then(|row| row.inviter).map(|inviter| case.whose(inviter));
        let inviter = told.map(|inviter| case.members[inviter]);
        // Who logged in twice before they could tell may seem to have been known.
        if someone.struck && credited.is_none() {
            continue;
        }
        let whose = format!("{member} ({:?}, {:?})", someone.way, row.map(|row| &row.why));
        findings.same("invitations are credited to who invited", whose, inviter, credited);
        if let (Some(row), Some(inviter)) = (row, inviter) {
            let whose = format!("{} ({} {})", row.id, row.why, row.seen);
            findings.same("invitations that count are rewarded", whose, State::Rewarded, row.state);
            *brought.entry(inviter).or_default() += i64::from(row.state == State::Rewarded);
        }
    }
    moved(case, findings, &rows);
    let accounts = case.brand.rows::<account::Entity>().await;
    for (someone, member) in case.people.iter().zip(case.members).filter(|(someone, _)| someone.inviter) {
        let balance: i64 =
            accounts.iter().filter(|row| case.whose(row.member_id) == *member).map(|row| row.balance.get()).sum();
        let should = brought.get(member).copied().unwrap_or(0) * POINTS;
        findings.same("points by invitations", format!("{member} ({})", someone.person), should, balance);
    }
    rewards(case, findings, &rows).await;
    for night in case.brand.rows::<proof::Entity>().await {
        let is = (night.done_at.is_some(), night.differences, night.found.to_string());
        findings.same("the service's own proof of invitations", night.id, (true, 0, "[]".to_owned()), is);
    }
}

/// By whose code somebody followed, as WeChat pushed it.
fn scanned(case: &Case<'_>) -> HashMap<String, usize> {
    let mut scanned = HashMap::new();
    for push in case.brand.sandbox().pushes(Some("brand"), usize::MAX) {
        let code = push.plaintext.split_once("qrscene_i.").map(|(_, rest)| rest);
        let code = code.and_then(|rest| rest.split_once([']', '<'])).map(|(code, _)| code);
        let inviter = case.people.iter().position(|someone| someone.code.is_some() && someone.code.as_deref() == code);
        if let (Some(person), Some(inviter)) = (push.person, inviter) {
            scanned.insert(person, inviter);
        }
    }
    scanned
}

/// Each invitation stands as the log says that it moved last.
fn moved(case: &Case<'_>, findings: &mut Findings, rows: &[invitation::Model]) {
    let mut last: HashMap<String, String> = HashMap::new();
    for fact in case.facts("referral.moved") {
        let name = |name: &str| fact.payload[name].as_str().unwrap_or_default().to_owned();
        last.insert(name("referral"), name("to"));
    }
    for row in rows {
        let is = serde_json::to_value(row.state).expect("a word").as_str().unwrap_or_default().to_owned();
        // Nothing has moved that stands as it was first seen.
        let should = last.remove(&row.id.to_string()).unwrap_or_else(|| is.clone());
        findings.same("invitations by the event log", row.id, should, is);
    }
}

/// A reward stands for each that an invitation earns, with its grant, once.
async fn rewards(case: &Case<'_>, findings: &mut Findings, rows: &[invitation::Model]) {
    let rewards = case.brand.rows::<reward::Entity>().await;
    let live: Vec<_> = rewards.iter().filter(|reward| reward.ended_at.is_none()).collect();
    for row in rows {
        let of = |role| live.iter().filter(|reward| reward.referral_id == Some(row.id) && reward.role == role).count();
        let should = usize::from(row.state == State::Rewarded && row.inviter.is_some());
        findings.same("rewards of invitations", row.id, (should, should), (of(Role::Inviter), of(Role::Invitee)));
    }
    for member in rows.iter().filter(|row| row.state == State::Rewarded).filter_map(|row| row.inviter) {
        let steps = live.iter().filter(|reward| reward.role == Role::Step && reward.member_id == member);
        findings.same("the ladder is climbed once", member, 1, steps.count());
    }
    let grants = case.brand.rows::<grant::Entity>().await;
    for reward in live.iter().filter(|reward| reward.state == reward::State::Given) {
        let grant = grants.iter().find(|grant| grant.id == reward.grant_id);
        let same = grant.is_some_and(|grant| grant.amount == reward.amount && grant.key == reward.key);
        findings.same("grants of rewards", reward.id, true, same);
    }
}
