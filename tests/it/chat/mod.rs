//! A follower chatting with the official account, and staff behind it.

mod canned;
mod inbox;
mod replies;
mod rules;
