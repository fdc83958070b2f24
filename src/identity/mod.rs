//! Who is it? Members, what identifies them, and people as WeChat shows them to us.
//!
//! Words: a *member* (会员) is a person. An *identity* (身份) is one OpenID, UnionID, phone, card number or number of
//! another system that is linked to a member; each belongs to one member at a time. A *claim* says that a value belongs
//! to somebody; claims that are shown together are one person's. A *conflict* is evidence that contradicts what is known:
//! nothing is changed by it, staff decide. A *merge* makes two members one and can be undone; the loser stays as another
//! name (*alias*) of the winner. A *follower* (粉丝) is an OpenID that follows an official account; its state changes by
//! what WeChat says and when WeChat says it happened, so pushes that arrive late or twice change nothing.
//!
//! Provably different people are never joined by a rule: different UnionIDs, different OpenIDs of one account, or two
//! phones that were checked. Whoever writes rows that belong to a member asks [`own`] first.
//!
//! A member may have a *home store* (归属门店). Staff who see one store come from an id to a member only by [`seen`], and list
//! with [`within`]. An alias has the home store of whom it names.
//!
//! Emits [`events::Followed`], [`events::Left`], [`events::FollowFound`], and `member.created`, `.linked`, `.merged`, `.unmerged`, `.split`, `.conflict` and `.rehomed`.
//! Withdrawn data is deleted by [`erasure::Erase`].

pub mod belonging;
mod claim;
mod conflict;
mod decide;
mod details;
pub mod erasure;
pub mod events;
mod evidence;
pub mod followers;
mod forgotten;
mod home;
pub mod http;
mod link;
mod member;
pub mod merge;
mod named;
pub mod oauth;
pub mod owned;
pub mod phone;
mod recognise;
mod resolve;
mod rules;
pub mod session;
mod store;
mod summary;
pub mod sync;
pub mod traces;
mod withdraw;

pub use self::{
    claim::{Claim, Claims},
    conflict::undecided,
    evidence::{Evidence, evidence, evidence_of},
    home::{home, homeless, rehome, seen, seen_among, settle, unsettle, within, within_or_nobodys},
    member::{
        current, current_of, find, has_checked_phone, known_by, met_by, names, of_wechat, open_ids, open_ids_of, own,
        own_many,
    },
    named::Named,
    resolve::{Look, Outcome, Seen, look, resolve, resolve_many},
    summary::{Summary, phones, summaries},
    withdraw::{Withdrawn, unlink, withdraw},
};

pub use entity::identity::identity::Source;
