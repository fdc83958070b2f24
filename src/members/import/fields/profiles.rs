//! Names, birthdays and the like, and when somebody joined.

use std::collections::{BTreeMap, BTreeSet};

use entity::{
    members::profile::{Column, Entity, JoinedBy, Model, Source},
    types::MemberId,
};
use sea_orm::{
    ConnectionTrait, EntityTrait, Iterable, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{LockType, OnConflict},
};
use serde_json::json;

use super::{Change, Place, Plan, Told, put};
use crate::{
    error::Result,
    infra::{
        clock::Time,
        db::{Tx, among},
    },
    members::{
        events::ProfileChanged,
        profile::{self, Said},
        rules,
    },
};

type Profiles = BTreeMap<MemberId, Model>;

/// The profiles of the people that rows tell of.
pub(super) async fn read(db: &impl ConnectionTrait, told: &[Told<'_>], lock: bool) -> Result<Profiles> {
    let members: BTreeSet<MemberId> = told.iter().map(|told| told.member).collect();
    if members.is_empty() {
        return Ok(Profiles::new());
    }
    let mut rows = Entity::find().filter(among(db, Column::MemberId, members)).order_by_asc(Column::MemberId);
    if lock {
        rows = rows.lock(LockType::Update);
    }
    Ok(rows.all(db).await?.into_iter().map(|row| (row.member_id, row)).collect())
}

fn fresh(member: MemberId, at: Time, now: Time) -> Model {
    Model {
        member_id: member,
        name: None,
        nickname: None,
        sex: None,
        birthday: None,
        region: None,
        language: None,
        avatar: None,
        told: json!({}),
        joined_at: at,
        joined_by: JoinedBy::Import,
        joined_account: None,
        joined_channel: None,
        updated_at: now,
    }
}

pub(super) fn plan(profiles: Profiles, told: &[Told<'_>], now: Time) -> Result<Plan<Model>> {
    let known: BTreeSet<MemberId> = profiles.keys().copied().collect();
    let mut profiles = profiles;
    let (mut touched, mut changes) = (BTreeSet::new(), Vec::with_capacity(told.len()));
    let by = rules::Told { source: Source::Import, at: now };
    for one in told {
        let joined = one.record.joined_at.unwrap_or(now);
        let row = profiles.entry(one.member).or_insert_with(|| fresh(one.member, joined, now));
        let before = row.clone();
        let said = Said {
            name: one.record.name.clone().map(Some),
            sex: one.record.sex.map(Some),
            birthday: one.record.birthday.map(Some),
            region: one.record.region.clone().map(Some),
            ..Said::default()
        };
        let fields = profile::apply(row, said, by)?;
        let mut mine: Vec<Change> = fields
            .into_iter()
            .map(|field| Change {
                place: Place::Profile,
                before: profile::field(&before, &field),
                after: profile::field(row, &field),
                field,
            })
            .collect();
        // Somebody who was a member elsewhere before has been one since then.
        if one.record.joined_at.is_some_and(|at| at < row.joined_at) {
            row.joined_at = joined;
            row.joined_by = JoinedBy::Import;
            (row.joined_account, row.joined_channel) = (None, None);
            mine.push(Change {
                place: Place::Joined,
                field: "joined".to_owned(),
                before: joining(&before),
                after: joining(row),
            });
        }
        if !mine.is_empty() || !known.contains(&one.member) {
            row.updated_at = now;
            touched.insert(one.member);
        }
        changes.push(mine);
    }
    profiles.retain(|member, _| touched.contains(member));
    Ok(Plan { rows: profiles.into_values().collect(), changes })
}

/// When and how somebody joined, as JSON.
pub(super) fn joining(row: &Model) -> serde_json::Value {
    json!({ "at": row.joined_at, "by": row.joined_by, "account": row.joined_account, "channel": row.joined_channel })
}

/// Writes profiles whole.
pub(super) async fn put_all(tx: &Tx, rows: Vec<Model>) -> Result<()> {
    let others = Column::iter().filter(|column| !matches!(column, Column::MemberId));
    put(tx, rows, &OnConflict::column(Column::MemberId).update_columns(others).to_owned()).await
}

pub(super) async fn write(tx: &Tx, told: &[Told<'_>]) -> Result<Vec<Vec<Change>>> {
    let seen = read(tx.db(), told, false).await?;
    let known: BTreeSet<MemberId> = seen.keys().copied().collect();
    let mut planned = plan(seen, told, tx.now())?;
    if planned.rows.iter().any(|row| known.contains(&row.member_id)) {
        // Looked at anew, now that nobody else can change them.
        planned = plan(read(tx.db(), told, true).await?, told, tx.now())?;
    }
    let mut changed: BTreeMap<MemberId, BTreeSet<String>> = BTreeMap::new();
    for (one, changes) in told.iter().zip(&planned.changes).filter(|(one, _)| known.contains(&one.member)) {
        changed.entry(one.member).or_default().extend(changes.iter().map(|change| change.name().to_owned()));
    }
    for (member, fields) in changed.into_iter().filter(|(_, fields)| !fields.is_empty()) {
        tx.emit(&ProfileChanged { member, fields: fields.into_iter().collect(), source: Source::Import })?;
    }
    put_all(tx, planned.rows).await?;
    Ok(planned.changes)
}
