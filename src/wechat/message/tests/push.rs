//! What every push has in common.

use proptest::prelude::*;

use crate::wechat::{
    account::Format::{Json, Xml},
    message::{Body, Event, Fields, Push, Unreadable},
};

fn common(msg_type: &str) -> Fields {
    Fields::new()
        .with("ToUserName", "gh_1")
        .with("FromUserName", "oPerson")
        .with("CreateTime", 1_763_700_007_i64)
        .with("MsgType", msg_type)
}

fn text(content: &str, id: u64) -> Fields {
    common("text").with("Content", content).with("MsgId", id)
}

fn event(name: &str) -> Fields {
    common("event").with("Event", name)
}

fn read(fields: &Fields) -> Result<Push, Unreadable> {
    let pushes = [Xml, Json].map(|format| Push::read(fields.write(format), format));
    let [xml, json] = pushes;
    assert_eq!(xml.as_ref().map(|push| &push.body), json.as_ref().map(|push| &push.body), "both formats agree");
    xml
}

#[test]
fn a_message_is_known_by_account_person_and_id() {
    let key = read(&text("在吗", 7)).unwrap().dedup_key("wx1");
    assert_eq!(key, "wx1|gh_1|oPerson|7");
    let retry = text("在吗", 7).with("Extra", "x");
    assert_eq!(read(&retry).unwrap().dedup_key("wx1"), key, "the body does not matter for messages");
    assert_ne!(read(&text("在吗", 8)).unwrap().dedup_key("wx1"), key);
    assert_ne!(read(&text("在吗", 7)).unwrap().dedup_key("wx2"), key);
}

#[test]
fn an_event_is_known_by_person_second_name_and_body() {
    let push = read(&event("LOCATION").with("Latitude", "1.5").with("Longitude", "2")).unwrap();
    let key = push.dedup_key("wx1");
    assert!(key.starts_with("wx1|oPerson|1763700007|event:location|||"), "{key}");
    assert_eq!(key.rsplit('|').next().unwrap().len(), 64, "a SHA-256");
    assert_eq!(push.clone().dedup_key("wx1"), key, "a retry has the same body");
    let moved = read(&event("LOCATION").with("Latitude", "1.6").with("Longitude", "2")).unwrap();
    assert_ne!(moved.dedup_key("wx1"), key, "two positions within one second are two events");
    let click = read(&event("CLICK").with("EventKey", "k".repeat(2000))).unwrap();
    assert!(click.dedup_key("wx1").len() < 512);
    let other = read(&event("CLICK").with("EventKey", format!("{}x", "k".repeat(1999)))).unwrap();
    assert_ne!(click.dedup_key("wx1"), other.dedup_key("wx1"), "the hash covers what is cut off");
    let sent = read(&event("TEMPLATESENDJOBFINISH").with("MsgID", 9_u64).with("Status", "success")).unwrap();
    assert!(sent.dedup_key("wx1").contains("|event:templatesendjobfinish||9|"));
}

#[test]
fn a_push_without_its_common_fields_is_malformed() {
    let names = ["ToUserName", "FromUserName", "CreateTime", "MsgType", "Content", "MsgId"];
    for missing in names {
        let fields = text("x", 1);
        let rest = fields.iter().filter(|(name, _)| *name != missing);
        let rest = rest.fold(Fields::new(), |fields, (name, node)| fields.with(name, node.clone()));
        assert_eq!(read(&rest).err(), Some(Unreadable::Malformed), "{missing}");
    }
    for (name, value) in [
        ("FromUserName", "o<script>"),
        ("FromUserName", ""),
        ("ToUserName", ""),
        ("CreateTime", "soon"),
        ("CreateTime", "1.5"),
        ("MsgId", "x"),
        ("MsgId", "18446744073709551616"),
    ] {
        let fields = text("x", 1);
        let wrong = fields.iter().map(|(known, node)| (known, if known == name { value.into() } else { node.clone() }));
        let wrong = wrong.fold(Fields::new(), |fields, (name, node)| fields.with(name, node));
        assert_eq!(read(&wrong).err(), Some(Unreadable::Malformed), "{name} {value}");
    }
}

