//! The nightly proof: every invitation is derived anew, without changing anything, and differences are named. A difference
//! is looked at again by the ordinary way, and shows in the proof of the next night if that did not settle it.

use entity::{
    referral::{
        invitation::{self, Model as Referral, State},
        program,
        proof::{Column, Entity, Model},
        reward as rewards,
    },
    types::{MemberId, ReferralId, ReferralProgramId},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    jobs::Review,
    known, program as programs, reward,
    rules::{Program, Standing, Why, stand},
    standing, store,
};
use crate::{
    error::{Error, Result},
    identity::current,
    infra::db::{Db, Tx},
    jobs::{Failure, Job},
};

/// How many rows are looked at in one unit of work.
const AT_ONCE: u64 = 200;
/// How many differences are kept by name.
const NAMED: usize = 100;

/// Something that is not what its log says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReferralDifference)]
pub struct Difference {
    /// The invitation; none when it is a standing.
    pub referral: Option<ReferralId>,
    /// The inviter of a standing.
    pub inviter: Option<MemberId>,
    /// Of a standing: its period.
    pub period: Option<String>,
    /// The fields that differ.
    pub fields: Vec<String>,
}

/// What differs between an invitation and what its log says.
///
/// # Errors
/// When the database does not answer.
async fn differs(tx: &Tx, program: &program::Model, history: &Program, row: &Referral) -> Result<Vec<String>> {
    // Of who is not there any more nothing can be derived.
    if current(tx.db(), row.invitee).await? != Some(row.invitee) {
        let closed = [Why::Merged, Why::InviteeGone].map(Why::as_str).contains(&row.why.as_str());
        let gone = closed || matches!(row.state, State::Refused | State::Reversed) || store::counts(row.state);
        return Ok(if gone { Vec::new() } else { vec!["state".to_owned()] });
    }
    let mut known = known::read(tx.db(), program, std::slice::from_ref(row)).await?;
    let known = known.remove(&row.invitee).ok_or_else(|| Error::internal("nothing is known of an invited person"))?;
    let Some(found) = stand(&known.log, history, tx.now()) else {
        return Ok(if row.why == Why::NoTouch.as_str() { Vec::new() } else { vec!["touch".to_owned()] });
    };
    let mut fields: Vec<&str> = Vec::new();
    let mut look = |name, same: bool| {
        if !same {
            fields.push(name);
        }
    };
    look("state", found.state == row.state || found.counts() && store::counts(row.state));
    look("why", found.counts() || found.why.as_str() == row.why);
    look("inviter", (found.inviter, found.second, &found.code) == (row.inviter, row.second, &row.code));
    look(
        "times",
        (found.seen_at, found.qualified_at, found.matured_at) == (row.seen_at, row.qualified_at, row.matured_at),
    );
    look("value_fen", found.value_fen == row.value_fen);
    look("guard", found.wants.is_none());
    look("rewards", rewarded(tx, program, history, row, &found).await?);
    Ok(fields.into_iter().map(str::to_owned).collect())
}

/// Whether what is earned is what was asked for.
async fn rewarded(
    tx: &Tx,
    program: &program::Model,
    history: &Program,
    row: &Referral,
    found: &Standing,
) -> Result<bool> {
    let Some(version) = history.versions.iter().find(|version| version.number == found.rules) else { return Ok(false) };
    let mut wanted: Vec<_> = reward::wanted(row, found, &version.rules)
        .into_iter()
        .map(|want| (want.role, want.member, want.campaign))
        .collect();
    let mut given = Vec::new();
    for reward in reward::of(tx.db(), row.id).await? {
        let there = reward.ended_at.is_none() && current(tx.db(), reward.member_id).await?.is_some();
        if there {
            given.push((reward.role, reward.member_id, reward.campaign_id));
        }
    }
    let order =
        |(role, member, campaign): &(rewards::Role, MemberId, entity::types::CampaignId)| (*role, *member, *campaign);
    wanted.sort_by_key(order);
    given.sort_by_key(order);
    let waits = program.state == program::State::Paused;
    Ok(given == wanted || waits && given.iter().all(|one| wanted.contains(one)))
}

/// Proves every program that was ever run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ProveAll {}

impl Job for ProveAll {
    const KIND: &'static str = "referral.prove_all";
    type Context = Db;

    async fn run(self, db: Db) -> Result<(), Failure> {
        for program in programs::begun(db.read()).await? {
            prove(&db, program.id).await?;
        }
        Ok(())
    }
}

