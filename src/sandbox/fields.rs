//! The body of a push or a reply as a tree of named fields, written as XML or as JSON and read from either.
//!
//! Written apart from the service's own reader on purpose: two programs that share a parser share its mistakes.

use quick_xml::{Reader, events::Event};
use serde_json::{Map, Number, Value};

use crate::wechat::account::Format;

/// Named fields in the order in which they are written; a name may come twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fields(Vec<(String, Field)>);

/// The value of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// A text: CDATA in XML.
    Text(String),
    /// A number as its digits: bare in XML, a number in JSON.
    Number(String),
    /// Fields inside.
    Tree(Fields),
    /// Several of them: a repeated name in XML, an array in JSON, even of one.
    List(Vec<Fields>),
}

impl Fields {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Adds a text.
    pub(super) fn text(self, name: &str, value: impl Into<String>) -> Self {
        self.with(name, Field::Text(value.into()))
    }

    /// Adds a number.
    pub(super) fn number(self, name: &str, value: impl ToString) -> Self {
        self.with(name, Field::Number(value.to_string()))
    }

    /// Adds fields below a name.
    pub(super) fn tree(self, name: &str, value: Fields) -> Self {
        self.with(name, Field::Tree(value))
    }

    /// Adds a list of fields below a name.
    pub(super) fn list(self, name: &str, value: Vec<Fields>) -> Self {
        self.with(name, Field::List(value))
    }

    fn with(mut self, name: &str, value: Field) -> Self {
        self.0.push((name.to_owned(), value));
        self
    }

    /// The first field of this name.
    pub(super) fn get(&self, name: &str) -> Option<&Field> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The first field of this name as text, numbers included.
    pub(super) fn str(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Field::Text(text) | Field::Number(text) => Some(text),
            Field::Tree(_) | Field::List(_) => None,
        }
    }

    /// Names and values, when there is but one level.
    pub(super) fn flat(&self) -> Option<Vec<(&str, &str)>> {
        self.0
            .iter()
            .map(|(name, value)| match value {
                Field::Text(text) | Field::Number(text) => Some((name.as_str(), text.as_str())),
                Field::Tree(_) | Field::List(_) => None,
            })
            .collect()
    }

    /// The fields below this name.
    pub(super) fn child(&self, name: &str) -> Option<&Fields> {
        match self.get(name)? {
            Field::Tree(fields) => Some(fields),
            Field::List(list) => list.first(),
            Field::Text(_) | Field::Number(_) => None,
        }
    }

    /// All fields below any field of this name.
    pub(super) fn children<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Fields> {
        self.0.iter().filter(move |(known, _)| known == name).flat_map(|(_, value)| match value {
            Field::Tree(fields) => std::slice::from_ref(fields),
            Field::List(list) => list,
            Field::Text(_) | Field::Number(_) => &[],
        })
    }

    /// Adds the fields of `other` whose names are not there yet.
    pub(super) fn or(mut self, other: Fields) -> Self {
        for (name, value) in other.0 {
            if self.get(&name).is_none() {
                self.0.push((name, value));
            }
        }
        self
    }

    /// The body in the given format.
    pub(super) fn write(&self, format: Format) -> String {
        match format {
            Format::Xml => {
                let mut out = String::from("<xml>");
                self.write_xml(&mut out);
                out.push_str("</xml>");
                out
            }
            Format::Json => self.json().to_string(),
        }
    }

    fn write_xml(&self, out: &mut String) {
        for (name, value) in &self.0 {
            if let Field::List(list) = value {
                for fields in list {
                    Fields::new().tree(name, fields.clone()).write_xml(out);
                }
                continue;
            }
            out.push('<');
            out.push_str(name);
            out.push('>');
            match value {
                Field::Text(text) => {
                    out.push_str("<![CDATA[");
                    out.push_str(&text.replace("]]>", "]]]]><![CDATA[>"));
                    out.push_str("]]>");
                }
                Field::Number(digits) => out.push_str(digits),
                Field::Tree(fields) => fields.write_xml(out),
                Field::List(_) => {}
            }
            out.push_str("</");
            out.push_str(name);
            out.push('>');
        }
    }

    /// The fields as a JSON object; a name that comes twice becomes an array.
    pub(super) fn json(&self) -> Value {
        let mut map = Map::new();
        for (name, value) in &self.0 {
            let value = match value {
                Field::Text(text) => Value::String(text.clone()),
                Field::Number(digits) => {
                    digits.parse::<Number>().map_or_else(|_| Value::String(digits.clone()), Value::Number)
                }
                Field::Tree(fields) => fields.json(),
                Field::List(list) => list.iter().map(Self::json).collect(),
            };
            match map.get_mut(name) {
                Some(Value::Array(list)) => list.push(value),
                Some(first) => *first = Value::Array(vec![first.take(), value]),
                None => {
                    map.insert(name.clone(), value);
                }
            }
        }
        Value::Object(map)
    }

    /// The fields of a JSON object; arrays become repeated names. `None` for anything but an object.
    pub(super) fn from_json(value: &Value) -> Option<Self> {
        let mut fields = Self::new();
        for (name, value) in value.as_object()? {
            let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
            for value in values {
                let field = match value {
                    Value::Object(_) => Field::Tree(Self::from_json(value)?),
                    Value::Number(number) => Field::Number(number.to_string()),
                    Value::String(text) => Field::Text(text.clone()),
                    Value::Bool(flag) => Field::Text(flag.to_string()),
                    Value::Null | Value::Array(_) => continue,
                };
                fields.0.push((name.clone(), field));
            }
        }
        Some(fields)
    }

    /// Reads an XML document whose root is `<xml>`; says what is wrong with anything else.
    pub(super) fn from_xml(text: &str) -> Result<Self, String> {
        let mut reader = Reader::from_str(text);
        let mut open: Vec<(String, Fields, String)> = Vec::new();
        let mut root = None;
        loop {
            match reader.read_event().map_err(|error| format!("not XML: {error}"))? {
                Event::Start(tag) => {
                    open.push((tag.name().as_ref().to_owned(), Fields::new(), String::new()));
                }
                Event::Empty(tag) => {
                    let name = tag.name().as_ref().to_owned();
                    match open.last_mut() {
                        Some((_, fields, _)) => fields.0.push((name, Field::Text(String::new()))),
                        None => root = Some((name, Fields::new())),
                    }
                }
                Event::End(_) => {
                    let Some((name, fields, text)) = open.pop() else { return Err("an end without a start".into()) };
                    let leaf = fields.0.is_empty();
                    match open.last_mut() {
                        Some((_, above, _)) if leaf => above.0.push((name, Field::Text(text.trim().to_owned()))),
                        Some((_, above, _)) => above.0.push((name, Field::Tree(fields))),
                        None => root = Some((name, fields)),
                    }
                }
                Event::Text(part) => append(&mut open, &part.xml10_content())?,
                Event::CData(part) => append(&mut open, &part.xml10_content())?,
                Event::GeneralRef(name) => append(&mut open, &resolve(&name)?)?,
                Event::DocType(_) => return Err("a document type is not allowed".into()),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof => break,
            }
        }
        match root {
            Some((name, fields)) if name == "xml" && open.is_empty() => Ok(fields),
            Some(_) if open.is_empty() => Err("the root is not <xml>".into()),
            _ => Err("the document is not complete".into()),
        }
    }
}

