//! QR codes that carry a scene into the subscribe and SCAN events (protocol section 6.2).

use serde::{Deserialize, Serialize};

use super::tolerant;
use crate::wechat::{
    client::{Api, Call, Failure, WeChat},
    endpoints::{Effect, Endpoint, QRCODE_CREATE},
};

/// What a QR code carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scene {
    /// A number from 1; at most 100,000 in a permanent code.
    Number(u32),
    /// A text of 1 to 64 characters.
    Text(String),
}

/// How long a QR code works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// So many seconds, from 1 to 2,592,000 (30 days).
    Temporary(u32),
    /// For ever: there are 100,000 of them an account, and they cannot be deleted.
    Permanent,
}

/// A QR code.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct QrCode {
    /// Names the code: comes back in events, and shows the picture.
    pub ticket: String,
    /// How long it works; nothing for a permanent one.
    #[serde(default, deserialize_with = "tolerant::number")]
    pub expire_seconds: Option<u64>,
    /// What the picture says, to render it ourselves.
    pub url: String,
}

#[derive(Serialize)]
struct Create<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    expire_seconds: Option<u32>,
    action_name: &'static str,
    action_info: Info<'a>,
}

#[derive(Serialize)]
struct Info<'a> {
    scene: Carried<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Carried<'a> {
    SceneId(u32),
    SceneStr(&'a str),
}

impl Api {
    /// Makes a QR code.
    ///
    /// # Errors
    /// Not sent when scene or life break their limits.
    pub async fn create_qrcode(&self, scene: &Scene, life: Life) -> Result<QrCode, Failure> {
        if matches!(life, Life::Temporary(0 | 2_592_001..)) {
            return Err(Failure::invalid("life", "有效期为 1 至 2592000 秒 / 1 to 2592000 seconds"));
        }
        let fits = match (scene, life) {
            (Scene::Number(number), Life::Temporary(_)) => *number > 0,
            (Scene::Number(number), Life::Permanent) => (1..=100_000).contains(number),
            (Scene::Text(text), _) => (1..=64).contains(&text.chars().count()),
        };
        if !fits {
            return Err(Failure::invalid("scene", "场景值超出范围 / the scene is out of range"));
        }
        let (action_name, carried) = match (scene, life) {
            (Scene::Number(id), Life::Temporary(_)) => ("QR_SCENE", Carried::SceneId(*id)),
            (Scene::Text(text), Life::Temporary(_)) => ("QR_STR_SCENE", Carried::SceneStr(text)),
            (Scene::Number(id), Life::Permanent) => ("QR_LIMIT_SCENE", Carried::SceneId(*id)),
            (Scene::Text(text), Life::Permanent) => ("QR_LIMIT_STR_SCENE", Carried::SceneStr(text)),
        };
        let (expire_seconds, endpoint) = match life {
            // A second temporary code does no harm; a permanent one is gone for good.
            Life::Temporary(seconds) => (Some(seconds), Endpoint { effect: Effect::Idempotent, ..QRCODE_CREATE }),
            Life::Permanent => (None, QRCODE_CREATE),
        };
        let create = Create { expire_seconds, action_name, action_info: Info { scene: carried } };
        self.ask(Call::to(endpoint).json(&create)?).await
    }
}

impl WeChat {
    /// Where the picture of a code is shown, to anybody who knows the ticket.
    pub fn qrcode_picture(&self, ticket: &str) -> String {
        let ticket: String = url::form_urlencoded::byte_serialize(ticket.as_bytes()).collect();
        format!("{}/cgi-bin/showqrcode?ticket={ticket}", self.mp_url())
    }
}
