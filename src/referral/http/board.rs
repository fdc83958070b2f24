//! Leaderboards as people see them: ranks and figures, and of names only how they begin.

use std::collections::BTreeSet;

use entity::types::{MemberId, ReferralProgramId};
use garde::Validate;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub(super) use crate::members::shown::begun;
use crate::{
    error::Result,
    identity::seen_among,
    members::shown::begun_many,
    referral::standing::{self, Board},
    stores::Scope,
};

/// Which leaderboard.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// `all`, or a month in Asia/Shanghai such as `2026-11`.
    #[garde(pattern("^(all|[0-9]{4}-(0[1-9]|1[0-2]))$"))]
    #[serde(default = "always")]
    pub(super) period: String,
    /// By what inviters are ordered.
    #[garde(skip)]
    #[param(inline)]
    #[serde(default = "by_count")]
    pub(super) by: Board,
    /// How many, 1 to 100.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 30)]
    #[serde(default = "thirty")]
    pub(super) limit: u64,
}

fn always() -> String {
    standing::ALL.to_owned()
}

fn by_count() -> Board {
    Board::Matured
}

fn thirty() -> u64 {
    30
}

/// One line of a leaderboard.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReferralBoardLine)]
pub(super) struct Line {
    /// Those who have as many share a rank; of them who reached it first stands first.
    rank: i64,
    /// The beginning of the name.
    name: String,
    /// Who; told to staff who see them.
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<MemberId>,
    matured: i64,
    value_fen: i64,
}

impl Line {
    pub(super) async fn all(
        db: &impl ConnectionTrait,
        program: ReferralProgramId,
        asked: &Asked,
        to: Option<Scope>,
    ) -> Result<Vec<Self>> {
        let rows = standing::top(db, program, &asked.period, asked.by, asked.limit).await?;
        let seen = match to {
            Some(scope) => seen_among(db, scope, rows.iter().map(|row| row.member)).await?,
            None => BTreeSet::new(),
        };
        let names = begun_many(db, rows.iter().map(|row| row.member)).await?;
        let mut lines: Vec<Self> = Vec::with_capacity(rows.len());
        for (place, row) in (1..).zip(rows) {
            let figure = |matured: i64, value_fen: i64| match asked.by {
                Board::Matured => matured,
                Board::Value => value_fen,
            };
            let same =
                lines.last().filter(|last| figure(last.matured, last.value_fen) == figure(row.matured, row.value_fen));
            lines.push(Self {
                rank: same.map_or(place, |last| last.rank),
                name: names.get(&row.member).cloned().unwrap_or_default(),
                member: seen.get(&row.member).copied(),
                matured: row.matured,
                value_fen: row.value_fen,
            });
        }
        Ok(lines)
    }

    /// Where somebody stands; none when they have nothing.
    pub(super) async fn own(
        db: &impl ConnectionTrait,
        program: ReferralProgramId,
        asked: &Asked,
        member: MemberId,
    ) -> Result<Option<Self>> {
        let Some((rank, row)) = standing::rank(db, program, &asked.period, asked.by, member).await? else {
            return Ok(None);
        };
        let name = begun(db, member).await?;
        Ok(Some(Self { rank, name, member: None, matured: row.matured, value_fen: row.value_fen }))
    }
}
