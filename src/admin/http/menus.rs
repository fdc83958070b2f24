//! The menus of official accounts: what the folder wants, what WeChat has, and making them the same. WeChat is asked here
//! and now, outside of any transaction.

use std::time::Duration;

use actix_web::{
    get, post,
    web::{Data, Json, Path},
};
use data_encoding::BASE64URL_NOPAD;
use entity::types::{AccountKey, MemberId};
use garde::Validate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::menu_shown::{ConditionalMenuShown, MenuButton, MenuChange, buttons};
use crate::{
    admin::{
        Staff,
        rights::{Menus, MenusApply},
    },
    error::{Code, Error, Result},
    http::{body::Valid, problem::Problem},
    identity,
    infra::{
        config::{self, Http},
        db::Db,
    },
    wechat::{
        account::{Account, Kind, menu},
        client::{Api, Failure, WeChat},
        setup::{self, Change, Wanted},
    },
};

/// How long a page waits for WeChat before it shows what it knows without it.
const PATIENCE: Duration = Duration::from_secs(6);

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(show).service(apply).service(try_match);
}

/// How the folder and WeChat agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum MenuState {
    /// WeChat has what the folder wants.
    Same,
    /// WeChat has something else.
    Differs,
    /// The folder says nothing of this account.
    Unset,
    /// The file will not do; `problems` says where.
    Broken,
    /// WeChat did not answer; `why` says how that was. Asking again may help.
    Unreachable,
}

/// A place in the folder that will not do.
#[derive(Debug, Serialize, ToSchema)]
struct MenuProblem {
    place: String,
    message: String,
}

/// The menus of an account.
#[derive(Debug, Serialize, ToSchema)]
struct AccountMenu {
    account: AccountKey,
    /// The name of the account.
    name: String,
    state: MenuState,
    /// What the folder wants; empty when it says nothing.
    wanted: Vec<MenuButton>,
    /// What it wants for some people; the first that fits is shown.
    wanted_for: Vec<ConditionalMenuShown>,
    /// What WeChat has; absent when it has none or did not answer.
    present: Option<Vec<MenuButton>>,
    /// What it has for some people, the newest first.
    present_for: Vec<ConditionalMenuShown>,
    /// What would be changed.
    changes: Vec<MenuChange>,
    /// Names these changes: whoever orders them says which they have seen.
    plan: String,
    problems: Vec<MenuProblem>,
    /// Why WeChat did not answer.
    why: Option<String>,
}

/// What is wanted of WeChat, and what it has.
struct Compared {
    changes: Vec<Change>,
    present: Option<menu::Menus>,
}

async fn compare(api: &Api, wanted: &Wanted) -> Result<Compared, Failure> {
    Ok(Compared { changes: setup::plan(api, wanted).await?, present: api.menus().await? })
}

fn name_of(changes: &[Change]) -> String {
    BASE64URL_NOPAD.encode(&Sha256::digest(format!("{changes:?}")))
}

impl AccountMenu {
    fn of(account: &Account, wanted: &Wanted) -> Self {
        let unset = wanted.menu.is_none() && wanted.conditional.is_empty() && wanted.templates.is_empty();
        Self {
            account: account.key.clone(),
            name: account.name.clone(),
            state: if unset { MenuState::Unset } else { MenuState::Same },
            wanted: wanted.menu.as_ref().map(buttons).unwrap_or_default(),
            wanted_for: wanted.conditional.iter().map(ConditionalMenuShown::of).collect(),
            present: None,
            present_for: Vec::new(),
            changes: Vec::new(),
            plan: String::new(),
            problems: Vec::new(),
            why: None,
        }
    }

    fn with(mut self, compared: &Compared) -> Self {
        self.present = compared.present.as_ref().map(|menus| buttons(&menus.default));
        let special = compared.present.iter().flat_map(|menus| &menus.conditional);
        self.present_for = special.map(ConditionalMenuShown::of).collect();
        self.changes = compared.changes.iter().map(MenuChange::of).collect();
        self.plan = name_of(&compared.changes);
        if !compared.changes.is_empty() {
            self.state = MenuState::Differs;
        }
        self
    }

    fn unreachable(mut self, why: String) -> Self {
        (self.state, self.why) = (MenuState::Unreachable, Some(why));
        self
    }
}

fn official<'a>(wechat: &'a WeChat, key: &AccountKey) -> Result<&'a Account> {
    let account = wechat.accounts().get(key).filter(|account| account.kind == Kind::Official);
    account.map(AsRef::as_ref).ok_or_else(|| Error::new(Code::NotFound))
}

