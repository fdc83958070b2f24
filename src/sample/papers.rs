//! What ends up on somebody's desk: a file of old members, a contradiction, what people want done with their data, and files
//! that staff ask for.

use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde_json::{Value, json};

use super::{
    desk::Desk,
    past::{Past, text},
    people::Person,
    stores,
    visits::Known,
};
use crate::error::{Error, Result};

/// Members of the system before this one. Two of them come again later, two rows will not do.
const OLD_MEMBERS: &[u8] = include_bytes!("members.csv");

/// Takes over the members of the system before.
pub(super) async fn take_over(past: &Past<'_>) -> Result<()> {
    let desk = Desk::of(past, stores::OPERATIONS).await?;
    let file = Part::bytes(OLD_MEMBERS).file_name("旧系统会员.csv");
    let brought = desk.bring("/imports", Form::new().text("origin", "pos").part("file", file)).await?;
    let path = format!("/imports/{}", text(&brought, "id")?);
    past.settle().await?;
    let read = desk.get(&path).await?;
    let columns = read.get("columns").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let guesses: Vec<_> = columns.iter().map(|column| column.get("guess").cloned()).collect();
    desk.put(&format!("{path}/mapping"), &json!({ "columns": guesses })).await?;
    desk.post(&format!("{path}/start"), &json!({})).await?;
    past.settle().await
}

/// Somebody shows the phone of somebody else: two people, or one with two phones?
pub(super) async fn contradict(past: &Past<'_>, one: &Person, other: &Person) -> Result<()> {
    past.log_in(one).await?.show_phone(&other.phone).await
}

/// Somebody wants to be forgotten, somebody a copy, and headquarters write down a letter.
pub(super) async fn ask(past: &Past<'_>, known: &Known, leaving: &Person, curious: &Person, writer: u32) -> Result<()> {
    let guest = past.log_in(leaving).await?;
    let wish = guest.call(Method::POST, "/erasures", &json!({})).await?;
    guest.call(Method::POST, &format!("/erasures/{}/confirm", text(&wish, "id")?), &json!({})).await?;
    past.log_in(curious).await?.call(Method::POST, "/exports", &json!({})).await?;
    let member = known.members.get(&writer).ok_or_else(|| Error::internal("who wrote a letter is unknown"))?;
    let desk = Desk::of(past, stores::OPERATIONS).await?;
    desk.post(&format!("/members/{member}/exports"), &json!({ "reason": "来信要求查阅个人信息" })).await.map(drop)
}

/// One file that another agreed to, and one that waits for it.
pub(super) async fn order(past: &Past<'_>) -> Result<()> {
    let desk = Desk::of(past, stores::OPERATIONS).await?;
    let audit = desk.post("/exports", &json!({ "what": { "audit": {} }, "reason": "月度自查" })).await?;
    let other = Desk::of(past, stores::FINANCE).await?;
    other.post(&format!("/exports/{}/approve", text(&audit, "id")?), &json!({})).await?;
    desk.post("/exports", &json!({ "what": { "members": {} }, "reason": "周年庆邀请名单" })).await.map(drop)
}
