use std::fs;

use super::{Sends, Values, Way, Wordings, Words, fill::filled};
use crate::wechat::{
    account::Accounts,
    folder::{Folder, Secrets},
};

const SENDS: [Sends; 1] = [Sends { kind: "hello", values: &["name", "amount"] }];

fn accounts() -> Accounts {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/wechat-config");
    Folder::load(folder.as_ref(), Secrets::Development).unwrap().accounts
}

fn load(text: &str) -> Result<Wordings, String> {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("messages")).unwrap();
    fs::write(folder.path().join("messages/hello.toml"), text).unwrap();
    fs::write(folder.path().join("messages/README.md"), "no message").unwrap();
    Wordings::load(folder.path(), &accounts(), &SENDS).map_err(|problems| problems.to_string())
}

const HEAD: &str = "zh = \"{name}，你好\"\nen = \"Hello {name}\"\n";
const EXAMPLE: &str = "[example]\nname = \"林小满\"\namount = \"¥1.00\"\n";
const SHOP: &str = "[[subscription]]\naccount = \"shop\"\ntemplate_id = \"S\"\npage = \"pages/a\"\n\
                    data = { thing1 = \"{name}\", amount2 = \"{amount}\" }\n";
const BRAND: &str = "[[template]]\naccount = \"brand\"\ntemplate_id = \"T\"\nprogram = \"shop\"\npage = \"pages/a\"\n\
                     data = { amount2 = \"{amount}\" }\n";

#[test]
fn a_file_says_words_and_ways_the_cheapest_first() {
    let wordings = load(&format!("{HEAD}{EXAMPLE}{BRAND}{SHOP}")).unwrap();
    let wording = wordings.get("hello").unwrap();
    assert!(
        matches!(wording.ways.as_slice(), [Way::Window, Way::Subscription { long_term: false, .. }, Way::Template(_)]),
        "{wording:?}"
    );
    let Some(Way::Template(template)) = wording.ways.last() else { panic!("{wording:?}") };
    assert_eq!(template.program.as_ref().map(|program| program.pagepath.as_str()), Some("pages/a"));
    let ordered = load(&format!("order = [\"template\", \"custom\"]\n{HEAD}{EXAMPLE}{BRAND}{SHOP}")).unwrap();
    let ways = &ordered.get("hello").unwrap().ways;
    assert!(matches!(ways.as_slice(), [Way::Template(_), Way::Window]), "what is not named is not used: {ways:?}");
    assert_eq!(Wordings::load("/nowhere".as_ref(), &accounts(), &SENDS).unwrap().iter().count(), 0);
}

#[test]
fn every_problem_is_named_with_its_place() {
    let problems = load(&format!(
        "order = [\"custom\", \"custom\", \"subscription\"]\nzh = \"{{nick}}\"\nen = \"\"\n{EXAMPLE}colour = \"red\"\n\
         [[template]]\naccount = \"shop\"\ntemplate_id = \"T\"\ndata = {{ thing1 = \"x\" }}\n\
         [[template]]\naccount = \"nobody\"\ntemplate_id = \"T\"\ndata = {{ thing1 = \"x\" }}\n\
         [[subscription]]\naccount = \"brand\"\ntemplate_id = \"S\"\npage = \"pages/a\"\ndata = {{ thing1 = \"x\" }}\n\
         [[subscription]]\naccount = \"shop\"\ntemplate_id = \"S\"\ndata = {{ amount1 = \"{{name}}\" }}\n"
    ))
    .unwrap_err();
    for place in [
        "messages/hello.toml: order",
        "messages/hello.toml: zh: knows no {nick}",
        "messages/hello.toml: en.text.content",
        "messages/hello.toml: example.colour: is no value of this message; there are {name}, {amount}",
        "messages/hello.toml: template.shop.account",
        "messages/hello.toml: template.nobody.account",
        "messages/hello.toml: subscription.brand.page",
        "messages/hello.toml: shop.data.amount1",
    ] {
        assert!(problems.contains(place), "{place} is missing in {problems}");
    }
    assert!(load("zh = \"x\"\n").unwrap_err().contains("en"));
    assert!(load(&format!("{HEAD}{EXAMPLE}colour = 1\n")).is_err(), "values are texts");
}

#[test]
fn places_are_filled_and_other_braces_stay() {
    let values: Values =
        [("name", "{amount}"), ("amount", "¥1")].map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    assert_eq!(filled("{name} {} {A} {amount} {a {name", &values), "{amount} {} {A} ¥1 {a {name");
    let wordings = load(&format!("{HEAD}{EXAMPLE}")).unwrap();
    let words = Words { wording: wordings.get("hello").unwrap(), values: &values, english: true };
    assert!(serde_json::to_string(&words.custom()).unwrap().contains("Hello {amount}"));
}
