//! The neutral shape of a body: named fields, whether they came as XML or as JSON.
//!
//! A list is a name that occurs several times; one occurrence is a list of one. So the two formats, and JSON's habit of
//! writing a list of one as a bare object, are the same tree, and typed conversion is written once.

use std::borrow::Cow;

use crate::wechat::account::Format;

use super::{json, xml};

/// How deep fields may be nested (protocol section 1.7, item 3).
pub(super) const MAX_DEPTH: usize = 16;

/// How many values a body may have, several times what the largest push needs; keeps the look for duplicates cheap.
pub(super) const MAX_NODES: usize = 2048;

/// Why a body was not read. Never repeats the body, as it is personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The body is cut off, not UTF-8, or lacks what its type must have.
    #[error("the body is malformed")]
    Malformed,
    /// The body uses what WeChat never sends and attackers do: document types, entities, processing instructions, deep
    /// nesting, thousands of fields, a field given twice, NUL characters.
    #[error("the body is hostile")]
    Hostile,
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Text. Everything that is not nested in XML; strings, `true`, `false` and (as empty text) `null` in JSON.
    Text(String),
    /// A number that is written without quotes and without CDATA. Reading XML gives text instead.
    Number(serde_json::Number),
    /// Nested fields.
    Fields(Fields),
}

impl Node {
    /// The value as text, whichever way it was written; nothing when it is nested.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) => Some(Cow::Borrowed(text)),
            Self::Number(number) => Some(Cow::Owned(number.to_string())),
            Self::Fields(_) => None,
        }
    }
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Node {
    fn from(number: i64) -> Self {
        Self::Number(number.into())
    }
}

impl From<u64> for Node {
    fn from(number: u64) -> Self {
        Self::Number(number.into())
    }
}

impl From<Fields> for Node {
    fn from(fields: Fields) -> Self {
        Self::Fields(fields)
    }
}

/// Named values in the order they were written. A name may occur several times: that is a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fields(Vec<(String, Node)>);

impl Fields {
    /// No fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a body in the given format (protocol section 1.7, item 3).
    ///
    /// A NUL character is refused wherever it stands, as no database column takes it.
    pub fn read(body: &str, format: Format) -> Result<Self, Unreadable> {
        if body.contains('\0') {
            return Err(Unreadable::Hostile);
        }
        match format {
            Format::Xml => xml::read(body),
            Format::Json => json::read(body),
        }
    }

    /// Writes the fields as a body: XML with text in CDATA and numbers bare under the root `xml`, or JSON where a
    /// repeated name becomes an array. Names are written as they are.
    pub fn write(&self, format: Format) -> String {
        match format {
            Format::Xml => xml::write(self),
            Format::Json => json::write(self),
        }
    }

    /// The fields with one more at the end.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Node>) -> Self {
        self.push(name, value);
        self
    }

    /// The fields with one more at the end, if there is a value.
    #[must_use]
    pub fn with_some(self, name: impl Into<String>, value: Option<impl Into<Node>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The fields with all of `others` at the end.
    #[must_use]
    pub fn with_all(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// Adds a field at the end.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<Node>) {
        self.0.push((name.into(), value.into()));
    }

    /// Every field in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Whether there is no field.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every value of one name.
    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Node> {
        self.iter().filter(move |(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Nested fields of one name. A missing name is nothing; a name that is given twice is an error.
    pub fn fields(&self, name: &str) -> Result<Option<&Self>, Unreadable> {
        match self.single(name)? {
            Some(Node::Fields(fields)) => Ok(Some(fields)),
            Some(Node::Text(_) | Node::Number(_)) | None => Ok(None),
        }
    }

    /// The elements of a list, in any of the ways WeChat writes one: the name repeated, a JSON array, one bare object,
    /// or `item` elements below the name. Elements that are not nested are left out.
    pub fn list<'a>(&'a self, name: &str) -> Vec<&'a Self> {
        let nested = |node: &'a Node| match node {
            Node::Fields(fields) => Some(fields),
            Node::Text(_) | Node::Number(_) => None,
        };
        let mut elements = Vec::new();
        for fields in self.all(name).filter_map(nested) {
            let before = elements.len();
            elements.extend(fields.all("item").filter_map(nested));
            if elements.len() == before {
                elements.push(fields);
            }
        }
        elements
    }

    /// The text of the first of these names that is there. Several names are several spellings of one field. A value
    /// that is nested or given twice is an error.
    pub fn find(&self, names: &[&str]) -> Result<Option<Cow<'_, str>>, Unreadable> {
        for name in names {
            if let Some(node) = self.single(name)? {
                return node.text().map(Some).ok_or(Unreadable::Malformed);
            }
        }
        Ok(None)
    }

    /// A text that must be there, though it may be empty.
    pub fn text(&self, name: &str) -> Result<String, Unreadable> {
        self.find(&[name])?.map(Cow::into_owned).ok_or(Unreadable::Malformed)
    }

    /// A text that may be missing; an empty one is as good as missing.
    pub fn some_text(&self, names: &[&str]) -> Result<Option<String>, Unreadable> {
        Ok(self.find(names)?.filter(|text| !text.is_empty()).map(Cow::into_owned))
    }

    /// A value that must be there and be readable, such as a number; spaces around it do not matter.
    pub fn value<T: std::str::FromStr>(&self, names: &[&str]) -> Result<T, Unreadable> {
        self.some_value(names)?.ok_or(Unreadable::Malformed)
    }

    /// A value that may be missing or empty, but must be readable when it is there.
    pub fn some_value<T: std::str::FromStr>(&self, names: &[&str]) -> Result<Option<T>, Unreadable> {
        match self.find(names)?.as_deref().map(str::trim) {
            None | Some("") => Ok(None),
            Some(text) => text.parse().ok().map(Some).ok_or(Unreadable::Malformed),
        }
    }

    fn single<'a>(&'a self, name: &str) -> Result<Option<&'a Node>, Unreadable> {
        let mut values = self.all(name);
        match (values.next(), values.next()) {
            (first, None) => Ok(first),
            (_, Some(_)) => Err(Unreadable::Malformed),
        }
    }
}
