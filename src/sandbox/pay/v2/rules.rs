//! The fields of the v2 requests (pay notes sections 2.2, 2.4 and 2.5). Lengths are bytes.

use super::form::{Rule, Shape};

const fn rule(name: &'static str, required: bool, longest: usize, shape: Shape) -> Rule {
    Rule { name, required, longest, shape }
}

/// `sendredpack`
pub(super) const SEND: &[Rule] = &[
    rule("nonce_str", true, 32, Shape::Text),
    rule("sign", true, 64, Shape::Alphanumeric),
    rule("mch_billno", true, 28, Shape::Alphanumeric),
    rule("mch_id", true, 32, Shape::Alphanumeric),
    rule("wxappid", true, 32, Shape::Alphanumeric),
    rule("send_name", true, 32, Shape::Text),
    rule("re_openid", true, 32, Shape::Text),
    rule("total_amount", true, 10, Shape::Number),
    rule("total_num", true, 1, Shape::Number),
    rule("wishing", true, 128, Shape::Text),
    rule("client_ip", true, 15, Shape::Ip),
    rule("act_name", true, 32, Shape::Text),
    rule("remark", true, 256, Shape::Text),
    rule("scene_id", false, 32, Shape::Text),
    rule("risk_info", false, 128, Shape::Text),
];

/// `sendminiprogramhb`
pub(super) const SEND_MINI: &[Rule] = &[
    rule("nonce_str", true, 32, Shape::Text),
    rule("sign", true, 64, Shape::Alphanumeric),
    rule("mch_billno", true, 28, Shape::Alphanumeric),
    rule("mch_id", true, 32, Shape::Alphanumeric),
    rule("wxappid", true, 32, Shape::Alphanumeric),
    rule("send_name", true, 32, Shape::Text),
    rule("re_openid", true, 32, Shape::Text),
    rule("total_amount", true, 10, Shape::Number),
    rule("total_num", true, 1, Shape::Number),
    rule("wishing", true, 128, Shape::Text),
    rule("act_name", true, 32, Shape::Text),
    rule("remark", true, 256, Shape::Text),
    rule("notify_way", true, 32, Shape::Text),
    rule("scene_id", false, 32, Shape::Text),
    rule("risk_info", false, 128, Shape::Text),
];

/// `gethbinfo`
pub(super) const QUERY: &[Rule] = &[
    rule("nonce_str", true, 32, Shape::Text),
    rule("sign", true, 64, Shape::Alphanumeric),
    rule("mch_billno", true, 28, Shape::Alphanumeric),
    rule("mch_id", true, 32, Shape::Alphanumeric),
    rule("appid", true, 32, Shape::Alphanumeric),
    rule("bill_type", true, 32, Shape::Alphanumeric),
];
