//! `huilian staff add`

use std::io::Read as _;

use clap::{Subcommand, ValueEnum};

use super::say;
use crate::{
    admin::{self, Post, Role},
    error::{Error, Result},
    infra::db::Db,
    stores,
};

/// What can be done with members of staff.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Add somebody; the password is read from standard input
    Add {
        /// Lower-case letters, digits, dots, dashes and underscores
        login: String,
        /// The name that others see
        #[arg(long)]
        name: Option<String>,
        /// How much they may see and do
        #[arg(long, value_enum, default_value_t = RoleArgument::Headquarters)]
        role: RoleArgument,
        /// The code of the store where a clerk or manager works
        #[arg(long)]
        store: Option<String>,
    },
}

/// A role on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum RoleArgument {
    /// 店员
    Clerk,
    /// 店长
    Manager,
    /// 总部
    Headquarters,
}

impl Command {
    /// Runs it.
    ///
    /// # Errors
    /// When the login is taken, the password will not do, or role and store do not go together.
    pub async fn run(self, db: &Db) -> Result<()> {
        let Self::Add { login, name, role, store } = self;
        let mut password = String::new();
        std::io::stdin().read_to_string(&mut password).map_err(Error::internal)?;
        let password = password.trim_end_matches(['\r', '\n']).to_owned();
        let role = match role {
            RoleArgument::Clerk => Role::Clerk,
            RoleArgument::Manager => Role::Manager,
            RoleArgument::Headquarters => Role::Headquarters,
        };
        let store = match store {
            Some(code) => Some(stores::of_code(db.read(), &code).await?.id),
            None => None,
        };
        let post = Post::of(role, store)?;
        let id = admin::staff::add(db, &login, name.as_deref().unwrap_or(&login), password, post).await?;
        say(&format!("added {login} as {id}"))
    }
}
