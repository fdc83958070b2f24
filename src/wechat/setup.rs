//! What the folder `wechat-config` wants of an account, compared with what WeChat has: plan first, act second. Applying
//! twice in a row changes nothing the second time.
//!
//! Templates that WeChat has and the folder does not name are left alone: staff may have made them in the console.

use std::{fmt, path::Path};

use garde::Validate;
use serde::Deserialize;

use super::{
    account::{
        Account, Kind,
        button::Button,
        menu::{ConditionalMenu, Menu},
    },
    client::{Api, Failure},
    folder,
};
use crate::infra::config::{Problem, Problems};

/// What the folder wants of one account: `menu.toml` and `templates.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The default menu; `None` leaves WeChat's as it is.
    pub menu: Option<Menu>,
    /// Menus for some people; the first that fits is shown.
    pub conditional: Vec<ConditionalMenu>,
    /// Message templates.
    pub templates: Vec<WantedTemplate>,
}

#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct MenuFile {
    #[garde(length(min = 1, max = 3), dive)]
    button: Vec<Button>,
    #[serde(default)]
    #[garde(dive)]
    conditional: Vec<ConditionalMenu>,
}

#[derive(Default, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct TemplatesFile {
    #[serde(default)]
    #[garde(length(max = 25), dive)]
    template: Vec<WantedTemplate>,
}

/// A template that the account shall have. It is recognised by its title.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct WantedTemplate {
    /// The title in WeChat's library.
    #[garde(length(chars, min = 1, max = 64))]
    pub title: String,
    /// The number in WeChat's library: a short id such as `43216` for official accounts, a `tid` for mini programs.
    #[garde(length(bytes, min = 1, max = 64), ascii)]
    pub library_id: String,
    /// Names of keywords for official accounts, their numbers for mini programs.
    #[serde(default)]
    #[garde(length(max = 5))]
    pub keywords: Vec<String>,
    /// What it is used for; mini programs only, at most 15 characters.
    #[serde(default)]
    #[garde(length(chars, max = 15))]
    pub scene: String,
}

impl Wanted {
    /// Reads what the folder wants of an account. Where its files say `{public_url}`, the address of this service stands.
    ///
    /// # Errors
    /// All problems of both files at once.
    pub fn read(config_dir: &Path, account: &Account, public_url: &str) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let files = (config_dir, account, public_url);
        let menu: Option<MenuFile> = checked(files, "menu.toml", &mut problems);
        let templates: Option<TemplatesFile> = checked(files, "templates.toml", &mut problems);
        if account.kind == Kind::Mini && menu.is_some() {
            problems.push(Problem::new(format!("{}/menu.toml", account.key), "mini programs have no menu"));
        }
        if !problems.is_empty() {
            return Err(Problems(problems));
        }
        let (menu, conditional) =
            menu.map_or((None, Vec::new()), |file| (Some(Menu { button: file.button }), file.conditional));
        Ok(Self { menu, conditional, templates: templates.unwrap_or_default().template })
    }
}

fn checked<T: serde::de::DeserializeOwned + Validate<Context = ()>>(
    (config_dir, account, public_url): (&Path, &Account, &str),
    name: &str,
    problems: &mut Vec<Problem>,
) -> Option<T> {
    let fill = |text: String| text.replace("{public_url}", public_url);
    let file: Option<T> = folder::read_filled(config_dir, &account.key, name, fill).unwrap_or_else(|problem| {
        problems.push(problem);
        None
    });
    if let Some(Err(report)) = file.as_ref().map(Validate::validate) {
        let place = |path: &dyn fmt::Display| format!("{}/{name}: {path}", account.key);
        problems.extend(report.iter().map(|(path, why)| Problem::new(place(path), why.to_string())));
    }
    file
}

/// One difference, and what removes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The default menu is replaced.
    Menu {
        /// What WeChat has.
        before: Option<Menu>,
        /// What it will have.
        after: Menu,
    },
    /// The conditional menus are made anew, because their order counts.
    Conditional {
        /// Numbers of those that WeChat has.
        before: Vec<u64>,
        /// Those that it will have.
        after: Vec<ConditionalMenu>,
    },
    /// A template is added.
    Template(WantedTemplate),
}

