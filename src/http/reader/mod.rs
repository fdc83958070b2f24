//! What is particular about an error in the language of whoever reads it. In the code it is written in English, as the
//! sentence that stands in the log; here are the Chinese ones. A test of the repository knows every sentence of the code, so
//! that none is without its other half.

mod library;
mod particulars;

use std::borrow::Cow;

/// Stands in a sentence for what varies.
const VARIES: &str = "{}";
/// Between the halves of what is said in both languages at once, as by WeChat's own rules.
const HALVES: [&str; 2] = [" / ", " · "];

/// A sentence in English and in Chinese. What varies is put into the Chinese one in the same order; it may leave out the last.
type Sentence = (&'static str, &'static str);

/// All sentences that our own code says.
pub fn sentences() -> impl Iterator<Item = Sentence> {
    particulars::ALL.iter().copied()
}

/// The text as its reader understands it, and as it is where there are no other words for it.
pub fn told(text: &str, english: bool) -> Cow<'_, str> {
    if let Some((chinese, other)) = halves(text) {
        return Cow::Borrowed(if english { other } else { chinese });
    }
    if english { Cow::Borrowed(text) } else { in_chinese(text).map_or(Cow::Borrowed(text), Cow::Owned) }
}

/// The Chinese sentence of an English one.
pub fn in_chinese(text: &str) -> Option<String> {
    let all = particulars::ALL.iter().chain(library::ALL);
    all.into_iter().find_map(|(english, chinese)| Some(filled(chinese, &variable(english, text)?)))
}

/// Both halves of what is said in both languages: Chinese, then English.
fn halves(text: &str) -> Option<(&str, &str)> {
    let (chinese, english) = HALVES.iter().find_map(|between| text.split_once(between))?;
    (is_chinese(chinese) && !is_chinese(english)).then_some((chinese, english))
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|sign| ('\u{4e00}'..='\u{9fff}').contains(&sign))
}

/// What stands in a text where a sentence varies; none when it is another sentence.
fn variable<'a>(sentence: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let mut parts = sentence.split(VARIES).peekable();
    let mut rest = text.strip_prefix(parts.next()?)?;
    let mut found = Vec::new();
    while let Some(part) = parts.next() {
        let last = parts.peek().is_none();
        let (value, behind) = if last { (rest.strip_suffix(part)?, "") } else { rest.split_once(part)? };
        found.push(value);
        rest = behind;
    }
    rest.is_empty().then_some(found)
}

/// A sentence with values where it varies.
fn filled(sentence: &str, values: &[&str]) -> String {
    let mut parts = sentence.split(VARIES);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for (part, value) in parts.zip(values) {
        text.push_str(value);
        text.push_str(part);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reader_gets_their_own_words() {
        assert_eq!(told("must be after the start", false), "须晚于开始时间");
        assert_eq!(told("must be after the start", true), "must be after the start");
        assert_eq!(told("不能邀请自己 / Nobody can invite themselves", false), "不能邀请自己");
        assert_eq!(told("不能邀请自己 / Nobody can invite themselves", true), "Nobody can invite themselves");
        assert_eq!(told("文件是空的 · the file is empty", true), "the file is empty");
        assert_eq!(told("https://example.com / a", false), "https://example.com / a");
    }

    #[test]
    fn what_varies_is_kept() {
        assert_eq!(told("there are 100 points", false), "现有 100 积分");
        assert_eq!(told("length is lower than 1", false), "长度不能小于 1");
        assert_eq!(told("unknown variant `x`, expected `a` or `b`", false), "不能是“x”");
        assert_eq!(variable("a {} b {}", "a 1 b 2 3"), Some(vec!["1", "2 3"]));
        assert_eq!(variable("{{}}", "{a}, {b}"), Some(vec!["a}, {b"]));
        assert_eq!(variable("a {} b", "a 1 b 2"), None);
        assert_eq!(variable("a", "ab"), None);
    }

    #[test]
    fn both_sentences_of_a_pair_vary_in_the_same_way() {
        for (english, chinese) in particulars::ALL.iter().chain(library::ALL) {
            let varies = |text: &str| text.matches(VARIES).count();
            assert!(varies(chinese) <= varies(english), "{english}");
            assert!(is_chinese(chinese) && !is_chinese(english), "{english}");
        }
    }
}
