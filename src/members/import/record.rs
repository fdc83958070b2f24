//! From a row to what it says of one person, or to why it says nothing that can be used.

mod declared;
mod value;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entity::{
    members::{attribute::Class, profile::Sex},
    types::Phone,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use self::declared::Declared;
use self::value::{birthday, free, identifier, joined_at, points, sex};
use super::{
    mapping::{Field, Mapping},
    read::{Limits, Row},
};
use crate::{infra::clock::Time, members::attribute::Attribute};

/// Why a cell cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportFlaw)]
pub enum Flaw {
    /// No phone, card or customer number: nothing says who it is.
    NobodyNamed,
    /// More cells than headings.
    TooManyCells,
    /// Longer than a cell may be.
    TooLong,
    /// Letters that could not be read in the file's encoding.
    UnreadableText,
    /// No phone number.
    Phone,
    /// A number that a spreadsheet has cut, such as 6.22848E+18.
    CutNumber,
    /// A card or customer number with letters that none has, or a blank inside.
    Number,
    /// Neither 男 nor 女.
    Sex,
    /// No day, or one that cannot be a birthday.
    Birthday,
    /// No day or moment, or one to come.
    JoinedAt,
    /// No whole number of points.
    Points,
    /// Not what the brand has declared for this field.
    Attribute,
}

impl Flaw {
    /// Its code, as files and answers write it.
    pub fn code(self) -> &'static str {
        match self {
            Self::NobodyNamed => "nobody_named",
            Self::TooManyCells => "too_many_cells",
            Self::TooLong => "too_long",
            Self::UnreadableText => "unreadable_text",
            Self::Phone => "phone",
            Self::CutNumber => "cut_number",
            Self::Number => "number",
            Self::Sex => "sex",
            Self::Birthday => "birthday",
            Self::JoinedAt => "joined_at",
            Self::Points => "points",
            Self::Attribute => "attribute",
        }
    }

    /// The reason for staff.
    pub fn reason(self) -> &'static str {
        match self {
            Self::NobodyNamed => "没有手机号、卡号或客户编号 · no phone, card or customer number",
            Self::TooManyCells => "单元格多于表头 · more cells than headings",
            Self::TooLong => "内容过长 · too long",
            Self::UnreadableText => "含有无法识别的文字 · text that cannot be read",
            Self::Phone => "手机号无效 · not a phone number",
            Self::CutNumber => {
                "号码已被表格软件截断，请将该列设为文本后重新导出 · the spreadsheet has cut this number: format the column as text"
            }
            Self::Number => "号码含有无效字符 · not a card or customer number",
            Self::Sex => "性别应为男或女 · must be 男 or 女",
            Self::Birthday => "生日无效 · not a birthday",
            Self::JoinedAt => "日期无效 · not a day",
            Self::Points => "积分应为非负整数 · must be a whole number of points",
            Self::Attribute => "不符合该字段的要求 · not what this field may be",
        }
    }
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The column, from 0; none when it is the row.
    pub column: Option<usize>,
    /// Why.
    pub flaw: Flaw,
}

/// What a row says of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    pub phone: Option<Phone>,
    /// Cards: issuer and number.
    pub cards: Vec<(String, String)>,
    /// Customer numbers: system and number.
    pub externals: Vec<(String, String)>,
    pub name: Option<String>,
    pub sex: Option<Sex>,
    pub birthday: Option<NaiveDate>,
    pub region: Option<String>,
    pub joined_at: Option<Time>,
    pub store: Option<String>,
    pub tier: Option<String>,
    pub points: Option<i64>,
    /// Values of declared fields.
    pub attributes: Vec<Declared>,
}

/// How the rows of a file are read.
pub struct Reading {
    /// What its columns mean.
    pub mapping: Mapping,
    /// What the brand has declared.
    pub attributes: BTreeMap<String, Attribute>,
    /// What a cell may be.
    pub limits: Limits,
    /// Today is not later than this.
    pub now: Time,
}

