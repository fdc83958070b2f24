//! QR codes with a scene (protocol section 6.2): made by the account's owner, shown as a picture, scanned by people.

use std::{collections::BTreeMap, io::Cursor};

use ::qrcode::{Color, EcLevel, QrCode};
use chrono::TimeDelta;
use image::{GrayImage, ImageFormat, Luma};
use serde_json::{Value, json};
use url::Url;

use super::{
    api::{Answer, Call, Outcome},
    errcode::Refusal,
    world::World,
};
use crate::infra::clock::Time;

const LONGEST: i64 = 2_592_000;
const SHORTEST: i64 = 60;
const SCENE: usize = 64;
const LAST_PERMANENT: i64 = 100_000;
const PIXELS: u32 = 10;
const BORDER: u32 = 4;

/// The codes of one account.
#[derive(Debug, Default)]
pub(super) struct Codes {
    by_ticket: BTreeMap<String, Code>,
}

/// One QR code.
#[derive(Clone, Debug)]
pub(super) struct Code {
    /// The order in which codes were made.
    number: u64,
    pub(super) ticket: String,
    pub(super) url: String,
    pub(super) scene: Scene,
    /// `None` for a permanent one.
    pub(super) expires: Option<Time>,
}

/// A code as the page lists it.
#[derive(Clone, Debug, serde::Serialize)]
pub struct CodeView {
    /// What the account's owner got.
    pub ticket: String,
    /// What the picture says.
    pub url: String,
    /// The account's key.
    pub account: String,
    /// The scene as it stands in an `EventKey`.
    pub scene: String,
    /// When it ends; `null` for a permanent one.
    pub expires_at: Option<Time>,
}

/// What a code carries.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum Scene {
    /// `scene_id`
    Id(u32),
    /// `scene_str`
    Text(String),
}

impl Scene {
    /// The scene as it stands in an `EventKey`.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Id(id) => id.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

impl From<&str> for Scene {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl Code {
    pub(super) fn is_live(&self, now: Time) -> bool {
        self.expires.is_none_or(|expires| expires > now)
    }
}

impl World {
    /// The code that somebody scans: given as ticket, as its address, or as the address of its picture. With the key
    /// of its account.
    pub(super) fn scanned(&self, code: &str) -> Option<(String, Code)> {
        let ticket = code.parse::<Url>().ok().and_then(|url| {
            url.query_pairs().find(|(name, _)| name == "ticket").map(|(_, ticket)| ticket.into_owned())
        });
        let wanted = ticket.as_deref().unwrap_or(code);
        self.accounts.iter().find_map(|(key, account)| {
            let code = account.codes.by_ticket.values().find(|code| code.ticket == wanted || code.url == wanted)?;
            Some((key.clone(), code.clone()))
        })
    }

    /// A live code of this scene; made when there is none.
    pub(super) fn code_of(&mut self, account: &str, scene: &Scene) -> Code {
        let now = self.now();
        let fresh = self.fresh_code(scene.clone(), Some(now + TimeDelta::seconds(LONGEST)));
        let Some(account) = self.accounts.get_mut(account) else { return fresh };
        let known = account.codes.by_ticket.values().find(|code| code.scene == *scene && code.is_live(now));
        match known {
            Some(code) => code.clone(),
            None => {
                account.codes.by_ticket.insert(fresh.ticket.clone(), fresh.clone());
                fresh
            }
        }
    }

    /// All codes, those that were made last in front.
    pub(super) fn codes(&self) -> Vec<CodeView> {
        let mut codes: Vec<(u64, CodeView)> = Vec::new();
        for (key, account) in &self.accounts {
            for code in account.codes.by_ticket.values() {
                let view = CodeView {
                    ticket: code.ticket.clone(),
                    url: code.url.clone(),
                    account: key.clone(),
                    scene: code.scene.key(),
                    expires_at: code.expires,
                };
                codes.push((code.number, view));
            }
        }
        codes.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
        codes.into_iter().map(|(_, view)| view).collect()
    }

