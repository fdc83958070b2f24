//! The work that follows from facts: whoever a fact concerns is looked at anew, in every program that concerns them.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use entity::{
    referral::invitation::{Column, Entity},
    types::{AccountKey, MemberId, OpenId, ReferralId, ReferralProgramId},
};
use futures_util::future::FutureExt;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use super::{
    carrier::{
        Desk,
        renew::{RenewCode, RenewCodes},
    },
    poster::send::SendPoster,
    proof::ProveAll,
    review, store,
};
use crate::{
    error::Result,
    identity::{Named, names},
    infra::{
        clock::Time,
        db::{Db, IntoJob, NewJob, Tx, When},
        secret::Vault,
    },
    jobs::{Failure, Job, Registry},
};

/// How many invitations are looked at in one unit of work.
const AT_ONCE: u64 = 500;

/// What reviews need.
#[derive(Clone)]
pub struct Context {
    /// The database.
    pub db: Db,
    /// The keys for phones.
    pub vault: Vault,
}

/// Adds the jobs of this domain.
#[must_use]
pub fn register(registry: Registry, desk: &Desk, vault: &Vault) -> Registry {
    let db = &desk.db;
    registry
        .register::<RenewCodes>(db.clone())
        .register::<RenewCode>(desk.clone())
        .register::<SendPoster>(desk.clone())
        .register::<Look>(Context { db: db.clone(), vault: vault.clone() })
        .register::<LookAtInvited>(db.clone())
        .register::<Survey>(db.clone())
        .register::<Ripen>(db.clone())
        .register::<ProveAll>(db.clone())
        .register::<Review>(Context { db: db.clone(), vault: vault.clone() })
}

/// Looks whom a fact concerns: their own invitations, and those whom they invited when `invited` says so.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Look {
    /// Who.
    pub who: Named,
    /// Whether those whom they invited are concerned, too.
    #[serde(default)]
    pub invited: bool,
}

impl Look {
    /// At members.
    pub fn members(members: impl IntoIterator<Item = MemberId>) -> Self {
        Self { who: Named::Members(members.into_iter().collect()), invited: false }
    }

    /// At members, and at those whom they invited.
    pub fn members_and_invited(members: impl IntoIterator<Item = MemberId>) -> Self {
        Self { invited: true, ..Self::members(members) }
    }

    /// At a person as an account knows them.
    pub fn person(account: &AccountKey, open_id: &OpenId) -> Self {
        Self { who: Named::Person(account.clone(), open_id.clone()), invited: false }
    }
}

/// The same, when it concerns anybody: as somebody who is invited, or who invites.
#[derive(Clone, Debug)]
pub struct LookIfConcerned(pub Look);

impl IntoJob for LookIfConcerned {
    fn into_job(self) -> Result<NewJob> {
        let Look { who, invited } = self.0.clone();
        let when = When::new(move |tx| {
            let who = who.clone();
            async move { store::concerns(tx.db(), &who, invited).await }.boxed_local()
        });
        Ok(NewJob { when: Some(when), ..self.0.into_job()? })
    }
}

impl Job for Look {
    const KIND: &'static str = "referral.look";
    const TOGETHER: usize = 64;
    type Context = Context;

    fn order_key(&self) -> Option<String> {
        self.who.alone().map(order_key)
    }

    async fn run(self, context: Context) -> Result<(), Failure> {
        Self::run_together(vec![self], context).await
    }

    async fn run_together(looks: Vec<Self>, Context { db, vault }: Context) -> Result<(), Failure> {
        // Who is no member yet is looked at when they become one.
        let members = Named::all(looks.iter().map(|look| &look.who), db.read()).await?;
        let inviters = Named::all(looks.iter().filter(|look| look.invited).map(|look| &look.who), db.read()).await?;
        for (program, members) in store::programs(db.read(), members).await? {
            // What is lost with the power is derived again: the job that asks for it was lost no sooner.
            db.tx(async |tx: &Tx| {
                tx.relax().await?;
                review::attribute(tx, &vault, program, members.clone()).await
            })
            .await?;
        }
        if !inviters.is_empty() {
            let each = |inviter: &MemberId| LookAtInvited { inviter: *inviter, after: None };
            db.tx(async |tx: &Tx| inviters.iter().map(each).try_for_each(|look| tx.enqueue(look))).await?;
        }
        Ok(())
    }
}

/// What concerns one person is looked at one after the other.
fn order_key(member: MemberId) -> String {
    format!("referral:{member}")
}

/// Derives anew what one invitation is worth, and gives or takes back what it earns.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Review {
    /// In which program.
    pub program: ReferralProgramId,
    /// Of whom.
    pub member: MemberId,
    /// Whether it is only because time has passed; then one at a time is enough.
    #[serde(default)]
    pub by_time: bool,
}

impl Review {
    /// Because something happened.
    pub fn of(program: ReferralProgramId, member: MemberId) -> Self {
        Self { program, member, by_time: false }
    }
}

