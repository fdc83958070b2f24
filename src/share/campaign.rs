//! Share campaigns: written, run, held, ended. Every change names the version that it saw and leaves a line; rules are only
//! ever added, version by version.

use chrono::{DateTime, Utc};
use entity::{
    share::{
        campaign::{Column, Entity, Model, State},
        campaign_event, page, rules,
    },
    types::{ShareCampaignId, StaffId},
};
use garde::Validate;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, UpdateMany,
    sea_query::{Expr, OnConflict},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    jobs::Survey,
    rules::log::{Campaign, Version},
    terms::Rules,
};
use crate::{
    error::{Code, Error, Result},
    http::page::PageQuery,
    infra::{calendar::of_our_era, clock::Time, db::Tx},
    rewards::{
        campaign::{self, By},
        terms::Gives,
    },
};

/// A share campaign as staff write it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ShareTerms)]
pub struct Terms {
    /// What it is called among staff.
    #[garde(length(chars, min = 1, max = 60))]
    pub name: String,
    /// From when on visits count.
    #[garde(custom(of_our_era))]
    pub starts_at: DateTime<Utc>,
    /// Until when; this moment is no longer within.
    #[garde(custom(of_our_era))]
    pub ends_at: DateTime<Utc>,
    /// The rules.
    #[garde(dive)]
    pub rules: Rules,
}

/// What is done to a campaign.
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

/// The campaign of this id.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn get(db: &impl ConnectionTrait, id: ShareCampaignId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(|| Error::new(Code::NotFound))
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

/// The campaigns that have ever named one of these pages, the oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn of_pages(
    db: &impl ConnectionTrait,
    pages: impl IntoIterator<Item = String>,
) -> Result<Vec<ShareCampaignId>> {
    let pages: Vec<String> = pages.into_iter().collect();
    if pages.is_empty() {
        return Ok(Vec::new());
    }
    let ids = page::Entity::find().select_only().column(page::Column::CampaignId).distinct();
    let ids = ids.filter(page::Column::Page.is_in(pages)).order_by_asc(page::Column::CampaignId);
    Ok(ids.into_tuple().all(db).await?)
}

/// One version of the rules of a campaign.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn rules_of(db: &impl ConnectionTrait, id: ShareCampaignId, version: i32) -> Result<Rules> {
    let row = rules::Entity::find_by_id((id, version)).one(db).await?.ok_or_else(|| Error::new(Code::NotFound))?;
    Ok(serde_json::from_value(row.rules)?)
}

/// Every version of the rules, in order.
///
/// # Errors
/// When the database does not answer.
pub async fn versions(db: &impl ConnectionTrait, id: ShareCampaignId) -> Result<Vec<rules::Model>> {
    let rows = rules::Entity::find().filter(rules::Column::CampaignId.eq(id));
    Ok(rows.order_by_asc(rules::Column::Version).all(db).await?)
}

/// What was done to a campaign, in order.
///
/// # Errors
/// When the database does not answer.
pub async fn history(db: &impl ConnectionTrait, id: ShareCampaignId) -> Result<Vec<campaign_event::Model>> {
    use campaign_event::Column;
    let lines = campaign_event::Entity::find().filter(Column::CampaignId.eq(id));
    Ok(lines.order_by_asc(Column::Id).all(db).await?)
}

/// A campaign with its history, as decisions need it.
///
/// # Errors
/// When the database does not answer.
pub async fn read(db: &impl ConnectionTrait, row: &Model) -> Result<Campaign> {
    let states = history(db, row.id).await?.into_iter().map(|line| (line.at, line.to_state)).collect();
    let version =
        |row: rules::Model| Ok(Version { number: row.version, at: row.at, rules: serde_json::from_value(row.rules)? });
    let versions = versions(db, row.id).await?.into_iter().map(version).collect::<Result<_>>()?;
    Ok(Campaign { starts_at: row.starts_at, ends_at: row.ends_at, states, versions })
}

