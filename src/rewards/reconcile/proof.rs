//! The proof: budgets, payouts, bills and points agree, or which fen do not.

use chrono::{DateTime, Utc};
use entity::{
    rewards::{
        reconciliation::{self, State as DayState},
        reconciliation_case::{self, Column, Entity, State},
    },
    types::{CampaignId, FenChange, MerchantKey},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};

use super::{books, store};
use crate::{
    error::Result,
    infra::{
        calendar::{Day, day_of},
        db::Db,
    },
    points,
    rewards::{
        campaign,
        check::{self, Books},
    },
};

/// How many things of a kind are named; all of them are counted.
const NAMED: u64 = 100;

/// Days, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first.
    pub from: Day,
    /// The last.
    pub to: Day,
}

impl From<Day> for Range {
    fn from(day: Day) -> Self {
        Self { from: day, to: day }
    }
}

/// Whether everything agrees, and what does not.
#[derive(Clone, Debug)]
pub struct Proof {
    /// Every day has its bill, no difference is unexplained, budgets and points add up.
    pub balanced: bool,
    /// Days of merchants, by how far they are.
    pub days: Days,
    /// Days whose bill and payouts differ, or whose bill is not known; the earliest first, at most 100.
    pub unproven: Vec<reconciliation::Model>,
    /// Cases that nobody has closed.
    pub open: Named,
    /// Cases that staff have settled: the fen differ, and it is known why.
    pub settled: Named,
    /// The open cases, the earliest first, at most 100.
    pub cases: Vec<reconciliation_case::Model>,
    /// Payouts that are with WeChat and not at their end: what bills have of them is not judged yet.
    pub in_flight: InFlight,
    /// How many campaigns were looked at.
    pub campaigns: usize,
    /// Those whose account, entries, grants and payouts do not say the same.
    pub budgets: Vec<(CampaignId, Books)>,
    /// Points.
    pub points: Points,
}

/// Days of merchants in the range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[schema(as = ProofDays)]
pub struct Days {
    /// Bill and payouts say the same.
    pub balanced: i64,
    /// They differ.
    pub different: i64,
    /// The bill is not known yet, or not to be had.
    pub unknown: i64,
    /// Nobody has asked for the bill yet.
    pub unplanned: i64,
}

/// What cases name together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[schema(as = ProofCases)]
pub struct Named {
    /// How many cases.
    pub count: i64,
    /// What went out by our books less what went out by the bills, both less what came back.
    #[serde(rename = "difference_fen")]
    pub difference: FenChange,
}

/// Payouts that are with WeChat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[schema(as = ProofInFlight)]
pub struct InFlight {
    /// How many.
    pub count: i64,
    /// How much they are.
    pub amount_fen: i64,
}

/// Whether points add up, by the last look at all accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[schema(as = ProofPoints)]
pub struct Points {
    /// When all of them were last looked at; none before the first night.
    pub checked_at: Option<DateTime<Utc>>,
    /// How many accounts do not add up now; at most 100 are counted.
    pub differences: usize,
}

/// Looks at everything. Changes nothing.
///
/// # Errors
/// When the database does not answer.
pub async fn proof(db: &Db, merchants: &[MerchantKey], range: Range) -> Result<Proof> {
    let read = db.read();
    let (days, unproven) = (days(db, merchants, range).await?, unproven(read, range).await?);
    let (open, settled) = (named(read, range, State::Open).await?, named(read, range, State::Settled).await?);
    let campaigns = campaign::all(read).await?;
    let mut budgets = Vec::new();
    for campaign in &campaigns {
        let books = check::books(db, *campaign).await?;
        if !books.agree {
            budgets.push((*campaign, books));
        }
    }
    let (count, amount_fen) = books::in_flight(read).await?;
    let points = Points {
        checked_at: points::check::last(read).await?.and_then(|check| check.done_at),
        differences: points::check::open(read, NAMED).await?.len(),
    };
    let proven = days.unknown == 0 && days.unplanned == 0 && open.count == 0;
    Ok(Proof {
        balanced: proven && budgets.is_empty() && points.differences == 0,
        days,
        unproven,
        open,
        settled,
        cases: cases(read, range).await?,
        in_flight: InFlight { count, amount_fen },
        campaigns: campaigns.len(),
        budgets,
        points,
    })
}

