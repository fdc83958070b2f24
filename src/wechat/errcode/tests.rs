//! Compares the table with a copy of protocol section 9, whose expectations are written by hand.

use super::{
    Action::{self, Backoff, Config, Defer, Ignore, Reauth, Refresh, Reupload, Stop, Succeeded},
    Pace, Reason, Scope, Until, action, meaning, row,
    table::ROWS,
};
use crate::wechat::endpoints::{Auth, Effect};

const ACCOUNT: Action = Config(Scope::Account);
const ITEM: Action = Config(Scope::Item);
const BUG: Action = Stop(Reason::Bug);
const REQUEST: Action = Stop(Reason::Request);
const SIZE: Action = Stop(Reason::Size);
const MISSING: Action = Stop(Reason::Missing);

/// One line for each row of section 9, in its order: the codes as they stand there, and what a repeatable call with
/// an account token has to do.
const SECTION_9: &[(&str, Action)] = &[
    ("-1", Backoff(Pace::Short)),
    ("40001", Refresh),
    ("40002", BUG),
    ("40003", Stop(Reason::OpenId)),
    ("40007", Reupload),
    ("40008, 40035, 40038, 41028–41029", REQUEST),
    ("40013", ACCOUNT),
    ("40014", Refresh),
    ("40029", Reauth),
    ("40030, 42002, 42007", Reauth),
    ("40032", REQUEST),
    ("40033", BUG),
    ("40037", ITEM),
    ("40048", ACCOUNT),
    ("40054, 40055", REQUEST),
    ("40066", BUG),
    ("40097", REQUEST),
    ("40125", ACCOUNT),
    ("40129", REQUEST),
    ("40132", REQUEST),
    ("40163", Reauth),
    ("40164, 61004, 45035", ACCOUNT),
    ("40165, 40212", REQUEST),
    ("40226", Stop(Reason::Distrusted)),
    ("40243", ACCOUNT),
    ("41001–41009", BUG),
    ("41030", ITEM),
    ("42001", Refresh),
    ("42003", Reauth),
    ("43001–43003", BUG),
    ("43004", Stop(Reason::Unfollowed)),
    ("43019", Stop(Reason::Blacklisted)),
    ("43101", Stop(Reason::NoPermit)),
    ("43107", ACCOUNT),
    ("43108", Backoff(Pace::Short)),
    ("44002–44004", BUG),
    ("44990", Backoff(Pace::Short)),
    ("44993", Defer(Until::NextDay)),
    ("45001–45008", SIZE),
    ("45009", Defer(Until::NextDay)),
    ("45011", Backoff(Pace::Minute)),
    ("45015", Stop(Reason::WindowClosed)),
    ("45028", Defer(Until::NextMonth)),
    ("45029", ACCOUNT),
    ("45047", Stop(Reason::WindowSpent)),
    ("45056–45059, 45157–45159", REQUEST),
    ("45063, 45068", REQUEST),
    ("45103, 45109", BUG),
    ("45065", Succeeded),
    ("45066", Backoff(Pace::Minute)),
    ("45067", REQUEST),
    ("45072, 45080, 45081", Ignore),
    ("45083, 45084", REQUEST),
    ("45168", Stop(Reason::Content)),
    ("46001–46004", MISSING),
    ("47001", BUG),
    ("47003", REQUEST),
    ("47501–47504", REQUEST),
    ("48001", ACCOUNT),
    ("61007", ACCOUNT),
    ("48002", Stop(Reason::Muted)),
    ("48003, 48004, 48008", ACCOUNT),
    ("48006", Defer(Until::NextMonth)),
    ("49003", Stop(Reason::OpenId)),
    ("50001, 50002", Stop(Reason::Restricted)),
    ("50005", Stop(Reason::Unfollowed)),
    ("61010", Stop(Reason::Distrusted)),
    ("61450–61458", REQUEST),
    ("65301–65317, 65400–65416", REQUEST),
    ("76001–76004, 76021, 76022", REQUEST),
    ("85079", ACCOUNT),
    ("85096, 85400, 85401, 85402", REQUEST),
    ("87008, 87009", Reauth),
    ("87014", Stop(Reason::Content)),
    ("89002", ACCOUNT),
    ("89300", REQUEST),
    ("89501–89507", ACCOUNT),
    ("9001001–9001036", REQUEST),
    // HTTP 412/414 of the last row.
    ("412, 414", BUG),
];

