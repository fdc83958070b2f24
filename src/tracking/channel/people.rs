//! By which channels members registered and bought for the first time: one row for each member, derived. Who came by one of a
//! store and has no home is at home there.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use entity::{
    tracking::{
        channel,
        channel_person::{ActiveModel, Column, Entity, Model},
        touch::{self, Kind, Model as Touch},
    },
    types::{AccountKey, ChannelId, MemberId, OpenId},
};
use futures_util::future::FutureExt;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::SCENE;
use crate::{
    error::{Code, Result},
    identity::{
        Claim,
        belonging::{Belonging, OnMerge},
        current, find, names, open_ids,
        owned::nobody_left,
        settle as at_home,
    },
    infra::{
        clock::{Time, biz_day},
        db::{Db, IntoJob, NewJob, Tx, When},
    },
    jobs::{Failure, Job, Registry},
    members::profile,
    tracking::touches::{any_of, began},
};

/// How many touches of one person are read, the first ones.
const MOST: u64 = 2_000;
/// Who opens the mini program by a code is registered a moment before the code is told.
const GRACE: TimeDelta = TimeDelta::minutes(30);

/// Adds the jobs of channels.
#[must_use]
pub fn register(registry: Registry, db: &Db) -> Registry {
    registry.register::<Touched>(db.clone()).register::<Bought>(db.clone()).register::<Settle>(db.clone())
}

/// Somebody came by a channel: they are looked at, when they are a member.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Touched {
    /// Where.
    pub account: AccountKey,
    /// Who.
    pub open_id: OpenId,
}

impl Job for Touched {
    const KIND: &'static str = "tracking.channel_touched";
    type Context = Db;

    async fn run(self, db: Db) -> Result<(), Failure> {
        let settle = async |tx: &Tx| {
            // Who is no member yet is looked at when they become one.
            match find(tx.db(), &Claim::open_id(&self.account, &self.open_id)).await? {
                Some(member) => tx.enqueue(Settle { member }),
                None => Ok(()),
            }
        };
        Ok(db.tx(settle).await?)
    }
}

/// Somebody bought something: perhaps for the first time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bought {
    /// Who.
    pub member: MemberId,
    /// When.
    pub at: Time,
}

impl Job for Bought {
    const KIND: &'static str = "tracking.bought";
    type Context = Db;

    async fn run(self, db: Db) -> Result<(), Failure> {
        let note = async |tx: &Tx| {
            let Some(member) = current(tx.db(), self.member).await? else { return Ok(()) };
            let row = Model { first_bought_at: Some(self.at), ..Model::of(self.member) };
            let once = OnConflict::column(Column::Member).do_nothing().to_owned();
            Entity::insert(row.into_active_model())
                .on_conflict(once)
                .try_insert()
                .exec_without_returning(tx.db())
                .await?;
            let earlier = Condition::any().add(Column::FirstBoughtAt.is_null()).add(Column::FirstBoughtAt.gt(self.at));
            Entity::update_many()
                .col_expr(Column::FirstBoughtAt, Expr::value(self.at))
                .filter(Column::Member.eq(self.member))
                .filter(earlier)
                .exec(tx.db())
                .await?;
            tx.enqueue(Settle { member })
        };
        Ok(db.tx(note).await?)
    }
}

/// Derives anew by which channels a member came.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Settle {
    /// Who.
    pub member: MemberId,
}

impl Job for Settle {
    const KIND: &'static str = "tracking.settle_channels";
    type Context = Db;

    /// Nobody else writes the row of a member.
    fn order_key(&self) -> Option<String> {
        Some(format!("channel:{}", self.member))
    }

    async fn run(self, db: Db) -> Result<(), Failure> {
        Ok(db.tx(async |tx: &Tx| settle(tx, self.member).await).await?)
    }
}

/// The same, when channels know anything of them.
#[derive(Clone, Debug)]
pub struct SettleIfConcerned(pub Settle);

impl IntoJob for SettleIfConcerned {
    fn into_job(self) -> Result<NewJob> {
        let member = self.0.member;
        let when = When::new(move |tx| async move { concerns(tx.db(), member).await }.boxed_local());
        Ok(NewJob { when: Some(when), ..self.0.into_job()? })
    }
}

async fn concerns(db: &impl ConnectionTrait, member: MemberId) -> Result<bool> {
    if Entity::find_by_id(member).one(db).await?.is_some() {
        return Ok(true);
    }
    let people = open_ids(db, member).await?;
    if people.is_empty() {
        return Ok(false);
    }
    let came = touch::Entity::find().filter(any_of(&people)).filter(touch::Column::Scene.starts_with(SCENE));
    Ok(came.one(db).await?.is_some())
}

async fn settle(tx: &Tx, member: MemberId) -> Result<()> {
    let Some(now) = current(tx.db(), member).await? else { return Ok(()) };
    if now != member {
        // Another name of somebody, who stands for both.
        let aside = Entity::update_many().set(Derived::default().into_active()).filter(Column::Member.eq(member));
        aside.exec(tx.db()).await?;
        return tx.enqueue(Settle { member: now });
    }
    let touches = touches(tx.db(), &open_ids(tx.db(), member).await?).await?;
    let scenes = touches.iter().filter_map(|touch| touch.scene.as_deref());
    if let Some(store) = super::first_store(tx.db(), scenes).await? {
        at_home(tx, &BTreeMap::from([(member, store)])).await?;
    }
    let derived = derive(tx.db(), member, &touches).await?;
    if derived == Derived::default() {
        let none = Entity::update_many().set(derived.into_active()).filter(Column::Member.eq(member));
        none.exec(tx.db()).await?;
        return Ok(());
    }
    let row = Model { first_bought_at: None, ..Model::of(member) };
    let once = OnConflict::column(Column::Member).do_nothing().to_owned();
    Entity::insert(row.into_active_model()).on_conflict(once).try_insert().exec_without_returning(tx.db()).await?;
    let write = Entity::update_many().set(derived.into_active()).filter(Column::Member.eq(member));
    write.exec(tx.db()).await?;
    Ok(())
}

