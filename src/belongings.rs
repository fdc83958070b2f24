//! TABLE: what belongs to a person, one line per table. Erasure and merges walk the list in this order, undoing a merge
//! walks it backwards.

use entity::admin::staff_wechat;
use futures_util::future::FutureExt;
use sea_orm::{EntityTrait, QueryFilter};
use serde_json::json;

use crate::{
    chat, identity,
    identity::belonging::{Belonging, OnMerge},
    members::{self, timeline::Source},
    orders, points, reach, referral, rewards, share, tracking,
};

/// The table. Messages stand before their conversations, as they are found through them.
pub const BELONGINGS: &[Belonging] = &[
    chat::MESSAGES,
    chat::CONVERSATIONS,
    reach::WINDOWS,
    reach::DELIVERIES,
    reach::permits::PERMITS,
    reach::MESSAGES,
    tracking::behaviours::BEHAVIOURS,
    tracking::touches::TOUCHES,
    tracking::channel::people::PEOPLE,
    members::import::IMPORT_ROWS,
    referral::REFERRALS,
    referral::REWARDS,
    referral::CODES,
    referral::APPEALS,
    share::VISITS,
    share::REWARDS,
    share::LINKS,
    orders::PURCHASES,
    identity::traces::PUSHES,
    identity::traces::EVENTS,
    identity::traces::JOBS,
    identity::traces::ANSWERS,
    identity::erasure::FOLLOWER,
    identity::session::SESSIONS,
    identity::session::KEYS,
    STAFF,
    rewards::PAYOUTS,
    rewards::GRANTS,
    rewards::COUNTERS,
    rewards::BLOCKS,
    members::PROFILES,
    members::VALUES,
    members::import::STANDINGS,
    members::ACCESSES,
    members::CONSENTS,
    members::picture::PICTURES,
    members::EXPORTS,
    members::ERASURES,
    points::ACCOUNTS,
    points::LOTS,
    points::ENTRIES,
    points::DRAWS,
    points::DIFFERENCES,
    points::COUNTERS,
    identity::owned::IDENTITIES,
    identity::owned::CONFLICTS,
    identity::owned::MOVES,
    identity::owned::MEMBERS,
];

/// How they sign in to the console, if they are staff, too. It stands here because staff know nobody's identity; whoever is
/// forgotten goes on with the password.
const STAFF: Belonging = Belonging {
    table: "staff_wechat",
    begin: None,
    on_merge: OnMerge::Stay,
    erase: |tx, owner, data| {
        let (account, open_id) = (staff_wechat::Column::Account, staff_wechat::Column::OpenId);
        owner.delete::<staff_wechat::Entity>(tx, data, account, open_id).boxed_local()
    },
    export: Some(|db, _, owner| {
        async move {
            let theirs = owner.rows(staff_wechat::Column::Account, staff_wechat::Column::OpenId);
            let rows = staff_wechat::Entity::find().filter(theirs).all(db.read()).await?;
            Ok(rows.into_iter().map(|row| json!({ "account": row.account, "linked_at": row.linked_at })).collect())
        }
        .boxed_local()
    }),
};

/// What of it stands in their timeline.
pub const TIMELINE: &[Source] = &[
    |db, asked| members::timeline::events(db, asked).boxed_local(),
    |db, asked| tracking::touches::facts(db, asked).boxed_local(),
    |db, asked| tracking::behaviours::facts(db, asked).boxed_local(),
    |db, asked| chat::timeline::facts(db, asked).boxed_local(),
    |db, asked| points::timeline::facts(db, asked).boxed_local(),
    |db, asked| reach::timeline::facts(db, asked).boxed_local(),
];
