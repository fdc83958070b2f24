//! Leaderboards: how many invitations of each inviter count in a period, and what they brought. Every figure is a sum over
//! invitations, written anew whenever one of them changes; a rank is a short sum over ranges of figures.

use entity::{
    referral::{
        invitation::{self, State as Referral},
        place,
        standing::{Column, Entity, Model},
    },
    types::{MemberId, ReferralProgramId},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LockType, OnConflict},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    error::Result,
    infra::{clock::Time, db::Tx},
};

/// The period without an end.
pub const ALL: &str = "all";
/// Figures below this have a range of their own each.
const EXACT: i64 = 256;
/// Into how many ranges each doubling is cut above that.
const PARTS: i64 = 32;

/// By what inviters are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReferralBoard)]
pub enum Board {
    /// How many invitations count.
    Matured,
    /// What the invited people bought.
    Value,
}

impl Board {
    fn name(self) -> &'static str {
        match self {
            Self::Matured => "matured",
            Self::Value => "value",
        }
    }

    fn column(self) -> Column {
        match self {
            Self::Matured => Column::Matured,
            Self::Value => Column::ValueFen,
        }
    }

    fn of(self, row: &Model) -> i64 {
        match self {
            Self::Matured => row.matured,
            Self::Value => row.value_fen,
        }
    }
}

/// The range of a figure: greater figures are in greater ranges, or in the same one.
fn bucket(figure: i64) -> i32 {
    let figure = Ord::max(figure, 0);
    let bucket = if figure < EXACT {
        figure
    } else {
        let doublings = i64::from(figure.ilog2() - EXACT.ilog2());
        let size = (EXACT << doublings) / PARTS;
        let part = (figure - (EXACT << doublings)) / size;
        EXACT + doublings * PARTS + part
    };
    i32::try_from(bucket).unwrap_or(i32::MAX)
}

/// The first figure beyond a range.
fn beyond(bucket: i32) -> i64 {
    let next = i64::from(bucket) + 1;
    if next <= EXACT {
        return next;
    }
    let (doublings, part) = ((next - EXACT) / PARTS, (next - EXACT) % PARTS);
    let start = EXACT.checked_shl(u32::try_from(doublings).unwrap_or(u32::MAX)).filter(|start| *start > 0);
    start.map_or(i64::MAX, |start| start.saturating_add(part.saturating_mul(start / PARTS)))
}

#[derive(FromQueryResult)]
struct Sum {
    matured: i64,
    value_fen: i64,
    reached_at: Option<Time>,
}

/// Writes the figures of an inviter anew, of all time and of these months. The row of all time is held until the unit of
/// work ends.
pub(super) async fn settle(
    tx: &Tx,
    program: ReferralProgramId,
    inviter: MemberId,
    months: [&Option<String>; 2],
) -> Result<()> {
    let mut periods = vec![ALL.to_owned()];
    for month in months.into_iter().flatten() {
        if !periods.contains(month) {
            periods.push(month.clone());
        }
    }
    for period in periods {
        let before = hold(tx, program, &period, inviter).await?;
        let sum = sum(tx.db(), program, &period, inviter).await?;
        let after = Model {
            matured: sum.matured,
            value_fen: sum.value_fen,
            reached_at: sum.reached_at.unwrap_or(tx.now()),
            ..before.clone()
        };
        for board in [Board::Matured, Board::Value] {
            place(tx, &before, &after, board).await?;
        }
        let row = Entity::update_many()
            .col_expr(Column::Matured, Expr::value(after.matured))
            .col_expr(Column::ValueFen, Expr::value(after.value_fen))
            .col_expr(Column::ReachedAt, Expr::value(after.reached_at))
            .filter(Column::ProgramId.eq(program))
            .filter(Column::Period.eq(&period))
            .filter(Column::Member.eq(inviter));
        row.exec(tx.db()).await?;
    }
    Ok(())
}

/// How many invitations of an inviter count; nobody else changes that until the unit of work ends.
pub(super) async fn matured(tx: &Tx, program: ReferralProgramId, inviter: MemberId) -> Result<i64> {
    Ok(hold(tx, program, ALL, inviter).await?.matured)
}

async fn hold(tx: &Tx, program: ReferralProgramId, period: &str, inviter: MemberId) -> Result<Model> {
    let row = Model {
        program_id: program,
        period: period.to_owned(),
        member: inviter,
        matured: 0,
        value_fen: 0,
        reached_at: tx.now(),
    };
    let unless_known = OnConflict::columns([Column::ProgramId, Column::Period, Column::Member]).do_nothing().to_owned();
    let insert = Entity::insert(row.clone().into_active_model()).on_conflict(unless_known).try_insert();
    insert.exec_without_returning(tx.db()).await?;
    let held = Entity::find_by_id((program, period.to_owned(), inviter)).lock(LockType::Update).one(tx.db()).await?;
    Ok(held.unwrap_or(row))
}

/// What the invitations of an inviter add up to.
async fn sum(db: &impl ConnectionTrait, program: ReferralProgramId, period: &str, inviter: MemberId) -> Result<Sum> {
    use invitation::{Column, Entity};
    let mut rows = Entity::find()
        .select_only()
        .column_as(Column::Id.count(), "matured")
        // PostgreSQL adds whole numbers up to a decimal one.
        .column_as(Column::ValueFen.sum().if_null(0).cast_as("BIGINT"), "value_fen")
        .column_as(Column::MaturedAt.max(), "reached_at")
        .filter(Column::ProgramId.eq(program))
        .filter(Column::Inviter.eq(inviter))
        .filter(Column::State.is_in([Referral::Matured, Referral::Rewarded]));
    if period != ALL {
        rows = rows.filter(Column::Month.eq(period));
    }
    let none = Sum { matured: 0, value_fen: 0, reached_at: None };
    Ok(rows.into_model::<Sum>().one(db).await?.unwrap_or(none))
}