fn append(open: &mut [(String, Fields, String)], part: &str) -> Result<(), String> {
    match open.last_mut() {
        Some((_, _, text)) => text.push_str(part),
        None if part.trim().is_empty() => {}
        None => return Err("text outside of the root".into()),
    }
    Ok(())
}

fn resolve(name: &quick_xml::events::BytesRef<'_>) -> Result<String, String> {
    if let Some(known) = name.resolve_char_ref().map_err(|error| error.to_string())? {
        return Ok(known.to_string());
    }
    let text: &str = name;
    quick_xml::escape::resolve_predefined_entity(text)
        .map(str::to_owned)
        .ok_or_else(|| format!("the entity &{text}; is not known"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        let fields = Fields::new()
            .text("Content", "积分 & 优惠券 <3 ]]> 完")
            .number("CreateTime", 1_763_700_007)
            .tree("Image", Fields::new().text("MediaId", "m1"))
            .tree("List", Fields::new().text("A", "1"))
            .tree("List", Fields::new().text("A", "2"));
        let xml = fields.write(Format::Xml);
        let read = Fields::from_xml(&xml).unwrap();
        assert_eq!(read.str("Content"), Some("积分 & 优惠券 <3 ]]> 完"));
        assert_eq!(read.str("CreateTime"), Some("1763700007"));
        assert_eq!(read.child("Image").unwrap().str("MediaId"), Some("m1"));
        assert_eq!(read.children("List").count(), 2);
        let json: Value = serde_json::from_str(&fields.write(Format::Json)).unwrap();
        assert_eq!(json["CreateTime"], 1_763_700_007);
        assert_eq!(json["List"][1]["A"], "2");
        assert_eq!(Fields::from_json(&json).unwrap().children("List").count(), 2);
    }

    #[test]
    fn entities_and_numbers_are_resolved() {
        let read = Fields::from_xml("<xml><Content>a &amp; b &#20320;</Content><Empty/></xml>").unwrap();
        assert_eq!(read.str("Content"), Some("a & b 你"));
        assert_eq!(read.str("Empty"), Some(""));
    }

    #[test]
    fn what_is_no_reply_is_refused() {
        for bad in ["hello", "<html></html>", "<xml><A>1</A>", "<!DOCTYPE xml><xml></xml>", "<xml>&x;</xml>", ""] {
            assert!(Fields::from_xml(bad).is_err(), "{bad}");
        }
    }
}
