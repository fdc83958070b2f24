//! Members share pages, and points follow from visits by other people: never from the tap on "share", of which WeChat tells
//! nothing and which it forbids to reward (K5, R48, R80).
//!
//! Words: a *share campaign* (分享活动) says which pages bring what; its *rules* grow version by version. A *share link*
//! (分享链接) is one member's for one page. A *visit* (访问) is what is known of one visitor and one page in one campaign:
//! through whose link they came first and stayed long enough, what came of it, and why it counts or not. A *second-degree*
//! visit is one to what a visitor of mine shared: it is kept as value (社交价值) for [`value`] and earns nothing.
//!
//! Invariants: [`rules::stand`] is a pure function of the log of one visitor and of the campaign; [`review()`] moves rows,
//! values and rewards to what that function says, and is run after every fact that may matter. So facts may come late, twice
//! and in any order. One visitor counts once for a page. Of what a member earns in a day no more is given than the rules say.
//! Points go out and come back only through the door "value", each with a key of its own.
//!
//! Reacts to dwelling, follows, members who are met, linked, merged, parted and forgotten, purchases and refunds.

pub mod campaign;
pub mod http;
pub mod jobs;
pub mod link;
mod owned;
pub mod review;
pub mod reward;
pub mod robots;
pub mod rules;
pub mod store;
pub mod terms;
pub mod value;

pub use self::{
    owned::{LINKS, REWARDS, VISITS},
    review::review,
};
