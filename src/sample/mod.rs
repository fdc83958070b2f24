//! The sample brand: stores, staff, members, conversations and campaigns of an invented shop, so that every page has something
//! to show. None of it stands for anybody real.
//!
//! It is made as a real brand's data is made: people follow, scan, write and pay in the sandbox; staff and mini program call
//! the API; jobs run as time goes on. So events, ledgers and budgets agree, and this folder is a walk through the product:
//! begin with [`write()`].
//!
//! - **Once.** It is written into an empty database only, and whether it was can be told from the database alone.
//! - **In its past.** The clock of the application and of the sandbox is moved back by weeks and comes back to where it stood.

mod campaigns;
mod desk;
mod guest;
mod papers;
mod past;
mod people;
mod purchases;
mod stores;
mod story;
mod talks;
mod visits;
mod wallets;

use entity::types::{AccountKey, OpenId};

use crate::{
    admin::{self, Post},
    app::App,
    error::{Code, Error, Result},
    identity::followers,
    infra::{config::Config, db::Db},
    sandbox::Sandbox,
    wechat::{account::Kind, folder::Folder},
};

/// The login of headquarters.
pub const LOGIN: &str = "demo";
/// The login of a store manager 店长.
pub const MANAGER: &str = "dianzhang";
/// The login of a clerk 店员 of the same store.
pub const CLERK: &str = "dianyuan";
/// The password of all of them; fine for a machine of one's own, refused by nothing else.
pub const PASSWORD: &str = "huilian-2026";

/// What a database has of the sample brand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nothing, and nothing else either.
    Empty,
    /// A part: writing it was cut off.
    CutOff,
    /// All of it, or a brand of its own.
    Written,
}

/// Whether the folder is that of the sample brand, with its two accounts and its merchant; a brand of one's own gets nobody
/// else's customers.
pub fn fits(folder: &Folder) -> bool {
    let account = |key: &str, kind: Kind| folder.accounts.iter().any(|one| one.key.as_str() == key && one.kind == kind);
    let pays = folder.merchants.iter().any(|merchant| merchant.key.as_str() == "main");
    account(guest::ACCOUNT, Kind::Official) && account(guest::MINI, Kind::Mini) && pays
}

/// What a database has of the sample brand. The login of who runs campaigns is written before everything else, the login of
/// headquarters comes last.
///
/// # Errors
/// When the database does not answer.
pub async fn stage(db: &Db) -> Result<Stage> {
    if admin::staff::is_there(db.read(), LOGIN).await? {
        return Ok(Stage::Written);
    }
    if admin::staff::is_there(db.read(), stores::OPERATIONS).await? {
        return Ok(Stage::CutOff);
    }
    let of_ones_own = admin::staff::anybody(db.read()).await? || !crate::stores::all(db.read()).await?.is_empty();
    Ok(if of_ones_own { Stage::Written } else { Stage::Empty })
}

/// Adds the login of headquarters, unless it is there.
///
/// # Errors
/// When the database does not answer.
pub async fn add_login(db: &Db) -> Result<()> {
    match admin::staff::add(db, LOGIN, "演示管理员", PASSWORD.to_owned(), Post::Headquarters).await {
        Err(error) if error.code() != Code::Conflict => Err(error),
        // It was added by an earlier start.
        Ok(_) | Err(_) => Ok(()),
    }
}

/// How an application is set in which the sample brand is written: quick callers from many networks come from this machine,
/// what is cached in the past is not for the present, and who is cut off begins anew.
pub fn prepare(config: &mut Config) {
    config.http.proxies = 1;
    config.http.rate_per_minute = u32::MAX;
    config.cache.url = "".into();
    config.database.relaxed = true;
}

/// Adds the people of the sample brand to a sandbox.
///
/// # Errors
/// Never, unless the list of people is wrong.
pub fn introduce(sandbox: &Sandbox) -> Result<()> {
    people::all()
        .iter()
        .try_for_each(|person| sandbox.introduce(&person.id, person.name, &person.phone).map_err(guest::trouble))
}

/// Lets people of a sandbox that was started anew follow as they did before.
///
/// # Errors
/// When the database does not answer.
pub async fn recall(app: &App, sandbox: &Sandbox) -> Result<()> {
    let account = guest::ACCOUNT.parse::<AccountKey>().map_err(Error::internal)?;
    for person in sandbox.state().people {
        let Some(open_id) = person.openids.get(guest::ACCOUNT) else { continue };
        let open_id = open_id.parse::<OpenId>().map_err(Error::internal)?;
        if followers::follows(app.db.read(), &account, &open_id).await?
            && let Some(row) = followers::find(app.db.read(), &account, &open_id).await?
        {
            sandbox.still_follows(&person.id, guest::ACCOUNT, row.state_at).map_err(guest::trouble)?;
        }
    }
    Ok(())
}

/// Writes the sample brand into an empty database. The application answers at `base_url`, where the sandbox's pushes go, and
/// both have the same manual clock, which stands at the present; [`prepare`] has set the application up.
///
/// # Errors
/// When a call is refused or the database does not answer; what was written stays.
pub async fn write(app: &App, sandbox: &Sandbox, base_url: &str) -> Result<()> {
    introduce(sandbox)?;
    let past = past::Past::begin(app, sandbox, base_url)?;
    Box::pin(story::tell(&past)).await?;
    add_login(&app.db).await
}
