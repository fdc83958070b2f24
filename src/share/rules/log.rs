//! What is known of one visitor: everything that a decision follows from.

use std::collections::BTreeSet;

use entity::{
    share::campaign::State,
    types::{MemberId, TouchId},
};

pub use crate::tracking::behaviours::Dwell;
use crate::{infra::clock::Time, share::terms::Rules};

/// A campaign with the history of its rules and of its states.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// From when on visits count.
    pub starts_at: Time,
    /// Until when.
    pub ends_at: Time,
    /// Its states, each from when on, in order.
    pub states: Vec<(Time, State)>,
    /// Its rules, each with its version and from when on, in order. There is one at least.
    pub versions: Vec<Version>,
}

/// One version of rules.
#[derive(Clone, Debug)]
pub struct Version {
    /// Its number, from 1.
    pub number: i32,
    /// From when on it is in force.
    pub at: Time,
    /// The rules.
    pub rules: Rules,
}

impl Campaign {
    /// The version in force at a moment; the first one before all of them.
    pub fn version_at(&self, at: Time) -> Option<&Version> {
        self.versions.iter().rev().find(|version| version.at <= at).or_else(|| self.versions.first())
    }

    /// The version of this number.
    pub fn version(&self, number: i32) -> Option<&Version> {
        self.versions.iter().find(|version| version.number == number)
    }

    /// The state at a moment.
    pub fn state_at(&self, at: Time) -> State {
        self.states.iter().rev().find(|(since, _)| *since <= at).map_or(State::Draft, |(_, state)| *state)
    }
}

/// Everything that is known of one visitor.
#[derive(Clone, Debug)]
pub struct Log {
    /// Who.
    pub visitor: MemberId,
    /// The shared pages that they opened.
    pub opens: Vec<Open>,
    /// How long they stayed on them.
    pub dwells: Vec<Dwell>,
    /// When they did something of their own first.
    pub registered_at: Option<Time>,
    /// What they bought.
    pub purchases: Vec<Purchase>,
    /// The pages for which anything was ever given.
    pub earned: BTreeSet<String>,
}

/// A shared page that was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// The touch.
    pub id: TouchId,
    /// The key of the link.
    pub key: String,
    /// The page.
    pub page: String,
    /// When.
    pub at: Time,
    /// When the visit began of which it is a part.
    pub began_at: Time,
    /// Who shares it today; none when nothing is left of them.
    pub sharer: Option<MemberId>,
    /// Whose visitor the sharer was before.
    pub second: Option<MemberId>,
    /// Whether it was opened on a device of the sharer.
    pub own_device: bool,
}

/// A purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purchase {
    /// When it was paid.
    pub at: Time,
    /// What is left of it, in fen.
    pub net: i64,
}
