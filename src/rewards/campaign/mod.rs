//! Campaigns: written, approved, run, held, ended. Every change names the version that it saw, and leaves a line.

mod preview;
pub mod rules;

use std::collections::BTreeMap;

use entity::{
    rewards::{
        campaign::{Column, Entity, Model, State},
        campaign_event,
    },
    types::{CampaignId, StaffId},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    UpdateMany, sea_query::Expr,
};

pub use self::preview::{Preview, preview};
use self::rules::{Act, may_approve, next};
use super::{
    amount, budget,
    events::CampaignPaused,
    share,
    terms::{Amount, Terms},
};
use crate::{
    error::{Code, Error, Result},
    http::page::PageQuery,
    infra::{
        config::Rewards,
        db::{Tx, count_up_to},
        news::{Need, News},
    },
};

/// Who changes a campaign, or a program or share campaign that gives by campaigns, and what they saw of it.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    /// Who.
    pub staff: StaffId,
    /// The version that they saw.
    pub version: i32,
    /// Why, for the record.
    pub reason: &'a str,
}

/// A campaign with its terms read.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// Its row.
    pub row: Model,
    /// What it promises.
    pub terms: Terms,
}

impl TryFrom<Model> for Campaign {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self> {
        Ok(Self { terms: serde_json::from_value(row.terms.clone())?, row })
    }
}

/// The campaign of this id.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn get(db: &impl ConnectionTrait, id: CampaignId) -> Result<Campaign> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(|| Error::new(Code::NotFound))?.try_into()
}

/// The campaigns of these ids, as far as there are any. One look-up.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn many(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = CampaignId>,
) -> Result<BTreeMap<CampaignId, Campaign>> {
    let rows = Entity::find().filter(Column::Id.is_in(ids)).all(db).await?;
    rows.into_iter().map(|row| Ok((row.id, row.try_into()?))).collect()
}

/// The campaign that a field of other rules names, when they can give by it: it says itself how much.
///
/// # Errors
/// [`Code::Invalid`] about the field.
pub async fn named(db: &impl ConnectionTrait, field: &str, id: CampaignId) -> Result<Campaign> {
    let found = match get(db, id).await {
        Err(missing) if missing.code() == Code::NotFound => return Err(Error::invalid(field, "is no campaign")),
        found => found?,
    };
    match found.terms.amount {
        Amount::Asked { .. } => Err(Error::invalid(field, "must say itself how much it gives")),
        _ => Ok(found),
    }
}

/// Campaigns, the newest first.
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

/// Those in a state.
pub(super) async fn in_state(db: &impl ConnectionTrait, state: State) -> Result<Vec<Model>> {
    Ok(Entity::find().filter(Column::State.eq(state)).order_by_asc(Column::Id).all(db).await?)
}

/// Every campaign that has a budget.
pub(super) async fn all(db: &impl ConnectionTrait) -> Result<Vec<CampaignId>> {
    let ids = Entity::find().select_only().column(Column::Id).filter(Column::ApprovedAt.is_not_null());
    Ok(ids.order_by_asc(Column::Id).into_tuple().all(db).await?)
}

/// What was done to a campaign, in order.
///
/// # Errors
/// When the database does not answer.
pub async fn history(db: &impl ConnectionTrait, id: CampaignId) -> Result<Vec<campaign_event::Model>> {
    use campaign_event::Column;
    let lines = campaign_event::Entity::find().filter(Column::CampaignId.eq(id));
    Ok(lines.order_by_asc(Column::Id).all(db).await?)
}

