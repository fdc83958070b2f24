//! Pushes that are what they claim.

use proptest::prelude::*;

use super::{KEY, OTHER_KEY, account, message, now, official, stamp, vector_account, vector_query, vector_time};
use crate::wechat::{
    account::{Account, Format, Kind, Mode},
    callback::{Limits, Opened, Query, Refusal, Sealing, open_push, seal_push},
    golden::{sample, text, vectors},
    message::{Body, Event},
};

fn sealed(account: &Account, content: &str) -> (Query, String) {
    seal_push(account, &message(content), &stamp()).unwrap()
}

fn opened(account: &Account, (query, body): &(Query, String)) -> Result<Opened, Refusal> {
    open_push(account, query, body.as_bytes(), now(), Limits::default())
}

fn content(opened: &Opened) -> &str {
    match &opened.push.body {
        Body::Text { content, .. } => content,
        other => panic!("{other:?} is no text"),
    }
}

#[test]
fn every_published_push_is_opened() {
    let published = vectors("vectors", "secure_mode_decrypt");
    let bodies = [
        ("secure-mode-json-official", Kind::Mini, Format::Json, "gh_97417a04a28d", "mini_envelope_encrypted_push.json"),
        (
            "secure-mode-xml-tencent-sample",
            Kind::Official,
            Format::Xml,
            "wx5823bf96d3bd56c7",
            "envelope_encrypted_push.xml",
        ),
        ("secure-mode-xml-easywechat", Kind::Official, Format::Xml, "asdasdasd", ""),
    ];
    assert_eq!(published.len(), bodies.len());
    for (vector, (id, kind, format, original_id, file)) in published.iter().zip(bodies) {
        assert_eq!(vector["id"], id);
        let body = match file {
            "" => format!("<xml><Encrypt>{}</Encrypt></xml>", text(vector, "encrypt")).into_bytes(),
            file => sample(file),
        };
        let account = vector_account(vector, kind, format, original_id);
        let open = |account: &Account| {
            open_push(account, &vector_query(vector), &body, vector_time(vector), Limits::default())
        };
        let opened = open(&account).unwrap_or_else(|refusal| panic!("{id}: {refusal}"));
        assert_eq!(opened.push.raw, text(vector, "plaintext"), "{id}");
        assert_eq!(opened.signature, text(vector, "msg_signature"), "{id}");
        assert!(matches!(opened.sealing, Sealing::Cipher(_)));
        match format {
            Format::Json => {
                assert_eq!(opened.push.body, Body::Event(Event::Unknown { name: "debug_demo".to_owned() }));
            }
            Format::Xml => assert_eq!(content(&opened), "hello"),
        }
        let mut foreign = account.clone();
        foreign.appid = "invalid appid".to_owned();
        assert_eq!(open(&foreign).err(), Some(Refusal::Decrypt), "{id}: the published wrong appid");
        let mut elsewhere = account;
        elsewhere.original_id = "gh_elsewhere".to_owned();
        assert_eq!(open(&elsewhere).err(), Some(Refusal::WrongAccount), "{id}");
    }
}

#[test]
fn what_one_side_seals_the_other_opens_in_every_mode_and_format() {
    for (kind, format) in [(Kind::Official, Format::Xml), (Kind::Mini, Format::Xml), (Kind::Mini, Format::Json)] {
        for mode in [Mode::Plain, Mode::Compatible, Mode::Secure] {
            let account = account(kind, mode, format);
            let (query, body) = sealed(&account, "在吗 ]]> & <b>");
            assert_eq!(query.encrypt_type.is_some(), mode != Mode::Plain);
            assert_eq!(body.contains("在吗"), mode != Mode::Secure, "only secure mode hides the words");
            assert_eq!(query.openid.as_deref(), Some("oSandboxUser0000000000000001"));
            let opened = opened(&account, &(query, body)).unwrap();
            assert_eq!(content(&opened), "在吗 ]]> & <b>");
            assert_eq!(matches!(opened.sealing, Sealing::Plain), mode == Mode::Plain);
        }
    }
}

#[test]
fn an_official_account_speaks_xml_whatever_is_configured() {
    let account = account(Kind::Official, Mode::Secure, Format::Json);
    let (query, body) = sealed(&account, "x");
    assert!(body.starts_with("<xml>"));
    assert!(opened(&account, &(query, body)).is_ok());
}

#[test]
fn the_previous_key_still_opens_and_seals_the_answer() {
    let mut before = official(Mode::Secure);
    before.callback.aes_key = Some(OTHER_KEY.to_owned().into());
    let push = sealed(&before, "x");
    let mut rotated = official(Mode::Secure);
    assert_eq!(opened(&rotated, &push).err(), Some(Refusal::Decrypt));
    rotated.callback.previous_aes_key = Some(OTHER_KEY.to_owned().into());
    let opened = opened(&rotated, &push).unwrap();
    let Sealing::Cipher(key) = opened.sealing else { panic!() };
    let answer = key.encrypt("answer", &rotated.appid, [1; 16]);
    let current: crate::wechat::crypto::AesKey = KEY.parse().unwrap();
    assert!(current.decrypt(&answer, &rotated.appid).is_err(), "not with the key that WeChat does not use yet");
    assert_eq!(key.decrypt(&answer, &rotated.appid).as_deref(), Ok("answer"));
}

#[test]
fn one_request_has_one_signature_however_it_is_written() {
    for mode in [Mode::Plain, Mode::Secure] {
        let account = official(mode);
        let push = sealed(&account, "x");
        let first = opened(&account, &push).unwrap().signature;
        let (mut query, body) = push;
        query.signature = query.signature.map(|text| text.to_uppercase());
        query.msg_signature = query.msg_signature.map(|text| text.to_uppercase());
        query.openid = Some("oSomebodyElse".to_owned());
        let again = opened(&account, &(query, body)).unwrap();
        assert_eq!(again.signature, first);
        assert_eq!(again.push.from.as_str(), "oSandboxUser0000000000000001", "the query is not believed");
    }
}

#[test]
fn a_push_is_taken_within_the_replay_window_only() {
    let account = official(Mode::Secure);
    let (query, body) = sealed(&account, "x");
    let limits = Limits { window: std::time::Duration::from_secs(60), ..Limits::default() };
    for (seconds, refusal) in [
        (0, None),
        (60, None),
        (-60, None),
        (61, Some(Refusal::ReplayWindow)),
        (-61, Some(Refusal::ReplayWindow)),
        (86_400, Some(Refusal::ReplayWindow)),
    ] {
        let at = now() + chrono::TimeDelta::seconds(seconds);
        assert_eq!(open_push(&account, &query, body.as_bytes(), at, limits).err(), refusal, "{seconds}");
    }
}

proptest! {
    #[test]
    fn any_words_travel_through_any_envelope(
        content in "[^\0]{0,64}",
        mode in prop_oneof![Just(Mode::Plain), Just(Mode::Compatible), Just(Mode::Secure)],
        format in prop_oneof![Just(Format::Xml), Just(Format::Json)],
    ) {
        let account = account(Kind::Mini, mode, format);
        let opened = opened(&account, &sealed(&account, &content)).unwrap();
        prop_assert_eq!(super::open::content(&opened), content);
    }
}
