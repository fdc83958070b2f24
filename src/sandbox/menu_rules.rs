//! What a menu may look like: how many buttons, how long names, keys and addresses are, and what each type needs
//! (protocol section 6.1).

use std::collections::BTreeSet;

use serde_json::{Value, json};
use url::Url;

use super::{api::Call, errcode::Refusal, world::World};

const BUTTONS: usize = 3;
const SUB_BUTTONS: usize = 5;
const NAME: usize = 60;
const KEY: usize = 128;
const ADDRESS: usize = 1024;
const FOREIGN_DOMAINS: usize = 3;

/// The codes for one level of the menu.
struct Codes {
    count: i64,
    kind: i64,
    name: i64,
    key: i64,
    url: i64,
    domain: i64,
}

const FIRST: Codes = Codes { count: 40016, kind: 40017, name: 40018, key: 40019, url: 40020, domain: 40055 };
const SECOND: Codes = Codes { count: 40023, kind: 40024, name: 40025, key: 40026, url: 40027, domain: 40054 };

/// The buttons of a call, with `sub_button` filled in as WeChat gives them back.
pub(super) fn check(world: &World, call: &Call) -> Result<Value, Refusal> {
    let list = call.at("/button").and_then(Value::as_array).ok_or_else(|| Refusal::of(FIRST.count))?;
    if list.is_empty() || list.len() > BUTTONS {
        return Err(Refusal::of(FIRST.count));
    }
    let mut hosts = BTreeSet::new();
    let mut buttons = Vec::with_capacity(list.len());
    for button in list {
        let below = match button.get("sub_button") {
            Some(Value::Array(below)) => below.as_slice(),
            _ => &[],
        };
        check_name(button, &FIRST)?;
        let mut stored = button.clone();
        if below.is_empty() {
            check_leaf(world, call, button, &FIRST, &mut hosts)?;
        } else {
            if below.len() > SUB_BUTTONS {
                return Err(Refusal::of(SECOND.count));
            }
            for button in below {
                if button.get("sub_button").and_then(Value::as_array).is_some_and(|deeper| !deeper.is_empty()) {
                    return Err(Refusal::of(40022));
                }
                check_name(button, &SECOND)?;
                check_leaf(world, call, button, &SECOND, &mut hosts)?;
            }
        }
        if let Some(fields) = stored.as_object_mut() {
            fields.insert("sub_button".to_owned(), json!(below));
        }
        buttons.push(stored);
    }
    if call.path.ends_with("addconditional") && hosts.len() > FOREIGN_DOMAINS {
        return Err(Refusal::of(65316));
    }
    Ok(Value::Array(buttons))
}

fn text<'a>(button: &'a Value, name: &str) -> &'a str {
    button.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn check_name(button: &Value, codes: &Codes) -> Result<(), Refusal> {
    let name = text(button, "name");
    if name.is_empty() || name.len() > NAME { Err(Refusal::of(codes.name)) } else { Ok(()) }
}

fn check_leaf(
    world: &World,
    call: &Call,
    button: &Value,
    codes: &Codes,
    hosts: &mut BTreeSet<String>,
) -> Result<(), Refusal> {
    match text(button, "type") {
        "click" | "scancode_push" | "scancode_waitmsg" | "pic_sysphoto" | "pic_photo_or_album" | "pic_weixin"
        | "location_select" => {
            let key = text(button, "key");
            if key.is_empty() || key.len() > KEY {
                return Err(Refusal::of(codes.key));
            }
        }
        "view" => {
            hosts.insert(check_address(text(button, "url"), codes)?);
        }
        "miniprogram" => {
            check_address(text(button, "url"), codes)?;
            if !world.accounts.values().any(|account| account.appid == text(button, "appid")) {
                return Err(Refusal::of(40013));
            }
            let path = text(button, "pagepath");
            if path.is_empty() || path.len() > ADDRESS {
                return Err(Refusal::of(codes.url));
            }
        }
        "media_id" => world.usable_medium(&call.account, text(button, "media_id")).map(|_| ())?,
        "article_id" | "article_view_limited" if !text(button, "article_id").is_empty() => {}
        "article_id" | "article_view_limited" => return Err(Refusal::of(40007)),
        _ => return Err(Refusal::of(codes.kind)),
    }
    Ok(())
}

/// The host of an address that a button may open.
fn check_address(address: &str, codes: &Codes) -> Result<String, Refusal> {
    if address.is_empty() || address.len() > ADDRESS {
        return Err(Refusal::of(codes.url));
    }
    let url = address.parse::<Url>().ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    url.and_then(|url| url.host_str().map(str::to_owned)).ok_or_else(|| Refusal::of(codes.domain))
}