/// Codes that other sections name.
const ELSEWHERE: &[(&str, Action)] = &[
    ("50004, 50007", ACCOUNT),                           // 3.1
    ("40015–40028", REQUEST),                            // 6.1
    ("43116, 45026", ACCOUNT),                           // 7.2
    ("200011, 200012", ACCOUNT),                         // 7.3
    ("200014, 200016, 200017, 200018, 200019", REQUEST), // 7.3
    ("200020, 200021", REQUEST),                         // 7.3
    ("40169", REQUEST),                                  // 8.6
    ("40004, 40005", REQUEST),                           // media formats
    ("40006, 40009–40012", SIZE),                        // media sizes
    ("40052, 40053", REQUEST),                           // QR codes
    ("40059", REQUEST),                                  // mass messages
    ("40201–40203", REQUEST),                            // test of the callback
    ("44001", BUG),                                      // empty uploads
];

fn codes(text: &str) -> Vec<i64> {
    let range = |part: &str| match part.split_once('–') {
        Some((from, to)) => (from.parse().unwrap()..=to.parse().unwrap()).collect(),
        None => vec![part.parse().unwrap()],
    };
    text.split(", ").flat_map(range).collect()
}

#[test]
fn every_row_of_the_protocol_has_its_action_and_meaning() {
    for (text, expected) in SECTION_9.iter().chain(ELSEWHERE) {
        for code in codes(text) {
            assert_eq!(action(code, Auth::Token, Effect::Idempotent), *expected, "{code}");
            let (en, zh) = meaning(code);
            assert!(!en.is_empty() && !zh.is_ascii() && en != "unknown code", "{code} is explained");
        }
    }
}

#[test]
fn the_table_holds_nothing_but_those_rows() {
    let mut expected: Vec<i64> = SECTION_9.iter().chain(ELSEWHERE).flat_map(|(text, _)| codes(text)).collect();
    let mut known: Vec<i64> = ROWS.iter().flat_map(|row| row.from..=row.to).collect();
    // The range of the template library has a gap in the protocol.
    expected.push(200_015);
    expected.sort_unstable();
    known.sort_unstable();
    assert_eq!(known, expected);
}

#[test]
fn rows_are_in_order_and_do_not_overlap() {
    assert!(ROWS.iter().all(|row| row.from <= row.to));
    for pair in ROWS.windows(2) {
        assert!(pair[0].to < pair[1].from, "{} and {}", pair[0].to, pair[1].from);
    }
}

#[test]
fn codes_beside_a_row_are_unknown() {
    for code in [0, -2, 1, 40036, 40031, 41010, 41027, 45010, 45060, 61459, 65417, 9_001_037, i64::MIN, i64::MAX] {
        assert_eq!(row(code).map(|row| row.from), None, "{code}");
    }
}

#[test]
fn unknown_codes_stop_what_has_an_effect_and_repeat_a_read_once() {
    assert_eq!(action(123_456, Auth::Token, Effect::Safe), Backoff(Pace::Once));
    assert_eq!(action(123_456, Auth::Token, Effect::Idempotent), Stop(Reason::Unsafe));
    assert_eq!(action(123_456, Auth::Token, Effect::Send), Stop(Reason::Unsafe));
    assert_eq!(meaning(123_456), ("unknown code", "未知错误码"));
}

#[test]
fn a_busy_answer_repeats_what_does_no_harm_twice_only() {
    assert_eq!(action(-1, Auth::Token, Effect::Safe), Backoff(Pace::Short));
    assert_eq!(action(-1, Auth::Token, Effect::Idempotent), Backoff(Pace::Short));
    assert_eq!(action(-1, Auth::Person, Effect::Code), Backoff(Pace::Short));
    assert_eq!(action(123_456, Auth::Person, Effect::Code), Stop(Reason::Unsafe));
    assert_eq!(action(-1, Auth::Token, Effect::Send), Stop(Reason::Unsafe));
    assert_eq!(action(43108, Auth::Token, Effect::Send), Backoff(Pace::Short), "this one was certainly not sent");
}

#[test]
fn the_same_code_means_something_else_for_another_credential() {
    for code in [40001, 40014, 42001] {
        assert_eq!(action(code, Auth::Secret, Effect::Safe), ACCOUNT, "{code} on the token call");
        assert_eq!(action(code, Auth::Person, Effect::Safe), Reauth, "{code} on a web token");
    }
    assert_eq!(action(48001, Auth::Person, Effect::Safe), Reauth, "a scope that the person did not grant");
    assert_eq!(action(40013, Auth::Person, Effect::Safe), ACCOUNT);
}