async fn days(db: &Db, merchants: &[MerchantKey], range: Range) -> Result<Days> {
    use reconciliation::{Column, Entity};
    let mut days = Days::default();
    let counted = Entity::find()
        .select_only()
        .column(Column::State)
        .column_as(Column::Id.count(), "count")
        .filter(Column::Day.between(range.from, range.to))
        .group_by(Column::State)
        .into_tuple::<(DayState, i64)>();
    for (state, count) in counted.all(db.read()).await? {
        let of = match state {
            DayState::Balanced => &mut days.balanced,
            DayState::Different => &mut days.different,
            DayState::Waiting | DayState::Fetching | DayState::Matching | DayState::Unavailable => &mut days.unknown,
        };
        *of = of.saturating_add(count);
    }
    for merchant in merchants {
        let Some(first) = store::first_day(db.read(), merchant).await? else { continue };
        let last = std::cmp::min(range.to, day_of(db.now()).pred_opt().unwrap_or(Day::MIN));
        let due = (last - std::cmp::max(first, range.from)).num_days().saturating_add(1).clamp(0, i64::MAX);
        days.unplanned = days.unplanned.saturating_add(due - planned(db.read(), merchant, range).await?);
    }
    Ok(days)
}

/// How many days of a merchant are planned.
async fn planned(db: &impl ConnectionTrait, merchant: &MerchantKey, range: Range) -> Result<i64> {
    use reconciliation::{Column, Entity};
    let planned = Entity::find()
        .select_only()
        .column_as(Column::Id.count(), "count")
        .filter(Column::Merchant.eq(merchant.clone()))
        .filter(Column::Day.between(range.from, range.to));
    Ok(planned.into_tuple().one(db).await?.unwrap_or_default())
}

async fn unproven(db: &impl ConnectionTrait, range: Range) -> Result<Vec<reconciliation::Model>> {
    use reconciliation::{Column, Entity};
    let rows = Entity::find()
        .filter(Column::Day.between(range.from, range.to))
        .filter(Column::State.ne(DayState::Balanced))
        .order_by_asc(Column::Day)
        .order_by_asc(Column::Id);
    Ok(rows.limit(NAMED).all(db).await?)
}

#[derive(FromQueryResult)]
struct Sums {
    count: i64,
    difference: i64,
}

async fn named(db: &impl ConnectionTrait, range: Range, state: State) -> Result<Named> {
    use sea_orm::sea_query::Expr;
    let here = Expr::col(Column::HereOut).sub(Expr::col(Column::HereIn));
    let there = Expr::col(Column::ThereOut).sub(Expr::col(Column::ThereIn));
    let sums = Entity::find()
        .select_only()
        .column_as(Column::Id.count(), "count")
        // PostgreSQL adds whole numbers up to a decimal one.
        .column_as(here.sub(there).sum().if_null(0).cast_as("BIGINT"), "difference")
        .filter(Column::Day.between(range.from, range.to))
        .filter(Column::State.eq(state))
        .into_model::<Sums>();
    let Sums { count, difference } = sums.one(db).await?.unwrap_or(Sums { count: 0, difference: 0 });
    Ok(Named { count, difference: difference.try_into()? })
}

async fn cases(db: &impl ConnectionTrait, range: Range) -> Result<Vec<reconciliation_case::Model>> {
    let rows = Entity::find().filter(Column::Day.between(range.from, range.to)).filter(Column::State.eq(State::Open));
    Ok(rows.order_by_asc(Column::Day).order_by_asc(Column::Id).limit(NAMED).all(db).await?)
}
