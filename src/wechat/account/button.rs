//! The buttons of a menu, in WeChat's own JSON shape (protocol section 6.1).

use garde::Validate;
use serde::{Deserialize, Serialize};

/// A button: one that does something, or one that opens a second level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Button {
    /// Sends a CLICK event.
    Click(Keyed),
    /// Opens a page.
    View(Linked),
    /// Scans a code, shows its content, and tells us.
    ScancodePush(Keyed),
    /// Scans a code and tells us; the person waits for our message.
    ScancodeWaitmsg(Keyed),
    /// Takes a picture and sends it.
    PicSysphoto(Keyed),
    /// Takes or picks pictures and sends them.
    PicPhotoOrAlbum(Keyed),
    /// Picks pictures from WeChat's album and sends them.
    PicWeixin(Keyed),
    /// Picks a place and sends it.
    LocationSelect(Keyed),
    /// Sends media from the material library to the person.
    MediaId(Media),
    /// Sends a published article as a card.
    ArticleId(Article),
    /// Opens a published article.
    ArticleViewLimited(Article),
    /// Opens a page of a mini program.
    Miniprogram(Program),
    /// Opens a second level.
    #[serde(untagged)]
    Group(Group),
    /// A button that was made in WeChat's console and that the API cannot make.
    #[serde(untagged)]
    Other(Other),
}

/// A button with a key that comes back in the event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct Keyed {
    /// What the button says.
    #[garde(custom(shown))]
    pub name: String,
    /// At most 128 bytes.
    #[garde(length(bytes, min = 1, max = 128))]
    pub key: String,
}

/// A button that opens a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct Linked {
    /// What the button says.
    #[garde(custom(shown))]
    pub name: String,
    /// At most 1024 bytes.
    #[garde(length(bytes, max = 1024), pattern(r"^https?://"), url)]
    pub url: String,
}

/// A button that sends media.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct Media {
    /// What the button says.
    #[garde(custom(shown))]
    pub name: String,
    /// From the material library.
    #[garde(length(bytes, min = 1))]
    pub media_id: String,
}

/// A button about a published article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct Article {
    /// What the button says.
    #[garde(custom(shown))]
    pub name: String,
    /// What publishing gave.
    #[garde(length(bytes, min = 1))]
    pub article_id: String,
}

/// A button that opens a mini program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct Program {
    /// What the button says.
    #[garde(custom(shown))]
    pub name: String,
    /// The mini program, which must be associated with the account.
    #[garde(length(bytes, min = 1))]
    pub appid: String,
    /// The page, with its query.
    #[garde(length(bytes, min = 1, max = 1024))]
    pub pagepath: String,
    /// What old versions of WeChat open instead.
    #[garde(length(bytes, max = 1024), pattern(r"^https?://"), url)]
    pub url: String,
}

/// A button that opens a second level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct Group {
    /// What the button says.
    #[garde(custom(shown))]
    pub name: String,
    /// One to five buttons, none of them a group.
    #[serde(with = "level")]
    #[garde(length(min = 1, max = 5), dive, custom(no_groups))]
    pub sub_button: Vec<Button>,
}

/// A button of a type that only the console makes, such as a text or a picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Other {
    /// What the button says.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
}

impl Button {
    /// What the button says.
    pub fn name(&self) -> &str {
        match self {
            Self::Click(it)
            | Self::ScancodePush(it)
            | Self::ScancodeWaitmsg(it)
            | Self::PicSysphoto(it)
            | Self::PicPhotoOrAlbum(it)
            | Self::PicWeixin(it)
            | Self::LocationSelect(it) => &it.name,
            Self::View(it) => &it.name,
            Self::MediaId(it) => &it.name,
            Self::ArticleId(it) | Self::ArticleViewLimited(it) => &it.name,
            Self::Miniprogram(it) => &it.name,
            Self::Group(it) => &it.name,
            Self::Other(it) => &it.name,
        }
    }
}

impl Validate for Button {
    type Context = ();

    fn validate_into(&self, ctx: &(), path: &mut dyn FnMut() -> garde::Path, report: &mut garde::Report) {
        match self {
            Self::Click(it)
            | Self::ScancodePush(it)
            | Self::ScancodeWaitmsg(it)
            | Self::PicSysphoto(it)
            | Self::PicPhotoOrAlbum(it)
            | Self::PicWeixin(it)
            | Self::LocationSelect(it) => it.validate_into(ctx, path, report),
            Self::View(it) => it.validate_into(ctx, path, report),
            Self::MediaId(it) => it.validate_into(ctx, path, report),
            Self::ArticleId(it) | Self::ArticleViewLimited(it) => it.validate_into(ctx, path, report),
            Self::Miniprogram(it) => it.validate_into(ctx, path, report),
            Self::Group(it) => it.validate_into(ctx, path, report),
            Self::Other(_) => report.append(
                path(),
                garde::Error::new("此类按钮只能在公众号后台设置 / this type is made in WeChat's console only"),
            ),
        }
    }
}

/// A name that shows: longer ones than 4 (first level) or 8 (second level) Chinese characters are cut on the phone,
/// longer ones than 60 bytes are refused.
fn shown(text: &str, (): &()) -> garde::Result {
    match text.len() {
        1..=60 if !text.trim().is_empty() => Ok(()),
        _ => Err(garde::Error::new("按钮名称为 1 至 60 字节 / a name has 1 to 60 bytes")),
    }
}

fn no_groups(buttons: &[Button], (): &()) -> garde::Result {
    if buttons.iter().any(|button| matches!(button, Button::Group(_))) {
        Err(garde::Error::new("菜单最多两级 / there are two levels only"))
    } else {
        Ok(())
    }
}

/// The second level: a list, or `{"list": […]}` where the menu was made in the console.
mod level {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Button;

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Level {
        Bare(Vec<Button>),
        Listed { list: Vec<Button> },
    }

    pub(super) fn serialize<S: Serializer>(buttons: &[Button], serializer: S) -> Result<S::Ok, S::Error> {
        buttons.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Button>, D::Error> {
        Ok(match Level::deserialize(deserializer)? {
            Level::Bare(list) | Level::Listed { list } => list,
        })
    }
}
