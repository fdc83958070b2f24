//! What is said between people and stores. Most of it was answered; the latest words still wait.

use chrono::TimeDelta;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    desk::Desk,
    guest::{ACCOUNT, trouble},
    past::{Past, text},
    people::Person,
};
use crate::error::{Error, Result};

const TALKS: &str = include_str!("talks.json");

/// One conversation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Talk {
    /// Whose it is.
    person: u32,
    /// On which day.
    #[serde(default)]
    pub(super) day: Option<u32>,
    /// How long before the present, when it is one of today.
    #[serde(default)]
    pub(super) minutes_ago: Option<i64>,
    /// Who says what.
    lines: Vec<(Speaker, String)>,
    /// Whether the robot answers again afterwards.
    #[serde(default)]
    robot_again: bool,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Speaker {
    Guest,
    Store,
}

/// All of them, the earliest first.
pub(super) fn all() -> Result<Vec<Talk>> {
    Ok(serde_json::from_str(TALKS)?)
}

/// They talk.
pub(super) async fn hold(past: &Past<'_>, people: &[Person], talk: &Talk) -> Result<()> {
    let person = people.iter().find(|person| person.number == talk.person);
    let person = person.ok_or_else(|| Error::internal("a conversation of nobody"))?;
    let answered = talk.lines.iter().any(|(speaker, _)| matches!(speaker, Speaker::Store));
    let desk = if answered { Some(Desk::of(past, super::CLERK).await?) } else { None };
    for (speaker, words) in &talk.lines {
        past.pass(TimeDelta::minutes(1)).await;
        match (speaker, &desk) {
            (Speaker::Store, Some(desk)) => {
                let path = format!("/conversations/{}", latest(desk).await?);
                desk.put(&format!("{path}/read"), &json!({})).await?;
                let message = json!({ "message": { "kind": "text", "content": words } });
                desk.post(&format!("{path}/messages"), &message).await?;
                past.settle().await?;
            }
            (Speaker::Guest | Speaker::Store, _) => {
                past.sandbox.say(&person.id, ACCOUNT, words).await.map_err(trouble)?;
            }
        }
    }
    if let Some(desk) = desk.filter(|_| talk.robot_again) {
        desk.put(&format!("/conversations/{}/state", latest(&desk).await?), &json!({ "state": "robot" })).await?;
    }
    past.settle().await
}

/// The thread in which something was said last.
async fn latest(desk: &Desk<'_>) -> Result<String> {
    let threads = desk.get("/conversations?limit=1").await?;
    text(threads.pointer("/items/0").unwrap_or(&Value::Null), "id")
}
