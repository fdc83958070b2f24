//! The readers and writers of both formats.

use proptest::prelude::*;

use crate::wechat::{
    account::Format::{Json, Xml},
    message::{Fields, Node, Unreadable},
};

use Unreadable::{Hostile, Malformed};

fn xml(body: &str) -> Result<Fields, Unreadable> {
    Fields::read(body, Xml)
}

fn json(body: &str) -> Result<Fields, Unreadable> {
    Fields::read(body, Json)
}

fn text(fields: &Fields, name: &str) -> String {
    fields.text(name).unwrap()
}

#[test]
fn text_may_be_cdata_or_bare_with_layout_around_it() {
    let fields = xml("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xml>\n <A><![CDATA[1 < 2 & ]]]]><![CDATA[>]]></A>\n \
                      <B>\n  <![CDATA[ x ]]>\n  <![CDATA[y]]>\n </B><C>a&lt;b&amp;&#x4f60;&#22909;</C><D/><E> 7 </E></xml>\n")
    .unwrap();
    assert_eq!(text(&fields, "A"), "1 < 2 & ]]>");
    assert_eq!(text(&fields, "B"), " x y");
    assert_eq!(text(&fields, "C"), "a<b&你好");
    assert_eq!(text(&fields, "D"), "");
    assert_eq!(fields.value::<u8>(&["E"]), Ok(7));
    assert_eq!(fields.find(&["Z"]), Ok(None));
    assert_eq!(fields.find(&["Z", "E"]).unwrap().as_deref(), Some(" 7 "));
}

#[test]
fn what_attackers_send_is_hostile_in_xml() {
    let deep = |levels: usize| format!("<xml>{}{}</xml>", "<a>".repeat(levels - 1), "</a>".repeat(levels - 1));
    let many = |count: usize| format!("<xml><l>{}</l></xml>", "<a/>".repeat(count));
    let cases = [
        "<!DOCTYPE xml><xml><a>1</a></xml>",
        "<xml><!DOCTYPE xml><a>1</a></xml>",
        "<xml><a>1</a></xml><!DOCTYPE xml>",
        "<xml><a>&b;</a></xml>",
        "<xml><?php echo 1 ?></xml>",
        "<?pi ?><xml></xml>",
        "<xml/><?pi ?>",
        "<xml><?xml version=\"1.0\"?></xml>",
        "<xml><a>1<!-- -->2</a></xml>",
        "<xml><a>1</a><a>2</a></xml>",
        "<xml><a>1</a><a><b>2</b></a></xml>",
        "<xml><a><b>2</b></a><a>1</a></xml>",
        "<xml><a>\0</a></xml>",
        "<xml><a><![CDATA[\0]]></a></xml>",
        "<xml a=\"\0\"></xml>",
        &deep(17),
        &many(2048),
    ];
    for case in cases {
        assert_eq!(xml(case), Err(Hostile), "{case:.80}");
    }
    assert!(xml(&deep(16)).is_ok());
    assert!(xml(&many(2046)).is_ok());
}

#[test]
fn what_is_no_body_is_malformed_in_xml() {
    let cases = [
        "",
        " ",
        "hello",
        "{}",
        "<a></a>",
        "<xml>",
        "<xml><a></xml>",
        "<xml><a></b></xml>",
        "</xml>",
        "<xml/><xml/>",
        "<xml/>trailing",
        "leading<xml/>",
        "<xml/><![CDATA[]]>",
        "<xml>text<a>1</a></xml>",
        "<xml><a>text<b>1</b></a></xml>",
        "<xml><a>1</a><![CDATA[x]]></xml>",
        "<xml><a><![CDATA[x</a></xml>",
        "<xml><!ENTITY a \"b\"></xml>",
        "<xml><a>&#0;</a></xml>",
        "<xml><a>&#x110000;</a></xml>",
        "<xml><a>a & b</a></xml>",
    ];
    for case in cases {
        assert_eq!(xml(case), Err(Malformed), "{case}");
    }
}

#[test]
fn words_that_look_hostile_are_just_words_inside_cdata() {
    let fields = xml("<xml><Content><![CDATA[<!DOCTYPE html><!ENTITY a> &x; <?php ?>]]></Content></xml>").unwrap();
    assert_eq!(text(&fields, "Content"), "<!DOCTYPE html><!ENTITY a> &x; <?php ?>");
}

#[test]
fn json_values_of_every_kind_are_read() {
    let fields = json(
        r#"{"s":"在吗 \u4f60","i":-5,"u":18446744073709551615,"f":31.25,"b":true,"n":null,"o":{"x":1},"e":[],"l":[1,[2,3]]}"#,
    )
    .unwrap();
    let texts = ["s", "i", "u", "f", "b", "n"].map(|name| text(&fields, name));
    assert_eq!(texts, ["在吗 你", "-5", "18446744073709551615", "31.25", "true", ""]);
    assert_eq!(fields.fields("o").unwrap().unwrap().value::<u8>(&["x"]), Ok(1));
    assert_eq!(fields.find(&["e"]), Ok(None));
    assert_eq!(fields.all("l").count(), 2);
    assert_eq!(fields.find(&["l"]), Err(Malformed), "two values are not one text");
    assert_eq!(fields.find(&["o"]), Err(Malformed), "nested fields are no text");
}

