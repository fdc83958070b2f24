//! What a mini program asks its server to do: say who logged in, read the phone number that a person gave, check that
//! data comes from WeChat, ask whether WeChat trusts a person or a text (protocol section 8).
//!
//! A login gives a *session key*, which only this server and WeChat know: it signs and encrypts what the client passes
//! on. It is a secret: never sent to the client, never logged, stored sealed. A *login code* and a *phone code* look
//! alike, live for five minutes and work once; one never serves for the other.

pub mod code;
pub mod login;
pub mod media_check;
pub mod open_data;
pub mod phone;
pub mod risk;
pub mod session;
mod session_key;
pub mod text_check;

pub use session_key::{InvalidSessionKey, SessionKey};

/// More than any code of WeChat has.
const CODE: usize = 512;

/// Whether a text can be a code at all; anything else is not worth a call.
fn could_be_code(text: &str) -> bool {
    (1..=CODE).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests;
