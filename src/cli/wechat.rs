//! `huilian wechat plan|apply`: what the folder wants of WeChat, and making it so.

use clap::{Args, Subcommand};
use entity::types::AccountKey;

use super::say;
use crate::{
    error::{Code, Error, Result},
    infra::{cache::Cache, clock::Clock, config::Config, random::Random},
    wechat::{
        client::{Failure, WeChat},
        folder::Folder,
        setup::{self, Wanted},
    },
};

/// What can be done with WeChat's side.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show the difference between the folder and what WeChat has
    Plan(Which),
    /// Make WeChat have what the folder wants
    Apply(Which),
}

/// Which accounts.
#[derive(Debug, Args)]
pub struct Which {
    /// Only this account; otherwise all
    #[arg(long, value_name = "KEY")]
    account: Option<AccountKey>,
}

impl Command {
    /// Runs it.
    ///
    /// # Errors
    /// When a file of the folder will not do, or WeChat refuses.
    pub async fn run(self, config: &Config, folder: &Folder) -> Result<()> {
        let clock = Clock::system();
        let cache = Cache::memory(clock.clone());
        let wechat = WeChat::new(folder.accounts.clone(), &config.wechat, cache, clock, Random::system())?;
        let (which, act) = match self {
            Self::Plan(which) => (which, false),
            Self::Apply(which) => (which, true),
        };
        let mut text = String::new();
        for (key, changes) in compare(&wechat, config, which.account.as_ref(), act).await? {
            text.push_str(&format!("{key}\n"));
            for change in &changes {
                text.push_str(&format!("  {change}\n"));
            }
            text.push_str(match (changes.is_empty(), act) {
                (true, _) => "  nothing to do\n",
                (false, true) => "  done\n",
                (false, false) => "",
            });
        }
        say(&text)
    }
}

/// Compares every account, and acts if asked to. Gives the changes by account.
///
/// # Errors
/// When a file of the folder will not do, or WeChat refuses.
pub async fn compare(
    wechat: &WeChat,
    config: &Config,
    only: Option<&AccountKey>,
    act: bool,
) -> Result<Vec<(AccountKey, Vec<setup::Change>)>> {
    let mut compared = Vec::new();
    for account in wechat.accounts().iter().filter(|account| only.is_none_or(|key| *key == account.key)) {
        let wanted = Wanted::read(&config.wechat.config_dir, account, &config.http.public_url)
            .map_err(|problems| Error::new(Code::Invalid).detail(problems.to_string()))?;
        let api = wechat.of(&account.key).map_err(refused)?;
        let changes = setup::plan(&api, &wanted).await.map_err(refused)?;
        if act {
            setup::apply(&api, &changes).await.map_err(refused)?;
        }
        compared.push((account.key.clone(), changes));
    }
    Ok(compared)
}

fn refused(failure: Failure) -> Error {
    Error::new(Code::Unavailable).detail(failure.to_string())
}