/// Compares what is wanted with what WeChat has.
///
/// # Errors
/// When WeChat does not answer or refuses.
pub async fn plan(api: &Api, wanted: &Wanted) -> Result<Vec<Change>, Failure> {
    let mut changes = Vec::new();
    if let Some(after) = &wanted.menu {
        let menus = api.menus().await?;
        let (before, conditional) = menus.map_or((None, Vec::new()), |menus| (Some(menus.default), menus.conditional));
        if before.as_ref() != Some(after) {
            changes.push(Change::Menu { before, after: after.clone() });
        }
        let same = |(has, wanted): (&ConditionalMenu, &ConditionalMenu)| {
            (&has.menu, &has.matchrule) == (&wanted.menu, &wanted.matchrule)
        };
        if conditional.len() != wanted.conditional.len() || !conditional.iter().zip(&wanted.conditional).all(same) {
            let before = conditional.iter().filter_map(|menu| menu.menuid).collect();
            changes.push(Change::Conditional { before, after: wanted.conditional.clone() });
        }
    }
    if !wanted.templates.is_empty() {
        let titles: Vec<String> = match api.account().kind {
            Kind::Official => api.templates().await?.into_iter().map(|template| template.title).collect(),
            Kind::Mini => api.subscribe_templates().await?.into_iter().map(|template| template.title).collect(),
        };
        let missing = wanted.templates.iter().filter(|template| !titles.contains(&template.title));
        changes.extend(missing.cloned().map(Change::Template));
    }
    Ok(changes)
}

/// Makes it so. What was done before a failure stays done, and the next plan is shorter.
///
/// # Errors
/// When WeChat does not answer or refuses.
pub async fn apply(api: &Api, changes: &[Change]) -> Result<(), Failure> {
    for change in changes {
        match change {
            Change::Menu { after, .. } => api.create_menu(after).await?,
            Change::Conditional { before, after } => {
                for menuid in before {
                    api.delete_conditional_menu(*menuid).await?;
                }
                // WeChat shows the newest that fits.
                for menu in after.iter().rev() {
                    api.add_conditional_menu(menu).await?;
                }
            }
            Change::Template(template) => add_template(api, template).await?,
        }
    }
    Ok(())
}

async fn add_template(api: &Api, wanted: &WantedTemplate) -> Result<(), Failure> {
    let id = match api.account().kind {
        Kind::Official => {
            let keywords: Vec<&str> = wanted.keywords.iter().map(String::as_str).collect();
            api.add_template(&wanted.library_id, &keywords).await?
        }
        Kind::Mini => {
            let number = |text: &String| {
                text.parse::<u32>()
                    .map_err(|_not_a_number| Failure::invalid("library_id or keywords", "must be numbers"))
            };
            let keywords = wanted.keywords.iter().map(number).collect::<Result<Vec<u32>, Failure>>()?;
            api.add_subscribe_template(number(&wanted.library_id)?, &keywords, &wanted.scene).await?
        }
    };
    tracing::info!(template = id, title = wanted.title, "added a template");
    Ok(())
}

/// What a menu loses and what it gains, each with the way to its button; nothing of both when only the order differs.
pub fn difference(before: Option<&Menu>, after: &Menu) -> (Vec<String>, Vec<String>) {
    let (old, new) = (lines(before), lines(Some(after)));
    let lost = old.iter().filter(|line| !new.contains(line)).cloned().collect();
    (lost, new.into_iter().filter(|line| !old.contains(line)).collect())
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Menu { before, after } => {
                write!(f, "~ menu")?;
                let (lost, gained) = difference(before.as_ref(), after);
                lost.iter().try_for_each(|line| write!(f, "\n    - {line}"))?;
                gained.iter().try_for_each(|line| write!(f, "\n    + {line}"))?;
                if lost.is_empty() && gained.is_empty() {
                    write!(f, "\n    ~ in another order")?;
                }
                Ok(())
            }
            Self::Conditional { before, after } => {
                write!(f, "~ conditional menus: {} are replaced by {}", before.len(), after.len())
            }
            Self::Template(template) => write!(f, "+ template {} ({})", template.title, template.library_id),
        }
    }
}

/// A menu as lines, each with the way to its button.
fn lines(menu: Option<&Menu>) -> Vec<String> {
    let mut lines = Vec::new();
    for button in menu.iter().flat_map(|menu| &menu.button) {
        match button {
            Button::Group(group) => {
                lines.extend(group.sub_button.iter().map(|below| format!("{} › {}", group.name, line(below))));
            }
            single => lines.push(line(single)),
        }
    }
    lines
}

fn line(button: &Button) -> String {
    let shown = serde_json::to_value(button).unwrap_or_default();
    let text = |field: &str| shown.get(field).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
    let target =
        ["key", "url", "pagepath", "media_id", "article_id"].map(text).into_iter().find(|text| !text.is_empty());
    format!("{} ({} {})", button.name(), text("type"), target.unwrap_or_default())
}
