//! What is shown of members beside other things: to other people how the name begins, and nothing else; to staff what they
//! call themselves.

use std::collections::BTreeMap;

use entity::{
    members::profile::{Column, Entity, Model},
    types::MemberId,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::error::Result;

/// How a name begins; the rest is nobody's business.
fn begins(profile: Option<Model>) -> String {
    let name = profile.and_then(|profile| profile.nickname.or(profile.name)).unwrap_or_default();
    format!("{}**", name.chars().next().unwrap_or('友'))
}

/// How the name of a member begins.
///
/// # Errors
/// When the database does not answer.
pub async fn begun(db: &impl ConnectionTrait, member: MemberId) -> Result<String> {
    Ok(begins(Entity::find_by_id(member).one(db).await?))
}

/// How the names of these members begin. One look-up.
///
/// # Errors
/// When the database does not answer.
pub async fn begun_many(
    db: &impl ConnectionTrait,
    members: impl IntoIterator<Item = MemberId>,
) -> Result<BTreeMap<MemberId, String>> {
    let mut begun: BTreeMap<MemberId, String> = members.into_iter().map(|member| (member, begins(None))).collect();
    if begun.is_empty() {
        return Ok(begun);
    }
    let members: Vec<MemberId> = begun.keys().copied().collect();
    for profile in Entity::find().filter(Column::MemberId.is_in(members)).all(db).await? {
        begun.insert(profile.member_id, begins(Some(profile)));
    }
    Ok(begun)
}

/// What these members call themselves, as far as they have said so. One look-up.
///
/// # Errors
/// When the database does not answer.
pub async fn nicknames(
    db: &impl ConnectionTrait,
    members: impl IntoIterator<Item = MemberId>,
) -> Result<BTreeMap<MemberId, String>> {
    let members: Vec<MemberId> = members.into_iter().collect();
    if members.is_empty() {
        return Ok(BTreeMap::new());
    }
    let profiles = Entity::find().filter(Column::MemberId.is_in(members)).all(db).await?.into_iter();
    Ok(profiles.filter_map(|profile| Some((profile.member_id, profile.nickname?))).collect())
}
