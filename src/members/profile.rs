//! Profiles: the fields that every brand knows, and how a member came.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entity::{
    members::profile::{ActiveModel, Column, Entity, JoinedBy, Model, Sex, Source},
    types::{AccountKey, MemberId},
};
use futures_util::future::{FutureExt, LocalBoxFuture};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait, LockType},
};

use serde_json::{Value, json};

use super::{
    events::ProfileChanged,
    rules::{Told, choose, decided},
};
use crate::{
    error::{Code, Error, Result},
    http::page::{Cursor, PageQuery},
    identity::{
        belonging::{Chosen, Decision},
        followers::follow_of,
        merge::OnePerMember,
        own, within,
    },
    infra::{clock::Time, db::Tx},
    stores::Scope,
};

/// How somebody became a member.
#[derive(Clone, Debug)]
pub struct Joining {
    /// When.
    pub at: Time,
    /// By which way.
    pub by: JoinedBy,
    /// Through which account.
    pub account: Option<AccountKey>,
    /// The scene of the code, or the menu item.
    pub channel: Option<String>,
}

/// Begins the profile of a new member.
///
/// # Errors
/// When the database does not answer.
pub async fn begin(tx: &Tx, member: MemberId, joining: Joining) -> Result<()> {
    let row = ActiveModel {
        member_id: Set(member),
        told: Set(serde_json::json!({})),
        joined_at: Set(joining.at),
        joined_by: Set(joining.by),
        joined_account: Set(joining.account),
        joined_channel: Set(joining.channel),
        updated_at: Set(tx.now()),
        ..Default::default()
    };
    Entity::insert(row).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// What somebody says about fields: `None` says nothing of a field, `Some(None)` that it is empty.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// The name on papers.
    pub name: Option<Option<String>>,
    /// What they call themselves.
    pub nickname: Option<Option<String>>,
    /// Male or female.
    pub sex: Option<Option<Sex>>,
    /// When they were born.
    pub birthday: Option<Option<NaiveDate>>,
    /// Where they live, in words.
    pub region: Option<Option<String>>,
    /// Which language they read.
    pub language: Option<Option<String>>,
    /// The key of the stored picture.
    pub avatar: Option<Option<String>>,
}

/// The fields that somebody tells, for what is done with each of them.
macro_rules! each_field {
    ($do:ident) => {
        $do!(name, nickname, sex, birthday, region, language, avatar)
    };
}

/// One field with who told it, as JSON.
pub(super) fn field(row: &Model, name: &str) -> Value {
    let told = told(row).get(name).copied();
    macro_rules! value {
        ($($field:ident),*) => {
            match name {
                $(stringify!($field) => json!({ "value": row.$field, "told": told }),)*
                _ => Value::Null,
            }
        };
    }
    each_field!(value)
}

/// Puts one field as [`field`] gave it.
pub(super) fn put_field(row: &mut Model, name: &str, kept: &Value) -> Result<()> {
    let mut told = told(row);
    match serde_json::from_value::<Option<Told>>(kept.get("told").cloned().unwrap_or_default())? {
        Some(by) => drop(told.insert(name.to_owned(), by)),
        None => drop(told.remove(name)),
    }
    row.told = serde_json::to_value(told)?;
    let value = kept.get("value").cloned().unwrap_or_default();
    macro_rules! put {
        ($($field:ident),*) => {
            match name {
                $(stringify!($field) => row.$field = serde_json::from_value(value)?,)*
                _ => {}
            }
        };
    }
    each_field!(put);
    Ok(())
}

pub(super) type ToldFields = BTreeMap<String, Told>;

pub(super) fn told(row: &Model) -> ToldFields {
    serde_json::from_value(row.told.clone()).unwrap_or_default()
}

/// Writes what was said where it may take the place of what was known; gives the fields that changed.
pub(super) fn apply(row: &mut Model, said: Said, by: Told) -> Result<Vec<String>> {
    let mut told = told(row);
    let mut changed = Vec::new();
    macro_rules! apply {
        ($($field:ident),*) => {$(
            if let Some(value) = said.$field
                && value != row.$field
                && by.replaces(told.get(stringify!($field)).copied())
            {
                row.$field = value;
                told.insert(stringify!($field).to_owned(), by);
                changed.push(stringify!($field).to_owned());
            }
        )*};
    }
    each_field!(apply);
    row.told = serde_json::to_value(told)?;
    Ok(changed)
}

