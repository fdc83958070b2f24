//! Files are kept for a time only.

use entity::exports::export_request::State;
use serde::{Deserialize, Serialize};

use super::store;
use crate::{
    infra::db::{Db, Tx},
    jobs::{Failure, Job},
};

/// Forgets files whose time is over; who asked for them, and why, stays.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ForgetFiles {}

impl Job for ForgetFiles {
    const KIND: &'static str = "exports.forget_files";
    type Context = Db;

    async fn run(self, db: Db) -> Result<(), Failure> {
        let forgotten = db
            .tx(async |tx: &Tx| {
                let over = store::over(tx, tx.now()).await?;
                for id in &over {
                    store::moved(tx, *id, &[State::Ready], State::Over).await?;
                    store::drop_parts(tx, *id).await?;
                }
                Ok(over.len())
            })
            .await?;
        tracing::info!(forgotten, "forgot files whose time is over");
        Ok(())
    }
}
