//! What the columns of a file mean: guessed from their headings, confirmed by staff, remembered for the next file with
//! the same headings.

mod headings;

use std::{collections::BTreeSet, fmt};

use data_encoding::BASE64URL_NOPAD;
use garde::Validate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::error::{Code, Error, Result};

/// What a column means.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(tag = "field", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = ImportField)]
pub enum Field {
    /// Nothing: the column is left out.
    Ignore,
    /// The phone number.
    Phone,
    /// The number of a member card.
    Card {
        /// Who issued it, such as `pos`: 1 to 32 characters of `[a-z0-9-]`.
        issuer: String,
    },
    /// The customer number of another system.
    External {
        /// The system, such as `erp`: 1 to 32 characters of `[a-z0-9-]`.
        system: String,
    },
    /// The name.
    Name,
    /// 男 or 女.
    Sex,
    /// The day of birth.
    Birthday,
    /// Where they live, in words.
    Region,
    /// When they became a member there.
    JoinedAt,
    /// The store they belong to.
    Store,
    /// Their tier.
    Tier,
    /// Their points.
    Points,
    /// A field that the brand has declared.
    Attribute {
        /// Its key.
        key: String,
    },
}

impl Field {
    /// Whether it says who somebody is.
    pub fn identifies(&self) -> bool {
        matches!(self, Self::Phone | Self::Card { .. } | Self::External { .. })
    }

    /// The issuer, the system or the key.
    fn name(&self) -> Option<(&'static str, &str)> {
        match self {
            Self::Card { issuer } => Some(("issuer", issuer)),
            Self::External { system } => Some(("system", system)),
            Self::Attribute { key } => Some(("key", key)),
            _ => None,
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self {
            Self::Ignore => "不导入 · left out",
            Self::Phone => "手机号 · phone",
            Self::Card { issuer } => return write!(f, "卡号 · card ({issuer})"),
            Self::External { system } => return write!(f, "客户编号 · customer number ({system})"),
            Self::Name => "姓名 · name",
            Self::Sex => "性别 · sex",
            Self::Birthday => "生日 · birthday",
            Self::Region => "地区 · region",
            Self::JoinedAt => "入会时间 · joined at",
            Self::Store => "门店 · store",
            Self::Tier => "等级 · tier",
            Self::Points => "积分 · points",
            Self::Attribute { key } => return write!(f, "自定义属性 · attribute ({key})"),
        };
        f.write_str(word)
    }
}

/// What each column of a file means, in the order of the columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[schema(as = ImportMapping)]
pub struct Mapping {
    /// One for each column.
    #[garde(length(min = 1, max = 100))]
    pub columns: Vec<Field>,
}

/// A column of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportColumn)]
pub struct Column {
    /// Its heading.
    pub heading: String,
    /// Cells that are not empty.
    pub filled: u32,
    /// What it seems to mean.
    pub guess: Field,
}

impl Mapping {
    /// What the headings seem to mean; card numbers and customer numbers are taken to be those of `origin`. No two columns
    /// get the same meaning: the first one does.
    pub fn guess(headings: &[String], origin: &str) -> Self {
        let mut taken = BTreeSet::new();
        let columns = headings.iter().map(|heading| {
            let guess = headings::meaning(heading, origin).unwrap_or(Field::Ignore);
            if taken.insert(guess.clone()) { guess } else { Field::Ignore }
        });
        Self { columns: columns.collect() }
    }

    /// Checks what staff say of a file with so many columns.
    ///
    /// # Errors
    /// [`Code::Invalid`] with each field: a column too many or too few, a meaning twice, a name that will not do, or nothing
    /// that says who somebody is.
    pub fn check(&self, columns: usize) -> Result<()> {
        let mut wrong = Error::new(Code::Invalid);
        if self.columns.len() != columns {
            let why = format!("must say what each of the {columns} columns means");
            return Err(wrong.field("columns", why));
        }
        let mut seen = BTreeSet::new();
        for (index, field) in self.columns.iter().enumerate() {
            if *field != Field::Ignore && !seen.insert(field) {
                wrong = wrong.field(format!("columns[{index}].field"), "stands twice");
            }
            if let Some((what, name)) = field.name().filter(|(_, name)| !is_name(name)) {
                let why =
                    if name.is_empty() { "is missing" } else { "must be 1 to 32 characters of a-z, 0-9, - and _" };
                wrong = wrong.field(format!("columns[{index}].{what}"), why);
            }
        }
        if !self.columns.iter().any(Field::identifies) {
            wrong = wrong.field("columns", "one of them must be phone, card or external: nothing says who somebody is");
        }
        if wrong.fields().is_empty() { Ok(()) } else { Err(wrong) }
    }
}

fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    (1..=32).contains(&name.len()) && name.bytes().all(plain)
}

/// By what the mapping of files with these headings is remembered.
pub fn digest(headings: &[String]) -> String {
    let mut digest = Sha256::new();
    for heading in headings {
        digest.update(headings::plain(heading));
        digest.update([0]);
    }
    BASE64URL_NOPAD.encode(&digest.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn headings_of_chinese_and_english_systems_are_understood() {
        let headings = texts(&[
            "会员卡号",
            "手机号码*",
            "会员姓名",
            "性别",
            "出生日期",
            "入会时间",
            "所属门店",
            "会员等级",
            "可用积分",
            "备注",
        ]);
        let card = Field::Card { issuer: "pos".to_owned() };
        let of_china = [
            card,
            Field::Phone,
            Field::Name,
            Field::Sex,
            Field::Birthday,
            Field::JoinedAt,
            Field::Store,
            Field::Tier,
            Field::Points,
            Field::Ignore,
        ];
        assert_eq!(Mapping::guess(&headings, "pos").columns, of_china);
        let headings = texts(&["Customer ID", "Mobile Phone", "FULL_NAME", "Gender", "Date of birth", "Phone"]);
        let external = Field::External { system: "pos".to_owned() };
        let abroad = [external, Field::Phone, Field::Name, Field::Sex, Field::Birthday, Field::Ignore];
        assert_eq!(Mapping::guess(&headings, "pos").columns, abroad, "the first phone is the phone");
    }

    #[test]
    fn a_mapping_is_refused_with_every_reason() {
        let card = |issuer: &str| Field::Card { issuer: issuer.to_owned() };
        let check = |columns: &[Field]| Mapping { columns: columns.to_vec() }.check(3);
        assert!(check(&[Field::Phone, card("pos"), card("erp")]).is_ok(), "cards of two issuers");
        assert!(check(&[Field::Phone, Field::Ignore, Field::Ignore]).is_ok());
        let refused = check(&[card("Old POS"), Field::Name, Field::Name]).unwrap_err();
        let fields: Vec<_> = refused.fields().iter().map(|field| field.field.as_str()).collect();
        assert_eq!(fields, ["columns[0].issuer", "columns[2].field"]);
        assert!(check(&[Field::Name, Field::Sex, Field::Ignore]).is_err(), "nothing says who it is");
        assert!(check(&[Field::Phone]).is_err(), "too few");
    }

    #[test]
    fn the_same_headings_are_recognised_however_they_are_written() {
        let one = digest(&texts(&["会员卡号 ", "手机号（必填）", "Full Name"]));
        assert_eq!(one, digest(&texts(&["会员卡号", "手机号*", "full_name"])));
        assert_ne!(one, digest(&texts(&["手机号", "会员卡号", "full_name"])), "another order is another file");
    }
}
