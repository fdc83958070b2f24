//! Cards of mini programs that people send to a friend or a group, and what a mini program learns when one is opened
//! (protocol section 8.12): the path with its query, and the scene. Whoever sent it learns nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use super::{Sandbox, events::Told, trouble::Trouble, world::World};
use crate::{infra::clock::Time, wechat::account::Kind};

/// How long a path may be.
const LONGEST: usize = 1024;

/// A card that was sent.
#[derive(Clone, Debug, Serialize)]
pub struct ShareCard {
    /// Its number.
    pub id: u64,
    /// The key of the mini program.
    pub account: String,
    /// Who sent it.
    pub person: String,
    /// The page with its query.
    pub path: String,
    /// What it says.
    pub title: String,
    /// The address of its picture.
    pub picture: Option<String>,
    /// When.
    pub at: Time,
}

/// What `onShareAppMessage` of the mini program gives.
#[derive(Clone, Debug, Deserialize)]
pub struct NewCard {
    /// The key of the mini program.
    pub account: String,
    /// The page with its query.
    pub path: String,
    /// What it says; the name of the mini program without it.
    #[serde(default)]
    pub title: Option<String>,
    /// The address of its picture.
    #[serde(default)]
    pub picture: Option<String>,
}

/// Where a card is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In a chat with one friend.
    Chat,
    /// In a group.
    Group,
}

/// What `wx.getLaunchOptionsSync` tells a mini program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Launch {
    /// The page, without a slash in front.
    pub path: String,
    /// Its query.
    pub query: BTreeMap<String, String>,
    /// The scene number.
    pub scene: u32,
}

impl Launch {
    /// A mini program that is opened at a page with a query.
    pub(super) fn at(path: &str, scene: u32) -> Self {
        let (page, query) = path.split_once('?').unwrap_or((path, ""));
        let query = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Self { path: page.trim_start_matches('/').to_owned(), query, scene }
    }
}

impl World {
    /// Sends a card; nobody is told.
    fn share(&mut self, person: &str, card: &NewCard) -> Result<ShareCard, Trouble> {
        self.pair(person, &card.account, Kind::Mini)?;
        let page = card.path.split('?').next().unwrap_or_default().trim_start_matches('/');
        if page.is_empty() || card.path.len() > LONGEST || card.path.contains(char::is_whitespace) {
            return Err(Trouble::invalid("path is not a page of a mini program"));
        }
        let name = self.account(&card.account)?.name.clone();
        let (id, at) = (self.id(), self.now());
        let card = ShareCard {
            id,
            account: card.account.clone(),
            person: person.to_owned(),
            path: card.path.clone(),
            title: card.title.clone().filter(|title| !title.is_empty()).unwrap_or(name),
            picture: card.picture.clone(),
            at,
        };
        self.shares.push(card.clone());
        self.tell(Told::State);
        Ok(card)
    }

    /// Opens a card that somebody has sent: in a chat, or in a group.
    fn open_share(&self, person: &str, card: u64, place: Place) -> Result<Launch, Trouble> {
        self.person(person)?;
        let card = self.shares.iter().find(|known| known.id == card).ok_or(Trouble::Unknown("card"))?;
        let scene = match place {
            Place::Chat => 1007,
            Place::Group => 1008,
        };
        Ok(Launch::at(&card.path, scene))
    }
}

impl Sandbox {
    /// The person sends a page of a mini program to a friend or a group.
    pub fn share(&self, person: &str, card: &NewCard) -> Result<ShareCard, Trouble> {
        self.with(|world| world.share(person, card))
    }

    /// All cards, the latest first.
    pub fn shares(&self) -> Vec<ShareCard> {
        self.with(|world| world.shares.iter().rev().cloned().collect())
    }

    /// The person opens a card; gives what the mini program learns.
    pub fn open_share(&self, person: &str, card: u64, place: Place) -> Result<Launch, Trouble> {
        self.with(|world| world.open_share(person, card, place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mini_program_learns_page_query_and_scene() {
        let launch = Launch::at("/pages/goods/tea?id=7&share=0123456789&name=%E8%8C%B6", 1007);
        assert_eq!((launch.path.as_str(), launch.scene), ("pages/goods/tea", 1007));
        let query: Vec<_> = launch.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(query, ["id=7", "name=茶", "share=0123456789"]);
        assert_eq!(Launch::at("pages/index", 1008).query, BTreeMap::new());
    }
}
