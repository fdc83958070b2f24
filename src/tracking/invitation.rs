//! The code of an invitation: ten characters of Crockford base32, 50 bits. A scene carries it as `i.<code>`, which fits
//! into the 32 characters that mini programs allow (protocol section 6.2).

use std::{fmt, str::FromStr};

use crate::infra::random::Random;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH: usize = 10;
/// How scenes begin that carry a code.
const SCENE: &str = "i.";
/// How scenes begin that carry the key of a shared page, which is made alike.
const SHARED: &str = "s.";

/// A code that is well-formed; whether it was given out is another question.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(String);

/// The text is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be ten letters and digits")]
pub struct NoCode;

impl Code {
    /// A fresh one.
    pub fn fresh(random: &Random) -> Self {
        let letter = |_| ALPHABET.get(random.below(ALPHABET.len())).copied().map(char::from);
        Self((0..LENGTH).filter_map(letter).collect())
    }

    /// The code that a scene carries, if it carries one.
    pub fn of_scene(scene: &str) -> Option<Self> {
        scene.strip_prefix(SCENE)?.parse().ok()
    }

    /// The scene that carries it.
    pub fn scene(&self) -> String {
        format!("{SCENE}{}", self.0)
    }

    /// The key of a shared page that a scene carries, if it carries one.
    pub fn of_shared_scene(scene: &str) -> Option<Self> {
        scene.strip_prefix(SHARED)?.parse().ok()
    }

    /// The scene that carries it as the key of a shared page.
    pub fn shared_scene(&self) -> String {
        format!("{SHARED}{}", self.0)
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Code {
    type Err = NoCode;

    /// Reads it as people type it: in any case, with blanks and dashes, `o` for 0, `i` and `l` for 1.
    fn from_str(text: &str) -> Result<Self, NoCode> {
        if text.len() > 64 {
            return Err(NoCode);
        }
        let mut code = String::with_capacity(LENGTH);
        for letter in text.chars().filter(|letter| !matches!(letter, ' ' | '-')) {
            let letter = match letter.to_ascii_lowercase() {
                'o' => '0',
                'i' | 'l' => '1',
                other => other,
            };
            let known = u8::try_from(letter).is_ok_and(|letter| ALPHABET.contains(&letter));
            if !known || code.len() == LENGTH {
                return Err(NoCode);
            }
            code.push(letter);
        }
        if code.len() == LENGTH { Ok(Self(code)) } else { Err(NoCode) }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it_and_nothing_else_is_one() {
        let code: Code = "0123456789".parse().unwrap();
        assert_eq!(code.scene(), "i.0123456789");
        assert!(code.scene().len() <= 32);
        assert_eq!(Code::of_shared_scene(&code.shared_scene()), Some(code.clone()));
        assert_eq!((Code::of_scene("s.0123456789"), Code::of_shared_scene("i.0123456789")), (None, None));
        for same in ["o1234-56789", " 0I2 345 6789", "0l23456789", "012345678９".replace('９', "9").as_str()] {
            assert_eq!(same.parse(), Ok(code.clone()), "{same}");
        }
        assert_eq!(Code::of_scene("i.ABCDEFGHJK").map(|code| code.to_string()).as_deref(), Some("abcdefghjk"));
        for scene in [
            "",
            "i.",
            "i.abc",
            "store-7",
            "abcdefghjk",
            "i.abcdefghjkm",
            "i.abcdefghju",
            "i.'; drop table",
            "i.\u{0}bcdefghjk",
            "i.../../etc/p",
            "I.abcdefghjk",
            "i.i.abcdefgh",
            "i.абвгдежзик",
            &format!("i.{}", "a".repeat(10_000)),
        ] {
            assert_eq!(Code::of_scene(scene), None, "{scene:?}");
        }
    }

    #[test]
    fn fresh_codes_are_codes_and_differ() {
        let random = Random::seeded(7);
        let codes: std::collections::BTreeSet<Code> = (0..1_000).map(|_| Code::fresh(&random)).collect();
        assert_eq!(codes.len(), 1_000);
        assert!(codes.iter().all(|code| code.as_str().parse().as_ref() == Ok(code)));
    }
}
