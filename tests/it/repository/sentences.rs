//! What errors say to people stands in the code in English; each sentence has its Chinese half, and no half stands alone.

use std::collections::BTreeMap;

use huilian::http::reader;
use proc_macro2::{Delimiter, Literal, TokenStream, TokenTree};

use super::{none, tree};

/// What takes a sentence. The first text of `invalid` and `field` is the name of the field.
const TAKES: [&str; 9] =
    ["detail", "invalid", "field", "conflict", "impossible", "misplaced", "over", "unfit", "not_carried"];
const NAMES_A_FIELD: [&str; 2] = ["invalid", "field"];
/// Names of texts that become sentences in the next line.
const BECOMES: [&str; 3] = ["why", "words", "there"];
/// Parts whose errors are read in logs and terminals only, or are no errors.
const INWARD: [&str; 9] = [
    "src/sandbox/",
    "src/cli/",
    "src/sample/",
    "src/infra/",
    "src/wechat/",
    "src/jobs/",
    "src/http/reader/",
    "src/reach/wording/",
    "src/referral/poster/",
];
/// Why a job comes again, why the machine stops payouts, what has no business to happen: for the log.
const FOR_THE_LOG: [&str; 8] = [
    "more rows",
    "more lines",
    "there is no bill yet",
    "somebody else asks for this bill",
    "the books of the campaign do not agree",
    "a notification contradicts what is known of a payout",
    "7 differences with bills up to that of 7",
    "a grant without a decision",
];

/// A text of the code as it can come out: without escapes, with something where it varies.
fn text(literal: &Literal) -> Option<String> {
    let source = literal.to_string();
    let inside = source.strip_prefix('"')?.strip_suffix('"')?.replace("\\\"", "\"");
    let mut said = String::new();
    let mut signs = inside.chars().peekable();
    while let Some(sign) = signs.next() {
        match (sign, signs.peek()) {
            ('{', Some('{')) | ('}', Some('}')) => said.extend(signs.next()),
            ('{', _) => {
                said.push('7');
                signs.find(|sign| *sign == '}');
            }
            _ => said.push(sign),
        }
    }
    Some(said)
}

/// All texts in a group, and in what stands in it.
fn texts(tokens: TokenStream, found: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Literal(literal) => found.extend(text(&literal)),
            TokenTree::Group(group) => texts(group.stream(), found),
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

/// The sentences that code says.
fn sentences(tokens: TokenStream, found: &mut Vec<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let name = |at: usize| match tokens.get(at) {
        Some(TokenTree::Ident(name)) => name.to_string(),
        _ => String::new(),
    };
    for (at, token) in tokens.iter().enumerate() {
        let word = name(at);
        if word == "let" && BECOMES.contains(&name(at + 1).as_str()) {
            let is_end = |token: &&TokenTree| !matches!(token, TokenTree::Punct(mark) if mark.as_char() == ';');
            texts(tokens.iter().skip(at + 2).take_while(is_end).cloned().collect(), found);
        }
        let TokenTree::Group(group) = token else { continue };
        let called = at.checked_sub(1).map(name).unwrap_or_default();
        if group.delimiter() == Delimiter::Parenthesis && is_taken(&tokens, at, &called) {
            let mut inside = Vec::new();
            texts(group.stream(), &mut inside);
            found.extend(inside.into_iter().skip(usize::from(NAMES_A_FIELD.contains(&called.as_str()))));
        }
        sentences(group.stream(), found);
    }
}

/// Whether what is called takes a sentence: one of ours, or an error of garde.
fn is_taken(tokens: &[TokenTree], at: usize, called: &str) -> bool {
    let before = |back: usize| at.checked_sub(back).and_then(|at| tokens.get(at)).map(ToString::to_string);
    let of_garde = called == "new" && before(4).as_deref() == Some("Error") && before(7).as_deref() == Some("garde");
    of_garde || TAKES.contains(&called)
}

/// The sentences of the whole program, each with the files that say it.
fn said() -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in tree::files("src").into_iter().filter(|file| file.path.ends_with(".rs")) {
        if INWARD.iter().any(|part| file.path.starts_with(part)) && file.path != "src/infra/calendar.rs" {
            continue;
        }
        let code = file.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let mut found = Vec::new();
        sentences(code.parse().expect("Rust code"), &mut found);
        for sentence in found.into_iter().filter(|text| text.split(' ').filter(|word| word.len() > 1).count() > 1) {
            all.entry(sentence).or_default().push(file.path.clone());
        }
    }
    all
}

#[test]
fn every_sentence_has_both_languages() {
    let all = said();
    assert!(all.len() > 100, "only {} sentences were found", all.len());
    let silent = |text: &str| {
        let other = reader::told(text, false);
        !FOR_THE_LOG.contains(&text) && other == text && !text.chars().any(|sign| sign > '\u{4e00}')
    };
    let broken =
        all.iter().filter(|(text, _)| silent(text)).map(|(text, files)| format!("{}: {text}", files.join(", ")));
    let way_out = "write the Chinese sentence into src/http/reader/particulars.rs";
    none("What an error says is told in Chinese, too", way_out, broken.collect());
}

#[test]
fn no_chinese_sentence_stands_alone() {
    let code = tree::files("src").into_iter().filter(|file| !file.path.starts_with("src/http/reader/"));
    let code: String = code.map(|file| file.text).collect();
    let pieces = |english: &str| english.split("{}").map(|piece| piece.replace('"', "\\\"")).collect::<Vec<_>>();
    let alone = reader::sentences().map(|(english, _)| english);
    let broken = alone.filter(|english| !pieces(english).iter().all(|piece| code.contains(piece.as_str())));
    none("Every sentence in Chinese belongs to one of the code", "delete it", broken.map(str::to_owned).collect());
}

#[test]
fn sentences_are_found_where_they_are_said() {
    let code = r##"
        fn refuse() {
            let why = if a { "too old" } else { "too new" };
            Error::new(Code::Conflict).detail(format!("undo {last} first"));
            Error::invalid(format!("rule.{field}"), "is not one");
            wrong.field("columns", "stands there twice");
            garde::Error::new(format!("knows no {{{word}}}"));
            tracing::info!("nothing to see");
        }
    "##;
    let mut found = Vec::new();
    sentences(code.parse().expect("Rust code"), &mut found);
    let all = ["too old", "too new", "undo 7 first", "is not one", "stands there twice", "knows no {7}"];
    assert_eq!(found, all);
}
