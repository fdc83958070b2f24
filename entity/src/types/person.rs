//! How WeChat names people: OpenID per account, UnionID over all accounts of one open-platform binding.
//!
//! Both are personal data: they print masked, and only [`as_str`](OpenId::as_str) and serialisation give the value.

use std::{fmt, str::FromStr};

use super::Invalid;

macro_rules! wechat_names {
    ($($(#[$doc:meta])* $name:ident($what:literal);)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, sea_orm::DeriveValueType)]
        pub struct $name(String);

        impl $name {
            /// The value itself, for WeChat and for queries; never for a log.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let tail: String = self.0.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
                write!(f, concat!($what, "(…{})"), tail)
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            /// Accepts 1 to 64 characters of `[A-Za-z0-9_-]`, which covers every value WeChat was seen to use.
            fn from_str(text: &str) -> Result<Self, Invalid> {
                let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
                if text.is_empty() || text.len() > 64 {
                    Err(Invalid { what: $what, why: "expected 1 to 64 characters" })
                } else if !text.chars().all(plain) {
                    Err(Invalid { what: $what, why: "expected letters, digits, - and _" })
                } else {
                    Ok(Self(text.to_owned()))
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    )*};
}

wechat_names! {
    /// A person as one account sees them (protocol section 5.4).
    OpenId("OpenID");
    /// A person over all accounts bound to one open-platform account (protocol section 5.4).
    UnionId("UnionID");
}

#[cfg(test)]
mod tests {
    use super::OpenId;

    #[test]
    fn an_open_id_never_prints_whole() {
        let id: OpenId = "o6_bmjrPTlm6_2sgVt7hMZOPfL2M".parse().unwrap();
        assert_eq!(format!("{id:?}"), "OpenID(…fL2M)");
        assert_eq!(id.as_str(), "o6_bmjrPTlm6_2sgVt7hMZOPfL2M");
    }

    #[test]
    fn an_open_id_with_markup_is_refused() {
        for bad in ["", "o<script>", "a b", &"x".repeat(65)] {
            assert!(bad.parse::<OpenId>().is_err(), "{bad}");
        }
    }
}
