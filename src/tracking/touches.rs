//! Touches: who came by what, when.

use std::collections::BTreeMap;

use chrono::SubsecRound;
use entity::{
    tracking::touch::{Column, Entity},
    types::{AccountKey, OpenId},
};
use futures_util::future::FutureExt;
use sea_orm::{
    ActiveEnum, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, sea_query::Expr,
};
use serde_json::json;

pub use entity::tracking::touch::{Carrier, Kind, Model as Touch};

use super::{
    channel::{self, ChannelTouched},
    events::TouchSeen,
    invitation::Code,
};
use crate::{
    error::Result,
    identity::{
        Claim,
        belonging::{Belonging, OnMerge, PersonalData},
        find, open_ids,
    },
    infra::{
        clock::{Time, biz_day},
        db::{Db, Tx, among},
    },
    members::timeline::{Asked, Fact},
    wechat::{
        intake::Received,
        message::{Body, Event},
    },
};

/// Records the touches among the pushes.
///
/// # Errors
/// When the database does not answer.
pub async fn record(tx: &Tx, pushes: &[&Received]) -> Result<()> {
    write(tx, pushes.iter().filter_map(|push| touch(tx, push)).collect()).await
}

pub(super) async fn write(tx: &Tx, rows: Vec<Touch>) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    for row in &rows {
        if row.scene.as_deref().is_some_and(channel::is_scene) {
            tx.emit(&ChannelTouched { account: row.account.clone(), open_id: row.open_id.clone() })?;
        }
        if row.code.is_none() && !matters(tx, row).await? {
            continue;
        }
        tx.emit(&TouchSeen { touch: row.id, account: row.account.clone(), open_id: row.open_id.clone() })?;
    }
    Entity::insert_many(rows.iter().cloned().map(IntoActiveModel::into_active_model))
        .exec_without_returning(tx.db())
        .await?;
    channel::follow::note(tx, &rows).await
}

/// Whether somebody follows or leaves who came by an invitation once, to whichever account. The news may be old, so nobody
/// else may hear of it.
async fn matters(tx: &Tx, row: &Touch) -> Result<bool> {
    if !matches!(row.kind, Kind::Follow | Kind::Unfollow) {
        return Ok(false);
    }
    let people = match find(tx.db(), &Claim::open_id(&row.account, &row.open_id)).await? {
        Some(member) => open_ids(tx.db(), member).await?,
        None => vec![(row.account.clone(), row.open_id.clone())],
    };
    invited(tx.db(), &people).await
}

/// When the visit began of which a touch is a part. WeChat tells of follows by the second: one in the second in which a
/// visit began came after it.
#[must_use]
pub fn began(touch: &Touch) -> Time {
    touch.began_at.unwrap_or(touch.at).trunc_subsecs(0)
}

fn touch(tx: &Tx, push: &Received) -> Option<Touch> {
    let Body::Event(event) = &push.push.body else { return None };
    let (kind, scene, ticket) = match event {
        Event::Subscribe { scene, ticket, .. } => (Kind::Follow, scene.clone(), ticket.clone()),
        Event::Scan { scene, ticket } => (Kind::Scan, Some(scene.clone()), ticket.clone()),
        Event::Unsubscribe => (Kind::Unfollow, None, None),
        Event::Click { key } => (Kind::Menu, Some(key.clone()), None),
        Event::View { url, .. } => (Kind::Menu, Some(url.clone()), None),
        Event::ViewMiniProgram { path, .. } => (Kind::Menu, Some(path.clone()), None),
        Event::UserEnterTempSession { session_from } => (Kind::Enter, session_from.clone(), None),
        _ => return None,
    };
    let carrier = match kind {
        Kind::Follow | Kind::Scan => Some(Carrier::Qr),
        Kind::Enter => Some(Carrier::MiniCode),
        Kind::Unfollow | Kind::Menu | Kind::Visit => None,
    };
    let code = carrier.and_then(|_| Code::of_scene(scene.as_deref()?)).map(|code| code.to_string());
    let at = push.sent_at();
    Some(Touch {
        id: tx.id(),
        account: push.account.key.clone(),
        open_id: push.push.from.clone(),
        kind,
        scene,
        ticket,
        carrier: carrier.filter(|_| code.is_some()),
        code,
        device: None,
        network: None,
        began_at: None,
        at,
        biz_day: biz_day(at),
    })
}

/// Whether any of these people came by an invitation.
///
/// # Errors
/// When the database does not answer.
pub async fn invited(db: &impl ConnectionTrait, people: &[(AccountKey, OpenId)]) -> Result<bool> {
    if people.is_empty() {
        return Ok(false);
    }
    let theirs = Entity::find().filter(any_of(people)).filter(Column::Code.is_not_null());
    Ok(theirs.one(db).await?.is_some())
}

