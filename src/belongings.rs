//! TABLE: what belongs to a person, one line per table. Erasure and merges walk the list in this order, undoing a merge
//! walks it backwards.

use futures_util::future::FutureExt;

use crate::{
    chat, identity,
    identity::belonging::Belonging,
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

/// What of it stands in their timeline.
pub const TIMELINE: &[Source] = &[
    |db, asked| members::timeline::events(db, asked).boxed_local(),
    |db, asked| tracking::touches::facts(db, asked).boxed_local(),
    |db, asked| tracking::behaviours::facts(db, asked).boxed_local(),
    |db, asked| chat::timeline::facts(db, asked).boxed_local(),
    |db, asked| points::timeline::facts(db, asked).boxed_local(),
    |db, asked| reach::timeline::facts(db, asked).boxed_local(),
];
