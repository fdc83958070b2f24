//! Reading what is known of one invited person, and the rows of invitations.

use std::collections::{BTreeMap, BTreeSet};

use chrono::SubsecRound;
use entity::{
    referral::{
        invitation::{Column, Entity, Model, State},
        program,
        reward::State as RewardState,
    },
    types::{AccountKey, MemberId, ReferralId, ReferralProgramId},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, OnConflict},
};
use serde_json::json;

use super::{
    code, decide,
    guard::alert,
    reward,
    rules::{
        Log,
        log::{Check, Follow, Purchase, Touch},
    },
};
use crate::{
    error::{Code, Error, Result},
    http::page::PageQuery,
    identity::{Named, current, evidence, names, open_ids},
    infra::{clock::Time, db::Tx},
    orders,
    tracking::touches::{self, Kind, Touch as Seen},
};

/// How many touches, follows and leaves of one person are read, the first ones.
const MOST: u64 = 1_000;
/// How far up a line of inviters is read.
const DEEPEST: usize = 64;

/// The programs that concern a member as somebody who is invited.
pub(super) async fn programs(db: &impl ConnectionTrait, member: MemberId) -> Result<BTreeSet<ReferralProgramId>> {
    let touched = touches::log(db, &open_ids(db, member).await?, MOST).await?;
    let codes: BTreeSet<String> = touched.into_iter().filter_map(|touch| touch.code).collect();
    let mut found: BTreeSet<ReferralProgramId> =
        code::many(db, codes).await?.into_iter().map(|code| code.program_id).collect();
    let rows = Entity::find().select_only().column(Column::ProgramId).filter(Column::Invitee.eq(member));
    found.extend(rows.into_tuple::<ReferralProgramId>().all(db).await?);
    Ok(found)
}