/// Looks at every invitation and every standing of a program. It may be cut off and goes on where it was.
///
/// # Errors
/// [`Code::NotFound`](crate::error::Code::NotFound) when there is no such program.
pub async fn prove(db: &Db, program: ReferralProgramId) -> Result<Model> {
    let mut run = db.tx(async |tx: &Tx| begin(tx, program).await).await?;
    loop {
        let (next, more) = db.tx(async |tx: &Tx| chunk(tx, run.clone()).await).await?;
        run = next;
        if !more {
            break;
        }
    }
    let mut after = None;
    loop {
        let (next, last) = db.tx(async |tx: &Tx| standings(tx, run.clone(), after.clone()).await).await?;
        run = next;
        match last {
            Some(last) => after = Some(last),
            None => break,
        }
    }
    if run.differences > 0 {
        tracing::error!(%program, proof = %run.id, differences = run.differences, "invitations are not what their log says");
    }
    Ok(run)
}

async fn begin(tx: &Tx, program: ReferralProgramId) -> Result<Model> {
    programs::get(tx.db(), program).await?;
    let open = Entity::find().filter(Column::ProgramId.eq(program)).filter(Column::DoneAt.is_null());
    if let Some(open) = open.one(tx.db()).await? {
        return Ok(open);
    }
    let row = Model {
        id: tx.id(),
        program_id: program,
        started_at: tx.now(),
        done_at: None,
        reached: None,
        referrals: 0,
        differences: 0,
        found: json!([]),
    };
    Entity::insert(row.clone().into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(row)
}

fn name(run: &mut Model, difference: Difference) -> Result<()> {
    run.differences += 1;
    metrics::counter!("referral_differences_total").increment(1);
    let mut found: Vec<Difference> = serde_json::from_value(run.found.clone())?;
    if found.len() < NAMED {
        found.push(difference);
        run.found = serde_json::to_value(found)?;
    }
    Ok(())
}

async fn save(tx: &Tx, run: &Model) -> Result<()> {
    Entity::update(run.clone().into_active_model().reset_all()).exec(tx.db()).await?;
    Ok(())
}

/// Looks at some invitations; says whether there are more.
async fn chunk(tx: &Tx, mut run: Model) -> Result<(Model, bool)> {
    let program = programs::get(tx.db(), run.program_id).await?;
    let history = programs::read(tx.db(), &program).await?;
    let mut rows = invitation::Entity::find().filter(invitation::Column::ProgramId.eq(run.program_id));
    if let Some(reached) = run.reached {
        rows = rows.filter(invitation::Column::Id.gt(reached));
    }
    let rows = rows.order_by_asc(invitation::Column::Id).limit(AT_ONCE).all(tx.db()).await?;
    for row in &rows {
        run.reached = Some(row.id);
        run.referrals += 1;
        // Time has changed it a moment ago, and it is looked at in a moment.
        let due = row.due_at.is_some_and(|due| due <= tx.now());
        let fields = if due { Vec::new() } else { differs(tx, &program, &history, row).await? };
        if !fields.is_empty() {
            name(&mut run, Difference { referral: Some(row.id), inviter: None, period: None, fields })?;
            tx.enqueue(Review::of(row.program_id, row.invitee))?;
        }
    }
    save(tx, &run).await?;
    let more = u64::try_from(rows.len()).is_ok_and(|rows| rows == AT_ONCE);
    Ok((run, more))
}

/// Looks at some standings; gives the last of them when there may be more.
async fn standings(
    tx: &Tx,
    mut run: Model,
    after: Option<(String, MemberId)>,
) -> Result<(Model, Option<(String, MemberId)>)> {
    let rows = standing::all(tx.db(), run.program_id, after, AT_ONCE).await?;
    for row in &rows {
        if !standing::agrees(tx.db(), row).await? {
            let fields = vec!["standing".to_owned()];
            let (inviter, period) = (Some(row.member), Some(row.period.clone()));
            name(&mut run, Difference { referral: None, inviter, period, fields })?;
        }
    }
    let full = u64::try_from(rows.len()).is_ok_and(|rows| rows == AT_ONCE);
    let last = rows.last().filter(|_| full).map(|row| (row.period.clone(), row.member));
    if last.is_none() {
        run.done_at = Some(tx.now());
    }
    save(tx, &run).await?;
    Ok((run, last))
}

/// The last proof of a program.
///
/// # Errors
/// When the database does not answer.
pub async fn last(db: &impl ConnectionTrait, program: ReferralProgramId) -> Result<Option<Model>> {
    let rows = Entity::find().filter(Column::ProgramId.eq(program)).filter(Column::DoneAt.is_not_null());
    Ok(rows.order_by_desc(Column::Id).one(db).await?)
}
