//! Amounts: money in fen, and points. They are whole numbers, and arithmetic on them either is exact or fails.
//!
//! [`Fen`] and [`Points`] are never negative; [`FenChange`] and [`PointsChange`] say how much more or less there is. None
//! is greater than what a program in a page can count exactly (2⁵³ − 1), so that no reader of our JSON gets another number.

use std::fmt;

use super::Invalid;

/// The greatest amount, which is the greatest whole number that JavaScript keeps exactly.
const MOST: i64 = 9_007_199_254_740_991;

const TOO_MUCH: &str = "more than can be counted";
const LESS_THAN_NOTHING: &str = "less than nothing";

macro_rules! amounts {
    ($($(#[$doc:meta])* $name:ident changes by $(#[$change_doc:meta])* $change:ident;)*) => {$(
        amounts! { @one $(#[$doc])* $name, 0 }
        amounts! { @one $(#[$change_doc])* $change, -MOST }

        impl $name {
            /// This amount as something that is added.
            pub fn more(self) -> $change {
                $change(self.0)
            }

            /// This amount as something that is taken away.
            pub fn less(self) -> $change {
                $change(-self.0)
            }

            /// What is left or there after a change.
            ///
            /// # Errors
            /// When it would be less than nothing, or more than can be counted.
            pub fn changed(self, by: $change) -> Result<Self, Invalid> {
                Self::of(self.0.checked_add(by.0))
            }
        }

        impl From<u32> for $name {
            fn from(amount: u32) -> Self {
                Self(amount.into())
            }
        }

        impl $change {
            /// How much it is, whichever way it goes.
            pub fn amount(self) -> $name {
                $name(self.0.abs())
            }

            /// Whether something is taken away.
            pub fn is_less(self) -> bool {
                self.0 < 0
            }
        }
    )*};
    (@one $(#[$doc:meta])* $name:ident, $least:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, sea_orm::DeriveValueType)]
        pub struct $name(i64);

        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0);
            /// The most that there can be.
            pub const MAX: Self = Self(MOST);

            /// The amount as a number.
            pub const fn get(self) -> i64 {
                self.0
            }

            /// Whether it is nothing.
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }

            /// Both together.
            ///
            /// # Errors
            /// When it is more than can be counted.
            pub fn checked_add(self, other: Self) -> Result<Self, Invalid> {
                Self::of(self.0.checked_add(other.0))
            }

            /// What is left when `other` is taken away.
            ///
            /// # Errors
            /// When there is not so much.
            pub fn checked_sub(self, other: Self) -> Result<Self, Invalid> {
                Self::of(self.0.checked_sub(other.0))
            }

            /// So many times as much.
            ///
            /// # Errors
            /// When it is more than can be counted, or less than there can be.
            pub fn checked_mul(self, times: i64) -> Result<Self, Invalid> {
                Self::of(self.0.checked_mul(times))
            }

            /// All of them together.
            ///
            /// # Errors
            /// When it is more than can be counted.
            pub fn sum(all: impl IntoIterator<Item = Self>) -> Result<Self, Invalid> {
                all.into_iter().try_fold(Self::ZERO, Self::checked_add)
            }

            fn of(amount: Option<i64>) -> Result<Self, Invalid> {
                amount.ok_or(Invalid { what: stringify!($name), why: TOO_MUCH }).and_then(Self::try_from)
            }
        }

        impl TryFrom<i64> for $name {
            type Error = Invalid;

            fn try_from(amount: i64) -> Result<Self, Invalid> {
                if amount < $least {
                    Err(Invalid { what: stringify!($name), why: LESS_THAN_NOTHING })
                } else if amount > MOST {
                    Err(Invalid { what: stringify!($name), why: TOO_MUCH })
                } else {
                    Ok(Self(amount))
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_i64(self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                i64::deserialize(deserializer)?.try_into().map_err(serde::de::Error::custom)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::Integer)
                    .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::Int64)))
                    .minimum(Some($least))
                    .maximum(Some(MOST))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }
    };
}

amounts! {
    /// Money in fen (分, a hundredth of a yuan). It prints in yuan.
    Fen changes by
    /// More or less money, in fen. It prints in yuan.
    FenChange;
    /// Points (积分).
    Points changes by
    /// More or fewer points.
    PointsChange;
}

macro_rules! prints {
    (in yuan: $($yuan:ident),*; in units: $($plain:ident),*) => {
        $(impl fmt::Display for $yuan {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let sign = if self.0 < 0 { "-" } else { "" };
                write!(f, "{sign}{}.{:02}", self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100)
            }
        })*
        $(impl fmt::Display for $plain {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        })*
    };
}

prints! { in yuan: Fen, FenChange; in units: Points, PointsChange }

#[cfg(test)]
mod tests {
    use super::*;

    fn fen(amount: i64) -> Fen {
        amount.try_into().unwrap()
    }

    #[test]
    fn nothing_is_less_than_nothing_or_more_than_can_be_counted() {
        assert!(Fen::try_from(-1_i64).is_err());
        assert!(Points::try_from(MOST + 1).is_err());
        assert!(fen(1).checked_sub(fen(2)).is_err());
        assert!(Fen::MAX.checked_add(fen(1)).is_err());
        assert!(Fen::MAX.checked_mul(i64::MAX).is_err());
        assert!(fen(2).checked_mul(-1).is_err());
        assert!(Points::sum([Points::MAX, Points::from(1)]).is_err());
        assert!(PointsChange::try_from(-MOST - 1).is_err());
        assert_eq!(fen(3).checked_sub(fen(3)), Ok(Fen::ZERO));
        assert_eq!(Fen::sum([fen(1), fen(2), fen(3)]), Ok(fen(6)));
    }

    #[test]
    fn a_change_takes_no_more_than_there_is() {
        assert_eq!(fen(5).changed(fen(2).less()), Ok(fen(3)));
        assert_eq!(fen(5).changed(fen(2).more()), Ok(fen(7)));
        assert!(fen(5).changed(fen(6).less()).is_err());
        assert!(Fen::MAX.changed(fen(1).more()).is_err());
        assert_eq!(fen(6).less().amount(), fen(6));
        assert!(fen(6).less().is_less() && !fen(6).more().is_less());
    }

    #[test]
    fn money_prints_in_yuan_and_is_written_in_fen() {
        assert_eq!(fen(5).to_string(), "0.05");
        assert_eq!(fen(123_456).to_string(), "1234.56");
        assert_eq!(fen(5).less().to_string(), "-0.05");
        assert_eq!(Points::from(1200).to_string(), "1200");
        assert_eq!(serde_json::to_string(&fen(1234)).unwrap(), "1234");
        assert_eq!(serde_json::from_str::<Points>("7").unwrap(), Points::from(7));
        for bad in ["-1", "1.5", "1e3", "\"1\"", "9007199254740992", "99999999999999999999"] {
            assert!(serde_json::from_str::<Fen>(bad).is_err(), "{bad}");
        }
    }
}
