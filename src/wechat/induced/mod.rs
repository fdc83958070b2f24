//! Wording that WeChat treats as induced sharing: it forbids to reward, force or trick people into sharing and following
//! (its rules for content behind links, and for mini programs). What stands here only warns; people decide.

mod words;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use self::words::{HARMLESS, Looks, RULES, Rule};

/// Wording that may cost an account its features.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = WordingWarning)]
pub struct Warning {
    /// The rule, in a word that never changes its meaning.
    pub rule: String,
    /// The words that it found.
    pub found: String,
    /// What WeChat has against them.
    pub reason_zh: String,
    /// The same in English.
    pub reason_en: String,
}

/// Endings after which a sentence says something else.
const STOPS: &[char] = &['。', '！', '？', '；', '!', '?', ';', '\n'];

/// Lower case, half width, without what is put between letters to hide words; with where each letter stood.
fn plain(text: &str) -> (String, Vec<usize>) {
    let (mut letters, mut places) = (String::new(), Vec::new());
    let mut before = ' ';
    for (place, letter) in text.char_indices() {
        let letter = match letter {
            '\u{ff01}'..='\u{ff5e}' if !STOPS.contains(&letter) => {
                u32::from(letter).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(letter)
            }
            '轉' => '转',
            '發' => '发',
            '領' => '领',
            '贈' => '送',
            '請' => '请',
            '關' => '关',
            '註' => '注',
            '紅' => '红',
            '獲' => '获',
            '贏' => '赢',
            '賺' => '赚',
            other => other,
        };
        for letter in letter.to_lowercase() {
            let latin = |letter: char| letter.is_ascii_alphanumeric();
            let gap = letter.is_whitespace() && latin(before);
            let kept = letter.is_alphanumeric() || STOPS.contains(&letter) || gap;
            if kept {
                let letter = if letter.is_whitespace() && letter != '\n' { ' ' } else { letter };
                letters.push(letter);
                places.extend(std::iter::repeat_n(place, letter.len_utf8()));
            }
            before = letter;
        }
    }
    (letters, places)
}

/// Where any of the words stand in a text, and how long each is, in order.
fn places_of(text: &str, words: &[&str]) -> Vec<(usize, usize)> {
    let latin = |letter: char| letter.is_ascii_alphabetic();
    let whole = |at: usize, word: &str| {
        let apart = |next: Option<char>| !next.is_some_and(latin);
        !word.starts_with(latin)
            || apart(text.get(..at).and_then(|before| before.chars().next_back()))
                && apart(text.get(at + word.len()..).and_then(|after| after.chars().next()))
    };
    let mut found = Vec::new();
    for word in words {
        let there = text.match_indices(word).map(|(at, _)| at).filter(|at| whole(*at, word));
        found.extend(there.map(|at| (at, word.len())));
    }
    found.sort_unstable();
    found
}

/// Where so many letters end; of Latin letters three are as one.
fn reach(text: &str, far: usize) -> usize {
    let mut left = far * 3;
    for (place, letter) in text.char_indices() {
        let weight = if letter.is_ascii() { 1 } else { 3 };
        match left.checked_sub(weight) {
            Some(rest) => left = rest,
            None => return place,
        }
    }
    text.len()
}

/// Whether what stands here is a part of words that only look like it.
fn harmless(text: &str, at: usize, long: usize) -> bool {
    HARMLESS.iter().any(|word| {
        let around = |start: usize| text.get(start..).is_some_and(|text| text.starts_with(word));
        let first = (at + long).saturating_sub(word.len());
        (first..=at).any(around)
    })
}

/// Where a rule finds something: from, until.
fn finds(looks: &Looks, text: &str) -> Option<(usize, usize)> {
    match looks {
        Looks::Any(words) => places_of(text, words).first().map(|(at, long)| (*at, at + long)),
        Looks::Near(acts, gains, far) => {
            places_of(text, acts).into_iter().filter(|(at, long)| !harmless(text, *at, *long)).find_map(|(at, long)| {
                let behind = text.get(at + long..)?;
                let within = behind.get(..reach(behind, *far))?.split(STOPS).next()?;
                let (gain, gained) = places_of(within, gains).first().copied()?;
                Some((at, at + long + gain + gained))
            })
        }
    }
}

