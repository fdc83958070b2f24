//! Names that say nothing, work left for later, and error codes that nobody answers.

use huilian::error::Code;

use super::{none, paths::mentions, tree};

/// Words for a drawer of odds and ends.
const EMPTY: [&str; 8] = ["util", "utils", "common", "manager", "managers", "helper", "helpers", "misc"];

/// Marks of unfinished work, in two halves so that this file has none.
const LATER: [(&str, &str); 5] = [("TO", "DO"), ("FIX", "ME"), ("XX", "X:"), ("to", "do!("), ("unimple", "mented!(")];

/// Whether the text has `word` standing alone.
fn has_word(text: &str, word: &str) -> bool {
    let part_of_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut rest = text;
    let mut before = None;
    while let Some((ahead, behind)) = rest.split_once(word) {
        let before_word = ahead.chars().next_back().or(before);
        let open_end = word.ends_with(['(', ':']);
        if !before_word.is_some_and(part_of_name) && (open_end || !behind.starts_with(part_of_name)) {
            return true;
        }
        before = word.chars().next_back();
        rest = behind;
    }
    false
}

#[test]
fn names_say_something() {
    let mut broken = Vec::new();
    for file in tree::files("") {
        let empty = |part: &str| EMPTY.contains(&part.split('.').next().unwrap_or(part).to_lowercase().as_str());
        if file.path.split('/').any(empty) {
            broken.push(file.path.clone());
        }
        if file.path.ends_with(".rs") {
            for (index, line) in file.text.lines().enumerate() {
                let mut words = line.split_whitespace().skip_while(|word| *word != "mod");
                let name = words.nth(1).unwrap_or_default().trim_end_matches([';', '{']);
                if !line.trim_start().starts_with("//") && EMPTY.contains(&name) {
                    broken.push(format!("{}:{}: mod {name}", file.path, index + 1));
                }
            }
        }
    }
    none("Files and modules are called by what is in them", "name it with the word the field uses for it", broken);
}

#[test]
fn nothing_is_left_for_later() {
    let mut broken = Vec::new();
    for file in tree::files("") {
        for (index, line) in file.text.lines().enumerate() {
            if LATER.iter().any(|(one, two)| has_word(line, &format!("{one}{two}"))) {
                broken.push(format!("{}:{}: {}", file.path, index + 1, line.trim()));
            }
        }
    }
    none("What is here is finished", "do it now, or open an issue and delete the mark", broken);
}

#[test]
fn every_error_code_is_answered() {
    let sources =
        tree::files("src").into_iter().filter(|file| file.path.ends_with(".rs") && file.path != "src/error.rs");
    let mut answered = Vec::new();
    for file in sources {
        let codes = mentions(&file.text).into_iter().filter_map(|mention| {
            let at = mention.segments.iter().position(|segment| segment == "Code")?;
            Some(mention.at(at + 1).to_owned())
        });
        answered.extend(codes);
    }
    let idle = Code::ALL.iter().map(|code| format!("{code:?}")).filter(|code| !answered.contains(code));
    let broken = idle.map(|code| format!("Code::{code} in src/error.rs")).collect();
    none("Every public error code is answered somewhere", "use it where it belongs, or delete it", broken);
}

#[test]
fn words_stand_alone() {
    assert!(has_word("// FOO: later", "FOO") && has_word("FOO", "FOO") && has_word("{ bar!()", "bar!("));
    assert!(!has_word("FOOD", "FOO") && !has_word("my_FOO", "FOO"));
}
