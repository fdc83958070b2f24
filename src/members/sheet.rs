//! Members as lines of a file: what their list shows, and names masked. Only headquarters ask for one.

use chrono::NaiveDate;
use entity::members::profile::Model;
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::profile;
use crate::{
    error::Result,
    http::page::{Cursor, PageQuery},
    identity,
    infra::{
        calendar::{end_of, of_our_era, shanghai, start_of},
        db::Db,
        secret::Vault,
    },
    stores::Scope,
};

/// What stands above the columns.
pub const HEADINGS: [&str; 7] = [
    "会员 member",
    "姓名 name",
    "昵称 nickname",
    "手机号 phone",
    "入会时间 joined at",
    "入会方式 joined by",
    "渠道 channel",
];

/// Which members.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MembersWanted {
    /// Only those who joined on this day of Shanghai or later.
    #[garde(inner(custom(of_our_era)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joined_from: Option<NaiveDate>,
    /// Only those who joined on this day of Shanghai or before.
    #[garde(inner(custom(of_our_era)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joined_to: Option<NaiveDate>,
    /// Only those who follow an official account now, or only the others.
    #[garde(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follows: Option<bool>,
    /// Only those who came by this scene of a code, or by this menu item.
    #[garde(length(min = 1, max = 128))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
}

impl MembersWanted {
    fn filter(&self) -> profile::Filter<'_> {
        profile::Filter {
            from: self.joined_from.map(start_of),
            until: self.joined_to.map(end_of),
            channel: self.channel.as_deref(),
            follows: self.follows,
            ..profile::Filter::default()
        }
    }
}

/// How many members are meant.
///
/// # Errors
/// When the database does not answer.
pub async fn count(db: &Db, wanted: &MembersWanted) -> Result<u64> {
    profile::count(db.read(), Scope::All, wanted.filter()).await
}

/// Members after a place, who joined last first, and the next place; nothing after the last one.
///
/// # Errors
/// When the database does not answer.
pub async fn after(
    db: &Db,
    vault: &Vault,
    wanted: &MembersWanted,
    place: Option<&str>,
    most: u64,
) -> Result<Option<(Vec<Vec<String>>, String)>> {
    let page = PageQuery { cursor: place.map(str::to_owned), limit: most };
    let rows = profile::list(db.read(), Scope::All, wanted.filter(), &page).await?;
    let Some(last) = rows.last().map(|row| Cursor { at: row.joined_at, id: row.member_id.into() }.write()) else {
        return Ok(None);
    };
    let mut phones = identity::phones(db.read(), vault, rows.iter().map(|row| row.member_id)).await?;
    let lines = rows.into_iter().map(|row| {
        let phone = phones.remove(&row.member_id).unwrap_or_default();
        line(row, phone)
    });
    Ok(Some((lines.collect(), last)))
}

fn line(row: Model, phone: String) -> Vec<String> {
    let joined_by = serde_json::to_value(row.joined_by).ok();
    vec![
        row.member_id.to_string(),
        row.name.as_deref().map(masked).unwrap_or_default(),
        row.nickname.unwrap_or_default(),
        phone,
        row.joined_at.with_timezone(&shanghai()).format("%Y-%m-%d %H:%M").to_string(),
        joined_by.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default(),
        row.joined_channel.unwrap_or_default(),
    ]
}

/// How a name begins.
fn masked(name: &str) -> String {
    name.chars().next().map(|first| format!("{first}**")).unwrap_or_default()
}