#[test]
fn a_known_message_without_what_it_must_have_is_malformed() {
    let cases = [
        ("image", "MediaId", "PicUrl"),
        ("voice", "MediaId", "Format"),
        ("video", "MediaId", "ThumbMediaId"),
        ("shortvideo", "MediaId", "ThumbMediaId"),
        ("location", "Location_X", "Label"),
        ("link", "Url", "Title"),
        ("miniprogrampage", "PagePath", "Title"),
    ];
    for (msg_type, must, may) in cases {
        let without = common(msg_type).with(may, "1").with("MsgId", 1_u64);
        assert_eq!(read(&without).err(), Some(Unreadable::Malformed), "{msg_type} without {must}");
        let with = without.with(must, "1").with("Location_Y", "1");
        assert_eq!(read(&with).unwrap().kind(), msg_type);
    }
    let nowhere = common("location").with("Location_X", "NaN").with("Location_Y", "1").with("MsgId", 1_u64);
    assert_eq!(read(&nowhere).err(), Some(Unreadable::Malformed));
}

#[test]
fn what_is_unknown_is_kept_with_a_harmless_name() {
    let strange = format!("New Type!\"{}", "x".repeat(100));
    let push = read(&common(&strange).with("MsgId", 5_u64)).unwrap();
    assert_eq!(push.kind(), "unknown");
    assert_eq!(push.message_id, Some(5));
    assert_eq!(push.dedup_key("wx1"), "wx1|gh_1|oPerson|5");
    assert_eq!(push.body, Body::Unknown { msg_type: format!("new_type__{}", "x".repeat(54)) });
    let push = read(&event("某个 Event\n")).unwrap();
    assert_eq!(push.kind(), "event:unknown");
    assert_eq!(push.body, Body::Event(Event::Unknown { name: "___event".to_owned() }));
    let without_id = read(&common("novelty")).unwrap();
    assert!(without_id.dedup_key("wx1").starts_with("wx1|oPerson|1763700007|unknown|||"));
    let strange_id = read(&event("novelty").with("MsgID", "abc")).unwrap();
    assert_eq!(strange_id.message_id, None);
}

#[test]
fn types_are_compared_without_regard_to_case() {
    assert_eq!(read(&event("SuBsCrIbE")).unwrap().kind(), "event:subscribe");
    assert_eq!(read(&common("TEXT").with("Content", "x").with("MsgId", 1_u64)).unwrap().kind(), "text");
}

#[test]
fn a_push_never_prints_what_was_said() {
    let printed = format!("{:?}", read(&text("我的手机号是13800138000", 7)).unwrap());
    assert_eq!(printed, r#"Push { kind: "text", from: OpenID(…rson), created: 1763700007, .. }"#);
    let place = read(&event("LOCATION").with("Latitude", "31.230416").with("Longitude", "121.473701")).unwrap();
    assert!(!format!("{:?}", place.body).contains("31.23"));
}

proptest! {
    #[test]
    fn no_body_makes_a_push_panic(body in any::<String>(), name in "[A-Za-z_]{0,30}", values in any::<[String; 3]>()) {
        let _ = (Push::read(body.clone(), Xml), Push::read(body, Json));
        let [a, b, c] = values;
        let fields = event(&name).with("EventKey", a).with("Ticket", b).with("List", Fields::new().with("TemplateId", c));
        for format in [Xml, Json] {
            let _ = Push::read(fields.write(format), format);
        }
    }

    #[test]
    fn any_text_message_is_read_in_both_formats(content in "[^\0]{0,64}", id in any::<u64>()) {
        let push = read(&text(&content, id)).unwrap();
        prop_assert_eq!(push.message_id, Some(id));
        prop_assert_eq!(push.body, Body::Text { content, menu_id: None, article: None, business_id: None });
    }
}
