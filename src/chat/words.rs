//! Variables in the texts of replies: `{nickname}`, `{account}`, `{date}`.

use crate::{
    infra::clock::{Time, biz_day},
    wechat::message::Reply,
};

/// The variables that a text may hold.
pub const KNOWN: [&str; 3] = ["nickname", "account", "date"];

/// What the variables stand for in one answer.
pub struct Words<'a> {
    /// How to address the person.
    pub nickname: &'a str,
    /// The name of the account.
    pub account: &'a str,
    /// The moment of the answer.
    pub now: Time,
}

/// The first variable of a reply that does not exist.
pub fn unknown(reply: &Reply) -> Option<String> {
    let Reply::Text { content } = reply else { return None };
    variables(content).find(|name| !KNOWN.contains(name)).map(str::to_owned)
}

/// The reply with its variables filled in.
pub fn fill(reply: &Reply, words: &Words<'_>) -> Reply {
    match reply {
        Reply::Text { content } if content.contains('{') => {
            let date = biz_day(words.now).format("%Y-%m-%d").to_string();
            let content = content
                .replace("{nickname}", words.nickname)
                .replace("{account}", words.account)
                .replace("{date}", &date);
            Reply::Text { content }
        }
        other => other.clone(),
    }
}

/// Names in braces: letters and underscores only, so that other braces stay what they are.
fn variables(text: &str) -> impl Iterator<Item = &str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name)
        .filter(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(content: &str) -> Reply {
        Reply::Text { content: content.to_owned() }
    }

    #[test]
    fn variables_are_filled_in_and_other_braces_stay() {
        let words = Words { nickname: "小满", account: "样板店", now: "2026-11-21T16:30:00Z".parse().unwrap() };
        let filled = fill(&text("{nickname}，{account}欢迎你 {date} {} {A}"), &words);
        assert_eq!(filled, text("小满，样板店欢迎你 2026-11-22 {} {A}"));
    }

    #[test]
    fn an_unknown_variable_is_found() {
        assert_eq!(unknown(&text("hi {nick}")).as_deref(), Some("nick"));
        assert_eq!(unknown(&text("hi {nickname} {} {a b}")), None);
    }
}
