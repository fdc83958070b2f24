//! Who of the brand is calling? Staff, their sessions, and what they may do.
//!
//! A handler names the right it needs in the type of its first argument, `Staff<Chat>`: no route can forget to ask, and
//! who may not call learns nothing else. Its [`Staff::scope`] says of which stores they see the people. Tokens are opaque, 256 bits, stored only as a digest, and end at once when the session or the member of staff is disabled.

pub mod audit;
pub mod http;
pub mod live;
mod password;
mod post;
pub mod rights;
pub mod scan;
mod second_factor;
mod session;
pub mod staff;

pub use entity::admin::staff::Role;

pub use self::{
    post::Post,
    session::{Staff, recognise},
};
