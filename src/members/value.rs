//! Values of attributes. What is sensitive is sealed for its attribute, so that it cannot be read as another one.

use std::collections::BTreeMap;

use entity::{
    members::{
        profile::Source,
        value::{Column, Entity, Model},
    },
    types::MemberId,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{LockType, OnConflict},
};
use serde_json::Value;

use super::{
    attribute::{self, Attribute},
    events::ValuesChanged,
    rules::Told,
};
use crate::{
    error::{Code, Error, Result},
    identity::own,
    infra::{db::Tx, secret::Vault},
};

/// What is said of attributes, by key; null says that there is no value.
pub type Said = BTreeMap<String, Value>;

pub(super) fn told(row: &Model) -> Told {
    Told { source: row.source, at: row.at }
}

pub(super) fn context(key: &str) -> String {
    format!("member.value.{key}")
}

/// Takes note of values. All or nothing: one that will not do refuses all of them. What is known better stays.
///
/// # Errors
/// [`Code::Invalid`] names each key that nobody has declared or that takes no values any more, and each value that is
/// none for its attribute; [`Code::NotFound`] when there is no such member.
pub async fn say(tx: &Tx, vault: &Vault, member: MemberId, said: &Said, source: Source) -> Result<()> {
    let attributes = attribute::all(tx.db()).await?;
    let checked = check(&attributes, said)?;
    let member = own(tx, member).await?;
    let rows = Entity::find().filter(Column::MemberId.eq(member)).lock(LockType::Update).all(tx.db()).await?;
    let by = Told { source, at: tx.now() };
    let mut keys = Vec::new();
    for (attribute, value) in checked {
        let key = attribute.row.key.as_str();
        let before = rows.iter().find(|row| row.key == key);
        if !by.replaces(before.map(told)) {
            continue;
        }
        let changed = match value {
            Some(value) => write(tx, vault, member, attribute, &value, before, by).await?,
            None => match before {
                Some(row) => Entity::delete_by_id(row.id).exec(tx.db()).await?.rows_affected == 1,
                None => false,
            },
        };
        if changed {
            keys.push(key.to_owned());
        }
    }
    if keys.is_empty() { Ok(()) } else { tx.emit(&ValuesChanged { member, keys, source }) }
}

type Checked<'a> = Vec<(&'a Attribute, Option<Value>)>;

fn check<'a>(attributes: &'a BTreeMap<String, Attribute>, said: &Said) -> Result<Checked<'a>> {
    let mut problems = Error::new(Code::Invalid);
    let mut checked = Vec::new();
    for (key, value) in said {
        let mut broken = |why: String| {
            let error = std::mem::replace(&mut problems, Error::new(Code::Invalid));
            problems = error.field(format!("values.{key}"), why);
        };
        match attributes.get(key) {
            None => broken("there is no such attribute".to_owned()),
            Some(attribute) if value.is_null() => checked.push((attribute, None)),
            Some(attribute) if attribute.row.retired => broken("takes no new values".to_owned()),
            Some(attribute) => match attribute.check(value) {
                Ok(value) => checked.push((attribute, Some(value))),
                Err(why) => broken(why),
            },
        }
    }
    if problems.fields().is_empty() { Ok(checked) } else { Err(problems) }
}

/// Writes a value; false when it is the one that is there.
async fn write(
    tx: &Tx,
    vault: &Vault,
    member: MemberId,
    attribute: &Attribute,
    value: &Value,
    before: Option<&Model>,
    by: Told,
) -> Result<bool> {
    let key = attribute.row.key.clone();
    let known = match before {
        Some(row) => read(vault, row)?.as_ref() == Some(value),
        None => false,
    };
    if known {
        return Ok(false);
    }
    let (plain, sealed) = if attribute.row.sensitive {
        let sealed = vault.seal(&context(&key), &value.to_string()).map_err(Error::internal)?;
        (None, Some(sealed))
    } else {
        (Some(value.clone()), None)
    };
    let id = before.map_or_else(|| tx.id(), |row| row.id);
    let row = Model { id, member_id: member, key, value: plain, sealed, source: by.source, at: by.at };
    let anew = OnConflict::columns([Column::MemberId, Column::Key])
        .update_columns([Column::Value, Column::Sealed, Column::Source, Column::At])
        .to_owned();
    Entity::insert(row.into_active_model()).on_conflict(anew).exec_without_returning(tx.db()).await?;
    Ok(true)
}

/// What a row says, opened when it is sealed. Only for who has the right to know it.
pub(super) fn read(vault: &Vault, row: &Model) -> Result<Option<Value>> {
    match &row.sealed {
        Some(sealed) => {
            let opened = vault.open(&context(&row.key), sealed).map_err(Error::internal)?;
            Ok(Some(serde_json::from_str(&opened)?))
        }
        None => Ok(row.value.clone()),
    }
}

/// The values of a member, by key.
///
/// # Errors
/// When the database does not answer.
pub async fn of(db: &impl ConnectionTrait, member: MemberId) -> Result<Vec<Model>> {
    let rows = Entity::find().filter(Column::MemberId.eq(member));
    Ok(rows.order_by_asc(Column::Key).all(db).await?)
}

/// The value of one attribute of a member.
pub(super) async fn one(db: &impl ConnectionTrait, member: MemberId, key: &str) -> Result<Option<Model>> {
    let row = Entity::find().filter(Column::MemberId.eq(member)).filter(Column::Key.eq(key));
    Ok(row.one(db).await?)
}

/// Deletes the values of somebody of whom nothing is to be left.
pub(super) async fn forget(tx: &Tx, member: MemberId) -> Result<u64> {
    Ok(Entity::delete_many().filter(Column::MemberId.eq(member)).exec(tx.db()).await?.rows_affected)
}
