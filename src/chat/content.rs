//! How a message stands in a thread: one line for people, and its content in WeChat's fields.

use serde_json::{Value, json};

use crate::wechat::message::{Body, CustomMessage, Event, Reply};

/// How many characters of a text a list shows.
const PREVIEW: usize = 80;

/// One line that says what a push is, and its content.
pub fn of_push(body: &Body) -> (String, Value) {
    match body {
        Body::Text { content, .. } => (content.clone(), json!({ "content": content })),
        Body::Image { pic_url, media_id, .. } => {
            ("[图片]".to_owned(), json!({ "pic_url": pic_url, "media_id": media_id }))
        }
        Body::Voice { media_id, format, recognition, .. } => (
            recognition.clone().filter(|words| !words.is_empty()).unwrap_or_else(|| "[语音]".to_owned()),
            json!({ "media_id": media_id, "format": format, "recognition": recognition }),
        ),
        Body::Video { media_id, thumb_media_id } | Body::ShortVideo { media_id, thumb_media_id } => {
            ("[视频]".to_owned(), json!({ "media_id": media_id, "thumb_media_id": thumb_media_id }))
        }
        Body::Location { at, label, .. } => (
            format!("[位置] {}", label.as_deref().unwrap_or_default()).trim_end().to_owned(),
            json!({ "latitude": at.latitude, "longitude": at.longitude, "label": label }),
        ),
        Body::Link { title, description, url } => {
            (format!("[链接] {title}"), json!({ "title": title, "description": description, "url": url }))
        }
        Body::MiniProgramPage { title, page_path, thumb_url, .. } => {
            (format!("[小程序] {title}"), json!({ "title": title, "page_path": page_path, "thumb_url": thumb_url }))
        }
        Body::Event(event) => of_event(event),
        Body::Unknown { msg_type } => (format!("[{msg_type}]"), json!({})),
    }
}

fn of_event(event: &Event) -> (String, Value) {
    match event {
        Event::Subscribe { scene, .. } => ("[关注]".to_owned(), json!({ "scene": scene })),
        Event::Unsubscribe => ("[取消关注]".to_owned(), json!({})),
        Event::Scan { scene, .. } => ("[扫码]".to_owned(), json!({ "scene": scene })),
        Event::Click { key } => (format!("[菜单] {key}"), json!({ "key": key })),
        Event::View { url, .. } => ("[打开链接]".to_owned(), json!({ "url": url })),
        Event::ViewMiniProgram { path, .. } => ("[打开小程序]".to_owned(), json!({ "page_path": path })),
        Event::ScancodePush(scan) | Event::ScancodeWaitmsg(scan) => {
            ("[扫一扫]".to_owned(), json!({ "result": scan.result }))
        }
        // The pictures and places themselves follow as messages; a location report never shows where somebody is.
        other => (format!("[{}]", other.kind().trim_start_matches("event:")), json!({})),
    }
}

/// One line that says what a reply is, and its content.
pub fn of_reply(reply: &Reply) -> (String, Value) {
    let text = match reply {
        Reply::Text { content } => content.clone(),
        Reply::Image { .. } => "[图片]".to_owned(),
        Reply::Voice { .. } => "[语音]".to_owned(),
        Reply::Video { .. } => "[视频]".to_owned(),
        Reply::Music { .. } => "[音乐]".to_owned(),
        Reply::News { articles } => {
            format!("[图文] {}", articles.first().map(|article| article.title.as_str()).unwrap_or_default())
        }
        Reply::TransferCustomerService { .. } => "[转接客服]".to_owned(),
    };
    (text, serde_json::to_value(reply).unwrap_or_default())
}

/// One line that says what a customer-service message is, and its content.
pub fn of_message(message: &CustomMessage) -> (String, Value) {
    let text = match message {
        CustomMessage::Text { text } => text.content.clone(),
        other => format!("[{}]", other.msg_type()),
    };
    (text, serde_json::to_value(message).unwrap_or_default())
}

/// The line of a list.
pub fn preview(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(PREVIEW).collect()
}
