//! Menus as staff see them, whoever made them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::wechat::{
    account::{
        button::Button,
        menu::{ConditionalMenu, Menu},
    },
    setup::{Change, difference},
};

/// A button that does something.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MenuItem {
    /// What it says.
    name: String,
    /// WeChat's type, such as `click` or `view`; empty for one that opens a second level.
    kind: String,
    /// The key, the address or the page it leads to.
    target: Option<String>,
}

/// A button of the first level.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MenuButton {
    #[serde(flatten)]
    item: MenuItem,
    /// The second level; empty when the button itself does something.
    below: Vec<MenuItem>,
}

/// A menu for some people.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConditionalMenuShown {
    /// Followers with this tag.
    tag: Option<String>,
    /// 1 iOS, 2 Android, 3 others.
    platform: Option<String>,
    buttons: Vec<MenuButton>,
}

/// A difference between the folder and WeChat.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "what", rename_all = "snake_case")]
pub(super) enum MenuChange {
    /// The menu; when nothing is lost or gained the order is another.
    Menu { lost: Vec<String>, gained: Vec<String> },
    /// The menus for some people are made anew, because their order counts.
    Conditional { lost: usize, gained: usize },
    /// A message template is added.
    Template { title: String },
}

impl MenuItem {
    fn of(button: &Button) -> Self {
        let shown = serde_json::to_value(button).unwrap_or_default();
        let text = |field: &str| shown.get(field).and_then(|value| value.as_str()).map(str::to_owned);
        let target = ["key", "url", "pagepath", "media_id", "article_id"].into_iter().find_map(text);
        Self { name: button.name().to_owned(), kind: text("type").unwrap_or_default(), target }
    }
}

/// The buttons of a menu.
pub(super) fn buttons(menu: &Menu) -> Vec<MenuButton> {
    let below = |button: &Button| match button {
        Button::Group(group) => group.sub_button.iter().map(MenuItem::of).collect(),
        _ => Vec::new(),
    };
    menu.button.iter().map(|button| MenuButton { item: MenuItem::of(button), below: below(button) }).collect()
}

impl ConditionalMenuShown {
    pub(super) fn of(menu: &ConditionalMenu) -> Self {
        let rule = menu.matchrule.clone();
        Self { tag: rule.tag_id, platform: rule.client_platform_type, buttons: buttons(&menu.menu) }
    }
}

impl MenuChange {
    pub(super) fn of(change: &Change) -> Self {
        match change {
            Change::Menu { before, after } => {
                let (lost, gained) = difference(before.as_ref(), after);
                Self::Menu { lost, gained }
            }
            Change::Conditional { before, after } => Self::Conditional { lost: before.len(), gained: after.len() },
            Change::Template(template) => Self::Template { title: template.title.clone() },
        }
    }
}
