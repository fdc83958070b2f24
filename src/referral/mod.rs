//! Old members bring new ones: what an invitation is worth is derived from what is known, never counted up (R91).
//!
//! Words: a *program* (邀请活动) says what is rewarded; its *rules* grow version by version. A *code* (邀请码) is one member's
//! in one program. A *referral* (邀请) is what is known of one invited person in one program: whose invitation it was
//! (*attribution* 归因), how far it is, and why. The *guard* (风控) looks at invitations among the others; a *finding* may
//! hold one until staff have looked, findings of a kind make an *alert*. A *standing* (排名) is what an inviter has.
//!
//! Invariants: [`rules::stand`] is a pure function of the log of one person and of the program; [`review()`] moves one row,
//! its standing and its rewards to what that function says, and is run after every fact that may matter. So facts may come
//! late, twice and in any order. Rewards go out and come back only through the door "value", each with a key of its own.
//!
//! Emits `referral.moved`. Reacts to touches, follows and leaves, members who are met, linked, merged, parted and forgotten,
//! purchases and refunds.

pub mod carrier;
pub mod code;
pub mod decide;
pub mod events;
pub mod funnel;
pub mod guard;
pub mod http;
pub mod jobs;
mod known;
mod owned;
pub mod poster;
pub mod program;
pub mod proof;
mod review;
pub mod reward;
pub mod rules;
pub mod standing;
pub mod store;
pub mod terms;

pub use self::{
    owned::{APPEALS, CODES, REFERRALS, REWARDS},
    review::review,
};
