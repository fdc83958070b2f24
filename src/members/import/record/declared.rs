//! Cells of the fields that the brand has declared.

use entity::members::attribute::{Class, Kind};
use serde_json::Value;

use super::{
    Flaw,
    value::{day, points},
};
use crate::members::attribute::Attribute;

/// A value of a declared field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// Which field.
    pub key: String,
    /// Whether it is sealed.
    pub sensitive: bool,
    /// What the value says of a person.
    pub class: Class,
    /// The value as it is stored.
    pub value: Value,
}

impl Declared {
    /// Reads a cell as a value of an attribute.
    pub(super) fn read(attribute: &Attribute, cell: &str) -> Result<Self, Flaw> {
        let row = &attribute.row;
        let said: Value = match row.kind {
            Kind::Text => cell.into(),
            Kind::Number => match cell.strip_prefix('-') {
                Some(positive) => points(positive).map(|number| -number),
                None => points(cell),
            }
            .map_err(|_not_whole| Flaw::Attribute)?
            .into(),
            Kind::Date => day(cell).ok_or(Flaw::Attribute)?.to_string().into(),
            Kind::Flag => flag(cell).ok_or(Flaw::Attribute)?.into(),
            Kind::Choice => choice(attribute, cell).into(),
            Kind::List => cell
                .split(['、', ',', '，', ';', '；', '|'])
                .map(str::trim)
                .filter(|word| !word.is_empty())
                .map(|word| choice(attribute, word))
                .collect::<Vec<_>>()
                .into(),
        };
        let value = attribute.check(&said).map_err(|_why| Flaw::Attribute)?;
        Ok(Self { key: row.key.clone(), sensitive: row.sensitive, class: row.class, value })
    }
}

fn flag(cell: &str) -> Option<bool> {
    match cell.to_lowercase().as_str() {
        "是" | "有" | "对" | "yes" | "y" | "true" | "1" => Some(true),
        "否" | "无" | "没有" | "不" | "no" | "n" | "false" | "0" => Some(false),
        _ => None,
    }
}

/// What is chosen, which may be written in words.
fn choice(attribute: &Attribute, word: &str) -> String {
    let choices = &attribute.rule.choices;
    let named = choices.iter().find(|choice| choice.label_zh == word || choice.label_en.eq_ignore_ascii_case(word));
    named.map_or(word, |choice| choice.value.as_str()).to_owned()
}
