//! A reply rule: when it applies, what it says and does.

use chrono::NaiveTime;
use entity::{
    chat::{conversation, reply_rule},
    types::{AccountKey, ReferralProgramId, ReplyRuleId},
};
use garde::Validate;
use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::words;
use crate::{
    error::{Error, Result},
    wechat::message::Reply,
};

/// Compiled size of one regular expression, in bytes. Matching is linear in the text by construction.
const PATTERN_SIZE: usize = 64 * 1024;

/// When a rule applies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// What must have happened.
    #[garde(dive)]
    pub on: Trigger,
    /// Only at this time of day in Asia/Shanghai; a span may pass midnight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    pub hours: Option<Hours>,
}

/// What must have happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = ReplyTrigger)]
pub enum Trigger {
    /// Somebody followed for the first time.
    Follow(#[garde(skip)] Always),
    /// Somebody who had left followed again. Without such a rule the one for `follow` applies.
    Return(#[garde(skip)] Always),
    /// Somebody wrote exactly one of these words; case and surrounding blanks do not matter.
    Exact(#[garde(length(min = 1, max = 50), inner(length(chars, min = 1, max = 100)))] Vec<String>),
    /// Somebody wrote something that contains one of these words.
    Contains(#[garde(length(min = 1, max = 50), inner(length(chars, min = 1, max = 100)))] Vec<String>),
    /// Somebody wrote something that this regular expression finds.
    Pattern(#[garde(length(chars, min = 1, max = 500), custom(is_pattern))] String),
    /// Somebody tapped the menu item of this key, or the item of this id in a menu message.
    Menu(#[garde(length(bytes, min = 1, max = 128))] String),
    /// Somebody wrote anything that no other rule answers.
    Default(#[garde(skip)] Always),
}

/// `true`: the rule needs nothing more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "bool", into = "bool")]
pub struct Always;

impl utoipa::PartialSchema for Always {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::Boolean)
            .enum_values(Some([true]))
            .into()
    }
}

impl ToSchema for Always {}

impl TryFrom<bool> for Always {
    type Error = &'static str;

    fn try_from(value: bool) -> std::result::Result<Self, &'static str> {
        if value { Ok(Self) } else { Err("must be true; disable the rule instead") }
    }
}

impl From<Always> for bool {
    fn from(_: Always) -> Self {
        true
    }
}

/// A span of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// From this time on, such as `09:00:00`.
    pub from: NaiveTime,
    /// Up to, but without, this time.
    pub to: NaiveTime,
}

impl Hours {
    /// Whether a time of day lies in the span.
    pub fn hold(&self, time: NaiveTime) -> bool {
        if self.from <= self.to { self.from <= time && time < self.to } else { self.from <= time || time < self.to }
    }
}

/// What a rule says and does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// What is said, in this order. The first one answers the push itself where WeChat allows it.
    #[serde(default)]
    #[garde(length(max = 5), dive, custom(know_words))]
    pub replies: Vec<Reply>,
    /// Whether they are sent a poster by which they can invite friends; it follows what is said, and takes a moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    pub poster: Option<Poster>,
    /// Who answers from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    pub hand_over: Option<conversation::State>,
}

/// A poster that an answer promises.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = PosterAnswer)]
pub struct Poster {
    /// For this program of invitations; for the newest that is open without it.
    pub program: Option<ReferralProgramId>,
}

/// A rule, ready to be tried.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its row.
    pub id: ReplyRuleId,
    /// The account it speaks for.
    pub account: AccountKey,
    /// When it applies.
    pub condition: Condition,
    /// What it says and does.
    pub action: Action,
    /// The words of its condition, as [`plain`] text.
    pub words: Vec<String>,
    pattern: Option<Regex>,
}

/// A text as words are compared: without blanks around it, in lower case.
pub fn plain(text: &str) -> String {
    text.trim().to_lowercase()
}

impl Rule {
    /// Reads a stored rule.
    ///
    /// # Errors
    /// When the row was not written by this program.
    pub fn read(row: reply_rule::Model) -> Result<Self> {
        let condition: Condition = serde_json::from_value(row.condition)?;
        let pattern = match &condition.on {
            Trigger::Pattern(pattern) => Some(compile(pattern).map_err(Error::internal)?),
            _ => None,
        };
        let words = match &condition.on {
            Trigger::Exact(words) | Trigger::Contains(words) => words.iter().map(|word| plain(word)).collect(),
            _ => Vec::new(),
        };
        let action = serde_json::from_value(row.action)?;
        Ok(Self { id: row.id, account: row.account, condition, action, words, pattern })
    }

    /// Whether the rule's regular expression finds something in a text.
    pub fn finds(&self, text: &str) -> bool {
        self.pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
    }
}

fn compile(pattern: &str) -> std::result::Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).case_insensitive(true).size_limit(PATTERN_SIZE).dfa_size_limit(PATTERN_SIZE * 4).build()
}

fn is_pattern(pattern: &str, (): &()) -> garde::Result {
    match compile(pattern) {
        Ok(_) => Ok(()),
        Err(regex::Error::CompiledTooBig(_)) => Err(garde::Error::new("is too large a regular expression")),
        Err(_) => Err(garde::Error::new("is not a regular expression")),
    }
}

fn know_words(replies: &[Reply], (): &()) -> garde::Result {
    match replies.iter().find_map(words::unknown) {
        None => Ok(()),
        Some(word) => {
            let known = words::KNOWN.join("}, {");
            Err(garde::Error::new(format!("knows no {{{word}}}; there are {{{known}}}")))
        }
    }
}
