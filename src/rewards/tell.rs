//! What people are told of their money: that it waits, that it will not wait much longer, that it went back.

use chrono::TimeDelta;
use entity::{
    rewards::payout::State,
    types::{MemberId, PayoutId},
};
use serde::{Deserialize, Serialize};

use super::{
    campaign,
    events::{PayoutArrived, PayoutExpiring, PayoutReturned},
    payout,
};
use crate::{
    error::{Code, Error, Result},
    infra::{
        calendar::moment_in_words,
        db::{Db, Tx},
    },
    jobs::{Failure, Job},
    reach::{self, Message, Purpose, wording::Sends},
};

/// How long it makes sense to tell that something went back.
const OLD_NEWS: TimeDelta = TimeDelta::days(3);

/// The messages of this domain.
pub const SENDS: [Sends; 3] = [
    Sends { kind: "payout_arrived", values: &["campaign", "amount", "until"] },
    Sends { kind: "payout_expiring", values: &["campaign", "amount", "until"] },
    Sends { kind: "payout_returned", values: &["campaign", "amount", "at"] },
];

/// What happened to money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// It waits for the person.
    Arrived,
    /// Not much longer.
    Expiring,
    /// It went back because nobody took it.
    Returned,
}

/// Tells a member what happened to their money, if it is still so.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TellPayout {
    /// The payout.
    pub payout: PayoutId,
    /// Whose it is.
    pub member: MemberId,
    /// What to tell.
    pub news: News,
}

impl From<&PayoutArrived> for TellPayout {
    fn from(event: &PayoutArrived) -> Self {
        Self { payout: event.payout, member: event.member, news: News::Arrived }
    }
}

impl From<&PayoutExpiring> for TellPayout {
    fn from(event: &PayoutExpiring) -> Self {
        Self { payout: event.payout, member: event.member, news: News::Expiring }
    }
}

impl From<&PayoutReturned> for TellPayout {
    fn from(event: &PayoutReturned) -> Self {
        Self { payout: event.payout, member: event.member, news: News::Returned }
    }
}

impl Job for TellPayout {
    const KIND: &'static str = "rewards.tell";
    type Context = Db;

    async fn run(self, db: Db) -> Result<(), Failure> {
        match db.tx(async |tx: &Tx| self.tell(tx).await).await {
            // Nobody is left to be told.
            Err(error) if error.code() == Code::NotFound => Ok(()),
            outcome => Ok(outcome?),
        }
    }
}

impl TellPayout {
    async fn tell(&self, tx: &Tx) -> Result<()> {
        let row = payout::get(tx.db(), self.payout).await?;
        let (kind, moment, ends) = match (self.news, row.state, row.expires_at) {
            (News::Arrived, State::WaitingUser, Some(until)) => ("payout_arrived", ("until", until), until),
            (News::Expiring, State::WaitingUser, Some(until)) => ("payout_expiring", ("until", until), until),
            (News::Returned, State::Returned, _) if !row.cancel => {
                let at = row.settled_at.ok_or_else(|| Error::internal("a payout ended at no time"))?;
                ("payout_returned", ("at", at), at + OLD_NEWS)
            }
            // Taken meanwhile, or taken back by staff.
            _ => return Ok(()),
        };
        let campaign = campaign::get(tx.db(), row.campaign_id).await?.terms.name;
        let values =
            [("campaign", campaign), ("amount", format!("¥{}", row.amount)), (moment.0, moment_in_words(moment.1))];
        let message = Message {
            member: self.member,
            kind: kind.to_owned(),
            values: values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            key: format!("{kind}:{}", row.id),
            purpose: Purpose::Transactional,
            expires_at: ends,
        };
        reach::send(tx, &message).await.map(drop)
    }
}
