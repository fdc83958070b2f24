//! What others say to a person, such as a poster or that money has arrived, comes into the thread: staff see all that was
//! said.

use entity::{chat::message::Author, types::DeliveryId};
use serde::{Deserialize, Serialize};

use super::{
    content,
    store::{self, NewMessage},
};
use crate::{
    error::Result,
    infra::db::{Db, Tx},
    jobs::{Failure, Job},
    reach,
    wechat::message::CustomMessage,
};

/// Writes what was said outside of its thread into it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WriteDown {
    /// What was said.
    pub delivery: DeliveryId,
}

impl Job for WriteDown {
    const KIND: &'static str = "chat.write_down";
    type Context = Db;

    async fn run(self, db: Db) -> Result<(), Failure> {
        Ok(db.tx(async |tx: &Tx| self.write(tx).await).await?)
    }
}

impl WriteDown {
    async fn write(&self, tx: &Tx) -> Result<()> {
        // Who was forgotten meanwhile has no delivery any more.
        let Some(said) = reach::states(tx.db(), [self.delivery]).await?.into_iter().next() else { return Ok(()) };
        let message: CustomMessage = serde_json::from_value(said.message.clone())?;
        let author = if said.message_id.is_some() { Author::Notice } else { Author::Robot };
        let preview = content::preview(&content::of_message(&message).0);
        let thread = store::reach_out(tx, (&said.account, &said.open_id), preview, said.created_at).await?;
        store::insert_once(tx, NewMessage::said(tx, &thread, author, &message, (said.id, said.created_at))).await
    }
}
