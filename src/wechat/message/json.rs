//! JSON bodies, which only mini programs get: a reader with the same limits as the XML one, and its inverse.

use std::{cell::Cell, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};

use super::tree::{Fields, MAX_DEPTH, MAX_NODES, Node, Unreadable};

/// Reads a body: an object, nothing behind it, no name twice in one object, at most 16 levels, no NUL character. An
/// array is its name repeated; an array inside an array is `item` repeated.
pub(super) fn read(body: &str) -> Result<Fields, Unreadable> {
    let limits = Limits::default();
    let mut deserializer = serde_json::Deserializer::from_str(body);
    let read = Seed { limits: &limits, depth: 0 }.deserialize(&mut deserializer);
    match read.and_then(|values| deserializer.end().map(|()| values)) {
        Ok(Values::One(Node::Fields(fields))) => Ok(fields),
        Ok(_) => Err(Unreadable::Malformed),
        Err(_) if limits.broken.get() => Err(Unreadable::Hostile),
        Err(_) => Err(Unreadable::Malformed),
    }
}

/// What is counted while reading, and whether a limit was broken: the parser's own error cannot carry that.
#[derive(Default)]
struct Limits {
    nodes: Cell<usize>,
    broken: Cell<bool>,
}

impl Limits {
    fn count<E: Error>(&self, depth: usize) -> Result<(), E> {
        self.nodes.set(self.nodes.get() + 1);
        self.require(depth <= MAX_DEPTH && self.nodes.get() <= MAX_NODES)
    }

    fn require<E: Error>(&self, kept: bool) -> Result<(), E> {
        self.broken.set(self.broken.get() || !kept);
        if kept { Ok(()) } else { Err(E::custom("a limit is broken")) }
    }
}

/// One value, or the elements of an array.
enum Values {
    One(Node),
    Many(Vec<Node>),
}

#[derive(Clone, Copy)]
struct Seed<'a> {
    limits: &'a Limits,
    depth: usize,
}

impl Seed<'_> {
    fn below(self) -> Self {
        Self { depth: self.depth + 1, ..self }
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Values;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Values, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Values;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a push body")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Values, E> {
        self.limits.count(self.depth)?;
        Ok(Values::One(value.to_string().into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Values, E> {
        self.limits.count(self.depth)?;
        Ok(Values::One(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Values, E> {
        self.limits.count(self.depth)?;
        Ok(Values::One(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Values, E> {
        self.limits.count(self.depth)?;
        let number = Number::from_f64(value).ok_or_else(|| E::custom("not a finite number"))?;
        Ok(Values::One(Node::Number(number)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Values, E> {
        self.limits.count(self.depth)?;
        self.limits.require(!value.contains('\0'))?;
        Ok(Values::One(value.into()))
    }

    fn visit_unit<E: Error>(self) -> Result<Values, E> {
        self.limits.count(self.depth)?;
        Ok(Values::One("".into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Values, A::Error> {
        self.limits.count(self.depth + 1)?;
        let mut nodes = Vec::new();
        while let Some(element) = elements.next_element_seed(self.below())? {
            match element {
                Values::One(node) => nodes.push(node),
                Values::Many(inner) => {
                    let fields = inner.into_iter().fold(Fields::new(), |fields, node| fields.with("item", node));
                    nodes.push(fields.into());
                }
            }
        }
        Ok(Values::Many(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Values, A::Error> {
        self.limits.count(self.depth + 1)?;
        let mut fields = Fields::new();
        while let Some(name) = entries.next_key::<String>()? {
            self.limits.require(fields.all(&name).next().is_none())?;
            match entries.next_value_seed(self.below())? {
                Values::One(node) => fields.push(name, node),
                Values::Many(nodes) => nodes.into_iter().for_each(|node| fields.push(name.clone(), node)),
            }
        }
        Ok(Values::One(fields.into()))
    }
}

/// Writes a body in the order of its fields; a name that occurs several times becomes an array.
pub(super) fn write(fields: &Fields) -> String {
    let mut members = Vec::new();
    for (index, (name, _)) in fields.iter().enumerate() {
        if fields.iter().take(index).all(|(earlier, _)| earlier != name) {
            let values: Vec<String> = fields.all(name).map(value).collect();
            let values = values.join(",");
            let list = fields.all(name).nth(1).is_some();
            let name = Value::from(name);
            members.push(if list { format!("{name}:[{values}]") } else { format!("{name}:{values}") });
        }
    }
    format!("{{{}}}", members.join(","))
}

fn value(node: &Node) -> String {
    match node {
        Node::Text(text) => Value::from(text.as_str()).to_string(),
        Node::Number(number) => number.to_string(),
        Node::Fields(fields) => write(fields),
    }
}
