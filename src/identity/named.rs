//! Whom a fact names: members, or a person as an account of WeChat knows them.

use std::collections::BTreeSet;

use entity::{
    identity::identity::Strength,
    types::{AccountKey, MemberId, OpenId},
};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};

use super::{claim::Claim, member::find, store};
use crate::error::Result;

/// Whom a fact names. Work that is enqueued for it carries it, because who it is may be known only later.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Named {
    /// Members, by whichever name.
    Members(Vec<MemberId>),
    /// A person as an account knows them.
    Person(AccountKey, OpenId),
}

impl Named {
    /// The member, when it names a single one.
    pub fn alone(&self) -> Option<MemberId> {
        match self {
            Self::Members(members) if members.len() == 1 => members.first().copied(),
            Self::Members(_) | Self::Person(..) => None,
        }
    }

    /// The members that many of them mean. Few look-ups.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn all<'a>(
        named: impl IntoIterator<Item = &'a Self>,
        db: &impl ConnectionTrait,
    ) -> Result<BTreeSet<MemberId>> {
        let (mut found, mut claims) = (BTreeSet::new(), Vec::new());
        for one in named {
            match one {
                Self::Members(members) => found.extend(members),
                Self::Person(account, open_id) => claims.push(Claim::open_id(account, open_id)),
            }
        }
        let known = store::known_of_many(db, claims.iter()).await?.into_iter();
        found.extend(known.filter(|held| held.strength != Strength::Asserted).map(|held| held.member_id));
        Ok(found)
    }

    /// The members that are meant; none while the person is no member yet.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn members(&self, db: &impl ConnectionTrait) -> Result<Vec<MemberId>> {
        match self {
            Self::Members(members) => Ok(members.clone()),
            Self::Person(account, open_id) => {
                Ok(find(db, &Claim::open_id(account, open_id)).await?.into_iter().collect())
            }
        }
    }
}