#[test]
fn what_attackers_send_is_hostile_in_json() {
    let deep = |levels: usize| format!("{}1{}", "{\"a\":".repeat(levels), "}".repeat(levels));
    let lists = |levels: usize| format!("{{\"a\":{}{}}}", "[".repeat(levels - 1), "]".repeat(levels - 1));
    let many = |count: usize| format!("{{\"a\":[{}]}}", vec!["1"; count].join(","));
    let cases = [
        r#"{"FromUserName":"a","FromUserName":"b"}"#,
        r#"{"a":{"b":1,"b":2}}"#,
        r#"{"a":"x\u0000y"}"#,
        "{\"a\":\"x\0y\"}",
        &deep(17),
        &lists(17),
        &many(2048),
    ];
    for case in cases {
        assert_eq!(json(case), Err(Hostile), "{case:.80}");
    }
    assert!(json(&deep(16)).is_ok());
    assert!(json(&lists(16)).is_ok());
    assert!(json(&many(2000)).is_ok());
}

#[test]
fn what_is_no_body_is_malformed_in_json() {
    for case in
        ["", " ", "1", "\"a\"", "[]", "null", "{", r#"{"a":1}}"#, r#"{"a":1} x"#, r#"{"a":1e999}"#, "<xml/>", "{a:1}"]
    {
        assert_eq!(json(case), Err(Malformed), "{case}");
    }
}

#[test]
fn a_list_is_the_same_in_every_shape() {
    let shapes = [
        xml("<xml><List><n>1</n></List><List><n>2</n></List></xml>"),
        xml("<xml><List><item><n>1</n></item><item><n>2</n></item></List></xml>"),
        xml("<xml><List><count>2</count><item><n>1</n></item><item><n>2</n></item></List></xml>"),
        json(r#"{"List":[{"n":1},{"n":"2"}]}"#),
        json(r#"{"List":{"item":[{"n":1},{"n":"2"}]}}"#),
    ];
    for fields in shapes {
        let fields = fields.unwrap();
        let numbers: Vec<u8> = fields.list("List").iter().map(|element| element.value(&["n"]).unwrap()).collect();
        assert_eq!(numbers, [1, 2]);
    }
    for one in [xml("<xml><List><n>1</n></List></xml>"), json(r#"{"List":{"n":1}}"#), json(r#"{"List":[{"n":1}]}"#)] {
        assert_eq!(one.unwrap().list("List").len(), 1);
    }
    for none in [xml("<xml><List></List></xml>"), xml("<xml/>"), json(r#"{"List":[]}"#), json(r#"{"List":""}"#)] {
        assert!(none.unwrap().list("List").is_empty());
    }
}

#[test]
fn bodies_are_written_as_wechat_writes_them() {
    let fields = Fields::new()
        .with("ToUserName", "gh_1")
        .with("CreateTime", 1_763_700_007_i64)
        .with("Content", "a]]>b")
        .with("Info", Fields::new().with("Count", 2_u64))
        .with_some("Missing", None::<&str>)
        .with("List", Fields::new().with("n", 1_i64))
        .with("List", Fields::new().with("n", 2_i64));
    assert_eq!(
        fields.write(Xml),
        "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><CreateTime>1763700007</CreateTime>\
         <Content><![CDATA[a]]]]><![CDATA[>b]]></Content><Info><Count>2</Count></Info>\
         <List><n>1</n></List><List><n>2</n></List></xml>"
    );
    let json: serde_json::Value = serde_json::from_str(&fields.write(Json)).unwrap();
    let expected = serde_json::json!({
        "ToUserName": "gh_1", "CreateTime": 1_763_700_007, "Content": "a]]>b",
        "Info": { "Count": 2 }, "List": [{ "n": 1 }, { "n": 2 }],
    });
    assert_eq!(json, expected);
}

/// Trees as they can be written and read again: text only, as XML does not know numbers.
fn trees() -> impl Strategy<Value = Fields> {
    let leaf = "[^\0]{0,20}".prop_map(Node::Text);
    let node = leaf.prop_recursive(4, 40, 5, |inner| {
        proptest::collection::btree_map("[A-Za-z_][A-Za-z0-9_]{0,8}", inner, 1..5)
            .prop_map(|fields| tree(fields).into())
    });
    proptest::collection::btree_map("[A-Za-z_][A-Za-z0-9_]{0,8}", node, 0..6).prop_map(tree)
}

fn tree(fields: std::collections::BTreeMap<String, Node>) -> Fields {
    fields.into_iter().fold(Fields::new(), |tree, (name, node)| tree.with(name, node))
}

proptest! {
    #[test]
    fn any_tree_survives_both_formats(tree in trees()) {
        prop_assert_eq!(xml(&tree.write(Xml)), Ok(tree.clone()));
        prop_assert_eq!(json(&tree.write(Json)), Ok(tree));
    }

    #[test]
    fn any_text_survives_cdata(parts in proptest::collection::vec("[^\0]{0,6}|]]>|]]|<!\\[CDATA\\[|&amp;|\r\n", 0..8)) {
        let text = parts.concat();
        let written = Fields::new().with("Content", text.as_str()).write(Xml);
        prop_assert_eq!(xml(&written).unwrap().text("Content"), Ok(text));
    }

    #[test]
    fn no_text_makes_the_readers_panic(text in any::<String>()) {
        let _ = (xml(&text), json(&text));
    }

    #[test]
    fn no_near_miss_makes_the_readers_panic(
        parts in proptest::collection::vec(
            "<xml>|</xml>|<a>|</a>|<a/>|<|>|&|;|<!\\[CDATA\\[|]]>|<!--|-->|<\\?xml \\?>|<!DOCTYPE |\\{|\\}|\\[|\\]|\"a\"|:|,|1|x|\\\\u0000",
            0..24,
        ),
    ) {
        let text = parts.concat();
        let _ = (xml(&text), json(&text));
    }
}
