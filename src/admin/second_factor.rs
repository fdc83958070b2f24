//! 两步验证: a second factor beside the password, by the codes of an authenticator (RFC 6238: SHA-1, six digits, half a
//! minute).

use entity::{
    admin::staff::{Column, Entity, Model},
    types::StaffId,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use totp_rs::{Builder, Secret, Totp};

use super::staff;
use crate::{
    error::{Code, Error, Result},
    infra::{
        clock::Time,
        db::{Db, Tx},
        secret::Vault,
    },
};

/// What the secret is sealed for.
const CONTEXT: &str = "staff.second_factor";
/// Whose codes they are, in the authenticator.
const ISSUER: &str = "惠联";

/// What an authenticator needs to know. It is told once.
pub(super) struct SetUp {
    /// The secret in base32, to be typed.
    pub(super) secret: String,
    /// The same as an `otpauth://` address, to be scanned.
    pub(super) url: String,
}

/// Begins to set up a second factor: it counts once a code of it was shown.
///
/// # Errors
/// [`Code::Conflict`] when there is one already.
pub(super) async fn begin(db: &Db, vault: &Vault, id: StaffId) -> Result<SetUp> {
    let person = staff::get(db.read(), id).await?;
    let secret: [u8; 20] = db.random().bytes();
    let totp = totp(secret.to_vec(), &person.login)?;
    let secret = totp.secret().to_base32();
    let sealed = vault.seal(CONTEXT, &secret).map_err(Error::internal)?;
    let begun = db.tx(async |tx: &Tx| {
        let begun = Entity::update_many()
            .col_expr(Column::SecondFactor, Expr::value(sealed.as_str()))
            .col_expr(Column::SecondFactorStep, Expr::value(0_i64))
            .filter(Column::Id.eq(id))
            .filter(Column::SecondFactorAt.is_null());
        Ok(begun.exec(tx.db()).await?.rows_affected)
    });
    if begun.await? == 0 {
        return Err(Error::new(Code::Conflict).detail("there is a second factor already; remove it first"));
    }
    Ok(SetUp { secret, url: totp.to_url().map_err(|why| Error::internal(why.to_string()))? })
}

/// Ends setting up with a first code.
///
/// # Errors
/// [`Code::Conflict`] when nothing was begun, [`Code::Invalid`] for a code that is wrong.
pub(super) async fn confirm(db: &Db, vault: &Vault, id: StaffId, code: &str) -> Result<()> {
    let person = staff::get(db.read(), id).await?;
    if person.second_factor.is_none() || person.second_factor_at.is_some() {
        return Err(Error::new(Code::Conflict).detail("no second factor is being set up"));
    }
    check(db, vault, &person, code).await?;
    db.tx(async |tx: &Tx| {
        let since = Entity::update_many().col_expr(Column::SecondFactorAt, Expr::value(tx.now()));
        since.filter(Column::Id.eq(id)).exec(tx.db()).await?;
        Ok(())
    })
    .await
}

/// Takes a code of somebody: each counts once.
///
/// # Errors
/// [`Code::Invalid`] when it is wrong, over, or was used.
pub(super) async fn check(db: &Db, vault: &Vault, person: &Model, code: &str) -> Result<()> {
    let wrong = || Error::invalid("code", "is not the code that the authenticator shows now");
    let step = step(vault, person, code, db.now())?.ok_or_else(wrong)?;
    let used = db.tx(async |tx: &Tx| {
        let used = Entity::update_many()
            .col_expr(Column::SecondFactorStep, Expr::value(step))
            .filter(Column::Id.eq(person.id))
            .filter(Column::SecondFactorStep.lt(step));
        Ok(used.exec(tx.db()).await?.rows_affected)
    });
    if used.await? == 1 { Ok(()) } else { Err(wrong()) }
}

/// Removes the second factor of somebody.
///
/// # Errors
/// [`Code::NotFound`] when there is no such member of staff.
pub(super) async fn remove(db: &Db, id: StaffId) -> Result<()> {
    staff::get(db.read(), id).await?;
    db.tx(async |tx: &Tx| {
        let none = Entity::update_many()
            .col_expr(Column::SecondFactor, Expr::value(None::<String>))
            .col_expr(Column::SecondFactorAt, Expr::value(None::<Time>));
        none.filter(Column::Id.eq(id)).exec(tx.db()).await?;
        Ok(())
    })
    .await
}

/// The step of time that a code belongs to: now, or half a minute before or after.
fn step(vault: &Vault, person: &Model, code: &str, now: Time) -> Result<Option<i64>> {
    let Some(sealed) = &person.second_factor else { return Ok(None) };
    let secret = vault.open(CONTEXT, sealed).map_err(Error::internal)?;
    let secret = Secret::try_from_base32(secret).map_err(|why| Error::internal(why.to_string()))?;
    let totp = totp(secret.as_bytes().to_vec(), &person.login)?;
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    Ok(totp.check(code, seconds).and_then(|step| i64::try_from(step).ok()))
}

fn totp(secret: Vec<u8>, login: &str) -> Result<Totp> {
    let builder = Builder::new().with_secret(secret).with_account_name(login).with_issuer(Some(ISSUER));
    builder.build().map_err(|why| Error::internal(why.to_string()))
}