/// Whether invitations know anybody of these: as somebody who is invited or, where that is asked for, who invites.
pub(super) async fn concerns(db: &impl ConnectionTrait, who: &Named, invited: bool) -> Result<bool> {
    let members = who.members(db).await?;
    if members.is_empty() {
        return Ok(false);
    }
    let mut named = Condition::any().add(Column::Invitee.is_in(members.clone()));
    if invited {
        named = named.add(Column::Inviter.is_in(members.clone())).add(Column::Second.is_in(members.clone()));
    }
    if Entity::find().select_only().column(Column::Id).filter(named).into_tuple::<ReferralId>().one(db).await?.is_some()
    {
        return Ok(true);
    }
    for member in members {
        if touches::invited(db, &open_ids(db, member).await?).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What is known of somebody in a program, with the touches as they were seen.
pub(super) struct Known {
    pub(super) log: Log,
    touches: Vec<Seen>,
}

impl Known {
    /// The device and the network of a touch.
    pub(super) fn origin(&self, touch: Option<entity::types::TouchId>) -> (Option<String>, Option<String>) {
        let seen = self.touches.iter().find(|seen| Some(seen.id) == touch);
        seen.map_or((None, None), |seen| (seen.device.clone(), seen.network.clone()))
    }
}

/// Reads what is known of a member who stands, in a program. The row is theirs, if they have one.
pub(super) async fn read(
    db: &impl ConnectionTrait,
    program: &program::Model,
    invitee: MemberId,
    row: Option<&Model>,
) -> Result<Known> {
    let people = open_ids(db, invitee).await?;
    let seen = touches::log(db, &people, MOST).await?;
    let evidence = evidence(db, invitee).await?;
    let touched = touched(db, program, &seen).await?;
    let (mut checks, mut findings, mut reviews) = (Vec::new(), Vec::new(), Vec::new());
    let (mut earned, mut kept) = (false, None);
    // Of a row that was made a moment ago nothing is known.
    if let Some(row) = row.filter(|row| !row.why.is_empty()) {
        checks = serde_json::from_value::<Vec<Check>>(row.checks.clone())?;
        findings = alert::as_log(&alert::findings(db, row.id).await?);
        reviews = decide::as_log(db, row.id).await?;
        let rewards = reward::of(db, row.id).await?;
        earned = rewards.iter().any(|reward| reward.state != RewardState::Refused);
        let given = rewards.iter().any(|reward| reward.state == RewardState::Given && reward.ended_at.is_none());
        kept = row.code.clone().filter(|_| given);
    }
    let names = names(db, invitee).await?;
    let bought = orders::of(db, &names).await?.into_iter();
    let purchases: Vec<Purchase> =
        bought.map(|bought| Purchase { at: bought.at, fen: bought.fen, refunds: bought.refunds }).collect();
    let first_bought = purchases.iter().map(|purchase| purchase.at).min();
    let first_followed = seen.iter().filter(|touch| touch.kind == Kind::Follow).map(|touch| touch.at).min();
    let log = Log {
        invitee,
        known_since: [evidence.known_since, first_bought, first_followed].into_iter().flatten().min(),
        registered_at: [evidence.registered_at, first_followed].into_iter().flatten().min(),
        phone_at: evidence.phone_at,
        follows: follows(&seen, &evidence.follows),
        purchases,
        touches: touched,
        checks,
        findings,
        reviews,
        earned,
        kept,
    };
    Ok(Known { log, touches: seen })
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

/// The touches with codes of the program, each with whose code it is.
async fn touched(db: &impl ConnectionTrait, program: &program::Model, seen: &[Seen]) -> Result<Vec<Touch>> {
    let codes: BTreeSet<String> = seen.iter().filter_map(|touch| touch.code.clone()).collect();
    let mut owners: BTreeMap<String, Option<MemberId>> = BTreeMap::new();
    for row in code::many(db, codes).await?.into_iter().filter(|row| row.program_id == program.id) {
        owners.insert(row.code, current(db, row.member).await?);
    }
    let mut lines: BTreeMap<MemberId, Vec<Above>> = BTreeMap::new();
    for owner in owners.values().flatten() {
        if !lines.contains_key(owner) {
            lines.insert(*owner, line(db, program.id, *owner).await?);
        }
    }
    let touch = |seen: &Seen| {
        let code = seen.code.clone()?;
        let inviter = *owners.get(&code)?;
        let above = inviter.and_then(|inviter| lines.get(&inviter)).map_or(&[][..], Vec::as_slice);
        let before = above.iter().take_while(|above| above.at.is_some_and(|at| at < seen.at));
        Some(Touch {
            id: seen.id,
            code,
            at: seen.at,
            // WeChat tells of follows by the second: one in the second in which the visit began came after it.
            began_at: seen.began_at.unwrap_or(seen.at).trunc_subsecs(0),
            inviter,
            line: before.map(|above| above.member).collect(),
            second: above.first().filter(|above| above.counts).map(|above| above.member),
        })
    };
    Ok(seen.iter().filter_map(touch).collect())
}

/// Somebody above in a line of inviters: when the touch was that leads to them, and whether that invitation counts.
struct Above {
    member: MemberId,
    at: Option<Time>,
    counts: bool,
}

/// Who invited somebody, who invited those, and so on.
async fn line(db: &impl ConnectionTrait, program: ReferralProgramId, member: MemberId) -> Result<Vec<Above>> {
    let (mut line, mut at): (Vec<Above>, MemberId) = (Vec::new(), member);
    while line.len() < DEEPEST {
        let Some(row) = find(db, program, at).await? else { break };
        if matches!(row.state, State::Refused | State::Reversed) {
            break;
        }
        let Some(inviter) = row.inviter else { break };
        let Some(above) = current(db, inviter).await? else { break };
        let known = above == member || line.iter().any(|one| one.member == above);
        line.push(Above { member: above, at: row.seen_at, counts: counts(row.state) });
        if known {
            break;
        }
        at = above;
    }
    Ok(line)
}

/// Whether an invitation counts for its inviter.
pub(super) fn counts(state: State) -> bool {
    matches!(state, State::Matured | State::Rewarded)
}

/// The row of an invitation.
pub(super) async fn find(
    db: &impl ConnectionTrait,
    program: ReferralProgramId,
    invitee: MemberId,
) -> Result<Option<Model>> {
    let row = Entity::find().filter(Column::ProgramId.eq(program)).filter(Column::Invitee.eq(invitee));
    Ok(row.one(db).await?)
}

/// The invitation of this id.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn get(db: &impl ConnectionTrait, id: ReferralId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(|| Error::new(Code::NotFound))
}

/// Holds the row of an invitation until the unit of work ends, whoever else looks at it; made when there is none.
pub(super) async fn hold(tx: &Tx, program: ReferralProgramId, invitee: MemberId) -> Result<Model> {
    let row = Model {
        id: tx.id(),
        program_id: program,
        invitee,
        inviter: None,
        second: None,
        code: None,
        touch_id: None,
        rules: 0,
        state: State::Seen,
        why: String::new(),
        seen: json!({}),
        seen_at: None,
        registered_at: None,
        phone_at: None,
        qualified_at: None,
        matured_at: None,
        rewarded_at: None,
        held_at: None,
        ended_at: None,
        due_at: None,
        checks: json!([]),
        prefix: None,
        device: None,
        network: None,
        value_fen: 0,
        month: None,
        version: 0,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    let unless_known = OnConflict::columns([Column::ProgramId, Column::Invitee]).do_nothing().to_owned();
    let insert = Entity::insert(row.into_active_model()).on_conflict(unless_known).try_insert();
    insert.exec_without_returning(tx.db()).await?;
    let held = Entity::update_many()
        .col_expr(Column::Version, Expr::cust("version + 1"))
        .filter(Column::ProgramId.eq(program))
        .filter(Column::Invitee.eq(invitee))
        .exec_with_returning(tx.db())
        .await?;
    held.into_iter().next().ok_or_else(|| Error::new(Code::Unavailable))
}

/// Which invitations.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only those of this program.
    pub program: Option<ReferralProgramId>,
    /// Only those that are credited to one of these.
    pub inviters: Option<Vec<MemberId>>,
    /// Only those of one of these.
    pub invitees: Option<Vec<MemberId>>,
    /// Only those in this state.
    pub state: Option<State>,
}

/// Invitations, the latest first.
///
/// # Errors
/// When the cursor is not ours, or the database does not answer.
pub async fn list(db: &impl ConnectionTrait, filter: Filter, page: &PageQuery) -> Result<Vec<Model>> {
    let mut rows = Entity::find();
    if let Some(program) = filter.program {
        rows = rows.filter(Column::ProgramId.eq(program));
    }
    if let Some(inviters) = filter.inviters {
        rows = rows.filter(Column::Inviter.is_in(inviters));
    }
    if let Some(invitees) = filter.invitees {
        rows = rows.filter(Column::Invitee.is_in(invitees));
    }
    if let Some(state) = filter.state {
        rows = rows.filter(Column::State.eq(state));
    }
    if let Some(cursor) = page.after()? {
        rows = rows.filter(cursor.beyond(Column::CreatedAt, Column::Id));
    }
    Ok(rows.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).limit(page.fetch()).all(db).await?)
}

/// How many invitations were seen for the first time from one moment up to another.
///
/// # Errors
/// When the database does not answer.
pub async fn seen_between(db: &impl ConnectionTrait, from: Time, until: Time) -> Result<u64> {
    let seen = Entity::find().filter(Column::CreatedAt.gte(from)).filter(Column::CreatedAt.lt(until));
    Ok(seen.count(db).await?)
}
