//! Reading the service's answer to a push: nothing, or a message that WeChat would accept (protocol sections 1.4, 1.5
//! and 2.5).

use serde_json::{Value, json};

use super::{accounts::Account, fields::Fields, people::openid, pushes::Push, world::World};
use crate::wechat::{
    account::{Format, Kind, Mode},
    crypto::{
        AesKey,
        signature::{matches, sign},
    },
};

/// A reply that WeChat accepts.
pub(super) struct Reply {
    /// What the service wrote, decrypted.
    pub(super) plaintext: String,
    /// The type and the content for the chat, or a grey line that says why nothing is shown.
    pub(super) shown: Result<(String, Value), String>,
}

/// `None` for `success` and nothing, a reply, or why the answer is neither.
pub(super) fn read(world: &World, push: &Push, answer: &str) -> Result<Option<Reply>, String> {
    if answer.is_empty() || answer == "success" {
        return Ok(None);
    }
    let account = world.account(&push.account).map_err(|trouble| trouble.to_string())?;
    let outer = parse(answer, account.format)?;
    let (fields, plaintext) = match (account.mode, outer.str("Encrypt")) {
        (Mode::Plain, None) | (Mode::Compatible, None) => (outer, answer.to_owned()),
        (Mode::Plain, Some(_)) => return Err("encrypted, although the account is in plaintext mode".to_owned()),
        (Mode::Secure, None) => return Err("in plaintext, although the account is in secure mode".to_owned()),
        (Mode::Compatible | Mode::Secure, Some(encrypted)) => {
            let plaintext = open(account, &outer, encrypted)?;
            (parse(&plaintext, account.format)?, plaintext)
        }
    };
    let shown = check(world, account, push, &fields)?;
    Ok(Some(Reply { plaintext, shown }))
}

fn parse(text: &str, format: Format) -> Result<Fields, String> {
    match format {
        Format::Xml => Fields::from_xml(text),
        Format::Json => {
            let value: Value = serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))?;
            Fields::from_json(&value).ok_or_else(|| "not a JSON object".to_owned())
        }
    }
}

fn open(account: &Account, outer: &Fields, encrypted: &str) -> Result<String, String> {
    let part = |name: &str| outer.str(name).ok_or_else(|| format!("{name} is missing"));
    let (signature, timestamp, nonce) = (part("MsgSignature")?, part("TimeStamp")?, part("Nonce")?);
    if timestamp.len() != 10 || !timestamp.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("TimeStamp is not in seconds".to_owned());
    }
    if !matches(signature, &sign([&account.sign_token, timestamp, nonce, encrypted])) {
        return Err("MsgSignature does not match".to_owned());
    }
    [&account.aes_key, &account.previous_aes_key]
        .into_iter()
        .flatten()
        .filter_map(|key| key.parse::<AesKey>().ok())
        .find_map(|key| key.decrypt(encrypted, &account.appid).ok())
        .ok_or_else(|| "Encrypt cannot be opened".to_owned())
}

/// Checks the reply; the inner result says what the chat shows.
fn check(
    world: &World,
    account: &Account,
    push: &Push,
    fields: &Fields,
) -> Result<Result<(String, Value), String>, String> {
    let person = push.person.as_deref().unwrap_or("mphelper");
    if fields.str("ToUserName") != Some(&openid(&account.appid, person)) {
        return Err("ToUserName is not the person who wrote".to_owned());
    }
    if fields.str("FromUserName") != Some(&account.original_id) {
        return Err("FromUserName is not the account".to_owned());
    }
    if fields.str("CreateTime").and_then(|time| time.parse::<i64>().ok()).is_none() {
        return Err("CreateTime is not a number".to_owned());
    }
    let kind = fields.str("MsgType").unwrap_or_default();
    let content = match kind {
        "transfer_customer_service" => return Ok(Err("会话已转接人工客服".to_owned())),
        "text" => text(world, fields)?,
        "image" => medium(world, account, fields, "Image", "image")?,
        "voice" => medium(world, account, fields, "Voice", "voice")?,
        "video" => medium(world, account, fields, "Video", "video")?,
        "music" => music(world, account, fields)?,
        "news" => news(fields)?,
        other => return Err(format!("MsgType {other:?} is not one of a reply")),
    };
    if account.kind == Kind::Mini {
        return Ok(Err("小程序不支持被动回复，请使用客服消息接口".to_owned()));
    }
    Ok(Ok((kind.to_owned(), content)))
}

fn text(world: &World, fields: &Fields) -> Result<Value, String> {
    let content = fields.str("Content").unwrap_or_default();
    if content.is_empty() {
        return Err("Content is empty".to_owned());
    }
    if content.len() > world.settings.text_bytes {
        return Err(format!("Content has more than {} bytes", world.settings.text_bytes));
    }
    Ok(json!({ "content": content }))
}

fn medium(world: &World, account: &Account, fields: &Fields, name: &str, kind: &str) -> Result<Value, String> {
    let inside = fields.child(name).ok_or_else(|| format!("{name} is missing"))?;
    let id = inside.str("MediaId").unwrap_or_default();
    match world.usable_medium(&account.key, id) {
        Ok(known) if known == kind => {}
        Ok(_) | Err(_) => return Err(format!("{name}.MediaId is not a usable {kind}")),
    }
    let mut content = json!({ "media_id": id });
    if let (Some(content), "video") = (content.as_object_mut(), kind) {
        for (field, name) in [("title", "Title"), ("description", "Description")] {
            content.insert(field.to_owned(), json!(inside.str(name).unwrap_or_default()));
        }
    }
    Ok(content)
}

fn music(world: &World, account: &Account, fields: &Fields) -> Result<Value, String> {
    let music = fields.child("Music").ok_or("Music is missing")?;
    let thumb = music.str("ThumbMediaId").unwrap_or_default();
    if world.usable_medium(&account.key, thumb).is_err() {
        return Err("Music.ThumbMediaId is not usable".to_owned());
    }
    let part = |name| music.str(name).unwrap_or_default();
    Ok(json!({
        "title": part("Title"),
        "description": part("Description"),
        "musicurl": part("MusicUrl"),
        "hqmusicurl": part("HQMusicUrl"),
        "thumb_media_id": thumb,
    }))
}

/// WeChat shows one article, whatever the reply holds.
fn news(fields: &Fields) -> Result<Value, String> {
    let articles = fields.child("Articles").ok_or("Articles is missing")?;
    let items: Vec<&Fields> = articles.children("item").collect();
    let count = fields.str("ArticleCount").and_then(|count| count.parse::<usize>().ok());
    if items.is_empty() || count != Some(items.len()) {
        return Err("ArticleCount is not the number of articles".to_owned());
    }
    let shown: Vec<Value> = items
        .iter()
        .take(1)
        .map(|item| {
            let part = |name| item.str(name).unwrap_or_default();
            json!({
                "title": part("Title"),
                "description": part("Description"),
                "picurl": part("PicUrl"),
                "url": part("Url"),
            })
        })
        .collect();
    Ok(json!({ "articles": shown }))
}
