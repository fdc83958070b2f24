//! Programs: written, run, held, ended. Every change names the version that it saw and leaves a line; rules are only ever
//! added, version by version.

use chrono::{DateTime, Utc};
use entity::{
    referral::{
        program::{Column, Entity, Model, State},
        program_event, rules,
    },
    types::{ReferralProgramId, StaffId},
};
use garde::Validate;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    UpdateMany, sea_query::Expr,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    jobs::Survey,
    poster::background,
    rules::log::{self, Version},
    terms::Rules,
};
use crate::{
    error::{Code, Error, Result},
    http::page::PageQuery,
    infra::{calendar::of_our_era, clock::Time, db::Tx},
    rewards::campaign::{self, By},
};

/// A program as staff write it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReferralTerms)]
pub struct Terms {
    /// What it is called; inviters and those whom they invite read it.
    #[garde(length(chars, min = 1, max = 60))]
    pub name: String,
    /// From when on touches count.
    #[garde(custom(of_our_era))]
    pub starts_at: DateTime<Utc>,
    /// Until when; this moment is no longer within. What was touched before goes on.
    #[garde(custom(of_our_era))]
    pub ends_at: DateTime<Utc>,
    /// The rules.
    #[garde(dive)]
    pub rules: Rules,
}

/// What is done to a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Its terms are changed.
    Change,
    /// It begins, or goes on.
    Run,
    /// It is held.
    Pause,
    /// It is over.
    End,
}

impl Act {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Change, Self::Run, Self::Pause, Self::End];
}

/// Where an act leads; `None` when it cannot be done.
pub fn next(state: State, act: Act) -> Option<State> {
    match (state, act) {
        (State::Draft | State::Running | State::Paused, Act::Change) => Some(state),
        (State::Draft | State::Paused, Act::Run) => Some(State::Running),
        (State::Running, Act::Pause) => Some(State::Paused),
        (State::Draft | State::Running | State::Paused, Act::End) => Some(State::Ended),
        (State::Running, Act::Run) | (State::Draft | State::Paused, Act::Pause) | (State::Ended, _) => None,
    }
}

/// The program of this id.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn get(db: &impl ConnectionTrait, id: ReferralProgramId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(|| Error::new(Code::NotFound))
}

/// Programs, the newest first.
///
/// # Errors
/// When the cursor is not ours, or the database does not answer.
pub async fn list(db: &impl ConnectionTrait, state: Option<State>, page: &PageQuery) -> Result<Vec<Model>> {
    let mut rows = Entity::find();
    if let Some(state) = state {
        rows = rows.filter(Column::State.eq(state));
    }
    if let Some(cursor) = page.after()? {
        rows = rows.filter(cursor.beyond(Column::CreatedAt, Column::Id));
    }
    Ok(rows.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).limit(page.fetch()).all(db).await?)
}

/// The newest program in which people can invite now.
pub(super) async fn newest_open(db: &impl ConnectionTrait, now: Time) -> Result<Option<Model>> {
    let open = Entity::find().filter(Column::State.eq(State::Running)).filter(Column::StartsAt.lte(now));
    let open = open.filter(Column::EndsAt.gt(now)).order_by_desc(Column::CreatedAt).order_by_desc(Column::Id);
    Ok(open.one(db).await?)
}

/// Whether people can be invited now, and come by an invitation.
///
/// # Errors
/// [`Code::Conflict`], in words for whoever asks.
pub fn must_be_open(program: &Model, now: Time) -> Result<()> {
    let over = |words| Err(Error::new(Code::Conflict).detail(words));
    match program.state {
        State::Ended => over("活动已结束 / The program is over"),
        State::Draft | State::Paused => over("活动未在进行中 / The program is not running"),
        State::Running if now >= program.ends_at => over("活动已结束 / The program is over"),
        State::Running => Ok(()),
    }
}

/// Every program that was ever run.
pub(super) async fn begun(db: &impl ConnectionTrait) -> Result<Vec<Model>> {
    Ok(Entity::find().filter(Column::State.ne(State::Draft)).order_by_asc(Column::Id).all(db).await?)
}

