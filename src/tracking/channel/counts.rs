//! What a channel has brought, day by day in Asia/Shanghai: counted when it is asked for, from rows of which each stands
//! for one thing.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entity::tracking::{
    channel::Model,
    channel_follow, channel_person,
    touch::{self, Kind},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect, Select, sea_query::Expr,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{error::Result, infra::clock::Time};

/// What a channel has brought on a day, or in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ChannelFigures)]
pub struct Figures {
    /// Times that its code was scanned or opened, follows included.
    pub scans: i64,
    /// Times that somebody followed by it.
    pub follows: i64,
    /// Of the follows of that day, those that held for seven days; of the last seven days nothing is known yet.
    pub stays: i64,
    /// Members whose first, and whose last touch before they registered it was.
    pub registers: Credited,
    /// Members whose first, and whose last touch before they first bought something it was.
    pub converts: Credited,
}

/// A count by either way of crediting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ChannelCredited)]
pub struct Credited {
    /// To the first touch.
    pub first: i64,
    /// To the last touch.
    pub last: i64,
}

impl Figures {
    fn add(&mut self, other: &Self) {
        self.scans += other.scans;
        self.follows += other.follows;
        self.stays += other.stays;
        self.registers.first += other.registers.first;
        self.registers.last += other.registers.last;
        self.converts.first += other.converts.first;
        self.converts.last += other.converts.last;
    }

    /// The sum of days.
    pub fn sum<'a>(days: impl Iterator<Item = &'a Self>) -> Self {
        days.fold(Self::default(), |mut sum, day| {
            sum.add(day);
            sum
        })
    }
}

/// What a channel has brought on the days from `from` to `to`, on which it brought anything.
///
/// # Errors
/// When the database does not answer.
pub async fn by_day(
    db: &impl ConnectionTrait,
    channel: &Model,
    (from, to): (NaiveDate, NaiveDate),
    now: Time,
) -> Result<BTreeMap<NaiveDate, Figures>> {
    let mut days: BTreeMap<NaiveDate, Figures> = BTreeMap::new();
    let seen = touch::Entity::find().filter(touch::Column::Scene.eq(&channel.scene));
    let scans = seen.clone().filter(touch::Column::Kind.is_in([Kind::Follow, Kind::Scan, Kind::Visit]));
    for (day, count) in count(db, scans, touch::Column::BizDay, (from, to)).await? {
        days.entry(day).or_default().scans = count;
    }
    let follows = seen.filter(touch::Column::Kind.eq(Kind::Follow));
    for (day, count) in count(db, follows, touch::Column::BizDay, (from, to)).await? {
        days.entry(day).or_default().follows = count;
    }
    use channel_follow::Column as Follow;
    let held =
        Condition::any().add(Follow::LeftAt.is_null()).add(Expr::col(Follow::LeftAt).gte(Expr::col(Follow::StaysAt)));
    let stays = channel_follow::Entity::find().filter(Follow::ChannelId.eq(channel.id)).filter(held);
    for (day, count) in count(db, stays.filter(Follow::StaysAt.lte(now)), Follow::BizDay, (from, to)).await? {
        days.entry(day).or_default().stays = count;
    }
    use channel_person::Column as Person;
    let steps: [(Person, Person, Place); 4] = [
        (Person::RegisteredFirst, Person::RegisteredDay, |figures| &mut figures.registers.first),
        (Person::RegisteredLast, Person::RegisteredDay, |figures| &mut figures.registers.last),
        (Person::BoughtFirst, Person::BoughtDay, |figures| &mut figures.converts.first),
        (Person::BoughtLast, Person::BoughtDay, |figures| &mut figures.converts.last),
    ];
    for (credited, day, figure) in steps {
        let people = channel_person::Entity::find().filter(credited.eq(channel.id));
        for (day, count) in count(db, people, day, (from, to)).await? {
            *figure(days.entry(day).or_default()) = count;
        }
    }
    Ok(days)
}

/// Where a figure stands.
type Place = fn(&mut Figures) -> &mut i64;

/// Rows by day.
async fn count<E: EntityTrait, C: ColumnTrait>(
    db: &impl ConnectionTrait,
    rows: Select<E>,
    day: C,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<(NaiveDate, i64)>> {
    let within = Condition::all().add(day.gte(from)).add(day.lte(to));
    let rows = rows.filter(within).select_only().column(day).column_as(day.count(), "count").group_by(day);
    Ok(rows.into_tuple().all(db).await?)
}
