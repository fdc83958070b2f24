//! Values as a schema of the description allows them.

use proptest::{
    collection::vec,
    option,
    prelude::{Just, Strategy, any},
    sample::select,
    strategy::{BoxedStrategy, Union},
    string::string_regex,
};
use serde_json::{Map, Value, json};

/// What stands in the place of an id until one is known: `{mem_}`.
pub fn placeholder(prefix: &str) -> String {
    format!("{{{prefix}}}")
}

/// The prefix of the ids that a pattern describes: `^mem_[0-9a-z]{26}$`.
fn prefix(pattern: &str) -> Option<&str> {
    pattern.strip_prefix('^')?.strip_suffix("[0-9a-z]{26}$")
}

/// Words that get further than others, by the name of the field.
const WORDS: [(&str, &[&str]); 13] = [
    ("account", &["brand", "shop", "nobody"]),
    ("merchant", &["main", "nobody"]),
    ("code", &["c.0123456789", "s1", "x"]),
    ("page", &["pages/index/index", "/m/", "pages/goods/detail?id=1"]),
    ("path", &["pages/index/index", "/m/"]),
    ("phone", &["13800138000", "+8613800138000", "1380013800"]),
    ("number", &["13800138000", "A001"]),
    ("login", &["lin.xm", "zhou.ym"]),
    ("password", &["a long enough secret", "short"]),
    ("source", &["pos", "erp"]),
    ("key", &["s1", "id_card", "brand", "marketing", "0123456789"]),
    ("purpose", &["marketing", "personalisation"]),
    ("reason", &["已核实", "本人到店要求"]),
];
const TIMES: [&str; 6] = [
    "2026-11-21T02:00:00Z",
    "2026-11-20T10:00:00+08:00",
    "2026-11-21T02:03:00.5Z",
    "2026-12-01T00:00:00Z",
    "2027-06-30T16:00:00Z",
    "2020-02-29T23:59:59.999Z",
];
const DATES: [&str; 5] = ["2026-11-21", "2026-11-01", "1996-02-29", "2026-12-31", "2000-01-01"];
/// How deep values are nested.
const DEEPEST: usize = 6;

/// A schema with its reference followed.
pub fn followed<'a>(api: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(reference) => followed(api, api.pointer(reference.trim_start_matches('#')).expect("a schema")),
        None => schema,
    }
}

fn text(schema: &Value, name: &str) -> BoxedStrategy<Value> {
    let one_of = |words: &[&str]| select(words.iter().map(|word| json!(word)).collect::<Vec<_>>()).boxed();
    if let Some(pattern) = schema["pattern"].as_str() {
        if let Some(prefix) = prefix(pattern) {
            return Just(json!(placeholder(prefix))).boxed();
        }
        let plain = pattern.trim_start_matches('^').trim_end_matches('$');
        let regex = string_regex(plain).expect("a pattern").prop_map(Value::from).boxed();
        return match WORDS.iter().find(|(known, _)| *known == name) {
            Some((_, words)) => Union::new([regex, one_of(words)]).boxed(),
            None => regex,
        };
    }
    match schema["format"].as_str() {
        Some("date-time") => return one_of(&TIMES),
        Some("date") => return one_of(&DATES),
        _ => {}
    }
    let example = schema["example"].as_str().or(schema["examples"][0].as_str());
    let known = WORDS.iter().find(|(known, _)| *known == name || name.ends_with(&format!("_{known}")));
    let some = string_regex("[a-z]{1,12}|[会员积分邀请]{1,8}").expect("an expression").prop_map(Value::from).boxed();
    let hinted = known.map(|(_, words)| one_of(words)).or(example.map(|example| Just(json!(example)).boxed()));
    match hinted {
        Some(hinted) => Union::new_weighted(vec![(4, hinted), (1, some)]).boxed(),
        None => some,
    }
}

fn whole(schema: &Value) -> BoxedStrategy<Value> {
    let least = schema["minimum"].as_i64().unwrap_or(0);
    let most = schema["maximum"].as_i64().unwrap_or(1_000_000).max(least);
    let small = most.min(least.saturating_add(100));
    Union::new([(least..=small).boxed(), (least..=most).boxed()]).prop_map(Value::from).boxed()
}

fn object(api: &Value, schema: &Value, depth: usize) -> BoxedStrategy<Value> {
    let required = |name: &str| schema["required"].as_array().is_some_and(|names| names.iter().any(|one| one == name));
    let empty = Map::new();
    let fields = schema["properties"].as_object().unwrap_or(&empty);
    let known: Vec<BoxedStrategy<Option<(String, Value)>>> = fields
        .iter()
        .filter(|(name, _)| required(name) || depth < DEEPEST)
        .map(|(name, field)| {
            let own = name.clone();
            let field = values(api, field, name, depth + 1).prop_map(move |value| (own.clone(), value));
            if required(name) { field.prop_map(Some).boxed() } else { option::of(field).boxed() }
        })
        .collect();
    let others = match &schema["additionalProperties"] {
        Value::Object(_) if depth < DEEPEST => {
            let names = match schema.get("propertyNames") {
                Some(names) => values(api, names, "key", depth + 1),
                None => select(vec![json!("id_card"), json!("tpl-1"), json!("a")]).boxed(),
            };
            vec((names, values(api, &schema["additionalProperties"], "value", depth + 1)), 0..3).boxed()
        }
        _ => Just(Vec::new()).boxed(),
    };
    (known, others)
        .prop_map(|(known, others)| {
            let others = others.into_iter().filter_map(|(name, value)| Some((name.as_str()?.to_owned(), value)));
            Value::Object(known.into_iter().flatten().chain(others).collect())
        })
        .boxed()
}

/// Both in one, where both are objects.
fn joined(parts: Vec<Value>) -> Value {
    let fields = parts.into_iter().filter_map(|part| part.as_object().cloned());
    Value::Object(fields.flatten().collect())
}

/// Values of a schema, for a field or parameter of this name.
pub fn values(api: &Value, schema: &Value, name: &str, depth: usize) -> BoxedStrategy<Value> {
    let schema = followed(api, schema);
    if let Some(choices) = schema["enum"].as_array() {
        return select(choices.clone()).boxed();
    }
    for choice in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[choice].as_array() {
            return Union::new(choices.iter().map(|choice| values(api, choice, name, depth + 1))).boxed();
        }
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let parts: Vec<_> = parts.iter().map(|part| values(api, part, name, depth)).collect();
        return parts.prop_map(joined).boxed();
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind.as_str()],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => vec!["object"],
    };
    Union::new(kinds.into_iter().map(|kind| match kind {
        "null" => Just(Value::Null).boxed(),
        "boolean" => any::<bool>().prop_map(Value::from).boxed(),
        "integer" => whole(schema),
        "number" => (-1e6..1e6_f64).prop_map(Value::from).boxed(),
        "string" => text(schema, name),
        "array" => vec(values(api, &schema["items"], name, depth + 1), 0..3).prop_map(Value::from).boxed(),
        "object" => object(api, schema, depth),
        other => panic!("values of {other}"),
    }))
    .boxed()
}
