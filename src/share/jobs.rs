//! The work that follows from facts: whoever a fact concerns is looked at anew, in every campaign that concerns them.

use entity::{
    share::visit::{Column, Entity},
    types::{AccountKey, MemberId, OpenId, ShareCampaignId, ShareVisitId},
};
use futures_util::future::FutureExt;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use super::{review, store};
use crate::{
    error::Result,
    identity::{Named, names},
    infra::db::{Db, IntoJob, NewJob, Tx, When},
    jobs::{Failure, Job, Registry},
};

/// How many visits are looked at in one unit of work.
const AT_ONCE: u64 = 500;

/// Adds the jobs of this domain.
#[must_use]
pub fn register(registry: Registry, db: &Db) -> Registry {
    registry
        .register::<Look>(db.clone())
        .register::<LookAtVisitors>(db.clone())
        .register::<Survey>(db.clone())
        .register::<Ripen>(db.clone())
        .register::<Review>(db.clone())
}

/// Looks whom a fact concerns: their own visits, and those to what they share when `visitors` says so.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Look {
    /// Who.
    pub who: Named,
    /// Whether their visitors are concerned, too.
    #[serde(default)]
    pub visitors: bool,
}

impl Look {
    /// At members.
    pub fn members(members: impl IntoIterator<Item = MemberId>) -> Self {
        Self { who: Named::Members(members.into_iter().collect()), visitors: false }
    }

    /// At members and their visitors.
    pub fn members_and_visitors(members: impl IntoIterator<Item = MemberId>) -> Self {
        Self { visitors: true, ..Self::members(members) }
    }

    /// At a person as an account knows them.
    pub fn person(account: &AccountKey, open_id: &OpenId) -> Self {
        Self { who: Named::Person(account.clone(), open_id.clone()), visitors: false }
    }
}

/// The same, when it concerns anybody: as somebody who visits, or who shares.
#[derive(Clone, Debug)]
pub struct LookIfConcerned(pub Look);

impl IntoJob for LookIfConcerned {
    fn into_job(self) -> Result<NewJob> {
        let Look { who, visitors } = self.0.clone();
        let when = When::new(move |tx| {
            let who = who.clone();
            async move { store::concerns(tx.db(), &who, visitors).await }.boxed_local()
        });
        Ok(NewJob { when: Some(when), ..self.0.into_job()? })
    }
}

impl Job for Look {
    const KIND: &'static str = "share.look";
    type Context = Db;

    fn order_key(&self) -> Option<String> {
        self.who.alone().map(order_key)
    }

    async fn run(self, db: Db) -> Result<(), Failure> {
        // Who is no member yet is looked at when they become one.
        for member in self.who.members(db.read()).await? {
            for campaign in store::campaigns(db.read(), member).await? {
                db.tx(async |tx: &Tx| review::review(tx, campaign, member).await).await?;
            }
            if self.visitors {
                db.tx(async |tx: &Tx| tx.enqueue(LookAtVisitors { sharer: member, after: None })).await?;
            }
        }
        Ok(())
    }
}

/// What concerns one person is looked at one after the other.
fn order_key(member: MemberId) -> String {
    format!("share:{member}")
}

/// Derives anew what the visits of one person in one campaign are worth.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Review {
    /// In which campaign.
    pub campaign: ShareCampaignId,
    /// Of whom.
    pub member: MemberId,
    /// Whether it is only because time has passed; then one at a time is enough.
    #[serde(default)]
    pub by_time: bool,
}

impl Job for Review {
    const KIND: &'static str = "share.review";
    type Context = Db;

    fn order_key(&self) -> Option<String> {
        Some(order_key(self.member))
    }

    fn unique_key(&self) -> Option<String> {
        self.by_time.then(|| format!("share:{}:{}", self.campaign, self.member))
    }

    async fn run(self, db: Db) -> Result<(), Failure> {
        db.tx(async |tx: &Tx| review::review(tx, self.campaign, self.member).await).await?;
        Ok(())
    }
}

