//! What somebody says of the fields of a profile.

use chrono::NaiveDate;
use entity::members::profile::Sex;
use garde::Validate;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use crate::{
    error::{Error, Result},
    infra::clock::{Time, biz_day},
    members::profile::Said,
};

/// Fields to change. A field that is left out stays, null empties it.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct BasicsPatch {
    /// The name on papers.
    #[garde(inner(inner(custom(words))))]
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 64)]
    name: Option<Option<String>>,
    /// What they call themselves.
    #[garde(inner(inner(custom(words))))]
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 64)]
    nickname: Option<Option<String>>,
    #[garde(skip)]
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<Sex>)]
    sex: Option<Option<Sex>>,
    #[garde(skip)]
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<NaiveDate>)]
    birthday: Option<Option<NaiveDate>>,
    /// Where they live: province, city.
    #[garde(inner(inner(custom(words))))]
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 64)]
    region: Option<Option<String>>,
    /// Which language they read, such as `zh_CN`.
    #[garde(inner(inner(pattern("^[a-z]{2,3}([_-][A-Za-z]{2,8})?$"))))]
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    language: Option<Option<String>>,
}

/// Tells null from nothing.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// One line of 1 to 64 characters, nothing but blanks at neither end.
fn words(text: &str, _: &()) -> garde::Result {
    let proper = text.trim() == text && (1..=64).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if proper { Ok(()) } else { Err(garde::Error::new("must be one line of 1 to 64 characters without blanks around")) }
}

impl BasicsPatch {
    /// What somebody wants to be called by, when they say it: others see it.
    pub(super) fn nickname(&self) -> Option<&str> {
        self.nickname.as_ref()?.as_deref()
    }

    /// What is said, on the day of `now`.
    pub(super) fn said(self, now: Time) -> Result<Said> {
        let first = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or_default();
        if self.birthday.flatten().is_some_and(|day| day < first || day > biz_day(now)) {
            return Err(Error::invalid("birthday", "must be a day between 1900 and today"));
        }
        let Self { name, nickname, sex, birthday, region, language } = self;
        Ok(Said { name, nickname, sex, birthday, region, language, avatar: None })
    }
}
