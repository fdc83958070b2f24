//! Visits by an invitation: who came to a page or the mini program by a code, or typed it. Those that come at the same time
//! are recorded together.

use std::time::Duration;

use actix_rt::Arbiter;
use entity::{
    tracking::touch::{Carrier, Kind, Model as Touch},
    types::{AccountKey, OpenId},
};

use super::{invitation, origin::Origin, touches};
use crate::{
    error::{Code, Error, Result},
    infra::{
        clock::{Time, biz_day},
        db::{Db, Tx},
        gather::{Gather, Pace, Waiting},
    },
};

/// How long somebody waits until their visit is recorded.
const PATIENCE: Duration = Duration::from_secs(10);

/// Somebody who came by an invitation to a page or the mini program, or typed its code.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The account by which they are known there.
    pub account: AccountKey,
    /// Who.
    pub open_id: OpenId,
    /// The code.
    pub code: invitation::Code,
    /// By what it came.
    pub carrier: Carrier,
    /// From where.
    pub origin: Origin,
    /// When their session was opened: what they were not before, they became by this visit.
    pub began_at: Time,
    /// When.
    pub at: Time,
}

/// Takes the visits of all server threads. Cheap to clone.
#[derive(Clone)]
pub struct Visits(Gather<Visit, ()>);

impl Visits {
    /// Starts to record on `thread`.
    pub fn start(thread: &Arbiter, db: Db) -> Self {
        Self(Gather::start(thread, Pace::of_commits(&db), move || async move |visits| settle(&db, visits).await))
    }

    /// Records a visit; it is kept when this returns.
    ///
    /// # Errors
    /// [`Code::Unavailable`] when it could not be recorded in time; then it may come again.
    pub async fn take(&self, visit: Visit) -> Result<()> {
        self.0.ask(visit, PATIENCE).await
    }
}

/// Records visits together, and each alone when that fails for another reason than the database.
async fn settle(db: &Db, waiting: Vec<Waiting<Visit, ()>>) {
    let visits: Vec<&Visit> = waiting.iter().map(|waiting| &waiting.item).collect();
    let together = db.tx(async |tx: &Tx| record(tx, &visits).await).await;
    if let Err(error) = &together {
        tracing::warn!(?error, visits = visits.len(), "visits could not be recorded together");
    }
    for Waiting { item, answer } in waiting {
        let recorded = match &together {
            Ok(()) => Ok(()),
            Err(error) if error.code() == Code::Unavailable => Err(Error::new(Code::Unavailable)),
            Err(_) => db.tx(async |tx: &Tx| record(tx, &[&item]).await).await,
        };
        // Who does not wait any more has a visit all the same.
        let _ = answer.send(recorded);
    }
}

/// Records visits.
///
/// # Errors
/// When the database does not answer.
pub async fn record(tx: &Tx, visits: &[&Visit]) -> Result<()> {
    touches::write(tx, visits.iter().map(|visit| touch(tx, visit)).collect()).await
}

fn touch(tx: &Tx, visit: &Visit) -> Touch {
    Touch {
        id: tx.id(),
        account: visit.account.clone(),
        open_id: visit.open_id.clone(),
        kind: Kind::Visit,
        scene: Some(visit.code.scene()),
        ticket: None,
        code: Some(visit.code.to_string()),
        carrier: Some(visit.carrier),
        device: visit.origin.device.clone(),
        network: visit.origin.network.clone(),
        began_at: Some(visit.began_at.min(visit.at)),
        at: visit.at,
        biz_day: biz_day(visit.at),
    }
}
