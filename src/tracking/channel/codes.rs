//! The codes of channels: a QR code of an official account, which is printed and must never lapse, and the code of a page of
//! a mini program.

use entity::{
    tracking::{
        channel::Model,
        channel_qr::{self, Column, Entity},
    },
    types::AccountKey,
};
use sea_orm::{EntityTrait, IntoActiveModel, sea_query::OnConflict};

use crate::{
    error::{Code, Error, Result},
    infra::db::{Db, Tx},
    wechat::{
        account::{
            Kind,
            qrcode::{Life, Scene},
        },
        client::{File, WeChat},
        mini::code::{MiniCode, Version},
    },
};

/// How wide the code of a mini program is drawn, in pixels: it is printed.
const WIDTH: u16 = 1_280;

/// The QR code of a channel at an account, made once: an account can have 100,000 of them, and none can be deleted. Asked
/// for twice WeChat gives the same one.
///
/// # Errors
/// [`Code::Invalid`] for an account that is none or a mini program; [`Code::Unavailable`] when WeChat gives none.
pub async fn qr(db: &Db, wechat: &WeChat, channel: &Model, account: &AccountKey) -> Result<channel_qr::Model> {
    must_be(wechat, account, Kind::Official)?;
    let key = (channel.id, account.clone());
    if let Some(known) = Entity::find_by_id(key.clone()).one(db.read()).await? {
        return Ok(known);
    }
    let unavailable = |failure| Error::new(Code::Unavailable).because(failure);
    let api = wechat.of(account).map_err(unavailable)?;
    let made = api.create_qrcode(&Scene::Text(channel.scene.clone()), Life::Permanent).await.map_err(unavailable)?;
    let keep = async |tx: &Tx| {
        let (channel_id, account) = key.clone();
        let (ticket, url) = (made.ticket.clone(), made.url.clone());
        let row = channel_qr::Model { channel_id, account, ticket, url, made_at: tx.now() };
        let once = OnConflict::columns([Column::ChannelId, Column::Account]).do_nothing().to_owned();
        let insert = Entity::insert(row.into_active_model()).on_conflict(once).try_insert();
        insert.exec_without_returning(tx.db()).await?;
        Entity::find_by_id(key.clone()).one(tx.db()).await?.ok_or_else(|| Error::new(Code::Unavailable))
    };
    db.tx(keep).await
}

/// The code that opens a page of a mini program by a channel: JPEG or PNG.
///
/// # Errors
/// [`Code::Invalid`] for an account that is none or no mini program, and for a page that was never released;
/// [`Code::Unavailable`] when WeChat gives none.
pub async fn mini_code(wechat: &WeChat, channel: &Model, account: &AccountKey, page: &str) -> Result<File> {
    must_be(wechat, account, Kind::Mini)?;
    let scene = channel.scene.as_str();
    let code = MiniCode { scene, page, check_path: true, env_version: Version::Release, width: WIDTH };
    let unavailable = |failure| Error::new(Code::Unavailable).because(failure);
    wechat.of(account).map_err(unavailable)?.mini_code(&code).await.map_err(|failure| match failure.errcode() {
        Some(41030) => Error::invalid("page", "was never released"),
        _ => unavailable(failure),
    })
}

fn must_be(wechat: &WeChat, account: &AccountKey, kind: Kind) -> Result<()> {
    match wechat.accounts().get(account) {
        None => Err(Error::invalid("account", "is no account of the brand")),
        Some(known) if known.kind != kind => Err(Error::invalid(
            "account",
            if kind == Kind::Official { "must be an official account" } else { "must be a mini program" },
        )),
        Some(_) => Ok(()),
    }
}
