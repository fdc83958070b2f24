//! How people come: by the codes on the walls, by search, invited by friends, or by a page that somebody shared.

use std::collections::BTreeMap;

use entity::types::MemberId;
use reqwest::Method;
use serde_json::json;

use super::{
    campaigns::{Offers, PAGE},
    guest::{ACCOUNT, trouble},
    past::{Past, text},
    people::Person,
};
use crate::error::Result;

/// Who shares a page; the others read it.
const SHARERS: [u32; 2] = [2, 5];

/// What came of people so far.
#[derive(Default)]
pub(super) struct Known {
    /// Who is which member.
    pub(super) members: BTreeMap<u32, MemberId>,
    /// The codes by which people invite.
    codes: BTreeMap<u32, String>,
    /// The keys of shared pages.
    keys: BTreeMap<u32, String>,
}

impl Known {
    /// Somebody comes for the first time.
    pub(super) async fn come(
        &mut self,
        past: &Past<'_>,
        person: &Person,
        scenes: &[String],
        offers: &Offers,
    ) -> Result<()> {
        let inviter = person.invited_by().and_then(|number| self.codes.get(&number)).cloned();
        if inviter.is_none() {
            let scene = person.channel().and_then(|place| scenes.get(place));
            past.follow(person, scene.map(String::as_str)).await?;
        }
        if !person.logs_in() {
            return Ok(());
        }
        let guest = past.log_in(person).await?;
        self.members.insert(person.number, guest.member);
        if let Some(code) = &inviter {
            guest.call(Method::POST, "/touches", &json!({ "code": code, "carrier": "link" })).await?;
            past.follow(person, None).await?;
        }
        guest.introduce().await?;
        if person.shows_phone() {
            guest.show_phone(&person.phone).await?;
        }
        if person.number < 12 {
            let path = format!("/referral-programs/{}/code", offers.program);
            let code = guest.call(Method::PUT, &path, &json!({})).await?;
            self.codes.insert(person.number, text(&code, "code")?);
        }
        if SHARERS.contains(&person.number) {
            let link = guest.call(Method::PUT, "/share-links", &json!({ "page": PAGE })).await?;
            self.keys.insert(person.number, text(&link, "key")?);
        } else if person.number % 7 == 3 {
            let sharer = SHARERS.get(usize::from(person.number.is_multiple_of(2)));
            if let Some(key) = sharer.and_then(|number| self.keys.get(number)) {
                guest.call(Method::POST, "/share-visits", &json!({ "key": key, "scene": 1007 })).await?;
                // Who only opens it has not read it.
                guest.look(PAGE, if person.number == 17 { 3 } else { 25 }).await?;
            }
        }
        Ok(())
    }
}

/// Somebody does not follow any more.
pub(super) async fn leave(past: &Past<'_>, person: &Person) -> Result<()> {
    past.sandbox.unfollow(&person.id, ACCOUNT).await.map_err(trouble)?;
    Ok(())
}
