//! What is forgotten by itself when its time is over.

use chrono::TimeDelta;
use entity::members::{access, export};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter};
use serde::{Deserialize, Serialize};

use super::picture;
use crate::{
    error::{Error, Result},
    infra::{
        config::Privacy,
        db::{Db, Tx},
    },
    jobs::{Failure, Job},
};

/// Forgets copies that can no longer be fetched, and who read what so long ago that nobody may ask any more.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ForgetOld {}

impl Job for ForgetOld {
    const KIND: &'static str = "members.forget_old";
    type Context = (Db, Privacy);

    async fn run(self, (db, privacy): (Db, Privacy)) -> Result<(), Failure> {
        let keep_accesses = TimeDelta::from_std(privacy.keep_accesses).map_err(Error::internal)?;
        let keep_exports = TimeDelta::from_std(privacy.keep_exports).map_err(Error::internal)?;
        let (exports, accesses, pictures) = db
            .tx(async |tx: &Tx| {
                // Those that were never ready have no end of their own.
                let ended = export::Column::ExpiresAt.lte(tx.now());
                let never =
                    export::Column::RequestedAt.lte(tx.now() - keep_exports).and(export::Column::ExpiresAt.is_null());
                let exports = export::Entity::delete_many().filter(ended.or(never)).exec(tx.db()).await?;
                let old = access::Column::At.lte(tx.now() - keep_accesses);
                let accesses = access::Entity::delete_many().filter(old).exec(tx.db()).await?;
                Ok((exports.rows_affected, accesses.rows_affected, picture::give_up_waiting(tx).await?))
            })
            .await?;
        tracing::info!(exports, accesses, pictures, "forgot what was kept long enough");
        Ok(())
    }
}
