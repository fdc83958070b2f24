//! The merchant's own number of a payout, and the checks that every text of a request passes.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize};

use crate::error::FieldError;

/// The merchant's number of one payout, the key by which a repetition is harmless: 1 to 28 letters and digits, which
/// fits both interfaces (pay sections 2.2 and 4.1).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct OutNo(String);

/// Values that break a rule of WeChat Pay, each with its place; found before anything is sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not valid: {}", words(.0))]
pub struct Broken(pub Vec<FieldError>);

fn words(fields: &[FieldError]) -> String {
    let words: Vec<String> = fields.iter().map(|field| format!("{} {}", field.field, field.message)).collect();
    words.join("; ")
}

impl OutNo {
    /// The number as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OutNo {
    type Err = Broken;

    fn from_str(text: &str) -> Result<Self, Broken> {
        if (1..=28).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            Ok(Self(text.to_owned()))
        } else {
            let message = "must be 1 to 28 letters and digits".to_owned();
            Err(Broken(vec![FieldError { field: "number".to_owned(), message }]))
        }
    }
}

impl fmt::Display for OutNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for OutNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for OutNo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Collects what is broken in one request.
#[derive(Default)]
pub(super) struct Checks(Vec<FieldError>);

impl Checks {
    pub(super) fn rule(&mut self, holds: bool, field: &str, message: impl Into<String>) {
        if !holds {
            self.0.push(FieldError { field: field.to_owned(), message: message.into() });
        }
    }

    /// A text of 1 to `most` bytes.
    pub(super) fn bytes(&mut self, field: &str, text: &str, most: usize) {
        self.rule((1..=most).contains(&text.len()), field, format!("must have 1 to {most} bytes in UTF-8"));
        self.plain(field, text);
    }

    /// A text of 1 to `most` characters.
    pub(super) fn characters(&mut self, field: &str, text: &str, most: usize) {
        self.rule((1..=most).contains(&text.chars().count()), field, format!("must have 1 to {most} characters"));
        self.plain(field, text);
    }

    /// WeChat Pay takes characters of at most three bytes, so no emoji, and XML no control characters (pay section 3.7).
    fn plain(&mut self, field: &str, text: &str) {
        self.rule(text.chars().all(|c| c.len_utf8() <= 3), field, "must not hold emoji or other characters of 4 bytes");
        self.rule(!text.chars().any(char::is_control), field, "must not hold control characters");
        self.rule(text.trim() == text, field, "must not begin or end with blanks");
    }

    pub(super) fn end(self) -> Result<(), Broken> {
        if self.0.is_empty() { Ok(()) } else { Err(Broken(self.0)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_letters_and_digits() {
        assert!("plfk2020042013".parse::<OutNo>().is_ok());
        for bad in ["", "a-b", "a_b", "单号", &"1".repeat(29)] {
            assert!(bad.parse::<OutNo>().is_err(), "{bad}");
            assert!(serde_json::from_value::<OutNo>(bad.into()).is_err(), "{bad}");
        }
    }

    #[test]
    fn texts_are_counted_in_bytes_or_characters() {
        let broken = |check: fn(&mut Checks)| {
            let mut checks = Checks::default();
            check(&mut checks);
            checks.end().is_err()
        };
        assert!(!broken(|checks| checks.bytes("x", "十个汉字十个汉字十字", 32)));
        assert!(broken(|checks| checks.bytes("x", "十一个汉字十一个汉字啊", 32)));
        assert!(!broken(|checks| checks.characters("x", &"汉".repeat(32), 32)));
        for bad in ["", "😀", "a\u{0}b", " a", "a\nb"] {
            let mut checks = Checks::default();
            checks.characters("x", bad, 32);
            assert!(checks.end().is_err(), "{bad:?}");
        }
    }
}
