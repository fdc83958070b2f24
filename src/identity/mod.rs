//! Who is it? People as WeChat shows them to us.
//!
//! Words: a *follower* (粉丝) is an OpenID that follows an official account. Its state changes by what WeChat says and
//! when WeChat says it happened, so pushes that arrive late or twice change nothing.
//!
//! Emits [`events::Followed`], [`events::Left`]. Withdrawn data is deleted by [`erasure::Erase`].

pub mod belonging;
pub mod erasure;
pub mod events;
pub mod followers;
pub mod http;
pub mod sync;
