//! The flat XML of a v2 request: read, checked field by field, verified (pay notes sections 2.0 to 2.2).

use std::collections::BTreeMap;

use md5::{Digest, Md5};

use super::Refusal;
use crate::sandbox::fields::Fields;

/// The fields of a request by name; empty ones are left out, as they are not signed either.
#[derive(Debug, Default)]
pub(super) struct Form(BTreeMap<String, String>);

/// What a field must be.
pub(super) struct Rule {
    pub(super) name: &'static str,
    pub(super) required: bool,
    /// Bytes.
    pub(super) longest: usize,
    pub(super) shape: Shape,
}

/// Which characters a field may have.
pub(super) enum Shape {
    /// Any text.
    Text,
    /// Letters and digits.
    Alphanumeric,
    /// A whole number above zero.
    Number,
    /// An IPv4 address.
    Ip,
}

impl Form {
    /// Reads a body: one level, no name twice.
    pub(super) fn read(body: &[u8]) -> Result<Self, Refusal> {
        let bad = |why: &str| Refusal::new("XML_ERROR", format!("XML格式错误: {why}"));
        let text = std::str::from_utf8(body).map_err(|error| bad(&error.to_string()))?;
        let fields = Fields::from_xml(text).map_err(|why| bad(&why))?;
        let mut form = BTreeMap::new();
        for (name, value) in fields.flat().ok_or_else(|| bad("nested fields"))? {
            if form.insert(name.to_owned(), value.to_owned()).is_some() {
                return Err(bad("a field came twice"));
            }
        }
        form.retain(|_, value| !value.is_empty());
        Ok(Self(form))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A field that the rules have found to be there.
    pub(super) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// A number that the rules have found to be one.
    pub(super) fn number(&self, name: &str) -> i64 {
        self.text(name).parse().unwrap_or_default()
    }

    /// Everything but what differs between repetitions.
    pub(super) fn frozen(&self) -> BTreeMap<String, String> {
        let changing = |name: &str| matches!(name, "nonce_str" | "sign");
        self.0.iter().filter(|(name, _)| !changing(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// Checks required fields, lengths and characters.
    pub(super) fn check(&self, rules: &[Rule]) -> Result<(), Refusal> {
        for rule in rules {
            let bad = |why: &str| Refusal::new("PARAM_ERROR", format!("参数错误:{}{why}", rule.name));
            let Some(value) = self.get(rule.name) else {
                if rule.required {
                    return Err(bad("字段必填"));
                }
                continue;
            };
            if value.len() > rule.longest {
                return Err(bad("字段超长"));
            }
            let fits = match rule.shape {
                Shape::Text => true,
                Shape::Alphanumeric => value.bytes().all(|byte| byte.is_ascii_alphanumeric()),
                Shape::Number => value.parse::<u32>().is_ok_and(|number| number > 0),
                Shape::Ip => value.parse::<std::net::Ipv4Addr>().is_ok(),
            };
            if !fits {
                return Err(bad("格式错误"));
            }
        }
        Ok(())
    }

    /// Checks the signature. Anything that the endpoint does not know cannot have been signed as WeChat signs it
    /// (section 2.1).
    pub(super) fn verify(&self, key: &str, rules: &[Rule], strict_sign_type: bool) -> Result<(), Refusal> {
        let wrong = || Refusal::new("SIGN_ERROR", "签名错误");
        let known =
            |name: &str| rules.iter().any(|rule| rule.name == name) || (name == "sign_type" && !strict_sign_type);
        if self.0.keys().any(|name| !known(name)) {
            return Err(wrong());
        }
        let pairs =
            self.0.iter().filter(|(name, _)| *name != "sign").map(|(name, value)| (name.as_str(), value.as_str()));
        if signed(pairs, key).to_ascii_uppercase() == self.text("sign") { Ok(()) } else { Err(wrong()) }
    }
}

/// The MD5 signature over sorted pairs, in lower-case hex.
pub(in crate::sandbox::pay) fn signed<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>, key: &str) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        text.push_str(&format!("{name}={value}&"));
    }
    text.push_str(&format!("key={key}"));
    hex::encode(Md5::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_published_one() {
        // WxJava's SignUtilsTest, which repeats WeChat Pay's worked example.
        let pairs = [
            ("appid", "wxd930ea5d5a258f4f"),
            ("body", "test"),
            ("device_info", "1000"),
            ("mch_id", "10000100"),
            ("nonce_str", "ibuaiVcKdpRxkhJA"),
        ];
        let sign = signed(pairs.into_iter(), "192006250b4c09247ec02edce69f6a2d");
        assert_eq!(sign.to_ascii_uppercase(), "9A0A8659F005D6984697E2CA0A9CF3B7");
    }

    #[test]
    fn only_flat_documents_are_read() {
        assert_eq!(Form::read("<xml><a>1</a><b><![CDATA[二]]></b><c/></xml>".as_bytes()).unwrap().0.len(), 2);
        for bad in ["<xml><a>1</a><a>2</a></xml>", "<xml><a><b>1</b></a></xml>", "{}", "<!DOCTYPE xml><xml/>", "<xml>"]
        {
            assert_eq!(Form::read(bad.as_bytes()).unwrap_err().code, "XML_ERROR", "{bad}");
        }
    }
}
