//! Budgets: accounts that change by conditional updates only, each with its entry. What is promised is never more than
//! what was put in, and the sums of the entries are the account (pay sheet section 9, rule 7).

use entity::{
    rewards::{
        budget_account::{Column, Entity, Model, Unit},
        budget_entry::{self, Movement},
        payout::State,
    },
    types::{CampaignId, GrantId, PayoutId},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::Expr,
};

use crate::{
    error::{Code, Error, Result},
    infra::{calendar::day_of, db::Tx, news::News},
};

/// One movement of a budget.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) campaign: CampaignId,
    pub(super) movement: Movement,
    pub(super) amount: i64,
    /// What moves it, said once.
    pub(super) key: String,
    pub(super) grant: Option<GrantId>,
    pub(super) payout: Option<PayoutId>,
}

/// From where a movement takes, and where it puts; `None` is what is free.
fn path(movement: Movement) -> (Option<Column>, Option<Column>) {
    match movement {
        Movement::Fund => (None, Some(Column::Total)),
        Movement::Reserve => (None, Some(Column::Reserved)),
        Movement::Send => (Some(Column::Reserved), Some(Column::Sent)),
        Movement::Receive => (Some(Column::Sent), Some(Column::Received)),
        Movement::Release => (Some(Column::Reserved), None),
        Movement::Return => (Some(Column::Sent), None),
        Movement::Give => (None, Some(Column::Received)),
        Movement::TakeBack => (Some(Column::Received), None),
    }
}

/// How much more is free after a movement.
pub(super) fn freed(movement: Movement, amount: i64) -> i64 {
    match movement {
        Movement::Fund | Movement::Release | Movement::Return | Movement::TakeBack => amount,
        Movement::Reserve | Movement::Give => amount.saturating_neg(),
        Movement::Send | Movement::Receive => 0,
    }
}

/// Opens the account of a campaign with nothing in it, unless it is there.
pub(super) async fn open(tx: &Tx, campaign: CampaignId, unit: Unit) -> Result<()> {
    let row = Model { campaign_id: campaign, unit, total: 0, reserved: 0, sent: 0, received: 0 };
    Entity::insert(row.into_active_model()).on_conflict_do_nothing().exec_without_returning(tx.db()).await?;
    Ok(())
}

/// The account of a campaign.
pub(super) async fn get(db: &impl ConnectionTrait, campaign: CampaignId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(campaign).one(db).await?)
}

/// What can still be promised.
pub(super) fn free(account: &Model) -> i64 {
    account.total.saturating_sub(account.reserved).saturating_sub(account.sent).saturating_sub(account.received)
}

/// Moves an amount, if it is there; says whether it was.
pub(super) async fn book(tx: &Tx, entry: Entry) -> Result<bool> {
    let (from, to) = path(entry.movement);
    let amount = entry.amount;
    let mut update = Entity::update_many().filter(Column::CampaignId.eq(entry.campaign));
    if let Some(from) = from {
        update = update.col_expr(from, Expr::col(from).sub(amount)).filter(Expr::col(from).gte(amount));
    }
    if let Some(to) = to {
        update = update.col_expr(to, Expr::col(to).add(amount));
        if from.is_none() {
            // What is promised, with this, stays within what was put in; what was put in stays enough for the promises.
            let promised = Expr::col(Column::Reserved).add(Expr::col(Column::Sent)).add(Expr::col(Column::Received));
            update = match to {
                Column::Total => update.filter(promised.lte(Expr::col(Column::Total).add(amount))),
                _ => update.filter(promised.add(amount).lte(Expr::col(Column::Total))),
            };
        }
    }
    if update.exec(tx.db()).await?.rows_affected == 0 {
        return Ok(false);
    }
    let row = budget_entry::Model {
        id: tx.id(),
        campaign_id: entry.campaign,
        key: entry.key,
        movement: entry.movement,
        amount,
        grant_id: entry.grant,
        payout_id: entry.payout,
        at: tx.now(),
        biz_day: day_of(tx.now()),
    };
    tx.tell(News::Campaign(row.campaign_id));
    budget_entry::Entity::insert(row.into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(true)
}

/// Moves an amount that must be there.
///
/// # Errors
/// When it is not: the books are wrong, and nothing of this unit of work may stand.
pub(super) async fn must(tx: &Tx, entry: Entry) -> Result<()> {
    let what = format!("{:?} of {} for {}", entry.movement, entry.amount, entry.campaign);
    if book(tx, entry).await? { Ok(()) } else { Err(Error::internal(format!("the budget does not have it: {what}"))) }
}

/// Where the money of a payout in this state stands.
fn place(state: State) -> Option<Column> {
    match state {
        State::Created | State::Submitting | State::Unknown => Some(Column::Reserved),
        State::WaitingUser | State::Returning => Some(Column::Sent),
        State::Paid => Some(Column::Received),
        State::Returned | State::Rejected => None,
    }
}

/// The movements that take the money of a payout from one state to another.
pub(super) fn movements(from: State, to: State) -> &'static [Movement] {
    match (place(from), place(to)) {
        (Some(Column::Reserved), Some(Column::Sent)) => &[Movement::Send],
        (Some(Column::Reserved), Some(Column::Received)) => &[Movement::Send, Movement::Receive],
        (Some(Column::Reserved), None) if to == State::Returned => &[Movement::Send, Movement::Return],
        (Some(Column::Reserved), None) => &[Movement::Release],
        (Some(Column::Sent), Some(Column::Received)) => &[Movement::Receive],
        (Some(Column::Sent), None) => &[Movement::Return],
        _ => &[],
    }
}

