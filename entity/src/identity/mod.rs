//! Who people are: members and what identifies them, how they were merged and what contradicts; followers, how they are
//! kept in step with WeChat, and what they withdraw.

pub mod conflict;
pub mod erasure;
pub mod follower;
pub mod follower_sync;
pub mod forgotten;
#[expect(clippy::module_inception, reason = "the domain is named after its main table")]
pub mod identity;
pub mod identity_link;
pub mod member;
pub mod merge;
pub mod merge_move;
pub mod session;
pub mod wechat_session;
