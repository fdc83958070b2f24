//! Taking back what a rule gave, because what it was given for did not hold: as much as is still there. What somebody has
//! stays theirs, and is said.

use entity::{
    rewards::{
        budget_entry::Movement,
        campaign::What,
        grant::{Column, Entity, Model, State},
        payout::State as PayoutState,
    },
    types::GrantId,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::json;

use super::{
    budget::{self, Entry},
    campaign::{self, Campaign},
    claim,
    grant::{self, Because},
    payout,
};
use crate::{
    error::{Code, Error, Result},
    infra::db::Tx,
    points,
};

/// Looks at a grant that somebody else changes meanwhile.
const TRIES: u32 = 3;

/// What became of what was to be taken back, in the unit of the campaign. The three add up to what was given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TakenBack {
    /// It is with nobody: it came back, or never left.
    pub back: i64,
    /// The person has it, or has spent it, and it stays so.
    pub gone: i64,
    /// WeChat has it, and was asked for it where that is possible: whoever asks again later hears what came of it.
    pub open: i64,
}

/// Takes a grant back. Points that are not spent are taken; what is promised, or not handed to WeChat yet, is not given any
/// more; what waits for the person is asked back; what is paid stays. Nobody gets it by another way later. Asking again
/// changes nothing, and tells how it stands then.
///
/// # Errors
/// [`Code::NotFound`] when there is no such grant; [`Code::PointsStopped`] while the points of the member do not add up;
/// [`Code::Unavailable`] when somebody else changes it again and again: the whole unit of work is to be tried anew.
pub async fn take_back(tx: &Tx, id: GrantId, because: &Because) -> Result<TakenBack> {
    for _ in 0..TRIES {
        let row = grant::get(tx.db(), id).await?;
        if row.taken_back.is_some() {
            return stands(tx.db(), &row).await;
        }
        let taken = match row.state {
            State::Claimable => claim::lapse(tx, &row).await?,
            State::Given => {
                spare(tx, &row, &campaign::get(tx.db(), row.campaign_id).await?).await?;
                true
            }
            State::Paying => payout::take_back(tx, id, because).await?,
            State::Refused | State::Returned | State::Lapsed => true,
        };
        if taken {
            mark(tx, id, because).await?;
            return stands(tx.db(), &grant::get(tx.db(), id).await?).await;
        }
    }
    Err(just_changed())
}

fn just_changed() -> Error {
    Error::new(Code::Unavailable).detail("the grant was just changed")
}

/// Takes what was given at once and is still there; money that was paid is not.
async fn spare(tx: &Tx, row: &Model, campaign: &Campaign) -> Result<()> {
    if campaign.row.what != What::Points {
        return Ok(());
    }
    let name = &campaign.terms.name;
    let wish = points::TakeBack {
        given: format!("grant:{}", row.id),
        points: None,
        others: false,
        key: format!("grant:{}:taken_back", row.id),
        because: points::Because::new(format!("撤回：{name}"), format!("Taken back: {name}")),
    };
    let taken = points::take_back(tx, &wish).await?.taken.get();
    if taken > 0 {
        let entry = Entry {
            campaign: row.campaign_id,
            movement: Movement::TakeBack,
            amount: taken,
            key: format!("{}:take_back", row.id),
            grant: Some(row.id),
            payout: None,
        };
        budget::must(tx, entry).await?;
        let back = Entity::update_many().col_expr(Column::CameBack, Expr::value(taken)).filter(Column::Id.eq(row.id));
        back.exec(tx.db()).await?;
    }
    if taken == row.amount {
        grant::change(tx, row.id, State::Given, State::Returned).await?;
        grant::reopen(tx, campaign, row).await?;
    }
    Ok(())
}

/// Writes down that it was taken back, and why.
async fn mark(tx: &Tx, id: GrantId, because: &Because) -> Result<()> {
    let note = json!({ "rule": because.rule, "what": because.what, "at": tx.now() });
    let marked = Entity::update_many()
        .col_expr(Column::TakenBack, Expr::value(note))
        .filter(Column::Id.eq(id))
        .filter(Column::TakenBack.is_null());
    if marked.exec(tx.db()).await?.rows_affected == 1 { Ok(()) } else { Err(just_changed()) }
}

/// Where what was given is now.
async fn stands(db: &impl ConnectionTrait, row: &Model) -> Result<TakenBack> {
    let (amount, nothing) = (row.amount, TakenBack::default());
    let part = |back: i64| TakenBack { back, gone: amount.saturating_sub(back), open: 0 };
    Ok(match row.state {
        State::Refused => nothing,
        State::Lapsed => part(amount),
        State::Claimable => TakenBack { open: amount, ..nothing },
        State::Paying | State::Given | State::Returned => match payout::standing(db, row.id).await? {
            None => part(row.came_back),
            Some(payout) => match payout.state {
                PayoutState::Rejected => part(amount),
                PayoutState::Returned => part(payout.refunded.get()),
                PayoutState::Paid => part(0),
                PayoutState::Created
                | PayoutState::Submitting
                | PayoutState::Unknown
                | PayoutState::WaitingUser
                | PayoutState::Returning => TakenBack { open: amount, ..nothing },
            },
        },
    })
}
