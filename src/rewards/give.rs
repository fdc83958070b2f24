//! Giving what was decided: points at once, money by a payout.

use chrono::TimeDelta;
use entity::rewards::grant::{Model, State};

use super::{
    campaign::Campaign,
    eligibility::Payee,
    payout,
    terms::{Gives, PointsTerms},
};
use crate::{
    error::{Error, Result},
    infra::{calendar::end_of_month_after, db::Tx},
    points::{self, Available, Give, Outcome},
};

/// Gives it, and says what became of the grant.
pub(super) async fn give(tx: &Tx, campaign: &Campaign, row: &Model, payee: Payee) -> Result<State> {
    match &campaign.terms.gives {
        Gives::Points(terms) => {
            points(tx, campaign, terms, row).await?;
            Ok(State::Given)
        }
        Gives::RedPacket(_) | Gives::MiniRedPacket(_) | Gives::Transfer(_) => {
            let payee = payee.ok_or_else(|| Error::internal("money was promised to nobody"))?;
            payout::create(tx, campaign, row, payee).await?;
            Ok(State::Paying)
        }
    }
}

/// Gives points. What the campaign caps is counted already, and points have no caps of their own here.
async fn points(tx: &Tx, campaign: &Campaign, terms: &PointsTerms, row: &Model) -> Result<()> {
    let because = points::Because::new(campaign.terms.name.clone(), campaign.terms.name.clone());
    let give = Give {
        member: row.member_id,
        points: row.amount.try_into()?,
        key: format!("grant:{}", row.id),
        because,
        available: Available::Now,
        expires_at: terms.months.map(|months| end_of_month_after(tx.now(), months) - TimeDelta::milliseconds(1)),
        rule: Some(row.campaign_id.to_string()),
        caps: Vec::new(),
    };
    match points::give(tx, &give).await? {
        Outcome::Given(_) => Ok(()),
        Outcome::Capped(_) => Err(Error::internal("points without a cap were capped")),
    }
}
