//! What every call of staff is about, and what is sent to it.

use serde_json::{Value, json};

use super::world::{Thing, World};
use crate::{http::description::Described, members::ID_CARD};

/// What a call is about.
#[derive(Clone, Copy)]
pub enum About {
    /// Things of the brand, of oneself, or of all stores: whoever has the right may.
    Brand,
    /// One member, by the id in the path: whoever has the right and sees the store may.
    Member,
    /// One thing that belongs to a member or concerns one.
    Owned(Thing),
    /// A member who is named by the body.
    Written,
    /// Many of these: only those of the store are told.
    List(Thing),
    /// A stream that goes on.
    Stream,
}

/// The table of scopes. Whoever adds a call says here what it is about.
pub fn about(described: &Described) -> About {
    use About::{Brand, List, Member, Owned, Stream, Written};
    let path = described.path.strip_prefix("/api/admin/v1/").expect("a call of staff");
    match path {
        "events" => Stream,
        "members" => List(Thing::Member),
        "members/look-up" => Brand,
        // Copies and wishes have ids of their own; identities are named in the body.
        "members/{id}/exports/{copy}" | "members/{id}/exports/{copy}/file" | "members/{id}/erasures/{wish}" => Brand,
        "members/{id}/split" => Brand,
        "conversations" => List(Thing::Conversation),
        "followers" => List(Thing::Follower),
        "grants" => List(Thing::Grant),
        "referrals" => List(Thing::Referral),
        "share-visits" => List(Thing::Visit),
        "pictures" => List(Thing::Picture),
        "orders" => Written,
        // Headquarters may tell of refunds of what nobody knows yet.
        "orders/refunds" => Brand,
        // Messages have ids of their own.
        "conversations/{id}/messages/{message}/picture" => Brand,
        "share-values/{member}" => Member,
        _ => match path.split('/').next().expect("a first part") {
            "members" => Member,
            "conversations" => Owned(Thing::Conversation),
            "grants" => Owned(Thing::Grant),
            "referrals" => Owned(Thing::Referral),
            "share-visits" => Owned(Thing::Visit),
            "pictures" => Owned(Thing::Picture),
            "accounts"
            | "audit"
            | "campaigns"
            | "canned-replies"
            | "channels"
            | "colleagues"
            | "conflicts"
            | "exports"
            | "figures"
            | "followers"
            | "imports"
            | "jobs"
            | "me"
            | "member-attributes"
            | "merchants"
            | "merges"
            | "needs"
            | "payout-stops"
            | "payouts"
            | "points"
            | "poster-pictures"
            | "proof"
            | "reconciliation-cases"
            | "reconciliations"
            | "referral-alerts"
            | "referral-programs"
            | "reply-rules"
            | "reward-blocks"
            | "sessions"
            | "share-campaigns"
            | "staff"
            | "stores"
            | "wording-checks" => Brand,
            _ => panic!("{} {path}: say here what it is about", described.method),
        },
    }
}

/// What must be asked with the path.
pub fn query(described: &Described) -> &'static str {
    match described.path.as_str() {
        "/api/admin/v1/followers" => "?account=brand",
        _ => "",
    }
}

/// A body that gets as far as the thing that it is about; of other calls none that does anything.
pub fn body(described: &Described, world: &World<'_>) -> Value {
    let path = described.path.strip_prefix("/api/admin/v1/").expect("a call of staff");
    let at = world.app.clock.now();
    match path {
        "members/{id}" => json!({ "region": "广东 深圳" }),
        "members/{id}/values" => json!({ "values": { "id_card": ID_CARD } }),
        "members/{id}/store" => json!({ "store": world.store }),
        "members/{id}/reveal" => json!({ "what": "phone", "scene": "call", "reason": "回访客户" }),
        "members/{id}/erasures" => json!({ "reason": "本人到店要求" }),
        "members/{id}/points/corrections" => json!({ "points": 1, "reason": "补发活动积分" }),
        "conversations/{id}/messages" => json!({ "message": { "kind": "text", "content": "在的" } }),
        "conversations/{id}/state" => json!({ "state": "human" }),
        "pictures/{id}/decision" => json!({ "show": true }),
        "referrals/{id}/release" | "referrals/{id}/reject" => json!({ "reason": "已核实" }),
        "orders" => {
            let number = world.app.app.random.token();
            json!({ "source": "pos", "number": number, "member": world.of(Thing::Member), "amount_fen": 100, "at": at })
        }
        _ => json!({}),
    }
}

/// The same about nobody: of bodies that name whom they are about.
pub fn of_nobody(described: &Described, body: Option<Value>) -> Option<Value> {
    let mut body = body?;
    if described.path == "/api/admin/v1/orders" {
        body["member"] = json!("mem_06gzqn7n01rvnb8hvp20m4nfy0");
    }
    Some(body)
}
