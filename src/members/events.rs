//! Facts about what members are like. They name fields and no values.

use entity::{
    members::{consent::Purpose, profile::Source},
    types::{MemberErasureId, MemberId},
};
use serde::{Deserialize, Serialize};

use crate::infra::db::Event;

macro_rules! about_a_member {
    ($($event:ident = $kind:literal;)*) => {$(
        impl Event for $event {
            const KIND: &'static str = $kind;

            fn subject(&self) -> Option<String> {
                Some(self.member.to_string())
            }
        }
    )*};
}

about_a_member! {
    ProfileChanged = "member.profile_changed";
    ValuesChanged = "member.values_changed";
    ConsentGiven = "member.consent_given";
    ErasureConfirmed = "member.erasure_confirmed";
}

/// Fields of a profile changed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ProfileChanged {
    /// Whose.
    pub member: MemberId,
    /// Which.
    pub fields: Vec<String>,
    /// Who told them.
    pub source: Source,
}

/// Values of attributes changed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ValuesChanged {
    /// Whose.
    pub member: MemberId,
    /// The keys of the attributes.
    pub keys: Vec<String>,
    /// Who told them.
    pub source: Source,
}

/// A member said what their data may be used for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ConsentGiven {
    /// Who.
    pub member: MemberId,
    /// For what.
    pub purpose: Purpose,
    /// Yes or no.
    pub granted: bool,
}

/// A member wants to be forgotten, and has said it twice.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ErasureConfirmed {
    /// Who.
    pub member: MemberId,
    /// The wish.
    pub erasure: MemberErasureId,
}
