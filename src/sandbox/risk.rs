//! What WeChat thinks of a person: `getuserriskrank` (protocol section 8.8). A tester sets the rank.

use std::net::IpAddr;

use serde_json::json;

use super::{
    api::{Call, Outcome},
    errcode::Refusal,
    world::World,
};

/// `POST /wxa/getuserriskrank`
pub(super) fn rank(world: &mut World, call: &Call) -> Outcome {
    if call.text("/appid", 41002)? != world.caller(&call.account)?.appid {
        return Err(Refusal::of(40013));
    }
    let openid = call.text("/openid", 41009)?;
    let scene = call.number("/scene").is_some_and(|scene| (0..=2).contains(&scene));
    if !scene || call.text("/client_ip", 40097)?.parse::<IpAddr>().is_err() {
        return Err(Refusal::of(40097));
    }
    let person = world.recent(&call.account, openid)?;
    let risk_rank = world.people.get(&person).map_or(0, |person| person.risk_rank);
    let number = world.number();
    Ok(json!({ "errcode": 0, "errmsg": "getuserriskrank succ", "risk_rank": risk_rank, "unoin_id": number }).into())
}
