//! Values that a schema does not allow, made from such as it does.

use proptest::{
    collection::vec,
    prelude::{Strategy, any},
    sample::{Index, select},
    strategy::{BoxedStrategy, Union},
};
use serde_json::{Value, json};

/// What stands in the place of a part, or takes it away.
#[derive(Clone, Debug)]
enum Bent {
    Other(Value),
    Gone,
    /// A field that nobody has heard of.
    More,
}

/// Texts that readers and databases stumble over.
pub fn texts() -> Vec<String> {
    let short = [
        "",
        " ",
        "\0",
        "a\0b",
        "null",
        "-1",
        "0",
        "1e400",
        "9223372036854775807",
        "-9223372036854775808",
        "18446744073709551616",
        "+262142-12-31T23:59:59Z",
        "-262143-01-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:60Z",
        "+262142-12-31",
        "-262143-01-01",
        "9999-12-31",
        "2026-02-30",
        "../../etc/passwd",
        "' OR 1=1 --",
        "%",
        "_",
        "\\",
        "\"",
        "<script>",
        "{{x}}",
        "\u{202e}\u{feff}",
        "👨‍👩‍👧",
        "\u{fffd}",
        "ＡＢＣ１２３",
        "İ",
        "ß",
        "(",
        "(a+)+$",
        "[",
        "=cmd|'/c calc'!A1",
        "javascript:alert(1)",
        "http://127.0.0.1:1/",
        "mem_06gzqn7n01rvnb8hvp20m4nfy0",
        "mem_zzzzzzzzzzzzzzzzzzzzzzzzzz",
        "__________8AAAAAAAAAAAAAAAAAAAAA",
        "f_________8AAAAAAAAAAAAAAAAAAAAA",
        "gAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "AB3Xm1O1f_8AAAAAAAAAAAAAAAAAAAAA",
    ];
    short.iter().map(|text| (*text).to_owned()).chain(["x".repeat(70), "会".repeat(3000), "a,".repeat(600)]).collect()
}

fn others() -> Vec<Value> {
    let deep = (0..120).fold(json!(1), |inner, _| json!([inner]));
    let plain = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(i32::MAX),
        json!(9_007_199_254_740_993_i64),
        json!(1.5),
        json!(-0.0),
        json!(1e308),
        json!([]),
        json!({}),
        json!([null]),
        json!({ "": {} }),
        deep,
        json!(vec![0; 300]),
    ];
    plain.into_iter().chain(texts().into_iter().map(Value::from)).collect()
}

/// How many parts a value has, itself included.
fn parts(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(parts).sum(),
        Value::Object(fields) => fields.values().map(parts).sum(),
        _ => 0_usize,
    }
}

/// Bends the part of this number. Gives what of the number is left beyond the value.
fn bend(value: &mut Value, number: usize, bent: &Bent) -> Option<usize> {
    if number == 0 {
        match (bent, value) {
            (Bent::Other(other), value) => value.clone_from(other),
            (Bent::More, Value::Object(fields)) => drop(fields.insert("somebody_unheard_of".to_owned(), json!(1))),
            (_, value) => *value = Value::Null,
        }
        return None;
    }
    let mut left = number - 1;
    match value {
        Value::Array(items) => {
            for item in items.iter_mut() {
                left = bend(item, left, bent)?;
            }
        }
        Value::Object(fields) => {
            for name in fields.keys().cloned().collect::<Vec<_>>() {
                if left == 0 && matches!(bent, Bent::Gone) {
                    fields.remove(&name);
                    return None;
                }
                left = bend(fields.get_mut(&name).expect("a field"), left, bent)?;
            }
        }
        _ => {}
    }
    Some(left)
}

/// Values of which one or two parts are bent.
pub fn bent(values: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    let one = Union::new_weighted(vec![
        (6, select(others()).prop_map(Bent::Other).boxed()),
        (2, proptest::strategy::Just(Bent::Gone).boxed()),
        (1, proptest::strategy::Just(Bent::More).boxed()),
    ]);
    (values, vec((any::<Index>(), one), 1..3))
        .prop_map(|(mut value, changes)| {
            for (place, change) in changes {
                let number = place.index(parts(&value));
                bend(&mut value, number, &change);
            }
            value
        })
        .boxed()
}