/// What a row says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Derived {
    registered: Step,
    bought: Step,
}

/// When something happened, and by which channels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Step {
    day: Option<NaiveDate>,
    first: Option<ChannelId>,
    last: Option<ChannelId>,
}

impl Derived {
    fn into_active(self) -> ActiveModel {
        ActiveModel {
            registered_day: Set(self.registered.day),
            registered_first: Set(self.registered.first),
            registered_last: Set(self.registered.last),
            bought_day: Set(self.bought.day),
            bought_first: Set(self.bought.first),
            bought_last: Set(self.bought.last),
            ..Default::default()
        }
    }
}

async fn derive(db: &impl ConnectionTrait, member: MemberId, touches: &[Touch]) -> Result<Derived> {
    let profile = match profile::get(db, member).await {
        Ok(profile) => profile,
        Err(missing) if missing.code() == Code::NotFound => return Ok(Derived::default()),
        Err(error) => return Err(error),
    };
    let names = names(db, member).await?;
    let bought = Entity::find().filter(Column::Member.is_in(names)).filter(Column::FirstBoughtAt.is_not_null());
    let bought = bought.order_by_asc(Column::FirstBoughtAt).one(db).await?.and_then(|row| row.first_bought_at);
    // The profile knows the first touch of who was met by one.
    let first = profile.joined_channel.as_deref().or_else(|| first_scene(touches));
    let step = async |at: Time, grace: TimeDelta| -> Result<Step> {
        let before = first.filter(|_| touches.iter().any(|touch| is_before(touch, at, grace)));
        let last =
            touches.iter().rev().find(|touch| is_before(touch, at, grace)).and_then(|touch| touch.scene.as_deref());
        let (first, last) = (of(db, before).await?, of(db, last).await?);
        let counts = first.is_some() || last.is_some();
        Ok(Step { day: counts.then(|| biz_day(at)), first, last })
    };
    let registered = step(profile.joined_at, GRACE).await?;
    let bought = match bought {
        Some(at) => step(at, TimeDelta::zero()).await?,
        None => Step::default(),
    };
    Ok(Derived { registered, bought })
}

/// Touches with a scene, in the order in which they began.
async fn touches(db: &impl ConnectionTrait, people: &[(AccountKey, OpenId)]) -> Result<Vec<Touch>> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let kinds = [Kind::Follow, Kind::Scan, Kind::Enter, Kind::Visit];
    let rows = touch::Entity::find().filter(any_of(people)).filter(touch::Column::Kind.is_in(kinds));
    let rows = rows.filter(touch::Column::Scene.is_not_null()).order_by_asc(touch::Column::At);
    let mut rows = rows.order_by_asc(touch::Column::Id).limit(MOST).all(db).await?;
    rows.sort_by_key(|touch| (began(touch), touch.id));
    Ok(rows)
}

/// Whether a touch may have led to what happened at `at`: it began before, and was told not much later.
fn is_before(touch: &Touch, at: Time, grace: TimeDelta) -> bool {
    began(touch) <= at && touch.at <= at + grace
}

fn first_scene(touches: &[Touch]) -> Option<&str> {
    touches.first().and_then(|touch| touch.scene.as_deref())
}

/// The channel of a scene.
async fn of(db: &impl ConnectionTrait, scene: Option<&str>) -> Result<Option<ChannelId>> {
    let Some(scene) = scene else { return Ok(None) };
    let found: Option<channel::Model> = super::of_scene(db, scene).await?;
    Ok(found.map(|channel| channel.id))
}

/// By which channels somebody came. What is counted stays countable; when exactly they bought is gone with them.
pub const PEOPLE: Belonging = Belonging {
    table: "channel_person",
    begin: None,
    on_merge: OnMerge::Stay,
    erase: |tx, owner, data| {
        async move {
            let Some(member) = nobody_left(tx, owner, data).await? else { return Ok(0) };
            let nothing: Option<Time> = None;
            let theirs = Entity::update_many().col_expr(Column::FirstBoughtAt, Expr::value(nothing));
            let theirs = theirs.filter(Column::Member.is_in(names(tx.db(), member).await?));
            Ok(theirs.exec(tx.db()).await?.rows_affected)
        }
        .boxed_local()
    },
    export: Some(|db, _, owner| {
        async move {
            let Some(member) = owner.member else { return Ok(Vec::new()) };
            let theirs = Entity::find().filter(Column::Member.is_in(names(db.read(), member).await?));
            let rows = theirs.order_by_asc(Column::Member).all(db.read()).await?;
            let shown = |row: Model| {
                json!({
                    "registered_by": [row.registered_first, row.registered_last], "registered_on": row.registered_day,
                    "bought_by": [row.bought_first, row.bought_last], "first_bought_at": row.first_bought_at,
                })
            };
            Ok(rows.into_iter().map(shown).collect())
        }
        .boxed_local()
    }),
};
