//! Expressions of Prometheus, read as far as the alarms and the dashboard write them: which series they take, with which
//! labels, and whether everything that opens is closed.

/// Functions, aggregations and words of the language that are in use here.
const WORDS: [&str; 20] = [
    "sum",
    "max",
    "count",
    "rate",
    "increase",
    "histogram_quantile",
    "time",
    "absent",
    "by",
    "offset",
    "or",
    "and",
    "unless",
    "on",
    "without",
    "clamp_min",
    "min",
    "avg",
    "topk",
    "bool",
];

/// One series that an expression takes.
#[derive(Debug, Default, PartialEq)]
pub struct Series {
    pub name: String,
    /// Labels that it is chosen by, with what they are held against.
    pub labels: Vec<(String, String)>,
    /// Taken over a span, as `rate` and `increase` want it.
    pub span: bool,
}

/// What an expression says.
#[derive(Debug, Default, PartialEq)]
pub struct Expression {
    pub series: Vec<Series>,
    /// Labels that it is grouped by.
    pub grouped: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Name(String),
    Text(String),
    Number(String),
    Sign(char),
}

fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let mut take = |first: char, more: fn(char) -> bool| {
            let mut word = String::from(first);
            while let Some(next) = letters.next_if(|next| more(*next)) {
                word.push(next);
            }
            word
        };
        if letter == '"' {
            let text = take('"', |next| next != '"');
            assert_eq!(letters.next(), Some('"'), "a text without an end: {text}");
            found.push(Token::Text(text.trim_start_matches('"').to_owned()));
        } else if letter.is_ascii_alphabetic() || letter == '_' {
            found.push(Token::Name(take(letter, |next| next.is_ascii_alphanumeric() || "_:".contains(next))));
        } else if letter.is_ascii_digit() {
            found.push(Token::Number(take(letter, |next| next.is_ascii_alphanumeric() || next == '.')));
        } else if !letter.is_whitespace() {
            found.push(Token::Sign(letter));
        }
    }
    found
}

/// Reads an expression; what is not balanced or not known fails with the whole of it.
pub fn read(text: &str) -> Expression {
    let tokens = tokens(text);
    let (mut found, mut open) = (Expression::default(), Vec::new());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            Token::Sign(sign @ ('(' | '{' | '[')) => open.push(*sign),
            Token::Sign(sign @ (')' | '}' | ']')) => {
                let expected = match sign {
                    ')' => '(',
                    '}' => '{',
                    _ => '[',
                };
                assert_eq!(open.pop(), Some(expected), "not balanced: {text}");
            }
            Token::Name(name) if ["by", "without", "on"].contains(&name.as_str()) => {
                at = labels_of_group(&tokens, at, &mut found.grouped);
            }
            Token::Name(name) if WORDS.contains(&name.as_str()) => {}
            Token::Name(name) => {
                assert_ne!(tokens.get(at), Some(&Token::Sign('(')), "no function is called {name}: {text}");
                let mut series = Series { name: name.clone(), ..Series::default() };
                at = matchers(&tokens, at, &mut series);
                if let Some(Token::Sign('[')) = tokens.get(at) {
                    let span = matches!(tokens.get(at + 1), Some(Token::Number(_)));
                    assert!(span && tokens.get(at + 2) == Some(&Token::Sign(']')), "no span: {text}");
                    series.span = true;
                    at += 3;
                }
                found.series.push(series);
            }
            Token::Text(_) | Token::Number(_) | Token::Sign(_) => {}
        }
    }
    assert!(open.is_empty() && !found.series.is_empty(), "not whole: {text}");
    found
}

/// The names between the parentheses after `by`.
fn labels_of_group(tokens: &[Token], mut at: usize, grouped: &mut Vec<String>) -> usize {
    assert_eq!(tokens.get(at), Some(&Token::Sign('(')), "by what?");
    loop {
        at += 1;
        match tokens.get(at) {
            Some(Token::Name(name)) => grouped.push(name.clone()),
            Some(Token::Sign(',')) => {}
            Some(Token::Sign(')')) => return at + 1,
            other => panic!("no label: {other:?}"),
        }
    }
}

/// The labels between the braces after a name, if there are any.
fn matchers(tokens: &[Token], mut at: usize, series: &mut Series) -> usize {
    if tokens.get(at) != Some(&Token::Sign('{')) {
        return at;
    }
    let mut label = String::new();
    loop {
        at += 1;
        match tokens.get(at) {
            Some(Token::Name(name)) => label.clone_from(name),
            Some(Token::Text(text)) => series.labels.push((std::mem::take(&mut label), text.clone())),
            Some(Token::Sign('}')) => return at + 1,
            Some(Token::Sign('=' | '!' | '~' | ',')) => {}
            other => panic!("no label: {other:?}"),
        }
    }
}

#[test]
fn expressions_are_read_as_prometheus_reads_them() {
    let read = read("sum by (account, le) (rate(calls_total{outcome=~\"a|b\",account!=\"x\"}[5m])) / 2 > 0.5 or up");
    let calls = Series {
        name: "calls_total".to_owned(),
        labels: vec![("outcome".to_owned(), "a|b".to_owned()), ("account".to_owned(), "x".to_owned())],
        span: true,
    };
    let up = Series { name: "up".to_owned(), ..Series::default() };
    assert_eq!(read, Expression { series: vec![calls, up], grouped: vec!["account".to_owned(), "le".to_owned()] });
}

#[test]
#[should_panic(expected = "not balanced")]
fn what_is_closed_twice_is_found() {
    read("sum(calls_total))");
}

#[test]
#[should_panic(expected = "not whole")]
fn what_stays_open_is_found() {
    read("sum(rate(calls_total[5m])");
}

#[test]
#[should_panic(expected = "no function is called summe")]
fn what_is_no_function_is_found() {
    read("summe(calls_total)");
}