/// One version of the rules of a program.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn rules_of(db: &impl ConnectionTrait, id: ReferralProgramId, version: i32) -> Result<Rules> {
    let row = rules::Entity::find_by_id((id, version)).one(db).await?.ok_or_else(|| Error::new(Code::NotFound))?;
    Ok(serde_json::from_value(row.rules)?)
}

/// Every version of the rules, in order.
///
/// # Errors
/// When the database does not answer.
pub async fn versions(db: &impl ConnectionTrait, id: ReferralProgramId) -> Result<Vec<rules::Model>> {
    let rows = rules::Entity::find().filter(rules::Column::ProgramId.eq(id));
    Ok(rows.order_by_asc(rules::Column::Version).all(db).await?)
}

/// What was done to a program, in order.
///
/// # Errors
/// When the database does not answer.
pub async fn history(db: &impl ConnectionTrait, id: ReferralProgramId) -> Result<Vec<program_event::Model>> {
    use program_event::Column;
    let lines = program_event::Entity::find().filter(Column::ProgramId.eq(id));
    Ok(lines.order_by_asc(Column::Id).all(db).await?)
}

/// A program with its history, as decisions need it.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn read(db: &impl ConnectionTrait, row: &Model) -> Result<log::Program> {
    let states = history(db, row.id).await?.into_iter().map(|line| (line.at, line.to_state)).collect();
    let version =
        |row: rules::Model| Ok(Version { number: row.version, at: row.at, rules: serde_json::from_value(row.rules)? });
    let versions = versions(db, row.id).await?.into_iter().map(version).collect::<Result<_>>()?;
    Ok(log::Program { starts_at: row.starts_at, ends_at: row.ends_at, states, versions })
}

/// Whether the terms can be kept, with the campaigns that they name.
async fn check(tx: &Tx, terms: &Terms) -> Result<()> {
    terms.rules.check()?;
    if terms.ends_at <= terms.starts_at {
        return Err(Error::invalid("ends_at", "must be after the start"));
    }
    let behind = terms.rules.poster.as_ref().and_then(|look| look.background);
    if let Some(id) = behind
        && !background::exists(tx.db(), id).await?
    {
        return Err(Error::invalid("rules.poster.background", "is no picture"));
    }
    for (field, id) in terms.rules.rewards.campaigns() {
        campaign::named(tx.db(), &field, id).await?;
    }
    Ok(())
}

