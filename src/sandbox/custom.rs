//! Customer-service messages (protocol section 7.1): what may be in them, and whether a window is open for them.

use serde_json::Value;

use super::{
    api::{Call, Outcome, done},
    chats::{From, Via},
    contacts::Shut,
    errcode::Refusal,
    staff::is_staff,
    world::World,
};
use crate::wechat::account::Kind;

/// `POST /cgi-bin/message/custom/send`
pub(super) fn send(world: &mut World, call: &Call) -> Outcome {
    let person = world.known(&call.account, call.text("/touser", 41009)?)?;
    let (kind, content) = content(world, call)?;
    if let Some(account) = call.at("/customservice/kf_account") {
        let known = account.as_str().is_some_and(|account| is_staff(world, &call.account, account));
        if !known {
            return Err(Refusal::of(61452));
        }
    }
    let now = world.now();
    let account = world.caller(&call.account)?;
    let left = account.kind == Kind::Official && !account.is_following(&person);
    let contact = account.contact(&person);
    if contact.blacklisted.is_some() {
        return Err(Refusal::of(43019));
    }
    if contact.refuses {
        return Err(Refusal::of(48002));
    }
    if left {
        return Err(Refusal::of(45015));
    }
    contact.use_window(now).map_err(|shut| {
        Refusal::of(match shut {
            Shut::Closed => 45015,
            Shut::UsedUp => 45047,
        })
    })?;
    world.say(&call.account, &person, From::Account, &kind, Some(Via::Custom), content);
    done()
}

const OFFICIAL: &[&str] = &[
    "text",
    "image",
    "voice",
    "video",
    "music",
    "news",
    "mpnews",
    "mpnewsarticle",
    "msgmenu",
    "wxcard",
    "miniprogrampage",
];
const MINI: &[&str] = &["text", "image", "link", "miniprogrampage"];

/// The type and the content of a message, checked.
fn content(world: &mut World, call: &Call) -> Result<(String, Value), Refusal> {
    let kind = call.text("/msgtype", 40008)?;
    let types = match world.caller(&call.account)?.kind {
        Kind::Official => OFFICIAL,
        Kind::Mini => MINI,
    };
    if !types.contains(&kind) {
        return Err(Refusal::of(40008));
    }
    let content = call.at(&format!("/{kind}")).ok_or_else(|| Refusal::of(44004))?;
    check(world, &call.account, kind, content)?;
    Ok((kind.to_owned(), content.clone()))
}

/// What each type must carry; also used for mass messages.
pub(super) fn check(world: &World, account: &str, kind: &str, content: &Value) -> Result<(), Refusal> {
    let text = |name: &str| content.get(name).and_then(Value::as_str).unwrap_or_default();
    let filled = |name: &str| if text(name).is_empty() { Err(Refusal::of(44004)) } else { Ok(()) };
    let medium = |name: &str, wanted: &[&str]| match world.usable_medium(account, text(name)) {
        Ok(kind) if wanted.contains(&kind) => Ok(()),
        Ok(_) | Err(_) => Err(Refusal::of(40007)),
    };
    match kind {
        "text" => {
            filled("content")?;
            if text("content").len() > world.settings.text_bytes {
                return Err(Refusal::of(45002));
            }
            Ok(())
        }
        "image" => medium("media_id", &["image"]),
        "voice" => medium("media_id", &["voice"]),
        "video" => {
            medium("media_id", &["video"])?;
            medium("thumb_media_id", &["thumb", "image"])
        }
        "music" => {
            filled("musicurl")?;
            filled("hqmusicurl")?;
            medium("thumb_media_id", &["thumb", "image"])
        }
        "news" => match content.get("articles").and_then(Value::as_array).map(Vec::len) {
            None | Some(0) => Err(Refusal::of(44003)),
            Some(1) => Ok(()),
            Some(_) => Err(Refusal::of(45008)),
        },
        "msgmenu" => {
            let list = content.get("list").and_then(Value::as_array).ok_or_else(|| Refusal::of(44004))?;
            let whole = |item: &Value| item.get("id").is_some() && item.get("content").is_some_and(Value::is_string);
            if list.is_empty() || !list.iter().all(whole) { Err(Refusal::of(40035)) } else { Ok(()) }
        }
        "miniprogrampage" => {
            filled("title")?;
            filled("pagepath")?;
            if world.accounts.get(account).is_some_and(|account| account.kind == Kind::Official)
                && !world.accounts.values().any(|account| account.appid == text("appid"))
            {
                return Err(Refusal::of(40013));
            }
            medium("thumb_media_id", &["thumb", "image"])
        }
        "link" => {
            filled("title")?;
            filled("url")
        }
        "mpnews" | "mpvideo" => filled("media_id"),
        "mpnewsarticle" => filled("article_id"),
        "wxcard" => filled("card_id"),
        "images" => match content.get("media_ids").and_then(Value::as_array) {
            Some(ids) if !ids.is_empty() && ids.len() <= 20 => ids.iter().try_for_each(|id| {
                let usable = id.as_str().and_then(|id| world.usable_medium(account, id).ok());
                if usable == Some("image") { Ok(()) } else { Err(Refusal::of(40007)) }
            }),
            _ => Err(Refusal::of(40007)),
        },
        _ => Err(Refusal::of(40008)),
    }
}
