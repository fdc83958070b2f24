//! What WeChat thinks of a text or a file: `msg_sec_check` and `media_check_async` (protocol section 8.9).
//!
//! The verdict follows from words in the text or in the file's address: 违规 or `risky`, 广告 or `ads` (risky as well,
//! found as a keyword), 复核 or `review`; 失效 or `void` adds a strategy that did not work. Anything else passes.

use serde_json::{Value, json};

use super::{
    api::{Call, Outcome},
    calls::rid,
    errcode::Refusal,
    fields::Fields,
    world::World,
};

const LONGEST: usize = 2500;

/// What a strategy thinks.
#[derive(Clone, Copy)]
struct Opinion {
    suggest: &'static str,
    label: u32,
    /// The word that a list of words held.
    keyword: Option<&'static str>,
}

fn opinion(text: &str) -> Opinion {
    let has = |words: [&'static str; 2]| words.into_iter().find(|word| text.contains(word));
    let of = |suggest, label, keyword| Opinion { suggest, label, keyword };
    if has(["违规", "risky"]).is_some() {
        of("risky", 20006, None)
    } else if let Some(word) = has(["广告", "ads"]) {
        of("risky", 10001, Some(word))
    } else if has(["复核", "review"]).is_some() {
        of("review", 21000, None)
    } else {
        of("pass", 100, None)
    }
}

fn works(text: &str) -> bool {
    !text.contains("失效") && !text.contains("void")
}

/// What both checks ask for: a version, a scene, and a person who was here lately.
fn person(world: &World, call: &Call) -> Result<String, Refusal> {
    let openid = call.text("/openid", 41009)?;
    if call.number("/version") != Some(2) || !call.number("/scene").is_some_and(|scene| (1..=4).contains(&scene)) {
        return Err(Refusal::of(40097));
    }
    world.recent(&call.account, openid)
}

/// `POST /wxa/msg_sec_check`
pub(super) fn text(world: &mut World, call: &Call) -> Outcome {
    person(world, call)?;
    let content = call.text("/content", 44004)?;
    if content.is_empty() {
        return Err(Refusal::of(44004));
    }
    if content.chars().count() > LONGEST {
        return Err(Refusal::of(45002));
    }
    let others = ["/title", "/nickname", "/signature"].map(|pointer| call.text_or_empty(pointer));
    let all = [content].into_iter().chain(others).collect::<Vec<_>>().join("\n");
    let Opinion { suggest, label, keyword } = opinion(&all);
    let model = if keyword.is_some() { Opinion { suggest: "pass", label: 100, keyword: None } } else { opinion(&all) };
    let mut detail = vec![json!({
        "strategy": "content_model", "errcode": 0, "suggest": model.suggest, "label": model.label, "prob": 90,
    })];
    if let Some(word) = keyword {
        let found = json!({
            "strategy": "keyword", "errcode": 0, "suggest": suggest, "label": label, "keyword": word, "level": 90,
        });
        detail.push(found);
    }
    if !works(&all) {
        detail.push(json!({ "strategy": "keyword", "errcode": -1008 }));
    }
    let result = json!({ "suggest": suggest, "label": label });
    let trace = rid(world);
    Ok(json!({ "errcode": 0, "errmsg": "ok", "detail": detail, "trace_id": trace, "result": result }).into())
}

/// `POST /wxa/media_check_async`: accepted at once, the verdict comes as an event.
pub(super) fn media(world: &mut World, call: &Call) -> Outcome {
    let person = person(world, call)?;
    let media_url = call.text("/media_url", 40097)?;
    let kind = call.number("/media_type").is_some_and(|kind| (1..=2).contains(&kind));
    if !kind || !(media_url.starts_with("http://") || media_url.starts_with("https://")) {
        return Err(Refusal::of(40097));
    }
    let trace = rid(world);
    let appid = world.caller(&call.account)?.appid.clone();
    let Opinion { suggest, label, .. } = opinion(media_url);
    let (errcode, errmsg) = if call.failing { (-1, "system error") } else { (0, "ok") };
    let thought = |fields: Fields| fields.text("suggest", suggest).number("label", label);
    let detail = Fields::new().text("strategy", "content_model").number("errcode", errcode);
    let event = world
        .envelope(&call.account, Some(&person), "event")
        .text("Event", "wxa_media_check")
        .text("appid", appid)
        .text("trace_id", trace.clone())
        .number("version", 2)
        .list("detail", vec![thought(detail).number("prob", 90)])
        .number("errcode", errcode)
        .text("errmsg", errmsg);
    let event = if call.failing { event } else { event.tree("result", thought(Fields::new())) };
    world.push_later(&call.account, Some(&person), event);
    let answer: Value = json!({ "errcode": 0, "errmsg": "ok", "trace_id": trace });
    Ok(answer.into())
}