/// What the entries of a campaign add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[schema(as = BudgetSums)]
pub struct Sums {
    /// What was put in.
    pub total: i64,
    /// What is promised.
    pub reserved: i64,
    /// What is with WeChat.
    pub sent: i64,
    /// What arrived.
    pub received: i64,
}

impl From<&Model> for Sums {
    fn from(row: &Model) -> Self {
        Self { total: row.total, reserved: row.reserved, sent: row.sent, received: row.received }
    }
}

impl Sums {
    fn add(&mut self, column: Column, amount: i64) {
        let part = match column {
            Column::Total => &mut self.total,
            Column::Reserved => &mut self.reserved,
            Column::Sent => &mut self.sent,
            Column::Received => &mut self.received,
            Column::CampaignId | Column::Unit => return,
        };
        *part = part.saturating_add(amount);
    }
}

#[derive(FromQueryResult)]
struct Moved {
    movement: Movement,
    amount: i64,
}

/// What the entries of a campaign add up to, by the entries alone.
///
/// # Errors
/// When the database does not answer.
pub async fn sums(db: &impl ConnectionTrait, campaign: CampaignId) -> Result<Sums> {
    let mut sums = Sums::default();
    let moved = budget_entry::Entity::find()
        .select_only()
        .column(budget_entry::Column::Movement)
        // PostgreSQL adds whole numbers up to a decimal one.
        .column_as(budget_entry::Column::Amount.sum().cast_as("BIGINT"), "amount")
        .filter(budget_entry::Column::CampaignId.eq(campaign))
        .group_by(budget_entry::Column::Movement)
        .into_model::<Moved>();
    for Moved { movement, amount } in moved.all(db).await? {
        let (from, to) = path(movement);
        if let Some(from) = from {
            sums.add(from, amount.saturating_neg());
        }
        if let Some(to) = to {
            sums.add(to, amount);
        }
    }
    Ok(sums)
}

/// Puts budget in, or takes free budget out, so that there is `total`.
///
/// # Errors
/// [`Code::Conflict`] when more than that is promised.
pub(super) async fn fund(tx: &Tx, campaign: CampaignId, total: i64, version: i32) -> Result<()> {
    let there = get(tx.db(), campaign).await?.map_or(0, |account| account.total);
    if there == total {
        return Ok(());
    }
    let (amount, key) = (total.saturating_sub(there), format!("{campaign}:fund:{version}"));
    let entry = Entry { campaign, movement: Movement::Fund, amount, key, grant: None, payout: None };
    if book(tx, entry).await? {
        Ok(())
    } else {
        Err(Error::new(Code::Conflict).detail("more than this budget is promised already"))
    }
}