/// Looks at everybody who came by what somebody shares, or by what their visitors share, some hundred at a time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LookAtVisitors {
    /// Who shares, by whichever name.
    pub sharer: MemberId,
    /// Those after this one.
    pub after: Option<ShareVisitId>,
}

impl Job for LookAtVisitors {
    const KIND: &'static str = "share.look_at_visitors";
    type Context = Db;

    async fn run(self, db: Db) -> Result<(), Failure> {
        db.tx(async |tx: &Tx| {
            let names = names(tx.db(), self.sharer).await?;
            let any = Condition::any().add(Column::Sharer.is_in(names.clone())).add(Column::Second.is_in(names));
            let last = enqueue(tx, any, self.after).await?;
            last.map_or(Ok(()), |last| tx.enqueue(Self { after: Some(last), ..self.clone() }))
        })
        .await?;
        Ok(())
    }
}

/// Looks at all visits of a campaign: its terms have changed, or it goes on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Survey {
    /// Which.
    pub campaign: ShareCampaignId,
    /// Those after this one.
    pub after: Option<ShareVisitId>,
}

impl Job for Survey {
    const KIND: &'static str = "share.survey";
    type Context = Db;

    async fn run(self, db: Db) -> Result<(), Failure> {
        db.tx(async |tx: &Tx| {
            let of = Condition::all().add(Column::CampaignId.eq(self.campaign));
            let last = enqueue(tx, of, self.after).await?;
            last.map_or(Ok(()), |last| tx.enqueue(Self { after: Some(last), ..self.clone() }))
        })
        .await?;
        Ok(())
    }
}

/// Has some visits looked at; gives the last of them when there may be more.
async fn enqueue(tx: &Tx, which: Condition, after: Option<ShareVisitId>) -> Result<Option<ShareVisitId>> {
    let mut rows = Entity::find().select_only().columns([Column::Id, Column::CampaignId, Column::Visitor]);
    rows = rows.filter(which);
    if let Some(after) = after {
        rows = rows.filter(Column::Id.gt(after));
    }
    let rows: Vec<(ShareVisitId, ShareCampaignId, MemberId)> =
        rows.order_by_asc(Column::Id).limit(AT_ONCE).into_tuple().all(tx.db()).await?;
    for (_, campaign, member) in &rows {
        tx.enqueue(Review { campaign: *campaign, member: *member, by_time: false })?;
    }
    let full = u64::try_from(rows.len()).is_ok_and(|rows| rows == AT_ONCE);
    Ok(rows.last().filter(|_| full).map(|(id, _, _)| *id))
}

/// Looks at visits that time alone changes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ripen {}

impl Job for Ripen {
    const KIND: &'static str = "share.ripen";
    type Context = Db;

    fn unique_key(&self) -> Option<String> {
        Some(Self::KIND.to_owned())
    }

    async fn run(self, db: Db) -> Result<(), Failure> {
        let mut after = None;
        loop {
            let due = Condition::all().add(Column::DueAt.lte(db.now()));
            after = db.tx(async |tx: &Tx| due_rows(tx, due.clone(), after).await).await?;
            if after.is_none() {
                return Ok(());
            }
        }
    }
}

/// Has those looked at whose time has come; gives the last of them when there may be more.
async fn due_rows(tx: &Tx, due: Condition, after: Option<ShareVisitId>) -> Result<Option<ShareVisitId>> {
    let mut rows = Entity::find().filter(due);
    if let Some(after) = after {
        rows = rows.filter(Column::Id.gt(after));
    }
    let rows = rows.order_by_asc(Column::Id).limit(AT_ONCE).all(tx.db()).await?;
    for row in &rows {
        tx.enqueue(Review { campaign: row.campaign_id, member: row.visitor, by_time: true })?;
    }
    let full = u64::try_from(rows.len()).is_ok_and(|rows| rows == AT_ONCE);
    Ok(rows.last().filter(|_| full).map(|row| row.id))
}
