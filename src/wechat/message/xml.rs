//! XML bodies: a reader that accepts only what WeChat writes, and the writer that is its inverse.

use quick_xml::{Reader, escape::resolve_predefined_entity, events::Event};

use super::tree::{Fields, MAX_DEPTH, MAX_NODES, Node, Unreadable};

/// The one element that holds a body.
const ROOT: &str = "xml";

/// Reads a body (protocol section 1.7, item 3).
///
/// Document types, entities other than the five predefined ones, processing instructions, comments, more
/// nesting or values than any push has, and a top-level field that is given twice are hostile. Attributes are ignored.
/// Document types are recognised by the parser rather than by searching the bytes, as people may well write
/// `<!DOCTYPE` to us.
pub(super) fn read(body: &str) -> Result<Fields, Unreadable> {
    let mut reader = Reader::from_str(body);
    reader.config_mut().expand_empty_elements = true;
    let mut builder = Builder::default();
    loop {
        let Ok(event) = reader.read_event() else { return Err(Unreadable::Malformed) };
        match event {
            Event::Start(element) | Event::Empty(element) => builder.open(element.name().as_ref())?,
            Event::End(_) => builder.close()?,
            Event::Text(text) => builder.append(&text, false)?,
            Event::CData(text) => builder.append(&text, true)?,
            Event::GeneralRef(name) => match name.resolve_char_ref() {
                Ok(Some(character)) => builder.append(character.encode_utf8(&mut [0; 4]), false)?,
                Ok(None) => builder.append(resolve_predefined_entity(&name).ok_or(Unreadable::Hostile)?, false)?,
                Err(_) => return Err(Unreadable::Malformed),
            },
            Event::Decl(_) if builder.untouched() => {}
            Event::Decl(_) | Event::DocType(_) | Event::PI(_) | Event::Comment(_) => return Err(Unreadable::Hostile),
            Event::Eof => return builder.finish(),
        }
    }
}

/// The elements from the root down to the one that is being read.
#[derive(Default)]
struct Builder {
    path: Vec<Element>,
    nodes: usize,
    root: Option<Fields>,
}

#[derive(Default)]
struct Element {
    name: String,
    fields: Fields,
    text: String,
    cdata: bool,
}

impl Builder {
    fn untouched(&self) -> bool {
        self.path.is_empty() && self.root.is_none()
    }

    fn open(&mut self, name: &str) -> Result<(), Unreadable> {
        self.nodes += 1;
        if self.path.len() >= MAX_DEPTH || self.nodes > MAX_NODES {
            return Err(Unreadable::Hostile);
        }
        if self.path.is_empty() && (self.root.is_some() || name != ROOT) {
            return Err(Unreadable::Malformed);
        }
        self.path.push(Element { name: name.to_owned(), ..Element::default() });
        Ok(())
    }

    fn append(&mut self, text: &str, cdata: bool) -> Result<(), Unreadable> {
        let blank = text.trim().is_empty();
        match self.path.last_mut() {
            Some(element) => element.append(text, cdata, blank),
            None if blank && !cdata => {}
            None => return Err(Unreadable::Malformed),
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), Unreadable> {
        let Element { name, fields, text, .. } = self.path.pop().ok_or(Unreadable::Malformed)?;
        if !fields.is_empty() && !text.trim().is_empty() {
            return Err(Unreadable::Malformed);
        }
        let top = self.path.len() == 1;
        match self.path.last_mut() {
            None => self.root = Some(fields),
            Some(parent) => {
                let value = if fields.is_empty() { Node::Text(text) } else { Node::Fields(fields) };
                if top && !may_repeat(&parent.fields, &name, &value) {
                    return Err(Unreadable::Hostile);
                }
                parent.fields.push(name, value);
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<Fields, Unreadable> {
        if self.path.is_empty() { self.root.ok_or(Unreadable::Malformed) } else { Err(Unreadable::Malformed) }
    }
}

/// Only nested fields may occur several times, as a list.
fn may_repeat(siblings: &Fields, name: &str, value: &Node) -> bool {
    let mut same = siblings.all(name).peekable();
    same.peek().is_none() || (value.text().is_none() && same.all(|node| node.text().is_none()))
}

impl Element {
    /// Line breaks around CDATA are layout, not text.
    fn append(&mut self, text: &str, cdata: bool, blank: bool) {
        if cdata && !self.cdata && self.text.trim().is_empty() {
            self.text.clear();
        }
        self.cdata |= cdata;
        if cdata || !self.cdata || !blank {
            self.text.push_str(text);
        }
    }
}

/// Writes a body the way WeChat does: text in CDATA, numbers bare.
pub(super) fn write(fields: &Fields) -> String {
    let mut out = String::new();
    element(&mut out, ROOT, |out| write_fields(out, fields));
    out
}

fn write_fields(out: &mut String, fields: &Fields) {
    for (name, value) in fields.iter() {
        element(out, name, |out| match value {
            Node::Text(text) => out.push_str(&cdata(text)),
            Node::Number(number) => out.push_str(&number.to_string()),
            Node::Fields(nested) => write_fields(out, nested),
        });
    }
}

fn element(out: &mut String, name: &str, content: impl FnOnce(&mut String)) {
    out.extend(["<", name, ">"]);
    content(out);
    out.extend(["</", name, ">"]);
}

/// Text as CDATA. A `]]>` inside is split over two sections (protocol section 1.7, item 4).
fn cdata(text: &str) -> String {
    format!("<![CDATA[{}]]>", text.replace("]]>", "]]]]><![CDATA[>"))
}
