//! What messages say, as data: one file for each named message in `wechat-config/messages`. A file says the words for an
//! open window in both languages, and for each account by which templates it may go otherwise, what stands in their
//! keywords and what opens. Places such as `{amount}` are filled with values that the program gives; the example in each
//! file names them and shows that everything fits.

mod check;
mod file;
mod fill;

use std::{collections::BTreeMap, path::Path, sync::Arc};

use entity::types::AccountKey;
pub use fill::Words;

use crate::{
    infra::config::Problems,
    wechat::{
        account::{Accounts, template::MiniProgram},
        folder::MESSAGES,
    },
};

/// A message that the program sends, and the values that it gives.
#[derive(Clone, Copy, Debug)]
pub struct Sends {
    /// Its name.
    pub kind: &'static str,
    /// The values.
    pub values: &'static [&'static str],
}

/// Values of a message by the names of its places.
pub type Values = BTreeMap<String, String>;

/// All named messages. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Wordings(Arc<BTreeMap<String, Wording>>);

/// What one named message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    /// In Chinese, for an open window.
    pub zh: String,
    /// In English, for an open window.
    pub en: String,
    /// By which ways it may go, the cheapest first.
    pub ways: Vec<Way>,
}

/// One way by which a message may go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// As a customer-service message, at any account with an open window.
    Window,
    /// As a subscription message of an account, by a permit.
    Subscription {
        /// What it needs.
        template: Template,
        /// Whether one yes is for many messages.
        long_term: bool,
    },
    /// As a template message of an official account, to a follower.
    Template(Template),
}

/// A template with what stands in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// The account that has it.
    pub account: AccountKey,
    /// WeChat's id of it.
    pub id: String,
    /// What stands in each keyword, with places.
    pub data: BTreeMap<String, String>,
    /// The web page, or the page of the mini program itself, that opens.
    pub page: Option<String>,
    /// The mini program that opens from an official account.
    pub program: Option<MiniProgram>,
}

impl Wordings {
    /// Reads the folder; without it nothing is said.
    ///
    /// # Errors
    /// All problems at once: files that cannot be read, unknown accounts, places that no value fills, examples that break
    /// the rules of a keyword.
    pub fn load(config_dir: &Path, accounts: &Accounts, sends: &[Sends]) -> Result<Self, Problems> {
        let folder = config_dir.join(MESSAGES);
        if !folder.is_dir() {
            return Ok(Self::default());
        }
        let (mut wordings, mut problems) = (BTreeMap::new(), Vec::new());
        for (kind, file) in file::read_all(&folder, &mut problems) {
            let known = sends.iter().find(|known| known.kind == kind);
            match check::wording(&kind, file, accounts, known) {
                Ok(wording) => drop(wordings.insert(kind, wording)),
                Err(found) => problems.extend(found),
            }
        }
        if problems.is_empty() { Ok(Self(Arc::new(wordings))) } else { Err(Problems(problems)) }
    }

    /// What a named message says.
    pub fn get(&self, kind: &str) -> Option<&Wording> {
        self.0.get(kind)
    }

    /// All of them by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Wording)> {
        self.0.iter().map(|(kind, wording)| (kind.as_str(), wording))
    }
}

#[cfg(test)]
mod tests;
