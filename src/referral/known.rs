//! Reading what is known of invited people: of many at once in as few look-ups as of one.

use std::collections::{BTreeMap, BTreeSet};

use entity::{
    referral::{
        invitation::{Column, Entity, Model, State},
        program,
        reward::{Model as Reward, State as RewardState},
    },
    types::{AccountKey, MemberId, ReferralProgramId, TouchId},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::{
    code, decide,
    guard::alert,
    reward,
    rules::{
        Log,
        log::{Check, Follow, Purchase, Touch},
    },
    store::{MOST, counts},
};
use crate::{
    error::Result,
    identity::{Evidence, current_of, evidence_of},
    infra::{clock::Time, db::among},
    orders,
    tracking::touches::{self, Kind, Touch as Seen},
};

/// How far up a line of inviters is read.
const DEEPEST: usize = 64;

/// What is known of somebody in a program, with the touches as they were seen.
pub(super) struct Known {
    pub(super) log: Log,
    pub(super) evidence: Evidence,
    /// What was asked for, in order.
    pub(super) rewards: Vec<Reward>,
    touches: Vec<Seen>,
}

impl Known {
    /// The device and the network of a touch.
    pub(super) fn origin(&self, touch: Option<TouchId>) -> (Option<String>, Option<String>) {
        let seen = self.touches.iter().find(|seen| Some(seen.id) == touch);
        seen.map_or((None, None), |seen| (seen.device.clone(), seen.network.clone()))
    }
}

/// Reads what is known of those whom rows of a program are about, and who stand; by who they are.
pub(super) async fn read(
    db: &impl ConnectionTrait,
    program: &program::Model,
    rows: &[Model],
) -> Result<BTreeMap<MemberId, Known>> {
    let mut evidence = evidence_of(db, rows.iter().map(|row| row.invitee).collect()).await?;
    let people = evidence.iter().map(|(member, known)| (*member, known.people.clone())).collect();
    let mut seen = touches::logs(db, &people, MOST).await?;
    let codes = Codes::read(db, program.id, seen.values().flatten()).await?;
    let names: Vec<MemberId> = evidence.values().flat_map(|known| known.names.iter().copied()).collect();
    let bought = orders::of(db, &names).await?;
    let mut found = BTreeMap::new();
    for row in rows {
        let evidence = evidence.remove(&row.invitee).unwrap_or_default();
        let theirs = bought.iter().filter(|bought| evidence.names.contains(&bought.member));
        let purchases =
            theirs.map(|bought| Purchase { at: bought.at, fen: bought.fen, refunds: bought.refunds.clone() }).collect();
        let touches = seen.remove(&row.invitee).unwrap_or_default();
        found.insert(row.invitee, about(db, row, evidence, touches, &codes, purchases).await?);
    }
    Ok(found)
}

async fn about(
    db: &impl ConnectionTrait,
    row: &Model,
    evidence: Evidence,
    seen: Vec<Seen>,
    codes: &Codes,
    purchases: Vec<Purchase>,
) -> Result<Known> {
    let (mut checks, mut findings, mut reviews, mut rewards) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut kept = None;
    // Of a row that was made a moment ago nothing is known.
    if !row.why.is_empty() {
        checks = serde_json::from_value::<Vec<Check>>(row.checks.clone())?;
        findings = alert::as_log(&alert::findings(db, row.id).await?);
        reviews = decide::as_log(db, row.id).await?;
        rewards = reward::of(db, row.id).await?;
        let given = rewards.iter().any(|reward| reward.state == RewardState::Given && reward.ended_at.is_none());
        kept = row.code.clone().filter(|_| given);
    }
    let first_bought = purchases.iter().map(|purchase| purchase.at).min();
    let first_followed = seen.iter().filter(|touch| touch.kind == Kind::Follow).map(|touch| touch.at).min();
    let log = Log {
        invitee: row.invitee,
        known_since: [evidence.known_since, first_bought, first_followed].into_iter().flatten().min(),
        registered_at: [evidence.registered_at, first_followed].into_iter().flatten().min(),
        phone_at: evidence.phone_at,
        follows: follows(&seen, &evidence.follows),
        purchases,
        touches: seen.iter().filter_map(|seen| codes.touch(seen)).collect(),
        checks,
        findings,
        reviews,
        earned: rewards.iter().any(|reward| reward.state != RewardState::Refused),
        kept,
    };
    Ok(Known { log, evidence, rewards, touches: seen })
}

/// Follows and leaves as they were seen, and at last what is known otherwise: pushes can be lost.
fn follows(seen: &[Seen], known: &[(AccountKey, Time, bool)]) -> Vec<Follow> {
    let mut follows: Vec<Follow> = Vec::new();
    for touch in seen.iter().filter(|touch| matches!(touch.kind, Kind::Follow | Kind::Unfollow)) {
        let (account, at, follow) = (touch.account.clone(), touch.at, touch.kind == Kind::Follow);
        follows.push(Follow { account, at, follows: follow });
    }
    for (account, at, follow) in known {
        let last = follows.iter().rev().find(|event| event.account == *account);
        let news = match last {
            Some(last) => last.follows != *follow && last.at <= *at,
            None => *follow,
        };
        if news {
            follows.push(Follow { account: account.clone(), at: *at, follows: *follow });
        }
    }
    follows
}

/// Whose the codes of a program are today, and who invited those.
struct Codes {
    owners: BTreeMap<String, Option<MemberId>>,
    lines: BTreeMap<MemberId, Vec<Above>>,
}

impl Codes {
    async fn read<'a>(
        db: &impl ConnectionTrait,
        program: ReferralProgramId,
        seen: impl Iterator<Item = &'a Seen>,
    ) -> Result<Self> {
        let codes: BTreeSet<String> = seen.filter_map(|touch| touch.code.clone()).collect();
        let rows = code::many(db, codes).await?.into_iter().filter(|row| row.program_id == program);
        let rows: Vec<_> = rows.map(|row| (row.code, row.member)).collect();
        let today = current_of(db, rows.iter().map(|(_, member)| *member).collect()).await?;
        let owners = rows.into_iter().map(|(code, member)| (code, today.get(&member).copied())).collect();
        let lines = lines(db, program, today.into_values().collect()).await?;
        Ok(Self { owners, lines })
    }

    /// A touch with a code of the program, and whose it is.
    fn touch(&self, seen: &Seen) -> Option<Touch> {
        let code = seen.code.clone()?;
        let inviter = *self.owners.get(&code)?;
        let above = inviter.and_then(|inviter| self.lines.get(&inviter)).map_or(&[][..], Vec::as_slice);
        let before = above.iter().take_while(|above| above.at.is_some_and(|at| at < seen.at));
        Some(Touch {
            id: seen.id,
            code,
            at: seen.at,
            began_at: touches::began(seen),
            inviter,
            line: before.map(|above| above.member).collect(),
            second: above.first().filter(|above| above.counts).map(|above| above.member),
        })
    }
}

