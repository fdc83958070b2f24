//! Who people are: followers, how they are kept in step with WeChat, and what they withdraw.

pub mod erasure;
pub mod follower;
pub mod follower_sync;
