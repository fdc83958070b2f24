//! The values of typed template keywords (protocol section 7.6). WeChat refuses a message for good (47003) when one
//! value breaks its rule, so free text is shortened and everything else is checked before sending.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::error::FieldError;

/// The rule of a keyword, told by its name: `thing2` follows `thing`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Up to 20 characters of any text.
    Thing,
    /// Up to 5 characters of any text.
    ShortThing,
    /// Up to 32 digits, with or without decimals.
    Number,
    /// Up to 32 Latin letters.
    Letter,
    /// Up to 5 symbols.
    Symbol,
    /// Up to 32 letters, digits and symbols; no Chinese.
    CharacterString,
    /// A time of day, with or without a date; also from `~` to.
    Time,
    /// A date, with or without a time of day; also from `~` to.
    Date,
    /// One currency sign and up to 10 digits; may end in 元.
    Amount,
    /// Up to 17 digits and symbols.
    PhoneNumber,
    /// Up to 8 characters of a number plate.
    CarNumber,
    /// Up to 10 Chinese characters or 20 letters and symbols; no digits.
    Name,
    /// Up to 5 Chinese characters.
    Phrase,
    /// One of the values that the template lists; WeChat checks it.
    Listed,
}

/// The values of a message by keyword, each of which keeps to its rule. In JSON, `{"thing1":{"value":"…"}}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TemplateData(BTreeMap<String, String>);

impl TemplateData {
    /// Shortens and checks the values.
    ///
    /// # Errors
    /// One entry for each value that cannot be sent; the values themselves are not repeated.
    pub fn fit<K: Into<String>, V: AsRef<str>>(
        values: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, Vec<FieldError>> {
        let (mut fitting, mut broken) = (BTreeMap::new(), Vec::new());
        for (keyword, value) in values {
            let keyword = keyword.into();
            match fit(&keyword, value.as_ref()) {
                Ok(value) => {
                    fitting.insert(keyword, value);
                }
                Err(why) => broken.push(FieldError { field: keyword, message: why.to_owned() }),
            }
        }
        if broken.is_empty() { Ok(Self(fitting)) } else { Err(broken) }
    }

    /// The values by keyword.
    pub fn values(&self) -> &BTreeMap<String, String> {
        &self.0
    }
}

impl Serialize for TemplateData {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Value<'a> {
            value: &'a str,
        }
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (keyword, value) in &self.0 {
            map.serialize_entry(keyword, &Value { value })?;
        }
        map.end()
    }
}

impl Rule {
    /// The rule of a keyword: its name without the number. `None` for names that WeChat may add.
    pub fn of(keyword: &str) -> Option<Self> {
        Some(match keyword.trim_end_matches(|c: char| c.is_ascii_digit()) {
            "thing" => Self::Thing,
            "short_thing" => Self::ShortThing,
            "number" => Self::Number,
            "letter" => Self::Letter,
            "symbol" => Self::Symbol,
            "character_string" => Self::CharacterString,
            "time" => Self::Time,
            "date" => Self::Date,
            "amount" => Self::Amount,
            "phone_number" => Self::PhoneNumber,
            "car_number" => Self::CarNumber,
            "name" => Self::Name,
            "phrase" => Self::Phrase,
            "enum_string" | "const" => Self::Listed,
            _ => return None,
        })
    }
}