/// Writes a campaign. It gives nothing until it was approved and started.
///
/// # Errors
/// [`Code::Invalid`] for terms that cannot be kept.
pub async fn create(tx: &Tx, terms: &Terms, staff: StaffId) -> Result<Model> {
    terms.check()?;
    let row = Model {
        id: tx.id(),
        name: terms.name.clone(),
        state: State::Draft,
        version: 1,
        what: terms.gives.what(),
        terms: serde_json::to_value(terms)?,
        starts_at: terms.starts_at,
        ends_at: terms.ends_at,
        written_by: staff,
        changed_by: staff,
        approved_by: None,
        approved_at: None,
        paused_why: None,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    Entity::insert(row.clone().into_active_model()).exec_without_returning(tx.db()).await?;
    note(tx, &row, Some(staff), None, "", None).await?;
    Ok(row)
}

/// Changes the terms. They have to be approved anew; what is promised already stays so.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::Invalid`]; [`Code::Conflict`] when it was changed meanwhile, is running or over, or gives
/// something else than before although somebody got something already.
pub async fn change(tx: &Tx, id: CampaignId, terms: &Terms, by: By<'_>) -> Result<Model> {
    terms.check()?;
    let before = get(tx.db(), id).await?;
    let begun = before.row.approved_at.is_some();
    if begun && before.terms.gives.unit() != terms.gives.unit() {
        return Err(Error::new(Code::Conflict).detail("what was promised is counted otherwise"));
    }
    let written = serde_json::to_value(terms)?;
    let what = terms.gives.what();
    let set = |update: UpdateMany<Entity>| {
        update
            .col_expr(Column::Name, Expr::value(terms.name.clone()))
            .col_expr(Column::What, Expr::value(what))
            .col_expr(Column::Terms, Expr::value(written.clone()))
            .col_expr(Column::StartsAt, Expr::value(terms.starts_at))
            .col_expr(Column::EndsAt, Expr::value(terms.ends_at))
            .col_expr(Column::ChangedBy, Expr::value(by.staff))
    };
    go(tx, &before.row, Act::Change, by, set).await
}

/// Approves the terms, puts the budget in and splits it where that was said.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::Conflict`] when it was changed meanwhile, is no draft, or more is promised than the budget
/// has; [`Code::Forbidden`] when a second person has to approve it.
pub async fn approve(tx: &Tx, id: CampaignId, limits: &Rewards, by: By<'_>) -> Result<Model> {
    let campaign = get(tx.db(), id).await?;
    let Campaign { row, terms } = &campaign;
    if !may_approve(terms, limits, row.written_by, row.changed_by, by.staff) {
        return Err(Error::new(Code::Forbidden).detail("somebody else has to approve it than who wrote or changed it"));
    }
    let set = |update: UpdateMany<Entity>| {
        update.col_expr(Column::ApprovedBy, Expr::value(by.staff)).col_expr(Column::ApprovedAt, Expr::value(tx.now()))
    };
    let row = go(tx, row, Act::Approve, by, set).await?;
    budget::open(tx, id, terms.gives.unit()).await?;
    budget::fund(tx, id, terms.budget, row.version).await?;
    if share::clear(tx, id).await? {
        return Err(Error::new(Code::Conflict).detail("shares of it were given already; end it and write another one"));
    }
    if let Amount::Lucky { shares, min, max } = terms.amount {
        let given = budget::get(tx.db(), id).await?.is_some_and(|account| budget::free(&account) != terms.budget);
        if given {
            return Err(Error::new(Code::Conflict).detail("what was given already cannot be split"));
        }
        let split = amount::split(terms.budget, shares, (min, max), tx.random());
        share::write(tx, id, &split).await?;
    }
    Ok(row)
}

/// Starts a campaign, or lets it go on.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::Conflict`].
pub async fn run(tx: &Tx, id: CampaignId, by: By<'_>) -> Result<Model> {
    let nothing: Option<String> = None;
    let row = get(tx.db(), id).await?.row;
    go(tx, &row, Act::Run, by, |update| update.col_expr(Column::PausedWhy, Expr::value(nothing.clone()))).await
}

/// Holds a campaign.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::Conflict`].
pub async fn pause(tx: &Tx, id: CampaignId, by: By<'_>) -> Result<Model> {
    let row = get(tx.db(), id).await?.row;
    go(tx, &row, Act::Pause, by, |update| update.col_expr(Column::PausedWhy, Expr::value("staff"))).await
}

/// Ends a campaign for good. What was promised is kept, or lapses in its time.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::Conflict`].
pub async fn end(tx: &Tx, id: CampaignId, by: By<'_>) -> Result<Model> {
    let row = get(tx.db(), id).await?.row;
    go(tx, &row, Act::End, by, |update| update).await
}

/// Holds a campaign because a rule says so, if it runs.
pub(super) async fn stop(tx: &Tx, id: CampaignId, why: &'static str) -> Result<bool> {
    let held = Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Paused))
        .col_expr(Column::PausedWhy, Expr::value(why))
        .col_expr(Column::Version, Expr::cust("version + 1"))
        .col_expr(Column::UpdatedAt, Expr::value(tx.now()))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(State::Running));
    if held.exec(tx.db()).await?.rows_affected == 0 {
        return Ok(false);
    }
    let row = get(tx.db(), id).await?.row;
    note(tx, &row, None, Some(State::Running), why, None).await?;
    tx.emit(&CampaignPaused { campaign: id, why: why.to_owned() })?;
    tracing::error!(campaign = %id, why, "a campaign was stopped by a rule");
    Ok(true)
}

/// Holds a campaign by the kill switch, whatever version it is, if it runs.
///
/// # Errors
/// When the database does not answer.
pub async fn kill(tx: &Tx, id: CampaignId, staff: StaffId, reason: &str) -> Result<()> {
    let row = get(tx.db(), id).await?.row;
    if row.state == State::Running {
        let by = By { staff, version: row.version, reason };
        go(tx, &row, Act::Pause, by, |update| update.col_expr(Column::PausedWhy, Expr::value("kill"))).await?;
    }
    Ok(())
}

/// Does something to a campaign that is still as `before` and as the caller saw it.
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
    let impossible = || Error::new(Code::Conflict).detail("this is not possible in the present state of the campaign");
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
    let row = get(tx.db(), before.id).await?.row;
    let terms = (act == Act::Change).then(|| before.terms.clone());
    note(tx, &row, Some(by.staff), Some(before.state), by.reason, terms).await?;
    Ok(row)
}

async fn note(
    tx: &Tx,
    row: &Model,
    staff: Option<StaffId>,
    from: Option<State>,
    reason: &str,
    before: Option<serde_json::Value>,
) -> Result<()> {
    let line = campaign_event::ActiveModel {
        id: Set(tx.id()),
        campaign_id: Set(row.id),
        staff_id: Set(staff),
        from_state: Set(from),
        to_state: Set(row.state),
        version: Set(row.version),
        reason: Set(reason.to_owned()),
        before: Set(before),
        at: Set(tx.now()),
    };
    campaign_event::Entity::insert(line).exec_without_returning(tx.db()).await?;
    tx.tell(News::Campaign(row.id));
    if from != Some(row.state) {
        tx.tell(News::Need(Need::Approvals));
    }
    Ok(())
}

/// Campaigns that nobody has approved, counted up to `most`.
///
/// # Errors
/// When the database does not answer.
pub async fn unapproved(db: &impl ConnectionTrait, most: u64) -> Result<u64> {
    count_up_to(db, Entity::find().filter(Column::State.eq(State::Draft)), most).await
}
