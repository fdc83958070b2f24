//! What members allow, by purpose and by the version of the text they read (R20). The latest answer holds, at once and
//! everywhere: whoever uses data for a purpose asks [`allows`] first (R22). When two members become one and one of them said
//! no, the no holds, whoever spoke last; it takes a new yes to change that.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use entity::{
    members::{
        consent::{Column, Entity, Model, Purpose},
        profile::Source,
    },
    types::{AccountKey, ConsentId, MemberId},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Iterable, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::events::ConsentGiven;
use crate::{
    error::{Error, Result},
    identity::own,
    infra::{config::Problem, db::Tx},
    wechat::folder,
};

/// The file under `wechat-config` with what members are asked.
const FILE: &str = "consents.toml";

/// What members are asked for one purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ConsentText)]
pub struct Text {
    /// The purpose.
    pub purpose: Purpose,
    /// Its version, changed with every change of the words.
    pub version: String,
    /// The headline in Chinese.
    pub title_zh: String,
    /// The headline in English.
    pub title_en: String,
    /// The words in Chinese.
    pub text_zh: String,
    /// The words in English.
    pub text_en: String,
}

/// What members are asked. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Texts(Arc<BTreeMap<Purpose, Text>>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    text: Vec<Text>,
}

impl Texts {
    /// Reads `consents.toml` of the folder; without it nothing is asked.
    ///
    /// # Errors
    /// When it cannot be read, or has two texts for one purpose.
    pub fn load(config_dir: &Path) -> Result<Self, Problem> {
        let file: Option<File> = folder::read_brand_file(config_dir, FILE)?;
        let mut texts = BTreeMap::new();
        for text in file.map(|file| file.text).unwrap_or_default() {
            let purpose = text.purpose;
            if text.version.is_empty() || texts.insert(purpose, text).is_some() {
                return Err(Problem::new(FILE, format!("{purpose:?} needs one text with one version")));
            }
        }
        Ok(Self(Arc::new(texts)))
    }

    /// The words for a purpose.
    pub fn of(&self, purpose: Purpose) -> Option<&Text> {
        self.0.get(&purpose)
    }
}

/// Whether a member allows this now. Serving them needs no consent as long as they do not refuse it, everything else
/// needs a yes.
///
/// # Errors
/// When the database does not answer.
pub async fn allows(db: &impl ConnectionTrait, member: MemberId, purpose: Purpose) -> Result<bool> {
    let answer = latest(db, member, purpose).await?;
    Ok(answer.map_or(purpose == Purpose::Service, |answer| answer.granted))
}

/// What a member said last about a purpose.
///
/// # Errors
/// When the database does not answer.
pub async fn latest(db: &impl ConnectionTrait, member: MemberId, purpose: Purpose) -> Result<Option<Model>> {
    let theirs = Entity::find().filter(Column::MemberId.eq(member)).filter(Column::Purpose.eq(purpose));
    Ok(theirs.order_by_desc(Column::At).order_by_desc(Column::Id).one(db).await?)
}

/// Everything that a member said, in order.
///
/// # Errors
/// When the database does not answer.
pub async fn history(db: &impl ConnectionTrait, member: MemberId) -> Result<Vec<Model>> {
    let theirs = Entity::find().filter(Column::MemberId.eq(member));
    Ok(theirs.order_by_asc(Column::At).order_by_asc(Column::Id).all(db).await?)
}

/// What holds for one purpose.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Consent)]
pub struct Standing {
    /// The purpose.
    pub purpose: Purpose,
    /// Whether data may be used for it now.
    pub allowed: bool,
    /// The version that was answered; none when nothing was.
    pub version: Option<String>,
    /// When it was answered.
    pub at: Option<chrono::DateTime<chrono::Utc>>,
    /// What is asked today; a version that differs wants to be asked again.
    pub text: Option<Text>,
}

/// What holds for every purpose.
///
/// # Errors
/// When the database does not answer.
pub async fn standing(db: &impl ConnectionTrait, texts: &Texts, member: MemberId) -> Result<Vec<Standing>> {
    let mut standing = Vec::new();
    for purpose in Purpose::iter() {
        let answer = latest(db, member, purpose).await?;
        standing.push(Standing {
            purpose,
            allowed: answer.as_ref().map_or(purpose == Purpose::Service, |answer| answer.granted),
            at: answer.as_ref().map(|answer| answer.at),
            version: answer.map(|answer| answer.version),
            text: texts.of(purpose).cloned(),
        });
    }
    Ok(standing)
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// To what.
    pub purpose: Purpose,
    /// Yes or no.
    pub granted: bool,
    /// The version of the text that was read.
    pub version: String,
    /// Who says so.
    pub source: Source,
    /// The account in which it was said.
    pub account: Option<AccountKey>,
}

/// Takes an answer; it holds from now on. The same answer again changes nothing. A yes must be one to the words of
/// today, a no counts whatever was read.
///
/// # Errors
/// [`Code::Invalid`](crate::error::Code::Invalid) when these are not the words of today;
/// [`Code::NotFound`](crate::error::Code::NotFound) when there is no such member.
pub async fn answer(tx: &Tx, texts: &Texts, member: MemberId, answer: &Answer) -> Result<()> {
    let asked = texts.of(answer.purpose).map(|text| text.version.as_str());
    if answer.granted && asked != Some(answer.version.as_str()) {
        return Err(Error::invalid("version", "is not the text of today; show it and ask again"));
    }
    let member = own(tx, member).await?;
    let before = latest(tx.db(), member, answer.purpose).await?;
    if before.is_some_and(|before| before.granted == answer.granted && before.version == answer.version) {
        return Ok(());
    }
    let row = Model {
        id: tx.id(),
        member_id: member,
        purpose: answer.purpose,
        granted: answer.granted,
        version: answer.version.clone(),
        source: answer.source,
        account: answer.account.clone(),
        at: tx.now(),
    };
    Entity::insert(row.into_active_model()).exec_without_returning(tx.db()).await?;
    tx.emit(&ConsentGiven { member, purpose: answer.purpose, granted: answer.granted })
}

/// Adds answers.
pub(super) async fn add(tx: &Tx, rows: Vec<Model>) -> Result<()> {
    if !rows.is_empty() {
        Entity::insert_many(rows.into_iter().map(IntoActiveModel::into_active_model))
            .exec_without_returning(tx.db())
            .await?;
    }
    Ok(())
}

/// Takes answers away that were added with a merge.
pub(super) async fn take_away(tx: &Tx, rows: impl IntoIterator<Item = ConsentId>) -> Result<()> {
    let rows: Vec<ConsentId> = rows.into_iter().collect();
    if !rows.is_empty() {
        Entity::delete_many().filter(Column::Id.is_in(rows)).exec(tx.db()).await?;
    }
    Ok(())
}

/// Deletes the answers of somebody of whom nothing is to be left.
pub(super) async fn forget(tx: &Tx, member: MemberId) -> Result<u64> {
    Ok(Entity::delete_many().filter(Column::MemberId.eq(member)).exec(tx.db()).await?.rows_affected)
}
