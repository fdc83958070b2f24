//! The envelope against the published numbers, against forgeries, and back and forth.

mod echo;
mod forged;
mod open;
mod reply;

use serde_json::Value;

use crate::{
    infra::clock::Time,
    wechat::{
        account::{Account, CallbackSettings, Format, Kind, Mode},
        golden::text,
        message::Fields,
    },
};

use super::{Query, Stamp};

const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const OTHER_KEY: &str = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C";

/// An account of our own making.
fn account(kind: Kind, mode: Mode, format: Format) -> Account {
    Account {
        key: "brand".parse().unwrap(),
        kind,
        name: "惠联".to_owned(),
        appid: "wxa000000000000001".to_owned(),
        original_id: "gh_a1b2c3d4e5f6".to_owned(),
        secret: "secret".to_owned().into(),
        callback: CallbackSettings {
            mode,
            format,
            token: "pamtest".to_owned().into(),
            aes_key: Some(KEY.to_owned().into()),
            previous_aes_key: None,
        },
    }
}

fn official(mode: Mode) -> Account {
    account(Kind::Official, mode, Format::Xml)
}

/// The account that a vector was made for.
fn vector_account(vector: &Value, kind: Kind, format: Format, original_id: &str) -> Account {
    let mut account = account(kind, Mode::Secure, format);
    account.appid = text(vector, "appid").to_owned();
    account.original_id = original_id.to_owned();
    account.callback.token = text(vector, "token").to_owned().into();
    account.callback.aes_key = Some(text(vector, "encoding_aes_key").to_owned().into());
    account
}

/// The query that a vector was sent with.
fn vector_query(vector: &Value) -> Query {
    let field = |name: &str| vector[name].as_str().map(str::to_owned);
    Query {
        signature: field("signature").or(field("signature_query")),
        timestamp: field("timestamp"),
        nonce: field("nonce"),
        encrypt_type: field("msg_signature").map(|_| "aes".to_owned()),
        msg_signature: field("msg_signature"),
        echostr: field("echostr"),
        openid: field("openid_query"),
    }
}

/// The moment that a vector was made.
fn vector_time(vector: &Value) -> Time {
    Time::from_timestamp(text(vector, "timestamp").parse().unwrap(), 0).unwrap()
}

fn now() -> Time {
    Time::from_timestamp(1_763_700_007, 0).unwrap()
}

fn stamp() -> Stamp {
    Stamp { at: now(), nonce: "nonce1".to_owned(), random: [7; 16] }
}

fn message(content: &str) -> Fields {
    Fields::new()
        .with("ToUserName", "gh_a1b2c3d4e5f6")
        .with("FromUserName", "oSandboxUser0000000000000001")
        .with("CreateTime", 1_763_700_007_i64)
        .with("MsgType", "text")
        .with("Content", content)
        .with("MsgId", 24_880_011_223_340_001_u64)
}
