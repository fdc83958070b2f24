//! Tickets that pages sign with: `getticket` (protocol section 3.4).

use chrono::TimeDelta;
use serde_json::json;

use super::{
    api::{Call, Outcome},
    errcode::Refusal,
    world::World,
};

const LIFE: TimeDelta = TimeDelta::seconds(7200);

/// `GET /cgi-bin/ticket/getticket`: the ticket of a kind while it lives; tokens come and go without touching it.
pub(super) fn get(world: &mut World, call: &Call) -> Outcome {
    let now = world.now();
    let fresh = format!("kgt8ON7yVITDhtdwci0q{}", world.random.alphanumeric(66));
    let kind = call.query("type").unwrap_or_default().to_owned();
    if kind != "jsapi" && kind != "wx_card" {
        return Err(Refusal::of(40097));
    }
    let tickets = &mut world.caller(&call.account)?.tokens.tickets;
    tickets.retain(|_, (_, expires)| *expires > now);
    let (ticket, expires) = tickets.entry(kind).or_insert((fresh, now + LIFE));
    let left = (*expires - now).num_seconds();
    Ok(json!({ "errcode": 0, "errmsg": "ok", "ticket": ticket, "expires_in": left }).into())
}
