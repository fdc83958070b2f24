//! How the posters of a program look: a part of its rules, so that every version is kept.

use entity::types::PosterPictureId;
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The colour of posters whose program says nothing of it.
const COLOUR: &str = "#c8102e";
/// The most letters of a title.
const TITLE: usize = 24;

/// How the posters of a program look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PosterLook)]
pub struct Look {
    /// What there is to win, in large letters.
    #[garde(length(chars, min = 1, max = TITLE))]
    pub title: String,
    /// One line more, under it.
    #[garde(length(chars, max = 40))]
    #[serde(default)]
    pub slogan: String,
    /// The colour of the brand, such as `#c8102e`. Letters are light or dark, whichever can be read on it.
    #[garde(pattern("^#[0-9a-fA-F]{6}$"))]
    #[serde(default = "colour")]
    pub colour: String,
    /// The colour at the foot, into which the first one passes; a deeper shade of it when missing.
    #[garde(inner(pattern("^#[0-9a-fA-F]{6}$")))]
    #[serde(default)]
    pub foot_colour: Option<String>,
    /// A picture behind everything, instead of the colours.
    #[garde(skip)]
    #[serde(default)]
    pub background: Option<PosterPictureId>,
    /// Where the code on it leads; the first of these that the program has, when missing.
    #[garde(skip)]
    #[serde(default)]
    pub leads_to: Option<LeadsTo>,
}

fn colour() -> String {
    COLOUR.to_owned()
}

/// Where the code on a poster leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PosterLeadsTo)]
pub enum LeadsTo {
    /// To the official account of the program.
    Official,
    /// Into the mini program of the program.
    Mini,
    /// To the page of the invitation.
    Page,
}

impl Look {
    /// The look of a program that says nothing of it.
    pub fn plain(name: &str) -> Self {
        Self {
            title: name.chars().take(TITLE).collect(),
            slogan: String::new(),
            colour: colour(),
            foot_colour: None,
            background: None,
            leads_to: None,
        }
    }
}
