//! What members are like: profile, attributes, what they allow, and their say over all of it (R1, R5-R7, R14, R15, R20-R23).
//!
//! Words: a *profile* (档案) has the fields that every brand knows; an *attribute* (自定义属性) is a field that the brand
//! has declared as data, its *value* is one member's. Every field and value says who told it and when. A *scene* (场景) is
//! an occasion for which staff may read what is otherwise masked or sealed.
//!
//! Invariants: a member has a profile from the moment they exist. A blank never takes the place of a value, worse evidence
//! never that of better. Whatever is read whole is noted with who, what, which scene and why, before it is told. Sensitive
//! values are sealed, and look the same to everybody who has no scene.
//!
//! Emits `member.profile_changed` and `member.values_changed`, which name fields and no values.

pub mod access;
pub mod attribute;
pub mod consent;
pub mod erasure;
pub mod events;
pub mod export;
pub mod http;
pub mod import;
mod owned;
pub mod picture;
pub mod profile;
pub mod retention;
mod rules;
pub mod sheet;
pub mod shown;
pub mod timeline;
pub mod value;

pub use entity::members::{
    consent::Purpose,
    profile::{JoinedBy, Source},
};

pub use self::owned::{ACCESSES, CONSENTS, ERASURES, EXPORTS, PROFILES, VALUES};
