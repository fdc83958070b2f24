//! The calls of a mini program: what they send, what they make of the answers; and the published numbers.

mod checks;
mod code;
mod open_data;
mod people;
mod session_key;

use entity::types::OpenId;

const OPENID: &str = "oGZUI0egBJY1zhBYw2KhdUfwVJJE";
const KEY: &str = "tiihtNczf5v6AKRyjwEUhQ==";

fn somebody() -> OpenId {
    OPENID.parse().unwrap()
}
