//! Facts that were recorded, for looking them up. They are written by units of work.

use entity::jobs::event::{Column, Entity};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::{error::Result, infra::clock::Time};

/// A fact.
pub use entity::jobs::event::Model as Fact;

/// Facts about these subjects, the latest first, but for those of the kinds in `without`; from `before` on backwards.
///
/// # Errors
/// When the database does not answer.
pub async fn about(
    db: &impl ConnectionTrait,
    subjects: &[String],
    without: &[&str],
    before: Option<(Time, Uuid)>,
    most: u64,
) -> Result<Vec<Fact>> {
    let mut rows =
        Entity::find().filter(Column::Subject.is_in(subjects)).filter(Column::Kind.is_not_in(without.to_vec()));
    if let Some((at, id)) = before {
        let same_moment = Condition::all().add(Column::OccurredAt.eq(at)).add(Column::Id.lt(id));
        rows = rows.filter(Condition::any().add(Column::OccurredAt.lt(at)).add(same_moment));
    }
    Ok(rows.order_by_desc(Column::OccurredAt).order_by_desc(Column::Id).limit(most).all(db).await?)
}