    fn fresh_code(&mut self, scene: Scene, expires: Option<Time>) -> Code {
        let number = self.id();
        let ticket = format!("gQ{}==", self.random.alphanumeric(90));
        let url = format!("http://weixin.qq.com/q/{}", self.random.alphanumeric(24));
        Code { number, ticket, url, scene, expires }
    }
}

/// `POST /cgi-bin/qrcode/create`
pub(super) fn create(world: &mut World, call: &Call) -> Outcome {
    let now = world.now();
    let (permanent, textual) = match call.text("/action_name", 40052)? {
        "QR_SCENE" => (false, false),
        "QR_STR_SCENE" => (false, true),
        "QR_LIMIT_SCENE" => (true, false),
        "QR_LIMIT_STR_SCENE" => (true, true),
        _ => return Err(Refusal::of(40052)),
    };
    let scene = if textual {
        let text = call.text("/action_info/scene/scene_str", 40053)?;
        if text.is_empty() || text.chars().count() > SCENE {
            return Err(Refusal::of(40053));
        }
        Scene::Text(text.to_owned())
    } else {
        let most = if permanent { LAST_PERMANENT } else { i64::from(u32::MAX) };
        let number = call.at("/action_info/scene/scene_id").and_then(Value::as_i64);
        let id = number.filter(|id| (1..=most).contains(id)).and_then(|id| u32::try_from(id).ok());
        Scene::Id(id.ok_or_else(|| Refusal::of(40053))?)
    };
    if permanent {
        return permanent_code(world, call, scene);
    }
    let seconds = match call.at("/expire_seconds") {
        None => SHORTEST,
        Some(_) => call.number("/expire_seconds").ok_or_else(|| Refusal::of(40035))?,
    };
    if !(1..=LONGEST).contains(&seconds) {
        return Err(Refusal::of(40035));
    }
    let code = world.fresh_code(scene, Some(now + TimeDelta::seconds(seconds)));
    let answer = json!({ "ticket": code.ticket, "expire_seconds": seconds, "url": code.url });
    world.caller(&call.account)?.codes.by_ticket.insert(code.ticket.clone(), code);
    Ok(answer.into())
}

/// Permanent codes of one scene are one code; their number is limited.
fn permanent_code(world: &mut World, call: &Call, scene: Scene) -> Outcome {
    let most = world.settings.permanent_codes;
    let fresh = world.fresh_code(scene, None);
    let codes = &mut world.caller(&call.account)?.codes.by_ticket;
    let mut permanent = codes.values().filter(|code| code.expires.is_none());
    let code = match permanent.clone().find(|code| code.scene == fresh.scene) {
        Some(known) => known.clone(),
        None if permanent.by_ref().count() >= most => return Err(Refusal::of(45029)),
        None => {
            codes.insert(fresh.ticket.clone(), fresh.clone());
            fresh
        }
    };
    Ok(json!({ "ticket": code.ticket, "url": code.url }).into())
}

/// `GET /cgi-bin/showqrcode`: a JPEG that phones can read, or 404.
pub(super) fn show(world: &mut World, call: &Call) -> Outcome {
    let ticket = call.query("ticket").unwrap_or_default();
    let code = world.accounts.values().find_map(|account| account.codes.by_ticket.get(ticket));
    Ok(match code.and_then(|code| picture(&code.url)) {
        Some(bytes) => Answer::File { content_type: "image/jpg".to_owned(), name: None, bytes },
        None => Answer::NotFound,
    })
}

/// A QR code as JPEG.
pub(super) fn picture(text: &str) -> Option<Vec<u8>> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let side = u32::try_from(code.width()).ok()?;
    let edge = (side + 2 * BORDER) * PIXELS;
    let colors = code.to_colors();
    let mut picture = GrayImage::from_pixel(edge, edge, Luma([255]));
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        let module = |at: u32| (at / PIXELS).checked_sub(BORDER).filter(|at| *at < side);
        if let (Some(column), Some(row)) = (module(x), module(y)) {
            let index = usize::try_from(row * side + column).ok()?;
            if colors.get(index) == Some(&Color::Dark) {
                *pixel = Luma([0]);
            }
        }
    }
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Jpeg).ok()?;
    Some(bytes.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_shows_the_code() {
        let text = "http://weixin.qq.com/q/abc";
        let decoded = image::load_from_memory(&picture(text).unwrap()).unwrap().to_luma8();
        let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
        let side = code.width();
        assert_eq!(decoded.width(), (u32::try_from(side).unwrap() + 2 * BORDER) * PIXELS);
        for (index, color) in code.to_colors().into_iter().enumerate() {
            let middle = |at: usize| (u32::try_from(at).unwrap() + BORDER) * PIXELS + PIXELS / 2;
            let pixel = decoded.get_pixel(middle(index % side), middle(index / side)).0[0];
            assert_eq!(pixel < 128, color == Color::Dark, "module {index}");
        }
    }
}
