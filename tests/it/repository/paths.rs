//! The paths that Rust code mentions, from the same tokens the compiler sees: no comments, no strings, macros included.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A path such as `crate::infra::db`, with the line it stands on. Braces of a `use` are unfolded; `*` and names count.
#[derive(Debug, PartialEq)]
pub struct Mention {
    pub line: usize,
    pub segments: Vec<String>,
}

impl Mention {
    /// The segment at `index`, empty when the path is shorter.
    pub fn at(&self, index: usize) -> &str {
        self.segments.get(index).map_or("", String::as_str)
    }
}

/// All paths of two or more segments in `code`.
pub fn mentions(code: &str) -> Vec<Mention> {
    let tokens: TokenStream = code.parse().expect("Rust code");
    let mut found = Vec::new();
    walk(tokens, &mut found);
    found
}

fn walk(tokens: TokenStream, found: &mut Vec<Mention>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Ident(_) => at = path(&tokens, at, &[], found),
            TokenTree::Group(group) => {
                walk(group.stream(), found);
                at += 1;
            }
            _ => at += 1,
        }
    }
}

/// Reads one path that starts at `at`; returns where it ends.
fn path(tokens: &[TokenTree], mut at: usize, before: &[String], found: &mut Vec<Mention>) -> usize {
    let line = tokens.get(at).map_or(0, |token| token.span().start().line);
    let mut segments = before.to_vec();
    loop {
        match tokens.get(at) {
            Some(TokenTree::Ident(name)) => segments.push(name.to_string()),
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                for branch in branches(group.stream()) {
                    path(&branch, 0, &segments, found);
                }
                return at + 1;
            }
            Some(TokenTree::Punct(star)) if star.as_char() == '*' => segments.push("*".to_owned()),
            _ => break,
        }
        at += 1;
        if !is_separator(tokens, at) {
            break;
        }
        at += 2;
    }
    if segments.len() > 1 {
        found.push(Mention { line, segments });
    }
    at
}

fn is_separator(tokens: &[TokenTree], at: usize) -> bool {
    let colon = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(mark)) if mark.as_char() == ':');
    colon(tokens.get(at)) && colon(tokens.get(at + 1))
}

fn branches(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let comma = |token: &TokenTree| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ',');
    tokens.split(comma).filter(|branch| !branch.is_empty()).map(<[TokenTree]>::to_vec).collect()
}

#[test]
fn finds_what_the_compiler_would_see() {
    let code = r##"
        //! crate::comment::is_none
        use crate::{
            error::{Error, Result},
            infra::{self, db::*},
        };
        use sea_orm::{entity::prelude::Expr, Value};
        /// [`crate::documentation`]
        fn call() -> crate::points::Points<crate::tags::Tag> {
            log!("crate::text::is_none", crate::chat::say(r#"crate::raw"#));
            super::super::coupons::take::<entity::jobs::job::Model>()
        }
    "##;
    let found = mentions(code);
    let found: Vec<String> =
        found.iter().map(|mention| format!("{} {}", mention.line, mention.segments.join("::"))).collect();
    assert_eq!(
        found,
        [
            "4 crate::error::Error",
            "4 crate::error::Result",
            "5 crate::infra::self",
            "5 crate::infra::db::*",
            "7 sea_orm::entity::prelude::Expr",
            "7 sea_orm::Value",
            "9 crate::points::Points",
            "9 crate::tags::Tag",
            "10 crate::chat::say",
            "11 super::super::coupons::take",
            "11 entity::jobs::job::Model",
        ]
    );
}
