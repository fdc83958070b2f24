//! Phone numbers of people, and how a mini program gets one: the button, and `getuserphonenumber` (protocol section
//! 8.5).

use std::{fmt, str::FromStr};

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    api::{Call, Outcome},
    errcode::Refusal,
    people::openid,
    person_codes::StandsFor,
    trouble::Trouble,
    world::World,
};
use crate::wechat::account::Kind;

/// A verified number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Phone {
    country: String,
    national: String,
}

/// What a tap on the phone button gives the mini program.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PhoneTap {
    /// For the server, to be exchanged once within five minutes.
    pub code: String,
    /// The old way: the number itself, encrypted with the session key; `null` without a session.
    pub encrypted_data: Option<String>,
    /// The initial vector of it.
    pub iv: Option<String>,
}

impl Phone {
    pub(super) fn new(country: &str, national: &str) -> Self {
        Self { country: country.to_owned(), national: national.to_owned() }
    }

    /// What WeChat tells about it. Abroad the country is a number, and stands in front of the whole.
    fn told(&self) -> Value {
        if self.country == "86" {
            json!({ "phoneNumber": self.national, "purePhoneNumber": self.national, "countryCode": self.country })
        } else {
            let country = self.country.parse().map_or_else(|_| json!(self.country), |number: u32| json!(number));
            let whole = format!("+{}{}", self.country, self.national);
            json!({ "phoneNumber": whole, "purePhoneNumber": self.national, "countryCode": country })
        }
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{} {}", self.country, self.national)
    }
}

impl FromStr for Phone {
    type Err = Trouble;

    /// Takes 11 digits of China, with or without +86, or `+852 91234567`.
    fn from_str(text: &str) -> Result<Self, Trouble> {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let chinese = |text: &str| text.len() == 11 && text.starts_with('1') && digits(text);
        let text = text.trim();
        if let Some(national) = Some(text.strip_prefix("+86").unwrap_or(text).trim()).filter(|text| chinese(text)) {
            return Ok(Self::new("86", national));
        }
        match text.strip_prefix('+').and_then(|text| text.split_once([' ', '-'])) {
            Some((country, national))
                if digits(country) && country.len() <= 3 && digits(national) && (4..=12).contains(&national.len()) =>
            {
                Ok(Self::new(country, national))
            }
            _ => Err(Trouble::invalid("a phone number is 11 digits of China, or +852 91234567")),
        }
    }
}

impl World {
    /// The person taps the phone button and agrees: the number bound to WeChat, or another one, which WeChat verifies
    /// and remembers.
    pub(super) fn tap_phone(&mut self, person: &str, account: &str, number: Option<&str>) -> Result<PhoneTap, Trouble> {
        self.pair(person, account, Kind::Mini)?;
        let phones = &mut self.people.get_mut(person).ok_or(Trouble::Unknown("person"))?.phones;
        let phone = match number {
            None => phones.first().cloned().ok_or(Trouble::Conflict("the person has no phone number"))?,
            Some(number) => {
                let phone: Phone = number.parse()?;
                if !phones.contains(&phone) {
                    phones.push(phone.clone());
                }
                phone
            }
        };
        let sealed = match self.session_key(account, person) {
            Some(key) => Some(self.encrypted(&key, &self.account(account)?.appid, phone.told())?),
            None => None,
        };
        let (encrypted_data, iv) = sealed.unzip();
        Ok(PhoneTap { code: self.mint_code(account, person, StandsFor::Phone(phone)), encrypted_data, iv })
    }
}

/// `POST /wxa/business/getuserphonenumber`
pub(super) fn number(world: &mut World, call: &Call) -> Outcome {
    let text = call.text("/code", 41008)?;
    let phone = |stands_for: &StandsFor| match stands_for {
        StandsFor::Phone(phone) => Some(phone.clone()),
        StandsFor::Page { .. } | StandsFor::Login { .. } => None,
    };
    let (code, phone) = world.live_code(text, &call.account, phone)?;
    let appid = world.caller(&call.account)?.appid.clone();
    if call.at("/openid").is_some_and(|named| *named != openid(&appid, &code.person)) {
        return Err(Refusal::of(40029));
    }
    world.use_code(text);
    let mut info = phone.told();
    if let Some(fields) = info.as_object_mut() {
        fields.insert("watermark".to_owned(), json!({ "timestamp": world.now().timestamp(), "appid": appid }));
    }
    Ok(json!({ "errcode": 0, "errmsg": "ok", "phone_info": info }).into())
}

#[cfg(test)]
mod tests {
    use super::Phone;

    #[test]
    fn numbers_of_china_and_abroad_are_read() {
        for (text, expected) in [
            ("13800000001", "+86 13800000001"),
            ("+8613800000001", "+86 13800000001"),
            ("+86 13800000001", "+86 13800000001"),
            ("+852 91234567", "+852 91234567"),
            ("+1-2025550100", "+1 2025550100"),
        ] {
            assert_eq!(text.parse::<Phone>().unwrap().to_string(), expected);
        }
        for bad in ["", "1380000000", "23800000001", "+85291234567", "+1234 5678", "+852 12a4", "+852 ", "+ 12345"] {
            assert!(bad.parse::<Phone>().is_err(), "{bad}");
        }
    }
}