/// The rules of the campaign that counts visits to a page now: of the one that was written last.
///
/// # Errors
/// When the database does not answer.
pub async fn open_for(db: &impl ConnectionTrait, page: &str, now: Time) -> Result<Option<Rules>> {
    for id in of_pages(db, [page.to_owned()]).await?.into_iter().rev() {
        let row = get(db, id).await?;
        if row.state != State::Running || !(row.starts_at..row.ends_at).contains(&now) {
            continue;
        }
        let rules = rules_of(db, id, row.rules).await?;
        if rules.page(page).is_some() {
            return Ok(Some(rules));
        }
    }
    Ok(None)
}

/// Whether the terms can be kept, with the campaigns that they name.
async fn check(tx: &Tx, terms: &Terms) -> Result<()> {
    terms.rules.check()?;
    if terms.ends_at <= terms.starts_at {
        return Err(Error::invalid("ends_at", "must be after the start"));
    }
    for (field, id) in terms.rules.rewards.campaigns() {
        let found = campaign::named(tx.db(), &field, id).await?;
        if !matches!(found.terms.gives, Gives::Points(_)) {
            return Err(Error::invalid(field, "must give points"));
        }
    }
    Ok(())
}

/// Writes a campaign. Nothing counts until it is run.
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

async fn add_rules(tx: &Tx, campaign: ShareCampaignId, version: i32, rules: &Rules, by: By<'_>) -> Result<()> {
    let row = rules::ActiveModel {
        campaign_id: Set(campaign),
        version: Set(version),
        rules: Set(serde_json::to_value(rules)?),
        staff_id: Set(by.staff),
        reason: Set(by.reason.to_owned()),
        at: Set(tx.now()),
    };
    rules::Entity::insert(row).exec_without_returning(tx.db()).await?;
    let pages = rules.pages.iter();
    let pages = pages.map(|page| page::ActiveModel { page: Set(page.page.clone()), campaign_id: Set(campaign) });
    let unless_known = OnConflict::columns([page::Column::Page, page::Column::CampaignId]).do_nothing().to_owned();
    tx.db().execute(tx.insert(pages)?.on_conflict(unless_known)).await?;
    Ok(())
}

/// Changes the terms. What was opened before is judged by the rules of that time.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::Invalid`]; [`Code::Conflict`] when it was changed meanwhile or is over.
pub async fn change(tx: &Tx, id: ShareCampaignId, terms: &Terms, by: By<'_>) -> Result<Model> {
    check(tx, terms).await?;
    let before = get(tx.db(), id).await?;
    if before.state != State::Draft && before.starts_at != terms.starts_at {
        return Err(Error::invalid("starts_at", "cannot change once the campaign has run"));
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
    tx.enqueue(Survey { campaign: id, after: None })?;
    Ok(row)
}

/// Starts a campaign, lets it go on, holds it, or ends it for good: then nothing counts any more that is opened later, and
/// what was opened before goes on. While it is held nothing is given.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::Conflict`].
pub async fn act(tx: &Tx, id: ShareCampaignId, act: Act, by: By<'_>) -> Result<Model> {
    let row = go(tx, &get(tx.db(), id).await?, act, by, |update| update).await?;
    tx.enqueue(Survey { campaign: id, after: None })?;
    Ok(row)
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
        .filter(Column::Version.eq(before.version));
    if update.exec(tx.db()).await?.rows_affected == 0 {
        return Err(changed());
    }
    let row = get(tx.db(), before.id).await?;
    note(tx, &row, Some(before.state), by).await?;
    Ok(row)
}

async fn note(tx: &Tx, row: &Model, from: Option<State>, by: By<'_>) -> Result<()> {
    let line = campaign_event::ActiveModel {
        id: Set(tx.id()),
        campaign_id: Set(row.id),
        staff_id: Set(by.staff),
        from_state: Set(from),
        to_state: Set(row.state),
        version: Set(row.version),
        reason: Set(by.reason.to_owned()),
        at: Set(tx.now()),
    };
    campaign_event::Entity::insert(line).exec_without_returning(tx.db()).await?;
    Ok(())
}