/// Somebody above in a line of inviters: when the touch was that leads to them, and whether that invitation counts.
struct Above {
    member: MemberId,
    at: Option<Time>,
    counts: bool,
}

/// Who invited each of these, who invited those, and so on; all lines go up together.
async fn lines(
    db: &impl ConnectionTrait,
    program: ReferralProgramId,
    owners: BTreeSet<MemberId>,
) -> Result<BTreeMap<MemberId, Vec<Above>>> {
    let mut lines: BTreeMap<MemberId, Vec<Above>> = BTreeMap::new();
    let mut tops: Vec<(MemberId, MemberId)> = owners.into_iter().map(|owner| (owner, owner)).collect();
    for _ in 0..DEEPEST {
        if tops.is_empty() {
            break;
        }
        let places: BTreeSet<MemberId> = tops.iter().map(|(_, top)| *top).collect();
        let rows = Entity::find().filter(Column::ProgramId.eq(program)).filter(among(db, Column::Invitee, places));
        let rows = rows.all(db).await?.into_iter();
        let rows: BTreeMap<MemberId, Model> = rows
            .filter(|row| !matches!(row.state, State::Refused | State::Reversed))
            .map(|row| (row.invitee, row))
            .collect();
        let today = current_of(db, rows.values().filter_map(|row| row.inviter).collect()).await?;
        let step = |(owner, top): (MemberId, MemberId)| {
            let row = rows.get(&top)?;
            let above = *today.get(&row.inviter?)?;
            let line = lines.entry(owner).or_default();
            let known = above == owner || line.iter().any(|one| one.member == above);
            line.push(Above { member: above, at: row.seen_at, counts: counts(row.state) });
            (!known).then_some((owner, above))
        };
        tops = tops.into_iter().filter_map(step).collect();
    }
    Ok(lines)
}
