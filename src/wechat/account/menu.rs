//! Menus: the default one, conditional ones, and what a person sees (protocol section 6.1). Phones keep a menu for up
//! to a day.

use garde::Validate;
use serde::{Deserialize, Serialize};

use super::{
    button::Button,
    tolerant::{blank_is_none, flag, number},
};
use crate::wechat::{
    client::{Api, Call, Failure},
    endpoints,
    errcode::{Action, Reason},
};

/// The buttons of a menu: one to three, each with up to five below it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct Menu {
    /// The first level.
    #[garde(length(min = 1, max = 3), dive)]
    pub button: Vec<Button>,
}

/// Who sees a conditional menu. At least one must be given; rules by sex, region and language were withdrawn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct MatchRule {
    /// Followers with this tag.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "blank_is_none")]
    #[garde(length(bytes, min = 1))]
    pub tag_id: Option<String>,
    /// 1 iOS, 2 Android, 3 others.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "blank_is_none")]
    #[garde(length(bytes, min = 1), custom(some_rule(&self.tag_id)))]
    pub client_platform_type: Option<String>,
}

/// A menu for some people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct ConditionalMenu {
    /// The buttons.
    #[serde(flatten)]
    #[garde(dive)]
    pub menu: Menu,
    /// Who sees it.
    #[garde(dive)]
    pub matchrule: MatchRule,
    /// Its number; WeChat gives it.
    #[serde(default, skip_serializing, deserialize_with = "number")]
    #[garde(skip)]
    pub menuid: Option<u64>,
}

/// All menus that were made through the API.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Menus {
    /// The default one.
    #[serde(rename = "menu")]
    pub default: Menu,
    /// The conditional ones, newest first; the first that fits is shown.
    #[serde(default, rename = "conditionalmenu")]
    pub conditional: Vec<ConditionalMenu>,
}

/// The menu in force, wherever it was made.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CurrentMenu {
    /// Whether menus are switched on.
    #[serde(deserialize_with = "flag")]
    pub is_menu_open: bool,
    /// Its buttons.
    #[serde(default, rename = "selfmenu_info")]
    pub menu: Menu,
}

#[derive(Deserialize)]
struct Added {
    #[serde(deserialize_with = "number")]
    menuid: Option<u64>,
}

#[derive(Serialize, Validate)]
#[garde(allow_unvalidated)]
struct Delete {
    menuid: String,
}

#[derive(Serialize, Validate)]
struct Person<'a> {
    #[garde(length(bytes, min = 1))]
    user_id: &'a str,
}

/// The answer of a trial: the bare menu, or wrapped.
#[derive(Deserialize)]
#[serde(untagged)]
enum Seen {
    Wrapped { menu: Menu },
    Bare(Menu),
}

impl Api {
    /// Replaces the default menu.
    ///
    /// # Errors
    /// Not sent when a limit is broken; 40015 to 40028 and 40054, 40055 for buttons, 65316 too many foreign hosts.
    pub async fn create_menu(&self, menu: &Menu) -> Result<(), Failure> {
        self.tell(endpoints::MENU_CREATE, menu).await
    }

    /// All menus made through the API, or nothing when there is none.
    ///
    /// # Errors
    /// Every [`Failure`] of a read.
    pub async fn menus(&self) -> Result<Option<Menus>, Failure> {
        match self.ask(Call::to(endpoints::MENU_GET)).await {
            Ok(menus) => Ok(Some(menus)),
            Err(failure) if failure.action() == Some(Action::Stop(Reason::Missing)) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Deletes the default menu and all conditional ones.
    ///
    /// # Errors
    /// Every [`Failure`].
    pub async fn delete_menus(&self) -> Result<(), Failure> {
        self.done(Call::to(endpoints::MENU_DELETE)).await
    }

    /// The menu in force, also when it was made in WeChat's console.
    ///
    /// # Errors
    /// Every [`Failure`] of a read.
    pub async fn current_menu(&self) -> Result<CurrentMenu, Failure> {
        self.ask(Call::to(endpoints::MENU_CURRENT)).await
    }

    /// Adds a menu for some people and gives its number.
    ///
    /// # Errors
    /// Not sent when a limit is broken; 65303 there is no default menu, 65304 empty rule, 65316.
    pub async fn add_conditional_menu(&self, menu: &ConditionalMenu) -> Result<Option<u64>, Failure> {
        let added: Added = self.post(endpoints::MENU_ADD_CONDITIONAL, menu).await?;
        Ok(added.menuid)
    }

    /// Deletes a conditional menu.
    ///
    /// # Errors
    /// 65301 there is none of this number.
    pub async fn delete_conditional_menu(&self, menuid: u64) -> Result<(), Failure> {
        self.tell(endpoints::MENU_DELETE_CONDITIONAL, &Delete { menuid: menuid.to_string() }).await
    }

    /// The menu that one person sees; `person` is an OpenID or a WeChat name.
    ///
    /// # Errors
    /// 40003, 40132, 46003.
    pub async fn try_menu(&self, person: &str) -> Result<Menu, Failure> {
        let seen: Seen = self.post(endpoints::MENU_TRY, &Person { user_id: person }).await?;
        Ok(match seen {
            Seen::Wrapped { menu } | Seen::Bare(menu) => menu,
        })
    }
}

fn some_rule(tag: &Option<String>) -> impl FnOnce(&Option<String>, &()) -> garde::Result {
    let given = tag.is_some();
    move |platform, ()| {
        if given || platform.is_some() {
            Ok(())
        } else {
            Err(garde::Error::new("至少需要一个匹配条件 / at least one condition is needed"))
        }
    }
}
