//! Attributes: fields that the brand declares as data, with what a value of each must be (R6, R7).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entity::members::attribute::{ActiveModel, Class, Column, Entity, Kind, Model};
use garde::Validate;
use regex::RegexBuilder;
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, EntityTrait, IntoActiveModel, QueryOrder, TryInsertResult, sea_query::OnConflict,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    error::{Code, Error, Result},
    infra::db::Tx,
};

/// The longest text of a value, in characters.
const LONGEST: usize = 1000;
/// The most entries of a list.
const MOST: usize = 50;
/// The most memory of a compiled pattern, in bytes.
const PATTERN: usize = 64 * 1024;

/// What a value must be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = AttributeRule)]
pub struct Rule {
    /// Of text: a regular expression that the whole of it must match.
    #[garde(inner(length(min = 1, max = 200)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// Of text: the most characters.
    #[garde(inner(range(min = 1, max = LONGEST)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<usize>,
    /// Of text: that it is a resident identity-card number (GB 11643), check digit included.
    #[garde(skip)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub resident_id: bool,
    /// Of numbers: the least.
    #[garde(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// Of numbers: the greatest.
    #[garde(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// Of choices and lists: what can be chosen.
    #[garde(length(max = 200), dive)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
}

/// Something that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AttributeChoice)]
pub struct Choice {
    /// What is stored.
    #[garde(length(chars, min = 1, max = 60))]
    pub value: String,
    /// How it reads in Chinese.
    #[garde(length(chars, min = 1, max = 60))]
    pub label_zh: String,
    /// How it reads in English.
    #[garde(length(chars, min = 1, max = 60))]
    pub label_en: String,
}

/// What staff may change of an attribute at any time. Values that are there stay as they are.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AttributeDraft)]
pub struct Draft {
    /// How it is called in Chinese.
    #[garde(length(chars, min = 1, max = 60))]
    pub label_zh: String,
    /// How it is called in English.
    #[garde(length(chars, min = 1, max = 60))]
    pub label_en: String,
    /// What values say of a person.
    #[garde(skip)]
    pub class: Class,
    /// What a value must be.
    #[garde(dive)]
    #[serde(default)]
    pub rule: Rule,
    /// Takes no new values any more.
    #[garde(skip)]
    #[serde(default)]
    pub retired: bool,
}

/// An attribute as it is declared.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Its row.
    pub row: Model,
    /// What a value must be.
    pub rule: Rule,
}

impl TryFrom<Model> for Attribute {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self> {
        Ok(Self { rule: serde_json::from_value(row.rule.clone())?, row })
    }
}

/// Declares an attribute.
///
/// # Errors
/// [`Code::Invalid`] for a key or rule that will not do; [`Code::Conflict`] when the key is taken.
pub async fn declare(tx: &Tx, key: &str, kind: Kind, sensitive: bool, draft: &Draft) -> Result<Attribute> {
    check_rule(kind, sensitive, &draft.rule)?;
    let row = Model {
        key: key.to_owned(),
        label_zh: draft.label_zh.clone(),
        label_en: draft.label_en.clone(),
        kind,
        class: draft.class,
        sensitive,
        rule: serde_json::to_value(&draft.rule)?,
        retired: draft.retired,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    let unless_taken = OnConflict::column(Column::Key).do_nothing().to_owned();
    let insert = Entity::insert(row.clone().into_active_model()).on_conflict(unless_taken).try_insert();
    match insert.exec_without_returning(tx.db()).await? {
        TryInsertResult::Inserted(1) => row.try_into(),
        _ => Err(Error::new(Code::Conflict).detail("there is an attribute with this key")),
    }
}

/// Changes an attribute. What values are, and whether they are sealed, never changes.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::Invalid`] for a rule that will not do.
pub async fn change(tx: &Tx, key: &str, draft: &Draft) -> Result<Attribute> {
    let Attribute { row, .. } = get(tx.db(), key).await?;
    check_rule(row.kind, row.sensitive, &draft.rule)?;
    let changed = ActiveModel {
        label_zh: Set(draft.label_zh.clone()),
        label_en: Set(draft.label_en.clone()),
        class: Set(draft.class),
        rule: Set(serde_json::to_value(&draft.rule)?),
        retired: Set(draft.retired),
        updated_at: Set(tx.now()),
        ..row.into_active_model()
    };
    Entity::update(changed).exec(tx.db()).await?.try_into()
}

/// The attribute of a key.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn get(db: &impl ConnectionTrait, key: &str) -> Result<Attribute> {
    let row = Entity::find_by_id(key.to_owned()).one(db).await?;
    row.ok_or_else(|| Error::new(Code::NotFound))?.try_into()
}

/// Every attribute by its key, the retired ones too.
///
/// # Errors
/// When the database does not answer.
pub async fn all(db: &impl ConnectionTrait) -> Result<BTreeMap<String, Attribute>> {
    let rows = Entity::find().order_by_asc(Column::Key).all(db).await?;
    rows.into_iter().map(|row| Ok((row.key.clone(), row.try_into()?))).collect()
}

