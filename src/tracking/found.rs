//! Follows and leaves of which no push told, as the comparison with WeChat's list found them. They are touches like others,
//! so that invitations, channels and timelines hear of them.

use entity::{
    tracking::touch::{Column, Entity},
    types::{AccountKey, OpenId},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};

use super::touches::{self, Kind, Touch, any_of};
use crate::{
    identity::followers,
    infra::{
        clock::{Time, biz_day},
        db::{Db, Tx},
    },
    jobs::{Failure, Job},
};

/// Writes one of them down, once.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Found {
    /// Where.
    pub account: AccountKey,
    /// Who.
    pub open_id: OpenId,
    /// Whether they follow; else they have left.
    pub follows: bool,
    /// Since when, as far as that is known.
    pub at: Time,
}

impl Job for Found {
    const KIND: &'static str = "tracking.found";
    type Context = Db;

    fn order_key(&self) -> Option<String> {
        Some(format!("found:{}:{}", self.account, self.open_id.as_str()))
    }

    async fn run(self, db: Db) -> Result<(), Failure> {
        let kind = if self.follows { Kind::Follow } else { Kind::Unfollow };
        let write = async |tx: &Tx| {
            let Self { account, open_id, at, .. } = self.clone();
            // Who was forgotten meanwhile leaves no new trace.
            if followers::find(tx.db(), &account, &open_id).await?.is_none() {
                return Ok(());
            }
            let person = [(account.clone(), open_id.clone())];
            let same = Entity::find().filter(any_of(&person)).filter(Column::Kind.eq(kind)).filter(Column::At.eq(at));
            if same.one(tx.db()).await?.is_some() {
                return Ok(());
            }
            let touch = Touch {
                id: tx.id(),
                account,
                open_id,
                kind,
                scene: None,
                ticket: None,
                carrier: None,
                code: None,
                device: None,
                network: None,
                began_at: None,
                at,
                biz_day: biz_day(at),
            };
            touches::write(tx, vec![touch]).await
        };
        Ok(db.tx(write).await?)
    }
}
