//! What nobody else would do: reminding people, letting unclaimed promises lapse, and taking up payouts whose job was lost.

use chrono::TimeDelta;
use entity::{
    rewards::payout::{Column, Entity, State},
    types::PayoutId,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use super::PayOut;
use crate::{
    error::Result,
    infra::{
        clock::Time,
        db::{Db, Tx},
    },
    jobs::{Failure, Job},
    rewards::{claim, events::PayoutExpiring, grant, watch},
};

/// How many rows are looked at in one unit of work.
const AT_ONCE: u64 = 200;
/// How long after its time a payout counts as left behind.
const LEFT_BEHIND: TimeDelta = TimeDelta::minutes(30);

/// Tells, once, that money will not wait much longer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Remind {
    /// The payout.
    pub payout: PayoutId,
    /// When.
    pub at: Time,
}

impl Job for Remind {
    const KIND: &'static str = "rewards.remind";
    type Context = Db;

    fn due_at(&self) -> Option<Time> {
        Some(self.at)
    }

    async fn run(self, db: Db) -> Result<(), Failure> {
        db.tx(async |tx: &Tx| {
            let row = super::get(tx.db(), self.payout).await?;
            match row.expires_at.filter(|until| row.state == State::WaitingUser && *until > tx.now()) {
                Some(until) => tx.emit(&PayoutExpiring {
                    member: row.member_id,
                    campaign: row.campaign_id,
                    grant: row.grant_id,
                    payout: row.id,
                    until,
                }),
                None => Ok(()),
            }
        })
        .await?;
        Ok(())
    }
}

/// Looks at everything that waits.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sweep {}

impl Job for Sweep {
    const KIND: &'static str = "rewards.sweep";
    type Context = Db;

    fn unique_key(&self) -> Option<String> {
        Some(Self::KIND.to_owned())
    }

    async fn run(self, db: Db) -> Result<(), Failure> {
        while db.tx(lapse).await? > 0 {}
        db.tx(take_up).await?;
        watch::all(&db).await?;
        Ok(())
    }
}

/// Lets promises lapse that nobody has claimed in time; gives how many.
async fn lapse(tx: &Tx) -> Result<u32> {
    let mut lapsed = 0;
    for row in grant::unclaimed(tx, AT_ONCE).await? {
        if claim::lapse(tx, &row).await? {
            lapsed += 1;
        }
    }
    Ok(lapsed)
}

/// Gives payouts a job again whose own was given up. Those whose job waits have one already, and keep it.
async fn take_up(tx: &Tx) -> Result<()> {
    let late = Entity::find().select_only().column(Column::Id).filter(Column::NextAt.lt(tx.now() - LEFT_BEHIND));
    let late: Vec<PayoutId> = late.order_by_asc(Column::NextAt).limit(AT_ONCE).into_tuple().all(tx.db()).await?;
    late.into_iter().try_for_each(|payout| tx.enqueue(PayOut { payout }))
}