impl Job for Review {
    const KIND: &'static str = "referral.review";
    // Few enough that nobody waits long for a budget from which they are given something.
    const TOGETHER: usize = 16;
    // Whose somebody is, is decided first; what it earns may come a minute later when very many come at once.
    const PATIENCE: Duration = Duration::from_secs(60);
    type Context = Context;

    fn order_key(&self) -> Option<String> {
        Some(order_key(self.member))
    }

    fn unique_key(&self) -> Option<String> {
        self.by_time.then(|| format!("referral:{}:{}", self.program, self.member))
    }

    async fn run(self, context: Context) -> Result<(), Failure> {
        Self::run_together(vec![self], context).await
    }

    async fn run_together(reviews: Vec<Self>, Context { db, vault }: Context) -> Result<(), Failure> {
        let mut programs: BTreeMap<ReferralProgramId, BTreeSet<MemberId>> = BTreeMap::new();
        for Self { program, member, .. } in reviews {
            programs.entry(program).or_default().insert(member);
        }
        for (program, members) in programs {
            db.tx(async |tx: &Tx| review::review(tx, &vault, program, members.clone()).await).await?;
        }
        Ok(())
    }
}

/// Looks at everybody whom somebody has invited, some hundred at a time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LookAtInvited {
    /// Who invited them, by whichever name.
    pub inviter: MemberId,
    /// Those after this one.
    pub after: Option<ReferralId>,
}

impl Job for LookAtInvited {
    const KIND: &'static str = "referral.look_at_invited";
    type Context = Db;

    async fn run(self, db: Db) -> Result<(), Failure> {
        db.tx(async |tx: &Tx| {
            let names = names(tx.db(), self.inviter).await?;
            let any = Condition::any().add(Column::Inviter.is_in(names.clone())).add(Column::Second.is_in(names));
            let last = enqueue(tx, any, self.after).await?;
            last.map_or(Ok(()), |last| tx.enqueue(Self { after: Some(last), ..self.clone() }))
        })
        .await?;
        Ok(())
    }
}

/// Looks at all invitations of a program: its rules have changed, or it goes on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Survey {
    /// Which.
    pub program: ReferralProgramId,
    /// Those after this one.
    pub after: Option<ReferralId>,
}

impl Job for Survey {
    const KIND: &'static str = "referral.survey";
    type Context = Db;

    async fn run(self, db: Db) -> Result<(), Failure> {
        db.tx(async |tx: &Tx| {
            let of = Condition::all().add(Column::ProgramId.eq(self.program));
            let last = enqueue(tx, of, self.after).await?;
            last.map_or(Ok(()), |last| tx.enqueue(Self { after: Some(last), ..self.clone() }))
        })
        .await?;
        Ok(())
    }
}

/// Has some invitations looked at; gives the last of them when there may be more.
async fn enqueue(tx: &Tx, which: Condition, after: Option<ReferralId>) -> Result<Option<ReferralId>> {
    let mut rows = Entity::find().select_only().columns([Column::Id, Column::ProgramId, Column::Invitee]).filter(which);
    if let Some(after) = after {
        rows = rows.filter(Column::Id.gt(after));
    }
    let rows: Vec<(ReferralId, ReferralProgramId, MemberId)> =
        rows.order_by_asc(Column::Id).limit(AT_ONCE).into_tuple().all(tx.db()).await?;
    for (_, program, member) in &rows {
        tx.enqueue(Review::of(*program, *member))?;
    }
    let full = u64::try_from(rows.len()).is_ok_and(|rows| rows == AT_ONCE);
    Ok(rows.last().filter(|_| full).map(|(id, _, _)| *id))
}

/// Looks at invitations that time alone changes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ripen {}

impl Job for Ripen {
    const KIND: &'static str = "referral.ripen";
    type Context = Db;

    fn unique_key(&self) -> Option<String> {
        Some(Self::KIND.to_owned())
    }

    async fn run(self, db: Db) -> Result<(), Failure> {
        let mut after: Option<(Time, ReferralId)> = None;
        loop {
            let due = db.tx(async |tx: &Tx| due(tx, after).await).await?;
            match due {
                Some(last) => after = Some(last),
                None => return Ok(()),
            }
        }
    }
}

/// Has those looked at whose time has come; gives the last of them when there may be more.
async fn due(tx: &Tx, after: Option<(Time, ReferralId)>) -> Result<Option<(Time, ReferralId)>> {
    let mut rows = Entity::find().filter(Column::DueAt.lte(tx.now()));
    if let Some((at, id)) = after {
        let same = Condition::all().add(Column::DueAt.eq(at)).add(Column::Id.gt(id));
        rows = rows.filter(Condition::any().add(Column::DueAt.gt(at)).add(same));
    }
    let rows = rows.order_by_asc(Column::DueAt).order_by_asc(Column::Id).limit(AT_ONCE).all(tx.db()).await?;
    for row in &rows {
        tx.enqueue(Review { by_time: true, ..Review::of(row.program_id, row.invitee) })?;
    }
    let full = u64::try_from(rows.len()).is_ok_and(|rows| rows == AT_ONCE);
    Ok(rows.last().filter(|_| full).and_then(|row| Some((row.due_at?, row.id))))
}