/// A rule must be one for its kind of values.
fn check_rule(kind: Kind, sensitive: bool, rule: &Rule) -> Result<()> {
    let misplaced = |field: &str| Err(Error::invalid(format!("rule.{field}"), "is not for this kind of attribute"));
    let text = kind == Kind::Text;
    if !text && rule.pattern.is_some() {
        return misplaced("pattern");
    }
    if !text && rule.max_length.is_some() {
        return misplaced("max_length");
    }
    if !text && rule.resident_id {
        return misplaced("resident_id");
    }
    if kind != Kind::Number && (rule.min.is_some() || rule.max.is_some()) {
        return misplaced(if rule.min.is_some() { "min" } else { "max" });
    }
    if !matches!(kind, Kind::Choice | Kind::List) && !rule.choices.is_empty() {
        return misplaced("choices");
    }
    if kind == Kind::Choice && rule.choices.is_empty() {
        return Err(Error::invalid("rule.choices", "must name what can be chosen"));
    }
    let different: std::collections::BTreeSet<&str> = rule.choices.iter().map(|choice| choice.value.as_str()).collect();
    if different.len() < rule.choices.len() {
        return Err(Error::invalid("rule.choices", "must differ"));
    }
    if rule.resident_id && !sensitive {
        return Err(Error::invalid("sensitive", "an identity-card number is sensitive"));
    }
    rule.pattern.as_deref().map_or(Ok(()), |pattern| compiled(pattern).map(drop))
}

fn compiled(pattern: &str) -> Result<regex::Regex> {
    RegexBuilder::new(&format!("^(?:{pattern})$")).size_limit(PATTERN).build().map_err(|_too_long_to_repeat| {
        Error::invalid("rule.pattern", "is not a regular expression, or too large a one")
    })
}

impl Attribute {
    /// The value as it is stored, if it is one for this attribute.
    ///
    /// # Errors
    /// What is wrong with it, in words that never repeat it.
    pub fn check(&self, value: &Value) -> Result<Value, String> {
        let rule = &self.rule;
        match (self.row.kind, value) {
            (Kind::Text, Value::String(text)) => self.text(text.trim()).map(Value::from),
            (Kind::Number, Value::Number(number)) => {
                let number = number.as_i64().ok_or("must be a whole number")?;
                match (rule.min, rule.max) {
                    (Some(min), _) if number < min => Err(format!("must be at least {min}")),
                    (_, Some(max)) if number > max => Err(format!("must be at most {max}")),
                    _ => Ok(number.into()),
                }
            }
            (Kind::Date, Value::String(text)) => match text.parse::<NaiveDate>() {
                Ok(day) => Ok(day.to_string().into()),
                Err(_why) => Err("must be a day such as 2026-11-21".to_owned()),
            },
            (Kind::Flag, Value::Bool(_)) => Ok(value.clone()),
            (Kind::Choice, Value::String(text)) => self.chosen(text).map(Value::from),
            (Kind::List, Value::Array(entries)) => {
                let words = entries.iter().map(|entry| self.chosen(entry.as_str().ok_or("must be a list of words")?));
                let mut words = words.collect::<Result<Vec<String>, String>>()?;
                let mut seen = std::collections::BTreeSet::new();
                words.retain(|word| seen.insert(word.clone()));
                if words.len() > MOST { Err(format!("must have at most {MOST} entries")) } else { Ok(words.into()) }
            }
            (kind, _) => Err(format!("must be {}", expected(kind))),
        }
    }

    fn text(&self, text: &str) -> Result<String, String> {
        let most = self.rule.max_length.unwrap_or(LONGEST);
        if text.is_empty() || text.chars().count() > most || text.chars().any(char::is_control) {
            return Err(format!("must be one line of 1 to {most} characters"));
        }
        if self.rule.resident_id && !is_resident_id(text) {
            return Err("is not an identity-card number".to_owned());
        }
        match self.rule.pattern.as_deref().map(compiled) {
            Some(Ok(pattern)) if !pattern.is_match(text) => Err("does not have the expected form".to_owned()),
            Some(Err(error)) => Err(error.to_string()),
            Some(Ok(_)) | None => Ok(text.to_owned()),
        }
    }

    fn chosen(&self, word: &str) -> Result<String, String> {
        let word = word.trim();
        let known = self.rule.choices.iter().any(|choice| choice.value == word);
        let free = self.rule.choices.is_empty() && (1..=60).contains(&word.chars().count());
        if known || free { Ok(word.to_owned()) } else { Err("is none of the choices".to_owned()) }
    }
}

fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Number => "a whole number",
        Kind::Date => "a day such as 2026-11-21",
        Kind::Flag => "true or false",
        Kind::Choice => "one of the choices",
        Kind::List => "a list",
    }
}

/// Whether these are 17 digits and the check digit of ISO 7064, MOD 11-2 (GB 11643-1999).
fn is_resident_id(text: &str) -> bool {
    let value = |(place, letter): (usize, char)| match letter {
        'X' if place == 17 => Some(10),
        digit => digit.to_digit(10),
    };
    let Some(digits) = text.chars().enumerate().map(value).collect::<Option<Vec<u32>>>() else { return false };
    // Each digit weighs twice as much as the one to its right, modulo 11.
    let sum = digits.iter().fold(0, |sum, digit| (sum * 2 + digit) % 11);
    digits.len() == 18 && sum == 1
}
