//! Caps: counters that are raised only as far as they may be, in the transaction that gives.

use entity::types::MemberId;
use sea_orm::{ConnectionTrait, FromQueryResult, Statement};

use super::decision::Why;
use crate::{error::Result, infra::db::Tx};

/// A counter with its cap.
#[derive(Clone, Debug)]
pub(super) struct Cap {
    /// Whose; none for everybody's.
    pub(super) member: Option<MemberId>,
    pub(super) scope: String,
    pub(super) span: String,
    /// How often at most.
    pub(super) count: Option<i64>,
    /// How much at most.
    pub(super) amount: Option<i64>,
    /// What it means when it is reached.
    pub(super) why: Why,
}

/// What a counter stands at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub(super) struct Stand {
    pub(super) count: i64,
    pub(super) amount: i64,
}

const EVERYBODY: &str = "INSERT INTO reward_counter (scope, span, count, amount) VALUES ($1, $2, 1, $3)
    ON CONFLICT (scope, span) DO UPDATE
    SET count = reward_counter.count + 1, amount = reward_counter.amount + excluded.amount
    WHERE reward_counter.count < $4 AND reward_counter.amount + excluded.amount <= $5
    RETURNING count, amount";
const ONE: &str = "INSERT INTO member_reward_counter (scope, span, count, amount, member_id) VALUES ($1, $2, 1, $3, $6)
    ON CONFLICT (member_id, scope, span) DO UPDATE
    SET count = member_reward_counter.count + 1, amount = member_reward_counter.amount + excluded.amount
    WHERE member_reward_counter.count < $4 AND member_reward_counter.amount + excluded.amount <= $5
    RETURNING count, amount";

impl Cap {
    /// Counts one of `amount` more, unless that would be too much. Gives what it stands at then.
    pub(super) async fn take(&self, tx: &Tx, amount: i64) -> Result<Option<Stand>> {
        let (count, most) = (self.count.unwrap_or(i64::MAX), self.amount.unwrap_or(i64::MAX));
        if count < 1 || amount > most {
            return Ok(None);
        }
        let mut values =
            vec![self.scope.clone().into(), self.span.clone().into(), amount.into(), count.into(), most.into()];
        let sql = match self.member {
            Some(member) => {
                values.push(member.into());
                ONE
            }
            None => EVERYBODY,
        };
        let statement = Statement::from_sql_and_values(tx.backend(), sql, values);
        Ok(Stand::find_by_statement(statement).one(tx.db()).await?)
    }

    /// Counts one of `amount` less.
    pub(super) async fn give_back(&self, tx: &Tx, amount: i64) -> Result<()> {
        let mut values = vec![self.scope.clone().into(), self.span.clone().into(), amount.into()];
        let (table, owner) = match self.member {
            Some(member) => {
                values.push(member.into());
                ("member_reward_counter", " AND member_id = $4")
            }
            None => ("reward_counter", ""),
        };
        let sql = format!(
            "UPDATE {table} SET count = count - 1, amount = amount - $3 \
             WHERE scope = $1 AND span = $2 AND count > 0 AND amount >= $3{owner}"
        );
        tx.db().execute_raw(Statement::from_sql_and_values(tx.backend(), sql, values)).await?;
        Ok(())
    }
}
