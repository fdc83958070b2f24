//! The work of the night: QR codes that are about to lapse and are used are made anew, so that nobody has to wait for
//! WeChat; those that nobody uses lapse, which spares the quota, and are forgotten.

use chrono::TimeDelta;
use entity::{
    referral::{
        program::State,
        qr::{Column, Entity, Model},
    },
    types::AccountKey,
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use super::{Desk, qr};
use crate::{
    error::{Code, Error, Result},
    infra::{
        clock::Time,
        db::{Db, Tx},
    },
    jobs::{Failure, Job},
    referral::{code, program},
    tracking::{invitation, touches},
};

/// What lapses within that time is looked at.
const SOON: TimeDelta = TimeDelta::days(3);
/// Whoever asked for it, or came by it, within that time, uses it.
const USED: TimeDelta = TimeDelta::days(14);
/// How many are looked at in one unit of work.
const AT_ONCE: u64 = 500;

/// Looks at QR codes that are about to lapse.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RenewCodes {}

impl Job for RenewCodes {
    const KIND: &'static str = "referral.renew_codes";
    type Context = Db;

    fn unique_key(&self) -> Option<String> {
        Some(Self::KIND.to_owned())
    }

    async fn run(self, db: Db) -> Result<(), Failure> {
        let mut after = None;
        loop {
            let last = db.tx(async |tx: &Tx| some(tx, after.clone()).await).await?;
            match last {
                Some(last) => after = Some(last),
                None => return Ok(()),
            }
        }
    }
}

/// Looks at some of them; gives the last one when there may be more.
async fn some(tx: &Tx, after: Option<(String, AccountKey)>) -> Result<Option<(String, AccountKey)>> {
    let mut rows = Entity::find().filter(Column::ExpiresAt.lte(tx.now() + SOON));
    if let Some((code, account)) = after {
        let same = Condition::all().add(Column::Code.eq(&code)).add(Column::Account.gt(account));
        rows = rows.filter(Condition::any().add(Column::Code.gt(code)).add(same));
    }
    let rows = rows.order_by_asc(Column::Code).order_by_asc(Column::Account).limit(AT_ONCE).all(tx.db()).await?;
    let mut lapsed = Vec::new();
    for row in &rows {
        if is_used(tx, row).await? {
            tx.enqueue(RenewCode { code: row.code.clone(), account: row.account.clone(), before: row.expires_at })?;
        } else if row.expires_at <= tx.now() {
            lapsed.push((row.code.clone(), row.account.clone()));
        }
    }
    for (code, account) in lapsed {
        Entity::delete_by_id((code, account)).exec(tx.db()).await?;
    }
    let full = u64::try_from(rows.len()).is_ok_and(|rows| rows == AT_ONCE);
    Ok(rows.last().filter(|_| full).map(|row| (row.code.clone(), row.account.clone())))
}

/// Whether somebody asked for it or came by it lately, in a program that goes on.
async fn is_used(tx: &Tx, row: &Model) -> Result<bool> {
    let code: invitation::Code = row.code.parse().map_err(Error::internal)?;
    let since = tx.now() - USED;
    if row.asked_at < since && !touches::used_since(tx.db(), &code, since).await? {
        return Ok(false);
    }
    let program = match code::get(tx.db(), &code).await {
        Ok(known) => program::get(tx.db(), known.program_id).await?,
        Err(missing) if missing.code() == Code::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    Ok(program.state == State::Running && tx.now() < program.ends_at)
}

/// Makes one QR code anew.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RenewCode {
    /// The code.
    pub code: String,
    /// The official account.
    pub account: AccountKey,
    /// Until when the one works that was looked at.
    pub before: Time,
}

impl Job for RenewCode {
    const KIND: &'static str = "referral.renew_code";
    type Context = Desk;

    fn unique_key(&self) -> Option<String> {
        Some(format!("referral.renew_code:{}:{}", self.code, self.account))
    }

    async fn run(self, desk: Desk) -> Result<(), Failure> {
        let key = (self.code.clone(), self.account.clone());
        let row = Entity::find_by_id(key).one(desk.db.read()).await.map_err(Error::from)?;
        // Somebody who asked meanwhile was given another one.
        let Some(row) = row.filter(|row| row.expires_at == self.before) else { return Ok(()) };
        let code: invitation::Code = row.code.parse().map_err(Error::internal)?;
        qr::make(&desk, &row.account, &code, row.asked_at).await?;
        Ok(())
    }
}