/// Writes a program. Nothing counts until it is run.
///
/// # Errors
/// [`Code::Invalid`] for terms that cannot be kept.
pub async fn create(tx: &Tx, terms: &Terms, staff: StaffId) -> Result<Model> {
    check(tx, terms).await?;
    let row = Model {
        id: tx.id(),
        name: terms.name.clone(),
        state: State::Draft,
        version: 1,
        rules: 1,
        starts_at: terms.starts_at,
        ends_at: terms.ends_at,
        written_by: staff,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    Entity::insert(row.clone().into_active_model()).exec_without_returning(tx.db()).await?;
    add_rules(tx, row.id, 1, &terms.rules, By { staff, version: 0, reason: "" }).await?;
    note(tx, &row, None, By { staff, version: 0, reason: "" }).await?;
    Ok(row)
}

async fn add_rules(tx: &Tx, program: ReferralProgramId, version: i32, rules: &Rules, by: By<'_>) -> Result<()> {
    let row = rules::ActiveModel {
        program_id: Set(program),
        version: Set(version),
        rules: Set(serde_json::to_value(rules)?),
        staff_id: Set(by.staff),
        reason: Set(by.reason.to_owned()),
        at: Set(tx.now()),
    };
    rules::Entity::insert(row).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// Changes the terms. Who registered before is judged by the rules of that time; bans and trust hold for everybody.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::Invalid`]; [`Code::Conflict`] when it was changed meanwhile or is over.
pub async fn change(tx: &Tx, id: ReferralProgramId, terms: &Terms, by: By<'_>) -> Result<Model> {
    check(tx, terms).await?;
    let before = get(tx.db(), id).await?;
    if before.state != State::Draft && before.starts_at != terms.starts_at {
        return Err(Error::invalid("starts_at", "cannot change once the program has run"));
    }
    let same = rules_of(tx.db(), id, before.rules).await? == terms.rules;
    let version = if same { before.rules } else { before.rules.saturating_add(1) };
    let set = |update: UpdateMany<Entity>| {
        update
            .col_expr(Column::Name, Expr::value(terms.name.clone()))
            .col_expr(Column::StartsAt, Expr::value(terms.starts_at))
            .col_expr(Column::EndsAt, Expr::value(terms.ends_at))
            .col_expr(Column::Rules, Expr::value(version))
    };
    let row = go(tx, &before, Act::Change, by, set).await?;
    if !same {
        add_rules(tx, id, version, &terms.rules, by).await?;
    }
    tx.enqueue(Survey { program: id, after: None })?;
    Ok(row)
}

/// Starts a program, or lets it go on.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::Conflict`].
pub async fn run(tx: &Tx, id: ReferralProgramId, by: By<'_>) -> Result<Model> {
    let row = go(tx, &get(tx.db(), id).await?, Act::Run, by, |update| update).await?;
    tx.enqueue(Survey { program: id, after: None })?;
    Ok(row)
}

/// Holds a program: touches do not count, and nothing is given.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::Conflict`].
pub async fn pause(tx: &Tx, id: ReferralProgramId, by: By<'_>) -> Result<Model> {
    go(tx, &get(tx.db(), id).await?, Act::Pause, by, |update| update).await
}

/// Ends a program for good. Touches do not count any more; invitations that were touched before go on and are rewarded.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::Conflict`].
pub async fn end(tx: &Tx, id: ReferralProgramId, by: By<'_>) -> Result<Model> {
    let row = go(tx, &get(tx.db(), id).await?, Act::End, by, |update| update).await?;
    tx.enqueue(Survey { program: id, after: None })?;
    Ok(row)
}

/// Does something to a program that is still as `before` and as the caller saw it.
async fn go(
    tx: &Tx,
    before: &Model,
    act: Act,
    by: By<'_>,
    set: impl FnOnce(UpdateMany<Entity>) -> UpdateMany<Entity>,
) -> Result<Model> {
    let changed = || Error::new(Code::Conflict).detail("it was changed meanwhile");
    if before.version != by.version {
        return Err(changed());
    }
    let impossible = || Error::new(Code::Conflict).detail("this is not possible in the present state of the program");
    let to = next(before.state, act).ok_or_else(impossible)?;
    let update = set(Entity::update_many())
        .col_expr(Column::State, Expr::value(to))
        .col_expr(Column::Version, Expr::value(before.version.saturating_add(1)))
        .col_expr(Column::UpdatedAt, Expr::value(tx.now()))
        .filter(Column::Id.eq(before.id))
        .filter(Column::Version.eq(before.version))
        .filter(Column::State.eq(before.state));
    if update.exec(tx.db()).await?.rows_affected == 0 {
        return Err(changed());
    }
    let row = get(tx.db(), before.id).await?;
    note(tx, &row, Some(before.state), by).await?;
    Ok(row)
}

async fn note(tx: &Tx, row: &Model, from: Option<State>, by: By<'_>) -> Result<()> {
    let line = program_event::ActiveModel {
        id: Set(tx.id()),
        program_id: Set(row.id),
        staff_id: Set(by.staff),
        from_state: Set(from),
        to_state: Set(row.state),
        version: Set(row.version),
        reason: Set(by.reason.to_owned()),
        at: Set(tx.now()),
    };
    program_event::Entity::insert(line).exec_without_returning(tx.db()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_stays_over_and_nothing_else_is_lost() {
        let states = [State::Draft, State::Running, State::Paused, State::Ended];
        let leads = |act| states.map(|state| next(state, act));
        assert_eq!(leads(Act::Change), [Some(State::Draft), Some(State::Running), Some(State::Paused), None]);
        assert_eq!(leads(Act::Run), [Some(State::Running), None, Some(State::Running), None]);
        assert_eq!(leads(Act::Pause), [None, Some(State::Paused), None, None]);
        assert_eq!(leads(Act::End), [Some(State::Ended), Some(State::Ended), Some(State::Ended), None]);
        assert!(Act::ALL.iter().all(|act| next(State::Ended, *act).is_none()));
    }
}
