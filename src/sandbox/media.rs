//! Temporary media: uploaded by the account's owner or sent by people, gone after three days (protocol section 2.1).

use std::io::Cursor;

use chrono::TimeDelta;
use image::{ImageFormat, Rgb, RgbImage};
use serde_json::json;

use super::{
    api::{Answer, Call, Outcome, Upload},
    errcode::Refusal,
    world::World,
};
use crate::infra::clock::Time;

const LIFE: TimeDelta = TimeDelta::days(3);
const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// One picture, voice or film.
#[derive(Clone, Debug)]
pub(super) struct Medium {
    /// The key of the account that may use it.
    account: String,
    kind: &'static str,
    name: String,
    /// `None` for pictures of articles, which stay.
    expires: Option<Time>,
    bytes: Vec<u8>,
}

/// What a file is, by its first bytes.
fn file_type(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    Some(match bytes {
        [0xFF, 0xD8, 0xFF, ..] => ("jpg", "image/jpeg"),
        [0x89, b'P', b'N', b'G', ..] => ("png", "image/png"),
        [b'G', b'I', b'F', b'8', ..] => ("gif", "image/gif"),
        [b'B', b'M', ..] => ("bmp", "image/bmp"),
        [b'#', b'!', b'A', b'M', b'R', ..] => ("amr", "audio/amr"),
        [b'I', b'D', b'3', ..] | [0xFF, 0xE2 | 0xE3 | 0xF2 | 0xF3 | 0xFA | 0xFB, ..] => ("mp3", "audio/mpeg"),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => ("mp4", "video/mp4"),
        _ => return None,
    })
}

struct Rule {
    kind: &'static str,
    types: &'static [&'static str],
    most: usize,
    too_large: i64,
}

const RULES: &[Rule] = &[
    Rule { kind: "image", types: &["jpg", "png", "gif", "bmp"], most: 10 * MIB, too_large: 40006 },
    Rule { kind: "voice", types: &["amr", "mp3"], most: 2 * MIB, too_large: 40006 },
    Rule { kind: "video", types: &["mp4"], most: 10 * MIB, too_large: 40006 },
    Rule { kind: "thumb", types: &["jpg"], most: 64 * KIB, too_large: 40012 },
];
const ARTICLE_PICTURE: Rule = Rule { kind: "image", types: &["jpg", "png"], most: MIB, too_large: 40006 };

impl Rule {
    fn check<'a>(&self, call: &'a Call) -> Result<&'a Upload, Refusal> {
        let upload = call.upload.as_ref().ok_or_else(|| Refusal::of(41005))?;
        if upload.bytes.is_empty() {
            return Err(Refusal::of(44001));
        }
        if upload.bytes.len() > self.most {
            return Err(Refusal::of(self.too_large));
        }
        match file_type(&upload.bytes) {
            Some((known, _)) if self.types.contains(&known) => Ok(upload),
            _ => Err(Refusal::of(40005)),
        }
    }
}

impl World {
    /// Stores a file and returns its media id.
    pub(super) fn store_medium(
        &mut self,
        account: &str,
        kind: &'static str,
        name: &str,
        bytes: Vec<u8>,
        stays: bool,
    ) -> String {
        let now = self.now();
        self.media.retain(|_, medium| medium.expires.is_none_or(|expires| now - expires < LIFE));
        let id = format!("{}-{}", self.random.alphanumeric(24), self.random.alphanumeric(40));
        let expires = (!stays).then(|| now + LIFE);
        let medium = Medium { account: account.to_owned(), kind, name: name.to_owned(), expires, bytes };
        self.media.insert(id.clone(), medium);
        id
    }

    /// Where a browser sees a stored file.
    pub(super) fn media_url(&self, id: &str) -> String {
        format!("{}/sandbox/v1/media/{id}", self.base_url)
    }

    /// A stored file as the page shows it: content type and bytes. Expired files are still shown in old chats.
    pub(super) fn shown_medium(&self, id: &str) -> Option<(&'static str, Vec<u8>)> {
        let medium = self.media.get(id)?;
        let content_type =
            file_type(&medium.bytes).map_or("application/octet-stream", |(_, content_type)| content_type);
        Some((content_type, medium.bytes.clone()))
    }

    /// The kind of a file that the account may still use; 40007 otherwise.
    pub(super) fn usable_medium(&self, account: &str, id: &str) -> Result<&'static str, Refusal> {
        Ok(self.own_medium(account, id)?.kind)
    }

    fn own_medium(&self, account: &str, id: &str) -> Result<&Medium, Refusal> {
        let now = self.now();
        let medium = self.media.get(id).filter(|medium| medium.account == account);
        medium.filter(|medium| medium.expires.is_none_or(|expires| expires > now)).ok_or_else(|| Refusal::of(40007))
    }

    /// A picture, voice or film as a person's phone would send it, when the tester gives none.
    pub(super) fn sample_medium(&mut self, account: &str, kind: &'static str) -> String {
        let bytes = match kind {
            "voice" => b"#!AMR\n\x0c\x00".to_vec(),
            "video" => b"\0\0\0\x18ftypisom\0\0\0\0isommp42\0\0\0\x08free".to_vec(),
            _ => self.painted(),
        };
        self.store_medium(account, kind, "", bytes, false)
    }

    /// A small picture of one random colour.
    fn painted(&self) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let picture = RgbImage::from_pixel(240, 160, Rgb(self.random.bytes()));
        match picture.write_to(&mut bytes, ImageFormat::Png) {
            Ok(()) => bytes.into_inner(),
            Err(_) => Vec::new(),
        }
    }
}

/// `POST /cgi-bin/media/upload`
pub(super) fn upload(world: &mut World, call: &Call) -> Outcome {
    let wanted = call.query("type").unwrap_or_default();
    let rule = RULES.iter().find(|rule| rule.kind == wanted).ok_or_else(|| Refusal::of(40004))?;
    let upload = rule.check(call)?.clone();
    let id = world.store_medium(&call.account, rule.kind, &upload.name, upload.bytes, false);
    let field = if rule.kind == "thumb" { "thumb_media_id" } else { "media_id" };
    Ok(json!({ "type": rule.kind, field: id, "created_at": world.now().timestamp() }).into())
}

/// `GET /cgi-bin/media/get`: the file itself, or an address for films.
pub(super) fn get(world: &mut World, call: &Call) -> Outcome {
    let id = call.query("media_id").ok_or_else(|| Refusal::of(41006))?;
    let medium = world.own_medium(&call.account, id)?;
    if medium.kind == "video" {
        return Ok(json!({ "video_url": world.media_url(id) }).into());
    }
    let (extension, content_type) = file_type(&medium.bytes).unwrap_or(("bin", "application/octet-stream"));
    let name = if medium.name.is_empty() { format!("{id}.{extension}") } else { medium.name.clone() };
    Ok(Answer::File { content_type: content_type.to_owned(), name: Some(name), bytes: medium.bytes.clone() })
}

/// `POST /cgi-bin/media/uploadimg`: a picture for articles; it stays.
pub(super) fn upload_image(world: &mut World, call: &Call) -> Outcome {
    let upload = ARTICLE_PICTURE.check(call)?.clone();
    let id = world.store_medium(&call.account, "image", &upload.name, upload.bytes, true);
    Ok(json!({ "url": world.media_url(&id) }).into())
}
