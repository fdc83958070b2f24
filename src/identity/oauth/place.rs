//! Where a visitor wants to go afterwards: a page of ours, and nowhere else.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The path of a page of ours, with its query: `/m/points?tab=1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Place(String);

/// The text leads elsewhere, or nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be the path of a page of ours, such as /m/")]
pub struct Elsewhere;

/// Longer paths are nobody's.
const LONGEST: usize = 1024;

impl FromStr for Place {
    type Err = Elsewhere;

    /// Only what every browser reads as a path on this host: one slash in front, no second one, no backslash (browsers
    /// turn it into a slash), no control characters or blanks (browsers drop them), nothing but ASCII.
    fn from_str(text: &str) -> Result<Self, Elsewhere> {
        let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        let local = text.starts_with('/') && !text.starts_with("//");
        // An authority could only follow a second slash, so `/.//evil` and the like are looked at as browsers do.
        let dots = text.split(['?', '#']).next().is_some_and(|path| path.contains("//") || path.contains("/."));
        if plain && local && !dots && text.len() <= LONGEST { Ok(Self(text.to_owned())) } else { Err(Elsewhere) }
    }
}

impl Place {
    /// The place with one more argument in its query, such as `wechat=refused`.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> String {
        let (page, fragment) =
            self.0.split_once('#').map_or((self.0.as_str(), None), |(page, rest)| (page, Some(rest)));
        let joint = if page.contains('?') { '&' } else { '?' };
        let fragment = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
        format!("{page}{joint}{name}={value}{fragment}")
    }
}

impl TryFrom<String> for Place {
    type Error = Elsewhere;

    fn try_from(text: String) -> Result<Self, Elsewhere> {
        text.parse()
    }
}

impl From<Place> for String {
    fn from(place: Place) -> Self {
        place.0
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn pages_of_ours_are_places_and_everything_else_is_not() {
        for good in ["/", "/m/", "/m/points?tab=1&x=%2F", "/m/#/tiers", "/m/?next=//x"] {
            assert_eq!(good.parse::<Place>().map(String::from), Ok(good.to_owned()));
        }
        let long = format!("/{}", "x".repeat(1024));
        for bad in [
            "",
            "m/",
            "//evil.net",
            "///evil.net",
            "/\\evil.net",
            "\\\\evil.net",
            "https://evil.net",
            "javascript:alert(1)",
            "/m\n/x",
            "/\t/evil.net",
            " /m/",
            "/m/\u{4f1a}",
            "/.//evil.net",
            "/m/../..//evil.net",
            "/m//x",
            &long,
        ] {
            assert!(bad.parse::<Place>().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_argument_is_added_before_the_fragment() {
        let with = |text: &str| text.parse::<Place>().map(|place| place.with("wechat", "refused"));
        assert_eq!(with("/m/"), Ok("/m/?wechat=refused".to_owned()));
        assert_eq!(with("/m/?a=1#/b"), Ok("/m/?a=1&wechat=refused#/b".to_owned()));
    }
}
