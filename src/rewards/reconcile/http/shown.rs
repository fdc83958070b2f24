//! Days and cases as staff see them.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    rewards::{
        payout,
        reconciliation::{self, State as DayState},
        reconciliation_case::{self, Kind, State},
    },
    types::{Fen, FenChange, MerchantKey, PayoutId, ReconciliationCaseId, ReconciliationId, StaffId},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    error::{Error, Result},
    rewards::reconcile::cases::finding,
};

/// Movements of money.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ReconciliationSide)]
pub(super) struct Side {
    /// How many movements.
    count: i64,
    /// What went out.
    out_fen: Fen,
    /// What came back.
    in_fen: Fen,
}

/// A day of a merchant, held against WeChat's bill.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Reconciliation)]
pub(super) struct Shown {
    id: ReconciliationId,
    merchant: MerchantKey,
    day: NaiveDate,
    state: DayState,
    /// Why there is no bill yet, in a word.
    code: Option<String>,
    /// How often the bill was asked for since somebody last wanted it.
    attempts: i32,
    /// When it is asked for next.
    next_at: Option<DateTime<Utc>>,
    /// What the bill says of payouts.
    bill: Side,
    /// What our books say of that day.
    books: Side,
    /// What the bill says of other business of the merchant.
    other: Side,
    fetched_at: Option<DateTime<Utc>>,
    done_at: Option<DateTime<Utc>>,
}

impl From<reconciliation::Model> for Shown {
    fn from(row: reconciliation::Model) -> Self {
        Self {
            id: row.id,
            merchant: row.merchant,
            day: row.day,
            state: row.state,
            code: row.code,
            attempts: row.attempts,
            next_at: row.next_at,
            bill: Side { count: row.there_count, out_fen: row.there_out, in_fen: row.there_in },
            books: Side { count: row.here_count, out_fen: row.here_out, in_fen: row.here_in },
            other: Side { count: row.other_count, out_fen: row.other_out, in_fen: row.other_in },
            fetched_at: row.fetched_at,
            done_at: row.done_at,
        }
    }
}

/// A difference between a bill and the payouts.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ReconciliationCase)]
pub(super) struct Case {
    id: ReconciliationCaseId,
    merchant: MerchantKey,
    day: NaiveDate,
    kind: Kind,
    /// Our number, as the merchant platform knows it.
    number: String,
    payout: Option<PayoutId>,
    /// How far the payout was when the difference was found.
    payout_state: Option<payout::State>,
    /// What our books say.
    books: Side,
    /// What the bill says.
    bill: Side,
    /// What went out by our books less what went out by the bill, both less what came back.
    difference_fen: FenChange,
    state: State,
    /// Why it is closed.
    reason: Option<String>,
    staff: Option<StaffId>,
    found_at: DateTime<Utc>,
    closed_at: Option<DateTime<Utc>>,
}

impl TryFrom<reconciliation_case::Model> for Case {
    type Error = Error;

    fn try_from(row: reconciliation_case::Model) -> Result<Self> {
        let found = finding(&row);
        Ok(Self {
            id: row.id,
            merchant: row.merchant,
            day: row.day,
            kind: row.kind,
            number: row.number,
            payout: row.payout_id,
            payout_state: row.payout_state,
            books: Side { count: found.movements.into(), out_fen: found.here.out, in_fen: found.here.back },
            bill: Side { count: found.lines.into(), out_fen: found.there.out, in_fen: found.there.back },
            difference_fen: found.here.net()?.checked_sub(found.there.net()?)?,
            state: row.state,
            reason: row.reason,
            staff: row.staff_id,
            found_at: row.found_at,
            closed_at: row.closed_at,
        })
    }
}