impl Record {
    /// Reads a row.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(row: &Row, reading: &Reading) -> Result<Self, Vec<Problem>> {
        let mapping = &reading.mapping;
        let mut record = Self::default();
        let mut problems = Vec::new();
        if row.cells.len() > mapping.columns.len() {
            problems.push(Problem { column: None, flaw: Flaw::TooManyCells });
        }
        for (column, (cell, field)) in row.cells.iter().zip(&mapping.columns).enumerate() {
            if *field == Field::Ignore || cell.is_empty() {
                continue;
            }
            if let Err(flaw) = record.take(field, cell, reading) {
                problems.push(Problem { column: Some(column), flaw });
            }
        }
        if problems.is_empty() && record.phone.is_none() && record.cards.is_empty() && record.externals.is_empty() {
            problems.push(Problem { column: None, flaw: Flaw::NobodyNamed });
        }
        if problems.is_empty() { Ok(record) } else { Err(problems) }
    }

    fn take(&mut self, field: &Field, cell: &str, reading: &Reading) -> Result<(), Flaw> {
        let Reading { attributes, limits, now, .. } = reading;
        if cell.len() > limits.cell && cell.chars().count() > limits.cell {
            return Err(Flaw::TooLong);
        }
        if cell.contains(char::REPLACEMENT_CHARACTER) {
            return Err(Flaw::UnreadableText);
        }
        match field {
            Field::Ignore => {}
            Field::Phone => {
                let parsed = identifier(cell)?.parse();
                self.phone = Some(parsed.map_err(|_invalid| Flaw::Phone)?);
            }
            Field::Card { issuer } => self.cards.push((issuer.clone(), number(cell)?)),
            Field::External { system } => self.externals.push((system.clone(), number(cell)?)),
            Field::Name => self.name = free(cell),
            Field::Sex => self.sex = sex(cell)?,
            Field::Birthday => self.birthday = Some(birthday(cell, *now)?),
            Field::Region => self.region = free(cell),
            Field::JoinedAt => self.joined_at = Some(joined_at(cell, *now)?),
            Field::Store => self.store = free(cell),
            Field::Tier => self.tier = free(cell),
            Field::Points => self.points = Some(points(cell)?),
            Field::Attribute { key } => {
                let attribute =
                    attributes.get(key).filter(|attribute| !attribute.row.retired).ok_or(Flaw::Attribute)?;
                if let Some(cell) = free(cell) {
                    self.attributes.push(Declared::read(attribute, &cell)?);
                }
            }
        }
        Ok(())
    }

    /// Whether it says who somebody is, beyond what identifies them (R7).
    pub fn is_demographic(&self) -> bool {
        self.name.is_some()
            || self.sex.is_some()
            || self.birthday.is_some()
            || self.region.is_some()
            || self.declares(Class::Demographic)
    }

    /// Whether it says what somebody did (R7).
    pub fn is_behavioural(&self) -> bool {
        self.joined_at.is_some()
            || self.store.is_some()
            || self.tier.is_some()
            || self.points.is_some()
            || self.declares(Class::Behavioural)
    }

    fn declares(&self, class: Class) -> bool {
        self.attributes.iter().any(|declared| declared.class == class)
    }
}

/// The longest number that names somebody, in bytes.
const LONGEST_NUMBER: usize = 64;

/// The number of a card, or of a customer elsewhere. Letter case makes no difference, as people type them.
fn number(cell: &str) -> Result<String, Flaw> {
    let text = identifier(cell)?;
    let allowed = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.' | '/' | ':' | '#');
    let text = text.to_uppercase();
    if text.len() > LONGEST_NUMBER {
        return Err(Flaw::TooLong);
    }
    if text.chars().all(allowed) { Ok(text) } else { Err(Flaw::Number) }
}

#[cfg(test)]
mod tests;