/// The menus of an official account: what the folder wants, what WeChat has, and how they differ
#[utoipa::path(tag = "menus", params(("key" = AccountKey, Path, example = "brand")), security(("bearer" = ["menus"])), responses((status = 200, body = AccountMenu), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[get("/accounts/{key}/menu")]
async fn show(
    _: Staff<Menus>,
    key: Path<AccountKey>,
    wechat: Data<WeChat>,
    settings: Data<config::WeChat>,
    http: Data<Http>,
) -> Result<Json<AccountMenu>> {
    let account = official(&wechat, &key)?;
    let wanted = match Wanted::read(&settings.config_dir, account, &http.public_url) {
        Ok(wanted) => wanted,
        Err(found) => {
            let problems = found.0.into_iter().map(|one| MenuProblem { place: one.key, message: one.message });
            let (state, problems) = (MenuState::Broken, problems.collect());
            return Ok(Json(AccountMenu { state, problems, ..AccountMenu::of(account, &Wanted::default()) }));
        }
    };
    let shown = AccountMenu::of(account, &wanted);
    let api = wechat.of(&key)?;
    Ok(Json(match tokio::time::timeout(PATIENCE, compare(&api, &wanted)).await {
        Ok(Ok(compared)) => shown.with(&compared),
        Ok(Err(failure)) => shown.unreachable(failure.to_string()),
        Err(_elapsed) => shown.unreachable("no answer in time".to_owned()),
    }))
}

/// Which changes are ordered.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct MenuOrder {
    /// `plan` of the menus as they were looked at.
    #[garde(length(min = 1, max = 64))]
    plan: String,
}

/// Give WeChat what the folder wants; doing so again changes nothing
#[utoipa::path(tag = "menus", request_body = MenuOrder, params(("key" = AccountKey, Path, example = "brand")), security(("bearer" = ["menus_apply"])), responses((status = 200, body = AccountMenu), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, description = "The changes are others by now, or WeChat refuses", body = Problem), (status = 503, body = Problem)))]
#[post("/accounts/{key}/menu/apply")]
async fn apply(
    _: Staff<MenusApply>,
    key: Path<AccountKey>,
    order: Valid<MenuOrder>,
    wechat: Data<WeChat>,
    settings: Data<config::WeChat>,
    http: Data<Http>,
) -> Result<Json<AccountMenu>> {
    let account = official(&wechat, &key)?;
    let wanted = Wanted::read(&settings.config_dir, account, &http.public_url)
        .map_err(|problems| Error::new(Code::Conflict).detail(problems.to_string()))?;
    let api = wechat.of(&key)?;
    let changes = setup::plan(&api, &wanted).await?;
    // Whoever orders again what was done meets nothing to do.
    if !changes.is_empty() && name_of(&changes) != order.0.plan {
        return Err(Error::new(Code::Conflict).detail("the changes are others by now; look at them again"));
    }
    setup::apply(&api, &changes).await?;
    Ok(Json(AccountMenu::of(account, &wanted).with(&compare(&api, &wanted).await?)))
}

/// Whose menu.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "snake_case")]
enum MenuPerson {
    /// A member who follows the account.
    Member(#[garde(skip)] MemberId),
    /// Somebody's name in WeChat, such as one's own.
    Wechat(#[garde(length(min = 1, max = 64))] String),
}

/// What somebody sees.
#[derive(Debug, Serialize, ToSchema)]
struct MenuSeen {
    buttons: Vec<MenuButton>,
}

/// Ask WeChat which menu somebody sees
#[utoipa::path(tag = "menus", request_body = MenuPerson, params(("key" = AccountKey, Path, example = "brand")), security(("bearer" = ["menus"])), responses((status = 200, body = MenuSeen), (status = 403, body = Problem), (status = 404, description = "The member is not known to this account", body = Problem), (status = 409, body = Problem), (status = 503, body = Problem)))]
#[post("/accounts/{key}/menu/try")]
async fn try_match(
    caller: Staff<Menus>,
    key: Path<AccountKey>,
    person: Valid<MenuPerson>,
    db: Data<Db>,
    wechat: Data<WeChat>,
) -> Result<Json<MenuSeen>> {
    official(&wechat, &key)?;
    let person = match person.0 {
        MenuPerson::Wechat(name) => name,
        MenuPerson::Member(member) => {
            let member = identity::seen(db.read(), caller.scope(), member).await?;
            let known = identity::open_ids(db.read(), member).await?.into_iter().find(|(account, _)| *account == *key);
            known.ok_or_else(|| Error::new(Code::NotFound))?.1.as_str().to_owned()
        }
    };
    let menu = wechat.of(&key)?.try_menu(&person).await?;
    Ok(Json(MenuSeen { buttons: buttons(&menu) }))
}
