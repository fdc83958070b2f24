//! What runs when. Each line is due by a cron expression in Asia/Shanghai; the node that moves its row enqueues the job.

use std::{str::FromStr, sync::Arc};

use chrono::Utc;
use croner::Cron;
use entity::jobs::schedule::{ActiveModel, Column, Entity};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use crate::{
    error::{Error, Result},
    infra::{
        clock::{Time, shanghai},
        db::{Db, IntoJob, NewJob, Tx},
    },
};

type MakeJob = Box<dyn Fn() -> Result<NewJob> + Send + Sync>;

struct Line {
    name: &'static str,
    cron: Cron,
    make: MakeJob,
}

/// The table of what runs when. Cheap to clone.
#[derive(Clone, Default)]
pub struct Schedule(Arc<Vec<Line>>);

impl Schedule {
    /// Adds a line: at each moment of `cron` (minute hour day month weekday, Asia/Shanghai) the job is enqueued once.
    ///
    /// # Errors
    /// When the expression cannot be read; found by the first test that builds the table.
    pub fn at<J: IntoJob>(
        mut self,
        name: &'static str,
        cron: &str,
        make: impl Fn() -> J + Send + Sync + 'static,
    ) -> Result<Self> {
        let cron = Cron::from_str(cron).map_err(Error::internal)?;
        let make: MakeJob = Box::new(move || make().into_job());
        if let Some(lines) = Arc::get_mut(&mut self.0) {
            lines.push(Line { name, cron, make });
        }
        Ok(self)
    }

    /// Keeps of the lines only those of these names.
    pub fn only(mut self, names: &[&str]) -> Self {
        if let Some(lines) = Arc::get_mut(&mut self.0) {
            lines.retain(|line| names.contains(&line.name));
        }
        self
    }

    /// Enqueues the job of every line that has come due since the last look, once over all nodes; gives when the next one
    /// is due.
    pub(super) async fn tick(&self, db: &Db) -> Result<Time> {
        let mut next = Time::MAX_UTC;
        if self.0.is_empty() {
            return Ok(next);
        }
        let rows = Entity::find().all(db.read()).await?;
        let now = db.now();
        for line in self.0.iter() {
            let row = rows.iter().find(|row| row.name == line.name);
            match row {
                Some(row) if row.next_at > now => {
                    next = next.min(row.next_at);
                    continue;
                }
                Some(row) => db.tx(async |tx: &Tx| line.fire(tx, row.next_at).await).await?,
                None => db.tx(async |tx: &Tx| line.first(tx).await).await?,
            }
            next = next.min(line.after(now)?);
        }
        Ok(next)
    }
}

impl Line {
    /// A line that is new begins with its next moment.
    async fn first(&self, tx: &Tx) -> Result<()> {
        let row = ActiveModel { name: Set(self.name.to_owned()), next_at: Set(self.after(tx.now())?) };
        Entity::insert(row).on_conflict_do_nothing().exec_without_returning(tx.db()).await?;
        Ok(())
    }

    /// However many moments were missed, the job is enqueued once.
    async fn fire(&self, tx: &Tx, due: Time) -> Result<()> {
        let moved = Entity::update_many()
            .col_expr(Column::NextAt, Expr::value(self.after(tx.now())?))
            .filter(Column::Name.eq(self.name))
            .filter(Column::NextAt.eq(due))
            .exec(tx.db())
            .await?;
        if moved.rows_affected == 1 { tx.enqueue((self.make)()?) } else { Ok(()) }
    }

    fn after(&self, now: Time) -> Result<Time> {
        let local = now.with_timezone(&shanghai());
        let next = self.cron.find_next_occurrence(&local, false).map_err(Error::internal)?;
        Ok(next.with_timezone(&Utc))
    }
}
