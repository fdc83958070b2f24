//! The first rules of an account: `replies.toml` in its folder under `wechat-config`. They are read at the first start
//! and live in the database afterwards, where staff change them.

use std::path::Path;

use entity::{
    chat::reply_rule::{ActiveModel, Column, Entity},
    types::AccountKey,
};
use garde::Validate;
use sea_orm::{ActiveValue::Set, EntityTrait, sea_query::OnConflict};
use serde::{Deserialize, Serialize};

use super::rule::{Action, Condition};
use crate::{
    error::{Code, Error, Result},
    infra::{
        config::Problem,
        db::{Db, Event, Tx},
    },
    wechat::{account::Accounts, folder},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rule: Vec<FileRule>,
}

#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct FileRule {
    #[garde(length(min = 1, max = 60))]
    key: String,
    #[garde(length(chars, min = 1, max = 60))]
    name: String,
    #[garde(dive)]
    condition: Condition,
    #[garde(dive)]
    action: Action,
    #[garde(range(min = -1000, max = 1000))]
    #[serde(default)]
    priority: i32,
}

/// The first rules of an account were written.
#[derive(Serialize)]
struct FirstRulesWritten {
    account: AccountKey,
    rules: usize,
}

impl Event for FirstRulesWritten {
    const KIND: &'static str = "chat.first_rules_written";

    fn subject(&self) -> Option<String> {
        Some(self.account.to_string())
    }
}

/// Writes the first rules of every account that has had none yet.
///
/// # Errors
/// [`Code::Invalid`] names the file and the rule that will not do.
pub async fn write_first_rules(db: &Db, accounts: &Accounts, config_dir: &Path) -> Result<()> {
    for account in accounts.iter() {
        let file: Option<File> = folder::read_file(config_dir, &account.key, "replies.toml").map_err(unreadable)?;
        let rules = file.map(|file| file.rule).unwrap_or_default();
        for rule in &rules {
            rule.validate().map_err(|report| {
                let place = format!("{}/replies.toml: {}", account.key, rule.key);
                unreadable(Problem::new(place, report.to_string().trim().to_owned()))
            })?;
        }
        db.tx(async |tx: &Tx| write(tx, &account.key, &rules).await).await?;
    }
    Ok(())
}

async fn write(tx: &Tx, account: &AccountKey, rules: &[FileRule]) -> Result<()> {
    if rules.is_empty() || tx.has_happened::<FirstRulesWritten>(account.as_str()).await? {
        return Ok(());
    }
    let rows = rules
        .iter()
        .map(|rule| {
            Ok(ActiveModel {
                id: Set(tx.id()),
                account: Set(account.clone()),
                config_key: Set(Some(rule.key.clone())),
                name: Set(rule.name.clone()),
                condition: Set(serde_json::to_value(&rule.condition)?),
                action: Set(serde_json::to_value(&rule.action)?),
                priority: Set(rule.priority),
                enabled: Set(true),
                created_at: Set(tx.now()),
                updated_at: Set(tx.now()),
            })
        })
        .collect::<Result<Vec<_>>>()?;
    // Another node that starts at the same moment may just be writing the same.
    let unless_written = OnConflict::columns([Column::Account, Column::ConfigKey]).do_nothing().to_owned();
    Entity::insert_many(rows).on_conflict(unless_written).exec_without_returning(tx.db()).await?;
    tx.emit(&FirstRulesWritten { account: account.clone(), rules: rules.len() })
}

fn unreadable(problem: Problem) -> Error {
    Error::new(Code::Invalid).detail(problem.to_string())
}