/// Takes note of what somebody says of a member. What is known better stays; saying the same again changes nothing.
///
/// # Errors
/// [`Code::NotFound`] when there is no such member.
pub async fn say(tx: &Tx, member: MemberId, said: Said, source: Source) -> Result<Model> {
    let member = own(tx, member).await?;
    let row = Entity::find_by_id(member).lock(LockType::Update).one(tx.db()).await?;
    let mut row = row.ok_or_else(|| Error::new(Code::NotFound))?;
    let fields = apply(&mut row, said, Told { source, at: tx.now() })?;
    if fields.is_empty() {
        return Ok(row);
    }
    row.updated_at = tx.now();
    Entity::update(row.clone().into_active_model().reset_all()).exec(tx.db()).await?;
    tx.emit(&ProfileChanged { member, fields, source })?;
    Ok(row)
}

/// Takes note of the nickname that WeChat tells of somebody who agreed to that. Many have the one that WeChat gives to those
/// who show none.
pub fn introduced<'a>(tx: &'a Tx, member: MemberId, nickname: &'a str) -> LocalBoxFuture<'a, Result<()>> {
    const NOBODY: &str = "微信用户";
    async move {
        let nickname: String = nickname.trim().chars().filter(|letter| !letter.is_control()).take(64).collect();
        if !nickname.is_empty() && nickname != NOBODY {
            let said = Said { nickname: Some(Some(nickname)), ..Said::default() };
            say(tx, member, said, Source::Wechat).await?;
        }
        Ok(())
    }
    .boxed_local()
}

/// The profile of a member who stands.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn get(db: &impl ConnectionTrait, member: MemberId) -> Result<Model> {
    Entity::find_by_id(member).one(db).await?.ok_or_else(|| Error::new(Code::NotFound))
}

/// Which members.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter<'a> {
    /// Those whose name begins like this.
    pub(super) name: Option<&'a str>,
    /// Those who joined from this moment on.
    pub(super) from: Option<Time>,
    /// Those who joined before this moment.
    pub(super) until: Option<Time>,
    /// Those who came by this scene of a code, or menu item.
    pub(super) channel: Option<&'a str>,
    /// Those who follow an official account now, or those who do not.
    pub(super) follows: Option<bool>,
}

/// How many members of a scope there are of these.
pub(super) async fn count(db: &impl ConnectionTrait, scope: Scope, filter: Filter<'_>) -> Result<u64> {
    Ok(chosen(scope, filter).count(db).await?)
}

/// Members of a scope, who joined last first.
pub(super) async fn list(
    db: &impl ConnectionTrait,
    scope: Scope,
    filter: Filter<'_>,
    page: &PageQuery,
) -> Result<Vec<Model>> {
    let mut rows = chosen(scope, filter);
    if let Some(Cursor { at, id }) = page.after()? {
        let same_moment = Condition::all().add(Column::JoinedAt.eq(at)).add(Column::MemberId.lt(MemberId::from(id)));
        rows = rows.filter(Condition::any().add(Column::JoinedAt.lt(at)).add(same_moment));
    }
    // Who they are comes from indexes alone: those of one store lie far apart among the profiles of a million members.
    let ids = last_first(rows).select_only().column(Column::MemberId).limit(page.fetch()).into_query();
    Ok(last_first(Entity::find().filter(Column::MemberId.in_subquery(ids))).all(db).await?)
}

fn last_first(rows: Select<Entity>) -> Select<Entity> {
    rows.order_by_desc(Column::JoinedAt).order_by_desc(Column::MemberId)
}

