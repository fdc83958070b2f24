//! One call, after the checks that all calls share: who calls, and typed access to query and body.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::sandbox::errcode::Refusal;

/// An API call that passed the common checks.
#[derive(Debug, Default)]
pub(in crate::sandbox) struct Call {
    /// The key of the account that the token belongs to; empty for calls without a token.
    pub(in crate::sandbox) account: String,
    /// The API path.
    pub(in crate::sandbox) path: &'static str,
    /// The query.
    pub(in crate::sandbox) query: BTreeMap<String, String>,
    /// The JSON body; null when there is none.
    pub(in crate::sandbox) body: Value,
    /// The file of a multipart body.
    pub(in crate::sandbox) upload: Option<Upload>,
    /// The caller's address.
    pub(in crate::sandbox) ip: String,
    /// A fault wants the job that this call starts to fail.
    pub(in crate::sandbox) failing: bool,
}

/// The `media` part of a multipart body.
#[derive(Debug, Clone, Default)]
pub(in crate::sandbox) struct Upload {
    /// The file's name.
    pub(in crate::sandbox) name: String,
    /// The file's bytes.
    pub(in crate::sandbox) bytes: Vec<u8>,
}

impl Call {
    /// The value at a JSON pointer.
    pub(in crate::sandbox) fn at(&self, pointer: &str) -> Option<&Value> {
        self.body.pointer(pointer).filter(|value| !value.is_null())
    }

    /// The text at a JSON pointer, or the refusal `code` when it is not there or not a text.
    pub(in crate::sandbox) fn text(&self, pointer: &str, code: i64) -> Result<&str, Refusal> {
        self.at(pointer).and_then(Value::as_str).ok_or_else(|| Refusal::of(code))
    }

    /// The text at a JSON pointer, empty when there is none.
    pub(in crate::sandbox) fn text_or_empty(&self, pointer: &str) -> &str {
        self.at(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// The whole number at a JSON pointer. WeChat also takes numbers that are written as text.
    pub(in crate::sandbox) fn number(&self, pointer: &str) -> Option<i64> {
        let value = self.at(pointer)?;
        value.as_i64().or_else(|| value.as_str()?.parse().ok())
    }

    /// A small number at a JSON pointer, or the refusal `code`.
    pub(in crate::sandbox) fn small(&self, pointer: &str, code: i64) -> Result<u32, Refusal> {
        self.number(pointer).and_then(|number| u32::try_from(number).ok()).ok_or_else(|| Refusal::of(code))
    }

    /// The texts of the array at a JSON pointer, or the refusal `code`.
    pub(in crate::sandbox) fn texts(&self, pointer: &str, code: i64) -> Result<Vec<&str>, Refusal> {
        let list = self.at(pointer).and_then(Value::as_array).ok_or_else(|| Refusal::of(code))?;
        list.iter().map(|value| value.as_str().ok_or_else(|| Refusal::of(code))).collect()
    }

    /// A query parameter that is there and not empty.
    pub(in crate::sandbox) fn query(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}
