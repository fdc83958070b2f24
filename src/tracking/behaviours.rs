//! Behaviours: what people do in a mini program and on pages, sent in batches by the client.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::BASE64URL_NOPAD;
use entity::{
    tracking::behaviour::{ActiveModel, Column, Entity, Kind, Model},
    types::{AccountKey, OpenId},
};
use futures_util::future::FutureExt;
use garde::Validate;
use sea_orm::{
    ActiveEnum,
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{events::DwellSeen, shared};
use crate::{
    error::Result,
    identity::belonging::{Belonging, OnMerge, PersonalData},
    infra::{
        clock::{Time, biz_day},
        db::{Db, Tx, among},
    },
    members::timeline::{Asked, Fact},
};

/// How far a client's clock may be ahead.
const AHEAD: TimeDelta = TimeDelta::minutes(5);
/// How old an event may be: clients keep them while there is no network.
const OLD: TimeDelta = TimeDelta::days(7);

/// One event as a client sends it.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Behaviour {
    /// The client's own name of the event, unique for the person: sent twice, it is stored once.
    #[garde(length(min = 1, max = 64))]
    pub id: String,
    /// What the person did.
    #[garde(skip)]
    pub kind: Kind,
    /// The path of the page, such as `pages/goods/detail`.
    #[garde(length(min = 1, max = 256))]
    pub page: String,
    /// What was tapped or looked at there.
    #[garde(length(max = 128))]
    pub target: Option<String>,
    /// How long it was looked at; up to a day.
    #[garde(range(min = 0, max = 86_400_000))]
    pub millis: Option<i32>,
    /// When it happened, by the client's clock.
    #[garde(skip)]
    pub at: DateTime<Utc>,
}

impl Behaviour {
    /// Whether the time can be true at `now`.
    pub fn is_plausible(&self, now: Time) -> bool {
        self.at <= now + AHEAD && self.at >= now - OLD
    }

    fn row(self, tx: &Tx, account: &AccountKey, open_id: &OpenId) -> ActiveModel {
        let name = format!("{account}\n{}\n{}", open_id.as_str(), self.id);
        ActiveModel {
            id: Set(tx.id()),
            account: Set(account.clone()),
            open_id: Set(open_id.clone()),
            key: Set(BASE64URL_NOPAD.encode(&Sha256::digest(name))),
            kind: Set(self.kind),
            page: Set(self.page),
            target: Set(self.target),
            millis: Set(self.millis),
            at: Set(self.at),
            received_at: Set(tx.now()),
            biz_day: Set(biz_day(self.at)),
        }
    }
}

/// Stores events of a person; gives how many were new.
///
/// # Errors
/// When the database does not answer.
pub async fn record(tx: &Tx, account: &AccountKey, open_id: &OpenId, events: Vec<Behaviour>) -> Result<u64> {
    if events.is_empty() {
        return Ok(0);
    }
    let stays = events.iter().any(|event| event.kind == Kind::Dwell);
    let mut rows: Vec<_> = events.into_iter().map(|event| event.row(tx, account, open_id)).collect();
    // The same event twice in one batch is one event; in one order everywhere, so that nobody waits in a circle.
    let key = |row: &ActiveModel| row.key.try_as_ref().cloned();
    rows.sort_by_key(key);
    rows.dedup_by_key(|row| key(row));
    let unless_known = OnConflict::column(Column::Key).do_nothing().to_owned();
    let stored = tx.db().execute(tx.insert(rows)?.on_conflict(unless_known)).await?.rows_affected();
    if stays && stored > 0 {
        let (who, since) = ([(account.clone(), open_id.clone())], tx.now() - OLD);
        if shared::any_since(tx.db(), &who, Some(since)).await? {
            tx.emit(&DwellSeen { account: account.clone(), open_id: open_id.clone() })?;
        }
    }
    Ok(stored)
}

/// How long somebody stayed on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dwell {
    /// The path of the page.
    pub page: String,
    /// When, by the client's clock.
    pub at: Time,
    /// How long, in milliseconds.
    pub millis: i64,
}

