//! Giving what was decided: points at once, money by a payout.

use entity::{
    rewards::grant::{Model, State},
    types::Points,
};

use super::{
    campaign::Campaign,
    eligibility::Payee,
    payout,
    terms::{Gives, PointsTerms},
};
use crate::{
    error::{Error, Result},
    infra::db::Tx,
};

/// Gives it, and says what became of the grant.
pub(super) async fn give(tx: &Tx, campaign: &Campaign, row: &Model, payee: Payee) -> Result<State> {
    match &campaign.terms.gives {
        Gives::Points(terms) => {
            points(tx, terms, row).await?;
            Ok(State::Given)
        }
        Gives::RedPacket(_) | Gives::MiniRedPacket(_) | Gives::Transfer(_) => {
            let payee = payee.ok_or_else(|| Error::internal("money was promised to nobody"))?;
            payout::create(tx, campaign, row, payee).await?;
            Ok(State::Paying)
        }
    }
}

async fn points(_tx: &Tx, _terms: &PointsTerms, row: &Model) -> Result<()> {
    let _amount = Points::try_from(row.amount)?;
    Err(Error::internal("points"))
}
