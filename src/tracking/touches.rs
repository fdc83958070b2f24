//! Touches: who came by what, when.

use entity::{
    tracking::touch::{ActiveModel, Column, Entity, Kind},
    types::{AccountKey, OpenId},
};
use futures_util::future::FutureExt;
use sea_orm::{
    ActiveEnum, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};
use serde_json::json;

use crate::{
    error::Result,
    identity::belonging::{Belonging, OnMerge, PersonalData},
    infra::{
        clock::biz_day,
        db::{Db, Tx},
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
    let rows: Vec<ActiveModel> = pushes.iter().filter_map(|push| touch(tx, push)).collect();
    if !rows.is_empty() {
        Entity::insert_many(rows).exec_without_returning(tx.db()).await?;
    }
    Ok(())
}

fn touch(tx: &Tx, push: &Received) -> Option<ActiveModel> {
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
    let at = push.sent_at();
    Some(ActiveModel {
        id: Set(tx.id()),
        account: Set(push.account.key.clone()),
        open_id: Set(push.push.from.clone()),
        kind: Set(kind),
        scene: Set(scene),
        ticket: Set(ticket),
        at: Set(at),
        biz_day: Set(biz_day(at)),
    })
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
fn any_of(people: &[(AccountKey, OpenId)]) -> Condition {
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
            Ok(rows
                .into_iter()
                .map(|row| json!({ "account": row.account, "kind": row.kind, "scene": row.scene, "at": row.at }))
                .collect())
        }
        .boxed_local()
    }),
};
