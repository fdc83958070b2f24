//! The typed calls: what they send, what they read, and what they refuse to send.

mod menus;
mod messages;
mod people;
mod things;

use entity::types::OpenId;

use super::super::client::{Failure, NotSent};

const OPENID: &str = "o6_bmjrPTlm6_2sgVt7hMZOPfL2M";

fn somebody() -> OpenId {
    OPENID.parse().unwrap()
}

fn crowd(size: usize) -> Vec<OpenId> {
    (0..size).map(|number| format!("oCrowd{number}").parse().unwrap()).collect()
}

/// The places of the values that broke a limit before anything was sent.
fn invalid(outcome: Result<impl std::fmt::Debug, Failure>) -> Vec<String> {
    match outcome {
        Err(Failure::NotSent(NotSent::Invalid(fields))) => fields.into_iter().map(|field| field.field).collect(),
        other => panic!("{other:?} should not be valid"),
    }
}
