//! Codes of mini programs that carry a scene: `getwxacodeunlimit` (protocol section 8.6). WeChat's are round; ours are QR
//! codes, so that a phone here and a test can read them.

use super::{
    api::{Answer, Call, Outcome},
    errcode::Refusal,
    qrcode,
    world::World,
};

/// What a scene may be made of, beside letters and digits.
const SIGNS: &str = "!#$&'()*+,/:;=?@-._~";
const SCENE: usize = 32;

/// `POST /wxa/getwxacodeunlimit`: what the picture says is an address of our own with app, page and scene in it.
pub(super) fn draw(world: &mut World, call: &Call) -> Outcome {
    let scene = call.text("/scene", 40129)?;
    let lawful = |sign: char| sign.is_ascii_alphanumeric() || SIGNS.contains(sign);
    if scene.is_empty() || scene.chars().count() > SCENE || !scene.chars().all(lawful) {
        return Err(Refusal::of(40169));
    }
    let page = call.text_or_empty("/page");
    if page.starts_with('/') || page.contains('?') {
        return Err(Refusal::of(41030));
    }
    let version = call.text_or_empty("/env_version");
    let wide = call.at("/width").is_none() || call.number("/width").is_some_and(|width| (280..=1280).contains(&width));
    if !["", "release", "trial", "develop"].contains(&version) || !wide {
        return Err(Refusal::of(40097));
    }
    let appid = &world.caller(&call.account)?.appid;
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("page", page)
        .append_pair("scene", scene)
        .finish();
    let bytes = qrcode::picture(&format!("weixin://mini/{appid}?{query}")).ok_or_else(|| Refusal::of(40169))?;
    Ok(Answer::File { content_type: "image/jpeg".to_owned(), name: None, bytes })
}
