//! Phone numbers in E.164. They are personal data: they print masked, and nothing serialises them.

use std::{fmt, str::FromStr};

use super::Invalid;

/// A phone number such as `+8613800138000`: a plus, the country code and 8 to 15 digits in all.
///
/// There is no serialisation on purpose: an answer shows [`masked`](Self::masked), a table keeps a sealed form.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

/// The country code of numbers that are written without one.
const HOME: &str = "86";

/// What people put between digits.
const SEPARATORS: [char; 8] = [' ', '-', '(', ')', '.', '\u{a0}', '（', '）'];

impl Phone {
    /// The number from a country code and the digits after it, as WeChat tells them (protocol section 8.5).
    ///
    /// # Errors
    /// When they are no number together.
    pub fn from_parts(country_code: &str, national: &str) -> Result<Self, Invalid> {
        format!("+{}{}", country_code.trim_start_matches('+'), national).parse()
    }

    /// The number itself, `+` and digits; for sealing, blind indexes and calls, never for a log.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What may be shown: `138****0001` of a Chinese mobile number, `+85****67` of any other.
    pub fn masked(&self) -> String {
        let (head, digits) = match self.0.strip_prefix("+86") {
            Some(national) if is_mobile(national) => (3, national),
            _ => (3, self.0.as_str()),
        };
        let tail = if digits.starts_with('+') { 2 } else { 4 };
        let head: String = digits.chars().take(head).collect();
        let tail: String = digits.chars().skip(digits.chars().count().saturating_sub(tail)).collect();
        format!("{head}****{tail}")
    }
}

/// Whether these are the eleven digits of a mobile number of mainland China.
fn is_mobile(national: &str) -> bool {
    let mut digits = national.bytes();
    national.len() == 11 && digits.next() == Some(b'1') && digits.next().is_some_and(|digit| digit >= b'3')
}

impl FromStr for Phone {
    type Err = Invalid;

    /// Accepts eleven Chinese digits, `+86…`, `0086…`, `86` and eleven digits, and other numbers with `+` or `00` and
    /// their country code; spaces, dashes, dots and brackets may stand between. Digits may be full-width.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let wrong = |why| Err(Invalid { what: "phone number", why });
        let plain: Option<String> =
            text.chars().filter(|letter| !SEPARATORS.contains(letter)).map(half_width).collect();
        let Some(plain) = plain else { return wrong("expected digits") };
        let international = plain.strip_prefix('+').or_else(|| plain.strip_prefix("00"));
        let digits = match international {
            Some(digits) => digits.to_owned(),
            None if is_mobile(&plain) => format!("{HOME}{plain}"),
            None if plain.strip_prefix(HOME).is_some_and(is_mobile) => plain,
            None => return wrong("expected eleven digits, or + and a country code"),
        };
        if digits.contains('+') || digits.starts_with('0') {
            return wrong("expected a country code");
        }
        if !(8..=15).contains(&digits.len()) {
            return wrong("expected 8 to 15 digits");
        }
        if digits.strip_prefix(HOME).is_some_and(|national| !is_mobile(national)) {
            return wrong("expected a mobile number of eleven digits");
        }
        Ok(Self(format!("+{digits}")))
    }
}

/// A digit or a plus as ASCII writes it.
fn half_width(letter: char) -> Option<char> {
    match letter {
        '0'..='9' | '+' => Some(letter),
        '０'..='９' => char::from_digit(u32::from(letter) - u32::from('０'), 10),
        '＋' => Some('+'),
        _ => None,
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({self})")
    }
}

impl<'de> serde::Deserialize<'de> for Phone {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Phone {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .examples([serde_json::Value::from("+8613800138000")])
            .into()
    }
}

impl utoipa::ToSchema for Phone {
    fn name() -> std::borrow::Cow<'static, str> {
        "Phone".into()
    }
}

#[cfg(test)]
mod tests {
    use super::Phone;

    fn parsed(text: &str) -> Option<String> {
        text.parse::<Phone>().ok().map(|phone| phone.as_str().to_owned())
    }

    #[test]
    fn one_number_has_one_form_however_it_is_written() {
        for text in [
            "13800138000",
            "138 0013 8000",
            "138-0013-8000",
            "+8613800138000",
            "+86 138 0013 8000",
            "008613800138000",
            "8613800138000",
            "１３８００１３８０００",
            "(+86)13800138000",
        ] {
            assert_eq!(parsed(text).as_deref(), Some("+8613800138000"), "{text}");
        }
        assert_eq!(parsed("+852 6123 4567").as_deref(), Some("+85261234567"));
        assert_eq!(parsed("0014155552671").as_deref(), Some("+14155552671"));
        let told = Phone::from_parts("86", "13800138000").unwrap();
        assert_eq!(told.as_str(), "+8613800138000");
        assert_eq!(Phone::from_parts("+852", "61234567").unwrap().as_str(), "+85261234567");
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in
            ["", "1380013800", "138001380000", "12345678901", "abc", "+", "+0123456789", "+8612345", "61234567", "1+2"]
        {
            assert_eq!(parsed(text), None, "{text}");
        }
        assert_eq!(parsed("+1234567890123456"), None);
    }

    #[test]
    fn a_number_never_prints_whole() {
        let home: Phone = "13800130001".parse().unwrap();
        assert_eq!((format!("{home}"), format!("{home:?}")), ("138****0001".into(), "Phone(138****0001)".into()));
        let abroad: Phone = "+85261234567".parse().unwrap();
        assert_eq!(abroad.to_string(), "+85****67");
    }
}