/// How long these people stayed on any of these pages, in order; the first so many.
///
/// # Errors
/// When the database does not answer.
pub async fn dwells(
    db: &impl ConnectionTrait,
    people: &[(AccountKey, OpenId)],
    pages: &[String],
    most: u64,
) -> Result<Vec<Dwell>> {
    if people.is_empty() || pages.is_empty() {
        return Ok(Vec::new());
    }
    let rows = Entity::find().filter(any_of(people)).filter(Column::Kind.eq(Kind::Dwell));
    let rows = rows.filter(Column::Page.is_in(pages)).order_by_asc(Column::At).order_by_asc(Column::Id);
    let dwell = |row: Model| Dwell { page: row.page, at: row.at, millis: row.millis.unwrap_or(0).max(0).into() };
    Ok(rows.limit(most).all(db).await?.into_iter().map(dwell).collect())
}

/// What people did, for their timeline.
///
/// # Errors
/// When the database does not answer.
pub async fn facts(db: &Db, asked: &Asked) -> Result<Vec<Fact>> {
    let mut rows = Entity::find().filter(any_of(&asked.open_ids));
    if let Some(before) = asked.before {
        rows = rows.filter(before.beyond(Column::At, Column::Id));
    }
    let rows = rows.order_by_desc(Column::At).order_by_desc(Column::Id).limit(asked.most).all(db.read()).await?;
    Ok(rows
        .into_iter()
        .map(|row| Fact {
            at: row.at,
            source: "behaviour",
            channel: Some(row.account),
            kind: row.kind.into_value(),
            text: Some(row.target.map_or(row.page.clone(), |target| format!("{} {target}", row.page))),
            id: row.id.into(),
        })
        .collect())
}

/// Who of these people did anything. One look-up.
///
/// # Errors
/// When the database does not answer.
pub async fn active(
    db: &impl ConnectionTrait,
    people: impl IntoIterator<Item = (AccountKey, OpenId)>,
) -> Result<BTreeSet<(AccountKey, OpenId)>> {
    let mut places: BTreeMap<AccountKey, BTreeSet<OpenId>> = BTreeMap::new();
    for (account, open_id) in people {
        places.entry(account).or_default().insert(open_id);
    }
    let mut active = BTreeSet::new();
    for (account, open_ids) in places {
        let there = Entity::find().select_only().column(Column::OpenId).distinct();
        let there = there.filter(Column::Account.eq(account.clone())).filter(among(db, Column::OpenId, open_ids));
        let there: Vec<OpenId> = there.into_tuple().all(db).await?;
        active.extend(there.into_iter().map(|open_id| (account.clone(), open_id)));
    }
    Ok(active)
}

/// Whoever is one of these people; nobody when there are none.
fn any_of(people: &[(AccountKey, OpenId)]) -> Condition {
    let one = |(account, open_id): &(AccountKey, OpenId)| {
        Condition::all().add(Column::Account.eq(account.clone())).add(Column::OpenId.eq(open_id.clone()))
    };
    people.iter().map(one).fold(Condition::any().add(Expr::value(false)), Condition::add)
}

/// The name under which a behaviour lives on when its person is gone, so that counts stay true.
const NOBODY: &str = "erased";

/// What a person did, made nobody's.
pub const BEHAVIOURS: Belonging = Belonging {
    table: "behaviour",
    begin: None,
    on_merge: OnMerge::Stay,
    erase: |tx, owner, data| {
        async move {
            if !data.contains(&PersonalData::Everything) {
                return Ok(0);
            }
            let theirs = Entity::update_many()
                .col_expr(Column::OpenId, Expr::value(NOBODY))
                .filter(owner.rows(Column::Account, Column::OpenId));
            Ok(theirs.exec(tx.db()).await?.rows_affected)
        }
        .boxed_local()
    },
    export: Some(|db, _, owner| {
        async move {
            let rows = Entity::find().filter(owner.rows(Column::Account, Column::OpenId)).all(db.read()).await?;
            Ok(rows.into_iter().map(|row| json!({ "account": row.account, "kind": row.kind, "page": row.page, "target": row.target, "millis": row.millis, "at": row.at })).collect())
        }
        .boxed_local()
    }),
};
