//! What invitations earn: asked for through the door "value", each cause once, and taken back through it. What could not be
//! taken back counts as given when it is earned again.

use entity::{
    referral::{
        invitation::Model as Referral,
        reward::{ActiveModel, Column, Entity, Model, Role, State},
    },
    types::{CampaignId, MemberId, ReferralId, ReferralProgramId},
};
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, sea_query::Expr};

use super::{
    rules::{Program, Standing},
    standing,
    terms::Rules,
};
use crate::{
    error::Result,
    identity::current,
    infra::{clock::Time, db::Tx},
    rewards::{self, Because, Grant, decision::Why},
};

/// Something that is earned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Want {
    pub(super) role: Role,
    pub(super) member: MemberId,
    pub(super) campaign: CampaignId,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// All of it is given.
    Given,
    /// There is nothing to give.
    Nothing,
    /// Some of it was refused.
    Refused,
    /// Some of it waits: for the program to go on, or for WeChat to say whether it has come back.
    Waits,
}

/// What an invitation earns, and whom.
pub(super) fn wanted(row: &Referral, standing: &Standing, rules: &Rules) -> Vec<Want> {
    if !standing.counts() {
        return Vec::new();
    }
    let rewards = &rules.rewards;
    let of = |role, member: Option<MemberId>, campaign: Option<CampaignId>| {
        Some(Want { role, member: member?, campaign: campaign? })
    };
    [
        of(Role::Inviter, standing.inviter, rewards.inviter),
        of(Role::Invitee, Some(row.invitee), rewards.invitee),
        of(Role::Second, standing.second, rewards.second),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Takes back what is not earned any more of what is known of it, in order, and asks for what is. While the program does not run nothing is asked for.
pub(super) async fn apply(
    tx: &Tx,
    row: &Referral,
    mut known: Vec<Model>,
    wants: &[Want],
    running: bool,
) -> Result<Outcome> {
    let earned = |reward: &Model, want: &Want| {
        (reward.role, reward.member_id, reward.campaign_id) == (want.role, want.member, want.campaign)
    };
    for reward in known.iter_mut().filter(|reward| reward.ended_at.is_none()) {
        let stays = wants.iter().any(|want| earned(reward, want));
        // From whom nothing is left nothing can be taken.
        if !stays && current(tx.db(), reward.member_id).await?.is_some() {
            end(tx, reward, row.id.to_string()).await?;
        }
    }
    let mut outcome = if wants.is_empty() { Outcome::Nothing } else { Outcome::Given };
    for want in wants {
        let of_role = || known.iter().filter(|reward| reward.role == want.role);
        let live = of_role().find(|reward| reward.ended_at.is_none() && earned(reward, want));
        let state = match live {
            Some(live) => Some(live.state),
            None if !running => None,
            None => {
                let last = of_role().rfind(|reward| earned(reward, want));
                let generation = 1 + of_role().map(|reward| reward.generation).max().unwrap_or(0);
                let key = format!("referral:{}:{}:{generation}", row.id, want.role.to_value());
                let asked = Asked { program: row.program_id, referral: Some(row.id), step: 0, generation, key };
                give(tx, want, asked, last, row.id.to_string()).await?
            }
        };
        outcome = match (outcome, state) {
            (Outcome::Refused, _) | (_, Some(State::Refused)) => Outcome::Refused,
            (Outcome::Waits, _) | (_, None) => Outcome::Waits,
            (outcome, Some(State::Given | State::TakenBack)) => outcome,
        };
    }
    Ok(outcome)
}

/// What is asked for.
struct Asked {
    program: ReferralProgramId,
    referral: Option<ReferralId>,
    step: i32,
    generation: i32,
    key: String,
}

fn because(what: String) -> Because {
    Because { rule: "referral".to_owned(), what }
}

/// Asks for something, unless what was given for it last could not be taken back: then that is given again. None while
/// WeChat has not said whether it comes back.
async fn give(tx: &Tx, want: &Want, asked: Asked, last: Option<&Model>, what: String) -> Result<Option<State>> {
    if let Some(last) = last.filter(|last| last.state == State::TakenBack) {
        let taken = rewards::take_back(tx, last.grant_id, &because(what.clone())).await?;
        if taken.open > 0 {
            return Ok(None);
        }
        if taken.gone > 0 {
            let nothing: Option<Time> = None;
            Entity::update_many()
                .col_expr(Column::State, Expr::value(State::Given))
                .col_expr(Column::Back, Expr::value(taken.back))
                .col_expr(Column::Gone, Expr::value(0_i64))
                .col_expr(Column::EndedAt, Expr::value(nothing))
                .filter(Column::Id.eq(last.id))
                .exec(tx.db())
                .await?;
            return Ok(Some(State::Given));
        }
    }
    let grant = Grant {
        member: want.member,
        campaign: want.campaign,
        amount: None,
        key: asked.key.clone(),
        because: because(what),
    };
    let granted = rewards::grant(tx, &grant).await?;
    let state = if granted.why == Why::Given { State::Given } else { State::Refused };
    let row = Model {
        id: tx.id(),
        program_id: asked.program,
        referral_id: asked.referral,
        role: want.role,
        step: asked.step,
        member_id: want.member,
        campaign_id: want.campaign,
        grant_id: granted.id,
        key: asked.key,
        generation: asked.generation,
        state,
        amount: granted.amount,
        back: 0,
        gone: 0,
        at: tx.now(),
        ended_at: None,
    };
    Entity::insert::<ActiveModel>(row.into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(Some(state))
}

/// Takes back what is not earned any more.
async fn end(tx: &Tx, reward: &mut Model, what: String) -> Result<()> {
    if reward.state == State::Given {
        let taken = rewards::take_back(tx, reward.grant_id, &because(what)).await?;
        (reward.state, reward.back, reward.gone) =
            (State::TakenBack, taken.back, taken.gone.saturating_add(taken.open));
    }
    reward.ended_at = Some(tx.now());
    Entity::update_many()
        .col_expr(Column::State, Expr::value(reward.state))
        .col_expr(Column::Back, Expr::value(reward.back))
        .col_expr(Column::Gone, Expr::value(reward.gone))
        .col_expr(Column::EndedAt, Expr::value(reward.ended_at))
        .filter(Column::Id.eq(reward.id))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// Gives an inviter the steps of the ladder that their number has reached, by the rules in force now, and takes back those
/// above it.
pub(super) async fn climb(
    tx: &Tx,
    program: ReferralProgramId,
    inviter: MemberId,
    history: &Program,
    running: bool,
) -> Result<()> {
    let Some(rules) = history.latest().map(|version| &version.rules) else { return Ok(()) };
    let steps = Entity::find().filter(Column::ProgramId.eq(program)).filter(Column::MemberId.eq(inviter));
    let mut known = steps.filter(Column::Role.eq(Role::Step)).order_by_asc(Column::Id).all(tx.db()).await?;
    if known.is_empty() && rules.rewards.ladder.is_empty() || current(tx.db(), inviter).await? != Some(inviter) {
        return Ok(());
    }
    // Whoever climbs holds the row of the standing, so two who mature at once are counted one after the other.
    let count = standing::matured(tx, program, inviter).await?;
    let mut seen: Vec<i32> = Vec::new();
    for reward in known.iter_mut().filter(|reward| reward.ended_at.is_none()) {
        // Two who became one have some steps twice.
        if i64::from(reward.step) > count || seen.contains(&reward.step) {
            end(tx, reward, program.to_string()).await?;
        } else {
            seen.push(reward.step);
        }
    }
    if !running {
        return Ok(());
    }
    for step in rules.rewards.ladder.iter().filter(|step| i64::from(step.count) <= count) {
        let number = i32::try_from(step.count).unwrap_or(i32::MAX);
        if seen.contains(&number) {
            continue;
        }
        let of_step = || known.iter().filter(|reward| reward.step == number);
        let generation = 1 + of_step().map(|reward| reward.generation).max().unwrap_or(0);
        let key = format!("referral:{program}:{inviter}:step:{number}:{generation}");
        let want = Want { role: Role::Step, member: inviter, campaign: step.campaign };
        let asked = Asked { program, referral: None, step: number, generation, key };
        give(tx, &want, asked, of_step().next_back(), program.to_string()).await?;
    }
    Ok(())
}

/// What an invitation has earned, in order.
///
/// # Errors
/// When the database does not answer.
pub async fn of(db: &impl sea_orm::ConnectionTrait, referral: ReferralId) -> Result<Vec<Model>> {
    let rows = Entity::find().filter(Column::ReferralId.eq(referral));
    Ok(rows.order_by_asc(Column::Id).all(db).await?)
}

/// What somebody has earned by the number of their invitations, and not lost.
///
/// # Errors
/// When the database does not answer.
pub async fn steps(
    db: &impl sea_orm::ConnectionTrait,
    program: ReferralProgramId,
    member: MemberId,
) -> Result<Vec<Model>> {
    let rows = Entity::find().filter(Column::ProgramId.eq(program)).filter(Column::MemberId.eq(member));
    let rows = rows.filter(Column::Role.eq(Role::Step)).filter(Column::EndedAt.is_null());
    Ok(rows.order_by_asc(Column::Step).all(db).await?)
}
