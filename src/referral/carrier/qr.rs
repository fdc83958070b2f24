//! QR codes of official accounts: one for each code and account, kept with its expiry.

use chrono::TimeDelta;
use entity::{
    referral::qr::{Column, Entity, Model},
    types::AccountKey,
};
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter,
    sea_query::{Expr, OnConflict},
};

use super::Desk;
use crate::{
    error::{Code, Error, Result},
    infra::{clock::Time, db::Tx},
    tracking::invitation,
    wechat::account::qrcode::{Life, Scene},
};

/// How long a code works: the longest that WeChat allows (protocol section 6.2), in seconds.
const LIFE: u32 = 2_592_000;
/// Another one is made so long before: who is given one can use it for at least that time.
const RENEWED: TimeDelta = TimeDelta::days(5);
/// That somebody asked is noted at most that often.
const NOTED: TimeDelta = TimeDelta::days(1);

/// A QR code of an official account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qr {
    /// What the picture says.
    pub url: String,
    /// Where WeChat shows the picture.
    pub picture: String,
    /// Until when it works.
    pub expires_at: Time,
}

/// The QR code of a code, made when there is none that works for some days more. Where WeChat gives none the one that still
/// works has to do.
///
/// # Errors
/// [`Code::Unavailable`] when there is none and WeChat gives none.
pub async fn qr(desk: &Desk, account: &AccountKey, code: &invitation::Code) -> Result<Qr> {
    let row = find(desk, account, code).await?;
    let now = desk.db.now();
    if let Some(row) = row.as_ref().filter(|row| row.expires_at - now > RENEWED) {
        if now - row.asked_at > NOTED {
            desk.db.tx(async |tx: &Tx| asked(tx, row).await).await?;
        }
        return Ok(shown(desk, row));
    }
    match (make(desk, account, code, now).await, row) {
        (Ok(made), _) => Ok(made),
        (Err(_), Some(row)) if row.expires_at > now => Ok(shown(desk, &row)),
        (Err(why), _) => Err(why),
    }
}

/// Makes the QR code of a code anew, on behalf of whoever asked last.
pub(super) async fn make(desk: &Desk, account: &AccountKey, code: &invitation::Code, asked_at: Time) -> Result<Qr> {
    let now = desk.db.now();
    let unavailable = |failure| Error::new(Code::Unavailable).because(failure);
    let api = desk.wechat.of(account).map_err(unavailable)?;
    let made = api.create_qrcode(&Scene::Text(code.scene()), Life::Temporary(LIFE)).await.map_err(unavailable)?;
    let seconds = made.expire_seconds.and_then(|seconds| i64::try_from(seconds).ok()).unwrap_or(LIFE.into());
    let row = Model {
        code: code.to_string(),
        account: account.clone(),
        ticket: made.ticket,
        url: made.url,
        made_at: now,
        expires_at: now + TimeDelta::seconds(seconds),
        asked_at,
    };
    // Of two that are made at the same moment both work, and either is kept.
    let newer = OnConflict::columns([Column::Code, Column::Account])
        .update_columns([Column::Ticket, Column::Url, Column::MadeAt, Column::ExpiresAt, Column::AskedAt])
        .to_owned();
    let keep = async |tx: &Tx| {
        let insert = Entity::insert(row.clone().into_active_model()).on_conflict(newer.clone());
        insert.exec_without_returning(tx.db()).await?;
        Ok(())
    };
    desk.db.tx(keep).await?;
    Ok(shown(desk, &row))
}

async fn find(desk: &Desk, account: &AccountKey, code: &invitation::Code) -> Result<Option<Model>> {
    Ok(Entity::find_by_id((code.to_string(), account.clone())).one(desk.db.read()).await?)
}

async fn asked(tx: &Tx, row: &Model) -> Result<()> {
    let noted = Entity::update_many().col_expr(Column::AskedAt, Expr::value(tx.now()));
    let noted = noted.filter(Column::Code.eq(&row.code)).filter(Column::Account.eq(row.account.clone()));
    noted.exec(tx.db()).await?;
    Ok(())
}

fn shown(desk: &Desk, row: &Model) -> Qr {
    let picture = desk.wechat.qrcode_picture(&row.ticket);
    Qr { url: row.url.clone(), picture, expires_at: row.expires_at }
}

/// Forgets the QR codes of codes that are nobody's any more.
///
/// # Errors
/// When the database does not answer.
pub async fn forget(tx: &Tx, codes: Vec<String>) -> Result<u64> {
    if codes.is_empty() {
        return Ok(0);
    }
    Ok(Entity::delete_many().filter(Column::Code.is_in(codes)).exec(tx.db()).await?.rows_affected)
}
