//! What is done with a notification after it was acknowledged.

use std::{rc::Rc, time::Duration};

use chrono::TimeDelta;
use entity::types::MerchantKey;
use serde::{Deserialize, Serialize};

use super::{super::Pay, Inbound, Notice, notice::Envelope, store};
use crate::{
    error::Error,
    infra::db::{Db, Tx},
    jobs::{Failure, Job},
};

/// Hands a stored notification to whom it concerns, once.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HandlePayNotification {
    pub(super) merchant: MerchantKey,
    pub(super) id: String,
}

/// What [`HandlePayNotification`] needs.
#[derive(Clone)]
pub struct HandlePayNotificationContext {
    /// The database.
    pub db: Db,
    /// The merchants, whose keys open the content.
    pub pay: Pay,
    /// The table of what happens to which notification.
    pub inbound: Rc<dyn Inbound>,
}

impl Job for HandlePayNotification {
    const KIND: &'static str = "wechat.handle_pay_notification";
    type Context = HandlePayNotificationContext;

    async fn run(self, HandlePayNotificationContext { db, pay, inbound }: Self::Context) -> Result<(), Failure> {
        let Some(row) = store::waiting(&db, &self.merchant, &self.id).await? else { return Ok(()) };
        let park = |why: &str| Failure::Park(Error::internal(why.to_owned()));
        let merchant = pay.merchant(&self.merchant).ok_or_else(|| park("the merchant is not configured any more"))?;
        let opened = Envelope::read(row.body.as_bytes()).and_then(|envelope| envelope.open(&merchant));
        let content = opened.map_err(|refusal| park(refusal.as_str()))?;
        let notice = Notice { merchant: self.merchant, id: self.id, received_at: row.received_at, content };
        db.tx(async |tx: &Tx| {
            if store::handled(tx, &notice.merchant, &notice.id).await? {
                inbound.take(tx, &notice).await
            } else {
                Ok(())
            }
        })
        .await?;
        Ok(())
    }
}

/// Forgets notifications that WeChat Pay can no longer repeat.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ForgetPayNotifications {}

impl Job for ForgetPayNotifications {
    const KIND: &'static str = "wechat.forget_pay_notifications";
    type Context = (Db, Duration);

    async fn run(self, (db, remember): Self::Context) -> Result<(), Failure> {
        let remember = TimeDelta::from_std(remember).map_err(Error::internal)?;
        let forgotten = db.tx(async |tx: &Tx| store::forget(tx, remember).await).await?;
        tracing::info!(forgotten, "forgot old notifications of WeChat Pay");
        Ok(())
    }
}
