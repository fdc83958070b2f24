//! The phone number that a person gave by WeChat's button: `getuserphonenumber` (protocol section 8.5).

use std::fmt;

use entity::types::OpenId;
use garde::Validate;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::could_be_code;
use crate::wechat::{
    client::{Api, Failure, Trouble},
    endpoints,
};

/// "The code is not valid": expired, used, of another mini program or person, or a login code.
const CODE: i64 = 40029;

/// A phone number that WeChat has verified: digits only. Prints masked. The watermark beside it is checked, not kept.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Told")]
pub struct PhoneNumber {
    /// The country's calling code, such as `86`.
    pub country_code: String,
    /// The number within the country, such as `13800000001`.
    pub national: String,
}

/// Why there is no phone number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// The code is older than five minutes, used, of another mini program or person, or a login code (40029): the
    /// person has to tap the button again.
    #[error("the phone code is not valid, was used or has expired")]
    Code,
    /// Anything else. [`Failure::Unknown`] may have used the code up.
    #[error(transparent)]
    Failed(#[from] Failure),
}

#[derive(Serialize, Validate)]
#[garde(allow_unvalidated)]
struct Request<'a> {
    code: &'a str,
    openid: &'a OpenId,
}

#[derive(Deserialize)]
struct Response {
    phone_info: Info,
}

#[derive(Deserialize)]
struct Info {
    #[serde(flatten)]
    number: PhoneNumber,
    watermark: Watermark,
}

#[derive(Deserialize)]
struct Watermark {
    appid: String,
}

/// The fields as WeChat writes them; the one with the calling code in front is not needed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    pure_phone_number: String,
    #[serde(deserialize_with = "text_or_number")]
    country_code: String,
}

impl TryFrom<Told> for PhoneNumber {
    type Error = &'static str;

    fn try_from(told: Told) -> Result<Self, &'static str> {
        let digits = |text: &str, most| (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let country_code = told.country_code.trim().trim_start_matches('+').to_owned();
        let national = told.pure_phone_number.trim().to_owned();
        // E.164: at most three digits for the country, fifteen in all.
        if digits(&country_code, 3) && digits(&national, 15_usize.saturating_sub(country_code.len())) {
            Ok(Self { country_code, national })
        } else {
            Err("not a phone number")
        }
    }
}

fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(serde::de::Error::custom("neither text nor number")),
    }
}

impl Api {
    /// Exchanges the code of the phone button, which is not the login code. WeChat checks that `openid` tapped it.
    ///
    /// # Errors
    /// [`PhoneError`].
    pub async fn phone_number(&self, code: &str, openid: &OpenId) -> Result<PhoneNumber, PhoneError> {
        if !could_be_code(code) {
            return Err(PhoneError::Code);
        }
        let outcome: Result<Response, Failure> = self.post(endpoints::PHONE_NUMBER, &Request { code, openid }).await;
        let info = outcome.map_err(|failure| match failure.errcode() {
            Some(CODE) => PhoneError::Code,
            _ => PhoneError::Failed(failure),
        })?;
        let Info { number, watermark } = info.phone_info;
        if watermark.appid == self.account.appid {
            Ok(number)
        } else {
            tracing::error!(account = %self.account.key, "a phone number came with the watermark of another account");
            Err(PhoneError::Failed(Failure::Unknown(Trouble::Form)))
        }
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tail: String = self.national.chars().skip(self.national.len().saturating_sub(4)).collect();
        write!(f, "PhoneNumber(+{} …{tail})", self.country_code)
    }
}
