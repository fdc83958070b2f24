//! The customer-service agents of an account: one, who is always there.

use serde_json::json;

use super::{
    api::{Call, Outcome},
    world::World,
};

fn agent(original_id: &str) -> String {
    format!("service@{original_id}")
}

/// Whether this is an agent of the account.
pub(super) fn is_staff(world: &World, account: &str, agent_account: &str) -> bool {
    world.accounts.get(account).is_some_and(|account| agent(&account.original_id) == agent_account)
}

/// `GET /cgi-bin/customservice/getkflist`
pub(super) fn list(world: &mut World, call: &Call) -> Outcome {
    let account = agent(&world.caller(&call.account)?.original_id);
    Ok(json!({ "kf_list": [{
        "kf_account": account,
        "kf_nick": "小惠",
        "kf_id": "1001",
        "kf_headimgurl": format!("{}/favicon.ico", world.base_url),
    }] })
    .into())
}

/// `GET /cgi-bin/customservice/getonlinekflist`
pub(super) fn online(world: &mut World, call: &Call) -> Outcome {
    let account = agent(&world.caller(&call.account)?.original_id);
    Ok(json!({ "kf_online_list": [{
        "kf_account": account,
        "status": 1,
        "kf_id": "1001",
        "accepted_case": 0,
    }] })
    .into())
}