fn chosen(scope: Scope, filter: Filter<'_>) -> Select<Entity> {
    let mut rows = Entity::find().filter(within(scope, Column::MemberId));
    if let Some(name) = filter.name {
        let end = format!("{name}{}", char::MAX);
        rows = rows.filter(Column::Name.gte(name)).filter(Column::Name.lt(end));
    }
    if let Some(from) = filter.from {
        rows = rows.filter(Column::JoinedAt.gte(from));
    }
    if let Some(until) = filter.until {
        rows = rows.filter(Column::JoinedAt.lt(until));
    }
    if let Some(channel) = filter.channel {
        rows = rows.filter(Column::JoinedChannel.eq(channel));
    }
    if let Some(follows) = filter.follows {
        let following = Expr::exists(follow_of(Expr::col((Entity, Column::MemberId))));
        rows = rows.filter(if follows { following } else { following.not() });
    }
    rows
}

/// Empties what somebody calls themselves and their picture: WeChat has taken them back, or is left.
pub(super) async fn forget_face(tx: &Tx, member: MemberId) -> Result<u64> {
    let Some(mut row) = Entity::find_by_id(member).lock(LockType::Update).one(tx.db()).await? else { return Ok(0) };
    if row.nickname.is_none() && row.avatar.is_none() {
        return Ok(0);
    }
    let mut told = told(&row);
    told.retain(|field, _| !matches!(field.as_str(), "nickname" | "avatar"));
    (row.nickname, row.avatar, row.told) = (None, None, serde_json::to_value(told)?);
    Entity::update(row.into_active_model().reset_all()).exec(tx.db()).await?;
    Ok(1)
}

/// Deletes the profile of somebody of whom nothing is to be left.
pub(super) async fn forget(tx: &Tx, member: MemberId) -> Result<u64> {
    Ok(Entity::delete_by_id(member).exec(tx.db()).await?.rows_affected)
}

/// Profiles among what belongs to members.
pub(super) struct Profiles;

impl OnePerMember for Profiles {
    const TABLE: &'static str = "member_profile";
    type Entity = Entity;
    type Model = Model;
    type ActiveModel = ActiveModel;

    fn owner() -> Column {
        Column::MemberId
    }

    fn of(row: Model, member: MemberId) -> Model {
        Model { member_id: member, ..row }
    }

    fn combine(winner: &Model, loser: &Model) -> (Model, Vec<Decision>) {
        let mut made = winner.clone();
        let mut decisions = Vec::new();
        let (of_winner, of_loser) = (told(winner), told(loser));
        let mut of_made = of_winner.clone();
        macro_rules! combine {
            ($($field:ident),*) => {$(
                if winner.$field != loser.$field {
                    let name = stringify!($field);
                    let by = |told: &ToldFields, there: bool| told.get(name).copied().filter(|_| there);
                    let (mine, theirs) =
                        (by(&of_winner, winner.$field.is_some()), by(&of_loser, loser.$field.is_some()));
                    let choice = choose(mine, theirs);
                    if choice.0 == Chosen::Loser {
                        made.$field.clone_from(&loser.$field);
                        of_made.extend(theirs.map(|told| (name.to_owned(), told)));
                    }
                    decisions.push(decided(Self::TABLE, name, choice));
                }
            )*};
        }
        each_field!(combine);
        // Nothing in it can fail to be written.
        made.told = serde_json::to_value(of_made).unwrap_or_default();
        if how_they_came(winner) != how_they_came(loser) {
            let theirs = loser.joined_at < winner.joined_at;
            let (first, chosen) = if theirs { (loser, Chosen::Loser) } else { (winner, Chosen::Winner) };
            (made.joined_at, made.joined_by) = (first.joined_at, first.joined_by);
            made.joined_account.clone_from(&first.joined_account);
            made.joined_channel.clone_from(&first.joined_channel);
            decisions.push(decided(Self::TABLE, "joined", (chosen, "earlier")));
        }
        (made, decisions)
    }
}

fn how_they_came(row: &Model) -> (Time, JoinedBy, &Option<AccountKey>, &Option<String>) {
    (row.joined_at, row.joined_by, &row.joined_account, &row.joined_channel)
}

/// How many members of a scope joined from one moment up to another.
///
/// # Errors
/// When the database does not answer.
pub async fn joined_between(db: &impl ConnectionTrait, scope: Scope, from: Time, until: Time) -> Result<u64> {
    let joined = Entity::find().filter(within(scope, Column::MemberId));
    let joined = joined.filter(Column::JoinedAt.gte(from)).filter(Column::JoinedAt.lt(until));
    Ok(joined.count(db).await?)
}
