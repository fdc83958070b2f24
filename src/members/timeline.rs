//! What happened with a member, over all channels and all the names they had, as one list (R11).
//!
//! Each domain that knows something says so with a [`Source`]; the list of them stands in `src/belongings.rs`. Every
//! source gives its newest facts before a place, so that the newest of all are among them and no page has gaps.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use entity::types::{AccountKey, MemberId, OpenId};
use futures_util::future::{LocalBoxFuture, try_join_all};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    error::Result,
    http::page::{Cursor, PageQuery},
    identity,
    infra::db::Db,
    jobs::facts,
};

/// Something that happened.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TimelineFact)]
pub struct Fact {
    /// When.
    pub at: DateTime<Utc>,
    /// What is known of it: `event`, `touch`, `behaviour`, `message`, `points` or `reach`.
    pub source: &'static str,
    /// The account where it happened, when it happened at one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<AccountKey>,
    /// What kind of thing it was, such as `follow`, `page_view` or `member.merged`.
    pub kind: String,
    /// What there is to read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Decides between facts of one moment.
    #[serde(skip)]
    pub id: Uuid,
}

/// Of whom facts are wanted, and which.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The member and all the names they had.
    pub names: Vec<MemberId>,
    /// As whom accounts know them.
    pub open_ids: Vec<(AccountKey, OpenId)>,
    /// Only what was before this place.
    pub before: Option<Cursor>,
    /// How many at most, the newest.
    pub most: u64,
}

/// Where facts come from: gives the newest before a place, the newest first.
pub type Source = for<'a> fn(&'a Db, &'a Asked) -> LocalBoxFuture<'a, Result<Vec<Fact>>>;

/// The list of them, as `app` hands it down.
#[derive(Clone, Copy)]
pub struct Timeline(pub &'static [Source]);

/// Kinds of facts that touches, identities or entries of points tell better.
const TOLD_BY_OTHERS: [&str; 13] = [
    "follower.followed",
    "follower.left",
    "follower.found",
    "touch.seen",
    "member.linked",
    "points.given",
    "points.available",
    "points.cancelled",
    "points.spent",
    "points.refunded",
    "points.expired",
    "points.taken_back",
    "points.adjusted",
];

/// Business facts, by whichever name they were recorded.
///
/// # Errors
/// When the database does not answer.
pub async fn events(db: &Db, asked: &Asked) -> Result<Vec<Fact>> {
    let mut subjects: Vec<String> = asked.names.iter().map(ToString::to_string).collect();
    subjects.extend(asked.open_ids.iter().map(|(_, open_id)| open_id.as_str().to_owned()));
    let before = asked.before.map(|Cursor { at, id }| (at, id));
    let facts = facts::about(db.read(), &subjects, &TOLD_BY_OTHERS, before, asked.most).await?;
    Ok(facts
        .into_iter()
        .map(|fact| Fact {
            at: fact.occurred_at,
            source: "event",
            channel: fact.payload.get("account").and_then(|account| account.as_str()?.parse().ok()),
            kind: fact.kind,
            text: None,
            id: fact.id.into(),
        })
        .collect())
}

/// What a page holds, and one fact more when there is more.
///
/// # Errors
/// [`Code::BadRequest`](crate::error::Code::BadRequest) for a cursor that is none.
pub async fn read(db: &Db, timeline: Timeline, member: MemberId, page: &PageQuery) -> Result<Vec<Fact>> {
    let asked = Asked {
        names: identity::names(db.read(), member).await?,
        open_ids: identity::open_ids(db.read(), member).await?,
        before: page.after()?,
        most: page.fetch(),
    };
    let mut facts = try_join_all(timeline.0.iter().map(|source| source(db, &asked))).await?.concat();
    facts.sort_unstable_by_key(|fact| Reverse((fact.at, fact.id)));
    facts.truncate(usize::try_from(asked.most).unwrap_or(usize::MAX));
    Ok(facts)
}
