//! The rules in memory, so that a reply is found without asking the database. Every node hears of a change by wake-up,
//! and looks from time to time.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use entity::{
    chat::reply_rule::{Column, Entity},
    types::AccountKey,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::rule::Rule;
use crate::{
    error::Result,
    infra::{cache::Cache, db::Db},
};

/// The topic under which nodes hear that rules have changed.
pub const TOPIC: &str = "reply_rules";
/// How often a node looks although it heard nothing.
const LOOK: Duration = Duration::from_secs(30);

type Rules = HashMap<AccountKey, Vec<Rule>>;

/// The enabled rules of every account, in the order in which they are tried. Cheap to clone.
#[derive(Clone, Default)]
pub struct Book(Arc<RwLock<Arc<Rules>>>);

impl Book {
    /// Reads all enabled rules anew. A rule that cannot be read is left out and reported, the others keep working.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn reload(&self, db: &Db) -> Result<()> {
        let rows = Entity::find()
            .filter(Column::Enabled.eq(true))
            .order_by_desc(Column::Priority)
            .order_by_asc(Column::Id)
            .all(db.read())
            .await?;
        let mut rules = Rules::new();
        for row in rows {
            let id = row.id;
            match Rule::read(row) {
                Ok(rule) => rules.entry(rule.account.clone()).or_default().push(rule),
                Err(error) => tracing::error!(rule.id = %id, ?error, "a reply rule cannot be read; it is left out"),
            }
        }
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(rules);
        Ok(())
    }

    /// The rules of an account as they are now.
    pub fn of<T>(&self, account: &AccountKey, look: impl FnOnce(&[Rule]) -> T) -> T {
        let rules = Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner));
        look(rules.get(account).map_or(&[], Vec::as_slice))
    }

    /// Keeps the book in step with the database, until dropped.
    pub async fn follow(&self, db: &Db, cache: &Cache) {
        let mut changes = cache.wakeups(TOPIC);
        loop {
            if let Err(error) = self.reload(db).await {
                tracing::warn!(?error, "the reply rules could not be read; the old ones stay");
            }
            tokio::select! {
                () = changes.next() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }
}
