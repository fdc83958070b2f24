//! What members were told, in their timeline.

use entity::reach::{
    delivery,
    message::{Column, Entity, State},
};
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    error::Result,
    infra::db::Db,
    members::timeline::{Asked, Fact},
};

/// What a member was told, or was not and why.
///
/// # Errors
/// When the database does not answer.
pub async fn facts(db: &Db, asked: &Asked) -> Result<Vec<Fact>> {
    let mut rows = Entity::find().filter(Column::MemberId.is_in(asked.names.iter().copied()));
    if let Some(cursor) = asked.before {
        rows = rows.filter(cursor.beyond(Column::CreatedAt, Column::Id));
    }
    let rows = rows.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).limit(asked.most).all(db.read()).await?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let tries = if ids.is_empty() {
        Vec::new()
    } else {
        let tries = delivery::Entity::find().filter(delivery::Column::MessageId.is_in(ids));
        tries.order_by_desc(delivery::Column::Id).all(db.read()).await?
    };
    Ok(rows
        .into_iter()
        .map(|row| {
            let last = tries.iter().find(|tried| tried.message_id == Some(row.id));
            let last = last.filter(|_| !matches!(row.state, State::Suppressed | State::Expired));
            let why = row.reason.as_deref().map(|why| format!(" ({why})")).unwrap_or_default();
            Fact {
                at: row.created_at,
                source: "reach",
                channel: last.map(|tried| tried.account.clone()),
                kind: format!("{}.{}", row.kind, row.state.to_value()),
                text: last.map(|tried| format!("{}{why}", tried.channel.to_value())).or(row.reason),
                id: row.id.into(),
            }
        })
        .collect())
}
