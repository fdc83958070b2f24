//! One message or event that WeChat delivered.

use std::fmt;

use entity::types::OpenId;
use sha2::{Digest, Sha256};

use crate::wechat::account::Format;

use super::{
    Body,
    tree::{Fields, Unreadable},
};

/// How much of an `EventKey` is shown in a de-duplication key; the hash behind it covers the rest.
const KEY_CHARS: usize = 64;

/// A push: the fields that every body has, and what it says.
#[derive(Clone, PartialEq)]
pub struct Push {
    /// The original id of the account it was sent to, `gh_…`.
    pub to: String,
    /// Who sent it. For notices about the account itself this is a system user, not a person.
    pub from: OpenId,
    /// When WeChat made it, in Unix seconds.
    pub created: i64,
    /// `MsgId`, or `MsgID` of some events. Not unique over people (protocol section 1.6).
    pub message_id: Option<u64>,
    /// What it says.
    pub body: Body,
    /// The decrypted text as it came, for the record and for fields that are not typed.
    pub raw: String,
    event_key: String,
}

impl Push {
    /// Reads a decrypted body (protocol section 2).
    ///
    /// # Errors
    /// [`Unreadable::Hostile`] as the reader of the format says, [`Unreadable::Malformed`] when a common field or one
    /// that this known type must have is missing or unreadable. Unknown types are no error.
    pub fn read(raw: String, format: Format) -> Result<Self, Unreadable> {
        let fields = Fields::read(&raw, format)?;
        let from = fields.value(&["FromUserName"])?;
        let body = Body::read(&fields, &from)?;
        let message_id = match body {
            Body::Event(_) | Body::Unknown { .. } => fields.some_value(&["MsgId", "MsgID"]).unwrap_or_default(),
            _ => Some(fields.value(&["MsgId"])?),
        };
        Ok(Self {
            to: fields.value(&["ToUserName"])?,
            from,
            created: fields.value(&["CreateTime"])?,
            message_id,
            body,
            event_key: fields.find(&["EventKey"]).ok().flatten().unwrap_or_default().into_owned(),
            raw,
        })
    }

    /// What kind of push it is, such as `text` or `event:subscribe`: a closed set, fit for metrics and rows.
    pub fn kind(&self) -> &'static str {
        self.body.kind()
    }

    /// What WeChat's retries of this push have in common, and no other push has (protocol section 1.6).
    ///
    /// Messages: `appid|to|from|MsgId`. Events, and messages of unknown type without an id:
    /// `appid|from|created|kind|EventKey|MsgID|SHA-256 of the decrypted body`. Several events of one person may share a
    /// second, so the hash decides; it also covers the part of a long `EventKey` that is cut off, which keeps the key
    /// below 512 bytes, and the name of an unknown event.
    pub fn dedup_key(&self, appid: &str) -> String {
        let (to, from) = (&self.to, self.from.as_str());
        match (&self.body, self.message_id) {
            (Body::Event(_), _) | (_, None) => {
                let key: String = self.event_key.chars().take(KEY_CHARS).collect();
                let id = self.message_id.map(|id| id.to_string()).unwrap_or_default();
                let hash = hex::encode(Sha256::digest(self.raw.as_bytes()));
                format!("{appid}|{from}|{}|{}|{key}|{id}|{hash}", self.created, self.kind())
            }
            (_, Some(id)) => format!("{appid}|{to}|{from}|{id}"),
        }
    }
}

/// Never prints what somebody said.
impl fmt::Debug for Push {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Push")
            .field("kind", &self.kind())
            .field("from", &self.from)
            .field("created", &self.created)
            .finish_non_exhaustive()
    }
}
