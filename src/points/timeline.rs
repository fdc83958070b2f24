//! What happened to points, in the timeline of their member.

use entity::points::entry::{Column, Entity, Kind, Model};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    error::Result,
    infra::db::Db,
    members::timeline::{Asked, Fact},
};

/// How a kind of entry is called: in facts, in Chinese, in English.
pub(super) fn called(kind: Kind) -> (&'static str, &'static str, &'static str) {
    match kind {
        Kind::Given => ("points.given", "获得积分", "Points earned"),
        Kind::Available => ("points.available", "积分生效", "Points available"),
        Kind::Cancelled => ("points.cancelled", "待生效积分取消", "Pending points cancelled"),
        Kind::Spent => ("points.spent", "使用积分", "Points spent"),
        Kind::Refunded => ("points.refunded", "积分退回", "Points returned"),
        Kind::Expired => ("points.expired", "积分过期", "Points expired"),
        Kind::TakenBack => ("points.taken_back", "积分收回", "Points taken back"),
        Kind::Adjusted => ("points.adjusted", "人工调整", "Corrected by staff"),
        Kind::Parted => ("points.parted", "会员拆分结算", "Settled when two members parted"),
        Kind::Forfeited => ("points.forfeited", "积分清零", "Points given up"),
    }
}

/// What happened to a member's points.
///
/// # Errors
/// When the database does not answer.
pub async fn facts(db: &Db, asked: &Asked) -> Result<Vec<Fact>> {
    let mut rows = Entity::find().filter(Column::MemberId.is_in(asked.names.iter().copied()));
    if let Some(cursor) = asked.before {
        rows = rows.filter(cursor.beyond(Column::At, Column::Id));
    }
    let rows = rows.order_by_desc(Column::At).order_by_desc(Column::Id).limit(asked.most).all(db.read()).await?;
    Ok(rows.into_iter().map(fact).collect())
}

fn fact(row: Model) -> Fact {
    let change = match row.kind {
        // They were to come, and have come: that they are fewer there is no loss.
        Kind::Available => row.delta.get(),
        _ => row.delta.get().saturating_add(row.pending.get()),
    };
    Fact {
        at: row.at,
        source: "points",
        channel: None,
        kind: called(row.kind).0.to_owned(),
        text: Some(format!("{change:+} {}", row.because_zh).trim_end().to_owned()),
        id: row.id.into(),
    }
}
