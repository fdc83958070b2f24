//! What is left of a file is forgotten when its term is over: rows that nobody took over, and the cells of rejected ones.

use entity::{
    members::import::{Column, Entity, State},
    types::ImportId,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use serde::{Deserialize, Serialize};

use super::{part, rows, store, store::Ending, upload};
use crate::{
    error::Result,
    infra::db::{Db, Tx},
    jobs::{Failure, Job},
};

/// How long a file may be on its way; then whoever brought it is gone.
const UPLOAD: chrono::TimeDelta = chrono::TimeDelta::days(1);

/// Forgets files whose term is over; once a night.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ForgetFiles {}

impl Job for ForgetFiles {
    const KIND: &'static str = "members.forget_files";
    type Context = Db;

    async fn run(self, db: Db) -> Result<(), Failure> {
        let now = db.now();
        let ids = Entity::find().select_only().column(Column::Id);
        let stray = ids.clone().filter(Column::State.eq(State::Reading)).filter(Column::CreatedAt.lt(now - UPLOAD));
        let stray: Vec<ImportId> = stray.into_tuple().all(db.read()).await.map_err(crate::error::Error::from)?;
        for import in stray {
            db.tx(async |tx: &Tx| upload::forget(tx, import).await).await?;
        }
        let over = ids.filter(Column::ExpiresAt.lt(now));
        let over: Vec<ImportId> = over.into_tuple().all(db.read()).await.map_err(crate::error::Error::from)?;
        for import in over {
            db.tx(async |tx: &Tx| forget(tx, import).await).await?;
        }
        Ok(())
    }
}

async fn forget(tx: &Tx, import: ImportId) -> Result<()> {
    rows::forget_cells(tx, import).await?;
    if part::forget(tx, import).await? > 0 {
        for waiting in [State::Ready, State::Failed] {
            let ending =
                Ending { error: Some("文件已过期 · the file has expired".to_owned()), ..Ending::default() };
            store::end(tx, import, waiting, State::Failed, ending).await?;
        }
    }
    Ok(())
}
