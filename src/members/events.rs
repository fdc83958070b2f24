//! Facts about what members are like. They name fields and no values.

use entity::{members::profile::Source, types::MemberId};
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
