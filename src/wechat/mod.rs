//! The WeChat protocol, free of business: what comes in (callback, crypto, message) and what we call (client, token,
//! account). Facts and their sources are numbered in the protocol notes; `[C]` facts are configuration.

pub mod account;
pub mod callback;
pub mod client;
pub mod crypto;
pub mod endpoints;
pub mod errcode;
pub mod folder;
#[cfg(test)]
mod golden;
pub mod induced;
pub mod intake;
pub mod js_sdk;
pub mod last_push;
pub mod message;
pub mod mini;
pub mod oauth;
pub mod pay;
pub mod quota;
#[cfg(test)]
pub(crate) mod scripted;
pub mod setup;
mod token;