/// Moves an inviter from one range of figures to another. Who has nothing stands nowhere.
async fn place(tx: &Tx, before: &Model, after: &Model, board: Board) -> Result<()> {
    let range = |row: &Model| Some(bucket(board.of(row))).filter(|bucket| *bucket > 0);
    if range(before) == range(after) {
        return Ok(());
    }
    // In one order everywhere, so that two units of work do not wait for each other in a circle.
    let mut moves: Vec<(i32, i64)> =
        [range(before).map(|from| (from, -1)), range(after).map(|to| (to, 1))].into_iter().flatten().collect();
    moves.sort_unstable();
    for (bucket, members) in moves {
        use place::{Column, Entity};
        let row = place::Model {
            program_id: before.program_id,
            period: before.period.clone(),
            board: board.name().to_owned(),
            bucket,
            members,
        };
        let add = OnConflict::columns([Column::ProgramId, Column::Period, Column::Board, Column::Bucket])
            .value(Column::Members, Expr::cust("referral_place.members + excluded.members"))
            .to_owned();
        Entity::insert(row.into_active_model()).on_conflict(add).exec_without_returning(tx.db()).await?;
    }
    Ok(())
}

/// Who stands at the top, the first of those who reached a figure first.
///
/// # Errors
/// When the database does not answer.
pub async fn top(
    db: &impl ConnectionTrait,
    program: ReferralProgramId,
    period: &str,
    board: Board,
    most: u64,
) -> Result<Vec<Model>> {
    let rows = Entity::find().filter(Column::ProgramId.eq(program)).filter(Column::Period.eq(period));
    let rows = rows.filter(board.column().gt(0)).order_by_desc(board.column());
    Ok(rows.order_by_asc(Column::ReachedAt).order_by_asc(Column::Member).limit(most).all(db).await?)
}

/// Where somebody stands: one more than how many stand before them, so that those who have as many share a rank. None for
/// somebody who has nothing.
///
/// # Errors
/// When the database does not answer.
pub async fn rank(
    db: &impl ConnectionTrait,
    program: ReferralProgramId,
    period: &str,
    board: Board,
    member: MemberId,
) -> Result<Option<(i64, Model)>> {
    let own = Entity::find_by_id((program, period.to_owned(), member)).one(db).await?;
    let Some(own) = own.filter(|own| board.of(own) > 0) else { return Ok(None) };
    let mine = bucket(board.of(&own));
    let above = place::Entity::find()
        .select_only()
        .column_as(place::Column::Members.sum().if_null(0).cast_as("BIGINT"), "members")
        .filter(place::Column::ProgramId.eq(program))
        .filter(place::Column::Period.eq(period))
        .filter(place::Column::Board.eq(board.name()))
        .filter(place::Column::Bucket.gt(mine));
    let above: i64 = above.into_tuple().one(db).await?.unwrap_or(0);
    let mut beside = 0;
    if beyond(mine) > board.of(&own) + 1 {
        let rows = Entity::find().filter(Column::ProgramId.eq(program)).filter(Column::Period.eq(period));
        let rows = rows.filter(board.column().gt(board.of(&own))).filter(board.column().lt(beyond(mine)));
        beside = i64::try_from(rows.count(db).await?).unwrap_or(i64::MAX);
    }
    Ok(Some((1 + above + beside, own)))
}

/// Whether the figures of a standing are those of the invitations.
pub(super) async fn agrees(db: &impl ConnectionTrait, row: &Model) -> Result<bool> {
    let sum = sum(db, row.program_id, &row.period, row.member).await?;
    Ok((sum.matured, sum.value_fen) == (row.matured, row.value_fen))
}

/// Standings of a program in order of their keys, after a place; for whoever looks at all of them.
pub(super) async fn all(
    db: &impl ConnectionTrait,
    program: ReferralProgramId,
    after: Option<(String, MemberId)>,
    most: u64,
) -> Result<Vec<Model>> {
    let mut rows = Entity::find().filter(Column::ProgramId.eq(program));
    if let Some((period, member)) = after {
        let same = Column::Period.eq(&period).and(Column::Member.gt(member));
        rows = rows.filter(Column::Period.gt(&period).or(same));
    }
    Ok(rows.order_by_asc(Column::Period).order_by_asc(Column::Member).limit(most).all(db).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_follow_figures_without_a_gap() {
        let mut figures: Vec<i64> = (0..5_000).collect();
        figures
            .extend((12..62).flat_map(|power| [(1_i64 << power) - 1, 1 << power, (1 << power) + 1, 3 << (power - 1)]));
        figures.sort_unstable();
        for pair in figures.windows(2) {
            assert!(bucket(pair[0]) <= bucket(pair[1]), "{pair:?}");
        }
        for figure in figures {
            let range = bucket(figure);
            assert!(figure < beyond(range), "{figure} is within {range}, which ends at {}", beyond(range));
            assert!(range == 0 || beyond(range - 1) <= figure, "{figure} begins in {range}");
        }
        assert!((0..=EXACT).all(|figure| i64::from(bucket(figure)) == figure), "small figures have a range each");
    }
}
