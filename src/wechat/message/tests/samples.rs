//! Every sample push is recognised with all its fields.

use super::expected::expected;
use crate::wechat::{
    account::Format,
    golden::{sample, samples},
    message::{Body, Event, Push, Unreadable},
};

const PUSHES: &[&str] = &["msg_", "event_", "mini_msg_", "mini_event_"];

fn read(name: &str) -> Result<Push, Unreadable> {
    let format = if name.ends_with(".json") { Format::Json } else { Format::Xml };
    let raw = String::from_utf8(sample(name)).unwrap();
    Push::read(raw, format)
}

#[test]
fn every_sample_push_is_what_it_says() {
    let names = samples(PUSHES);
    assert_eq!(names.len(), 58);
    for name in names {
        let push = read(&name).unwrap_or_else(|refused| panic!("{name}: {refused}"));
        assert_eq!(push.body, expected(&name), "{name}");
        let mini = name.starts_with("mini_");
        assert_eq!(push.to, if mini { "gh_f6e5d4c3b2a1" } else { "gh_a1b2c3d4e5f6" }, "{name}");
        let person = if mini { "oMiniUser00000000000000000" } else { "oSandboxUser000000000000000" };
        assert!(push.from.as_str().starts_with(person), "{name}");
        assert!((1_763_700_000..1_763_701_000).contains(&push.created), "{name}");
        assert_eq!(push.raw.as_bytes(), sample(&name), "{name}");
    }
}

#[test]
fn every_sample_push_has_its_own_time_and_its_own_keys() {
    let mut keys: Vec<String> = samples(PUSHES).iter().map(|name| read(name).unwrap().dedup_key("wx1")).collect();
    let all = keys.len();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), all);
}

#[test]
fn messages_have_an_id_and_events_only_where_wechat_gives_one() {
    for name in samples(PUSHES) {
        let push = read(&name).unwrap();
        let expected = match (&push.body, name.as_str()) {
            (Body::Event(Event::TemplateSendJobFinish { msg_id, .. }), _) => Some(*msg_id),
            (Body::Event(Event::MassSendJobFinish(job)), _) => Some(job.msg_id),
            (Body::Event(_), _) => None,
            (_, "msg_text.xml") => Some(24_880_011_223_340_001),
            (_, "mini_msg_text.json") => Some(24_880_011_223_349_001),
            _ => Some(push.message_id.expect(&name)),
        };
        assert_eq!(push.message_id, expected, "{name}");
    }
}

#[test]
fn every_hostile_sample_is_refused() {
    let expected = [
        ("hostile_duplicate_fields.xml", Unreadable::Hostile),
        ("hostile_entity_expansion.xml", Unreadable::Hostile),
        ("hostile_truncated.xml", Unreadable::Malformed),
        ("hostile_xxe.xml", Unreadable::Hostile),
    ];
    assert_eq!(samples(&["hostile_"]).len(), expected.len());
    for (name, refusal) in expected {
        assert_eq!(read(name).err(), Some(refusal), "{name}");
    }
}
