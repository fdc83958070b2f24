//! A copy of everything that is held of a member, made on request by walking the list of what belongs to them.

use std::{collections::BTreeMap, time::Duration};

use chrono::TimeDelta;
use entity::{
    members::export::{ActiveModel, Column, Entity, Model, State},
    types::{ExportId, MemberId},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    error::{Code, Error, Result},
    identity::{
        belonging::{Belonging, Owner},
        own,
    },
    infra::{
        clock::Time,
        db::{Db, Tx},
        secret::Vault,
    },
    jobs::{Failure, Job},
};

/// The field for which files are sealed.
const SEAL: &str = "member.export";
/// How soon a member may ask for another copy.
const AGAIN: TimeDelta = TimeDelta::hours(1);
/// How many copies are listed.
const LISTED: u64 = 20;

/// Asks for a copy. Who has asked within the hour gets that one.
///
/// # Errors
/// [`Code::NotFound`] when there is no such member.
pub async fn ask(tx: &Tx, member: MemberId) -> Result<Model> {
    let member = own(tx, member).await?;
    let fresh = of(tx.db(), member).await?.into_iter().find(|row| row.requested_at > tx.now() - AGAIN);
    if let Some(fresh) = fresh.filter(|row| row.state != State::Failed) {
        return Ok(fresh);
    }
    let row = ActiveModel {
        id: Set(tx.id()),
        member_id: Set(member),
        state: Set(State::Waiting),
        requested_at: Set(tx.now()),
        ..Default::default()
    };
    let row = Entity::insert(row).exec_with_returning(tx.db()).await?;
    tx.enqueue(WriteExport { export: row.id })?;
    Ok(row)
}

/// The copies of a member, the latest first.
///
/// # Errors
/// When the database does not answer.
pub async fn of(db: &impl ConnectionTrait, member: MemberId) -> Result<Vec<Model>> {
    let theirs = Entity::find().filter(Column::MemberId.eq(member));
    Ok(theirs.order_by_desc(Column::RequestedAt).order_by_desc(Column::Id).limit(LISTED).all(db).await?)
}

/// One copy of a member.
///
/// # Errors
/// [`Code::NotFound`], also for somebody else's.
pub async fn get(db: &impl ConnectionTrait, member: MemberId, id: ExportId) -> Result<Model> {
    let theirs = Entity::find_by_id(id).filter(Column::MemberId.eq(member));
    theirs.one(db).await?.ok_or_else(|| Error::new(Code::NotFound))
}

/// The file of a copy.
///
/// # Errors
/// [`Code::Conflict`] when it is not ready; [`Code::NotFound`] when its time is over.
pub fn open(vault: &Vault, row: &Model, now: Time) -> Result<String> {
    if row.state != State::Ready {
        return Err(Error::new(Code::Conflict).detail("the copy is not ready"));
    }
    let sealed = row.sealed.as_deref().filter(|_| row.expires_at.is_some_and(|end| end > now));
    vault.open(SEAL, sealed.ok_or_else(|| Error::new(Code::NotFound))?).map_err(Error::internal)
}

/// Writes the file of a copy.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WriteExport {
    /// The copy.
    pub export: ExportId,
}

/// What [`WriteExport`] needs.
#[derive(Clone)]
pub struct ExportContext {
    /// The database.
    pub db: Db,
    /// The keys for personal data.
    pub vault: Vault,
    /// Every table that holds what belongs to a person.
    pub belongings: &'static [Belonging],
    /// How long the file can be fetched.
    pub keep: Duration,
}

impl Job for WriteExport {
    const KIND: &'static str = "members.write_export";
    type Context = ExportContext;

    async fn run(self, context: ExportContext) -> Result<(), Failure> {
        let row = Entity::find_by_id(self.export).one(context.db.read()).await.map_err(Error::from)?;
        let Some(row) = row.filter(|row| row.state == State::Waiting) else { return Ok(()) };
        let file = write(&context, row.member_id).await?;
        let sealed = context.vault.seal(SEAL, &file).map_err(Error::internal)?;
        context
            .db
            .tx(async |tx: &Tx| {
                let keep = TimeDelta::from_std(context.keep).map_err(Error::internal)?;
                Entity::update_many()
                    .col_expr(Column::State, Expr::value(State::Ready))
                    .col_expr(Column::Sealed, Expr::value(sealed.clone()))
                    .col_expr(Column::ReadyAt, Expr::value(tx.now()))
                    .col_expr(Column::ExpiresAt, Expr::value(tx.now() + keep))
                    .filter(Column::Id.eq(self.export))
                    .filter(Column::State.eq(State::Waiting))
                    // Somebody who is forgotten or merged meanwhile does not get what is now another's.
                    .filter(Column::MemberId.eq(row.member_id))
                    .exec(tx.db())
                    .await?;
                Ok(())
            })
            .await?;
        Ok(())
    }

    async fn given_up(self, context: ExportContext, _why: &Error) -> Result<()> {
        context
            .db
            .tx(async |tx: &Tx| {
                Entity::update_many()
                    .col_expr(Column::State, Expr::value(State::Failed))
                    .filter(Column::Id.eq(self.export))
                    .filter(Column::State.eq(State::Waiting))
                    .exec(tx.db())
                    .await?;
                Ok(())
            })
            .await
    }
}

/// Everything that is held of a member, by table.
async fn write(context: &ExportContext, member: MemberId) -> Result<String> {
    let owners = Owner::of_member(context.db.read(), member).await?;
    let mut held: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for belonging in context.belongings {
        let Some(export) = belonging.export else { continue };
        for owner in &owners {
            held.entry(belonging.table).or_default().extend(export(&context.db, &context.vault, owner).await?);
        }
    }
    Ok(serde_json::to_string_pretty(&json!({ "member": member, "made_at": context.db.now(), "held": held }))?)
}

/// Deletes the copies of somebody of whom nothing is to be left.
pub(super) async fn forget(tx: &Tx, member: MemberId) -> Result<u64> {
    Ok(Entity::delete_many().filter(Column::MemberId.eq(member)).exec(tx.db()).await?.rows_affected)
}