/// What WeChat may have against a text; nothing where it is fine.
pub fn check(text: &str) -> Vec<Warning> {
    let (letters, places) = plain(text);
    let warning = |rule: &Rule| {
        let (from, until) = finds(&rule.looks, &letters)?;
        let start = places.get(from).copied()?;
        let end = places.get(until).copied().unwrap_or(text.len());
        Some(Warning {
            rule: rule.name.to_owned(),
            found: text.get(start..end)?.trim_end().to_owned(),
            reason_zh: rule.zh.to_owned(),
            reason_en: rule.en.to_owned(),
        })
    };
    RULES.iter().filter_map(warning).collect()
}

/// The same for several texts, each rule and finding once.
pub fn check_all<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<Warning> {
    let mut warnings: Vec<Warning> = Vec::new();
    for warning in texts.into_iter().flat_map(check) {
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(text: &str) -> Vec<String> {
        check(text).into_iter().map(|warning| warning.rule).collect()
    }

    #[test]
    fn what_wechat_forbids_is_found_however_it_is_written() {
        for (text, rule) in [
            ("分享得红包", "rewarded_share"),
            ("转发本文到朋友圈即可领取优惠券", "rewarded_share"),
            ("轉發給好友，領紅包", "rewarded_share"),
            ("分 享 到 群 ， 免 费 领", "rewarded_share"),
            ("分★享★送★礼", "rewarded_share"),
            ("Share with friends and get a coupon", "rewarded_share"),
            ("ＳＨＡＲＥ　ｔｏ　ｗｉｎ", "rewarded_share"),
            ("分享后可见完整答案", "share_first"),
            ("转发到 3 个群后解锁", "share_first"),
            ("Share this page to unlock the rest", "share_first"),
            ("邀请好友，各得 20 积分", "rewarded_invitation"),
            ("邀请有礼", "rewarded_invitation"),
            ("关注公众号领取礼品", "rewarded_follow"),
            ("集赞 38 个换咖啡", "crowd_help"),
            ("就差你了，帮我砍一刀", "crowd_help"),
            ("转发保平安", "pressure"),
            ("不转不是中国人", "pressure"),
        ] {
            assert!(rules(text).contains(&rule.to_owned()), "{text}: {:?}", rules(text));
        }
    }

    #[test]
    fn what_only_looks_like_it_is_left_alone() {
        for text in [
            "",
            "周六读书分享会，到店领取座位牌",
            "分享装薯片，买一送一",
            "无需转发，到店即领",
            "内部资料，请勿转发。新人礼包送到家",
            "本月转发量再创新高，获行业好评",
            "凭邀请函入场，领取伴手礼",
            "值得关注的新品，第二件半价送货上门",
            "关注健康，免费体检进社区",
            "谢谢你的分享。下单满 100 送杯子",
            "Our market share wins awards",
            "Looking forward to see you, free entry",
            "The prices are as follows: get one for 9",
            "积分可兑换咖啡",
            "双十一狂欢，红包雨来了",
        ] {
            assert_eq!(rules(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn the_words_are_shown_as_they_were_written() {
        let found = check("新品上市！分享 给好友，即可 领 券").remove(0);
        assert_eq!((found.rule.as_str(), found.found.as_str()), ("rewarded_share", "分享 给好友，即可 领"));
        assert_eq!(check_all(["分享得红包", "分享得红包", "邀请有礼"]).len(), 2);
    }

    #[test]
    fn hostile_texts_are_read_to_their_end() {
        for text in
            ["分享".repeat(5_000), "\u{202e}分\u{200b}享得".to_owned(), "🎁".repeat(3_000), "ſhare ﬆ İ".to_owned()]
        {
            drop(check(&text));
        }
        assert_eq!(rules("\u{202e}分\u{200b}享得红包"), ["rewarded_share"]);
    }
}