/// Whether anybody came by this code since then.
///
/// # Errors
/// When the database does not answer.
pub async fn used_since(db: &impl ConnectionTrait, code: &Code, since: Time) -> Result<bool> {
    let came = Entity::find().filter(Column::Code.eq(code.as_str())).filter(Column::At.gte(since));
    Ok(came.one(db).await?.is_some())
}

/// What is known of people for attribution: touches with a code, follows and leaves, in the order in which they happened;
/// the first so many.
///
/// # Errors
/// When the database does not answer.
pub async fn log(db: &impl ConnectionTrait, people: &[(AccountKey, OpenId)], most: u64) -> Result<Vec<Touch>> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let rows = Entity::find().filter(any_of(people)).filter(counts_for_attribution());
    Ok(rows.order_by_asc(Column::At).order_by_asc(Column::Id).limit(most).all(db).await?)
}

/// The same of many, by whose people they are; the first so many of each. One look-up, as a rule.
///
/// # Errors
/// When the database does not answer.
pub async fn logs<K: Ord + Copy>(
    db: &impl ConnectionTrait,
    people: &BTreeMap<K, Vec<(AccountKey, OpenId)>>,
    most: u64,
) -> Result<BTreeMap<K, Vec<Touch>>> {
    let mut owners: BTreeMap<(&AccountKey, &OpenId), K> = BTreeMap::new();
    let mut accounts: BTreeMap<&AccountKey, Vec<OpenId>> = BTreeMap::new();
    for (owner, (account, open_id)) in people.iter().flat_map(|(owner, theirs)| theirs.iter().map(|one| (*owner, one)))
    {
        owners.insert((account, open_id), owner);
        accounts.entry(account).or_default().push(open_id.clone());
    }
    let mut found: BTreeMap<K, Vec<Touch>> = BTreeMap::new();
    if owners.is_empty() {
        return Ok(found);
    }
    let there = |(account, open_ids): (&AccountKey, Vec<OpenId>)| {
        Condition::all().add(Column::Account.eq(account.clone())).add(among(db, Column::OpenId, open_ids))
    };
    let theirs = accounts.into_iter().map(there).fold(Condition::any(), Condition::add);
    let rows = Entity::find().filter(theirs).filter(counts_for_attribution());
    let rows = rows.order_by_asc(Column::At).order_by_asc(Column::Id).limit(most).all(db).await?;
    if people.len() > 1 && u64::try_from(rows.len()).unwrap_or(u64::MAX) >= most {
        // Somebody is seen very often: of the others some may be missing.
        for (owner, theirs) in people {
            found.insert(*owner, log(db, theirs, most).await?);
        }
        return Ok(found);
    }
    for row in rows {
        if let Some(owner) = owners.get(&(&row.account, &row.open_id)) {
            found.entry(*owner).or_default().push(row);
        }
    }
    Ok(found)
}

fn counts_for_attribution() -> Condition {
    Condition::any().add(Column::Code.is_not_null()).add(Column::Kind.is_in([Kind::Follow, Kind::Unfollow]))
}

/// What is seen of people, for their timeline.
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
            source: "touch",
            channel: Some(row.account),
            kind: row.kind.into_value(),
            text: row.scene,
            id: row.id.into(),
        })
        .collect())
}

/// Whoever is one of these people; nobody when there are none.
pub(super) fn any_of(people: &[(AccountKey, OpenId)]) -> Condition {
    let one = |(account, open_id): &(AccountKey, OpenId)| {
        Condition::all().add(Column::Account.eq(account.clone())).add(Column::OpenId.eq(open_id.clone()))
    };
    people.iter().map(one).fold(Condition::any().add(Expr::value(false)), Condition::add)
}

/// The name under which a touch lives on when its person is gone, so that counts stay true.
const NOBODY: &str = "erased";

/// A person's touches, made nobody's.
pub const TOUCHES: Belonging = Belonging {
    table: "touch",
    begin: Some(|tx, member| super::joining::begin(tx, member).boxed_local()),
    on_merge: OnMerge::Stay,
    erase: |tx, owner, data| {
        async move {
            if !data.contains(&PersonalData::Everything) {
                return Ok(0);
            }
            let nothing: Option<String> = None;
            let theirs = Entity::update_many()
                .col_expr(Column::OpenId, Expr::value(NOBODY))
                .col_expr(Column::Device, Expr::value(nothing.clone()))
                .col_expr(Column::Network, Expr::value(nothing))
                .filter(owner.rows(Column::Account, Column::OpenId));
            Ok(theirs.exec(tx.db()).await?.rows_affected)
        }
        .boxed_local()
    },
    export: Some(|db, _, owner| {
        async move {
            let rows = Entity::find().filter(owner.rows(Column::Account, Column::OpenId)).all(db.read()).await?;
            Ok(rows
                .into_iter()
                .map(|row| json!({ "account": row.account, "kind": row.kind, "scene": row.scene, "carrier": row.carrier, "at": row.at }))
                .collect())
        }
        .boxed_local()
    }),
};