/// The value as it can be sent: without control characters, and shortened where it is free text.
fn fit(keyword: &str, value: &str) -> Result<String, &'static str> {
    let value: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let value = value.trim();
    if value.is_empty() {
        return Err("不能为空 / must not be empty");
    }
    let Some(rule) = Rule::of(keyword) else { return Ok(value.to_owned()) };
    match rule {
        Rule::Thing => Ok(shortened(value, 20)),
        Rule::ShortThing => Ok(shortened(value, 5)),
        Rule::Listed => Ok(value.to_owned()),
        Rule::Letter => {
            check(value.chars().all(|c| c.is_ascii_alphabetic()), "只能是字母 / letters only")?;
            Ok(cut(value, 32))
        }
        Rule::Symbol => {
            check(!value.chars().any(|c| c.is_alphanumeric()), "只能是符号 / symbols only")?;
            Ok(cut(value, 5))
        }
        Rule::CharacterString => {
            check(
                value.chars().all(|c| c.is_ascii_graphic()),
                "只能是字母、数字和符号 / letters, digits and symbols only",
            )?;
            whole(value, 32)
        }
        Rule::Name => {
            check(!value.chars().any(|c| c.is_ascii_digit()), "不能含有数字 / no digits")?;
            Ok(cut(value, if value.is_ascii() { 20 } else { 10 }))
        }
        Rule::Phrase => {
            check(value.chars().all(chinese), "只能是汉字 / Chinese characters only")?;
            Ok(cut(value, 5))
        }
        Rule::Number => {
            check(decimal(value, 32), "只能是 32 位以内的数字 / up to 32 digits")?;
            Ok(value.to_owned())
        }
        Rule::Amount => {
            let bare = value.strip_suffix('元').unwrap_or(value);
            let bare = bare.strip_prefix(['¥', '￥', '$', '€', '£']).unwrap_or(bare);
            check(decimal(bare, 10), "金额为币种符号加 10 位以内数字 / a currency sign and up to 10 digits")?;
            Ok(value.to_owned())
        }
        Rule::PhoneNumber => {
            let fits = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '(' | ')' | ' ' | '*');
            check(value.chars().all(fits), "只能是数字和符号 / digits and symbols only")?;
            whole(value, 17)
        }
        Rule::CarNumber => {
            check(
                value.chars().all(|c| c.is_ascii_alphanumeric() || chinese(c)),
                "车牌号码不正确 / not a number plate",
            )?;
            whole(value, 8)
        }
        Rule::Time => {
            let fits = |point: &str| time_of_day(point) || moment(point);
            check(value.split('~').map(str::trim).all(fits), "时间格式如 15:01 / a time such as 15:01")?;
            Ok(value.to_owned())
        }
        Rule::Date => {
            let fits = |point: &str| date(point) || moment(point);
            check(
                value.split('~').map(str::trim).all(fits),
                "日期格式如 2019年10月1日 / a date such as 2019年10月1日",
            )?;
            Ok(value.to_owned())
        }
    }
}

fn check(kept: bool, why: &'static str) -> Result<(), &'static str> {
    if kept { Ok(()) } else { Err(why) }
}

/// At most `most` characters; a longer text ends in an ellipsis.
fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short = cut(text, most.saturating_sub(1));
    short.push('…');
    short
}

/// The first `most` characters.
fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// The text, which means nothing when it is cut.
fn whole(text: &str, most: usize) -> Result<String, &'static str> {
    check(text.chars().count() <= most, "过长 / too long")?;
    Ok(text.to_owned())
}

fn chinese(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// Up to `most` digits, with a sign and decimals or without.
fn decimal(text: &str, most: usize) -> bool {
    let bare = text.strip_prefix('-').unwrap_or(text);
    let (integer, fraction) = bare.split_once('.').unwrap_or((bare, "0"));
    let digits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    digits(integer) && digits(fraction) && bare.chars().filter(char::is_ascii_digit).count() <= most
}

const DATES: [&str; 3] = ["%Y年%m月%d日", "%Y-%m-%d", "%Y/%m/%d"];
const TIMES: [&str; 2] = ["%H:%M", "%H:%M:%S"];

fn time_of_day(text: &str) -> bool {
    TIMES.iter().any(|format| NaiveTime::parse_from_str(text, format).is_ok())
}

fn date(text: &str) -> bool {
    DATES.iter().any(|format| NaiveDate::parse_from_str(text, format).is_ok())
}

fn moment(text: &str) -> bool {
    let formats = DATES.iter().flat_map(|date| TIMES.iter().map(move |time| format!("{date} {time}")));
    formats.into_iter().any(|format| NaiveDateTime::parse_from_str(text, &format).is_ok())
}

#[cfg(test)]
mod tests;
