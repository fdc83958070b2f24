//! The verification of the URL.

use super::{official, vector_account, vector_query, vector_time};
use crate::wechat::{
    account::{Account, Format, Kind, Mode},
    callback::{Limits, Query, Refusal, echo},
    golden::{text, vectors},
};

fn published() -> (Account, Query, crate::infra::clock::Time) {
    let vector = vectors("vectors", "callback_signature_sha1").remove(0);
    let mut account = official(Mode::Secure);
    account.callback.token = text(&vector, "token").to_owned().into();
    (account, vector_query(&vector), vector_time(&vector))
}

#[test]
fn the_published_verification_is_answered_in_every_mode() {
    for mode in [Mode::Plain, Mode::Compatible, Mode::Secure] {
        let (mut account, query, now) = published();
        account.callback.mode = mode;
        assert_eq!(echo(&account, &query, now, Limits::default()), Ok("4375120948345356249".to_owned()));
    }
}

#[test]
fn the_published_encrypted_echostr_is_opened() {
    let vector = vectors("vectors", "encrypted_echostr").remove(0);
    let account = vector_account(&vector, Kind::Official, Format::Xml, "gh_1");
    let mut query = vector_query(&vector);
    query.echostr = Some(text(&vector, "encrypt").to_owned());
    let echoed = |query: &Query| echo(&account, query, vector_time(&vector), Limits::default());
    assert_eq!(echoed(&query).as_deref(), Ok(text(&vector, "plaintext")));
    let mut altered = query.clone();
    altered.nonce = Some("437374424".to_owned());
    assert_eq!(echoed(&altered), Err(Refusal::Signature), "the published wrong nonce");
    let mut both = query.clone();
    both.signature = query.msg_signature;
    assert_eq!(echoed(&both), Err(Refusal::Signature), "with a signature the echostr is plaintext");
}

#[test]
fn a_wrong_verification_echoes_nothing() {
    let (account, query, now) = published();
    type Alter = fn(&mut Query);
    let cases: [(Alter, Refusal); 9] = [
        (|query| query.signature = None, Refusal::Signature),
        (|query| query.signature = Some(String::new()), Refusal::Signature),
        (|query| query.signature = Some("0".repeat(40)), Refusal::Signature),
        (|query| query.timestamp = None, Refusal::Signature),
        (|query| query.timestamp = Some("1714036505".to_owned()), Refusal::Signature),
        (|query| query.nonce = None, Refusal::Signature),
        (|query| query.nonce = Some("1514711493".to_owned()), Refusal::Signature),
        (|query| query.echostr = None, Refusal::Malformed),
        (|query| query.echostr = Some("x".repeat(257)), Refusal::Oversized),
    ];
    for (number, (alter, refusal)) in cases.into_iter().enumerate() {
        let mut altered = query.clone();
        alter(&mut altered);
        assert_eq!(echo(&account, &altered, now, Limits::default()), Err(refusal), "case {number}");
    }
}

#[test]
fn an_old_verification_is_refused() {
    let (account, query, now) = published();
    for (seconds, expected) in [(300, true), (-300, true), (301, false), (-301, false)] {
        let moved = now + chrono::TimeDelta::seconds(seconds);
        let answer = echo(&account, &query, moved, Limits::default());
        assert_eq!(answer.is_ok(), expected, "{seconds}");
        assert!(expected || answer == Err(Refusal::ReplayWindow));
    }
}
