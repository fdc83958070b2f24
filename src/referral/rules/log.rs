//! What is known of one invited person in one program: everything that a decision follows from.

use chrono::SubsecRound as _;
use entity::{
    referral::{finding::Stage, program::State, review::Decision},
    types::{AccountKey, MemberId, TouchId},
};
use serde::{Deserialize, Serialize};

use crate::{infra::clock::Time, referral::terms::Rules};

/// A program with the history of its rules and of its states.
#[derive(Clone, Debug)]
pub struct Program {
    /// From when on touches count.
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

impl Program {
    /// The version in force at a moment; the first one before all of them.
    pub fn version_at(&self, at: Time) -> Option<&Version> {
        self.versions.iter().rev().find(|version| version.at <= at).or_else(|| self.versions.first())
    }

    /// The version in force now.
    pub fn latest(&self) -> Option<&Version> {
        self.versions.last()
    }

    /// Since when an inviter does not count, when they do not now.
    pub fn banned_since(&self, member: MemberId) -> Option<Time> {
        let bans = |version: &&Version| version.rules.banned.contains(&member);
        self.versions.iter().rev().take_while(bans).last().map(|version| version.at)
    }

    /// The state at a moment. It runs from the beginning of the second in which it was started: WeChat tells of scans by
    /// the second, and nobody was shown a code before.
    pub fn state_at(&self, at: Time) -> State {
        let since = |(since, state): &(Time, State)| match state {
            State::Running => since.trunc_subsecs(0),
            State::Draft | State::Paused | State::Ended => *since,
        };
        self.states.iter().rev().find(|one| since(one) <= at).map_or(State::Draft, |(_, state)| *state)
    }
}

/// Everything that is known of one invited person, in the order in which it happened.
#[derive(Clone, Debug)]
pub struct Log {
    /// Who.
    pub invitee: MemberId,
    /// When anything of them was known first.
    pub known_since: Option<Time>,
    /// When they did something of their own first.
    pub registered_at: Option<Time>,
    /// When a phone of theirs was known first that was checked.
    pub phone_at: Option<Time>,
    /// Follows and leaves.
    pub follows: Vec<Follow>,
    /// What they bought.
    pub purchases: Vec<Purchase>,
    /// Touches with a code of the program.
    pub touches: Vec<Touch>,
    /// When the guard has looked.
    pub checks: Vec<Check>,
    /// What it found.
    pub findings: Vec<Finding>,
    /// What staff decided.
    pub reviews: Vec<Review>,
    /// Whether anything was ever given for it.
    pub earned: bool,
    /// The code for which something is given and not taken back.
    pub kept: Option<String>,
}

/// A follow or a leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Follow {
    /// Of which account.
    pub account: AccountKey,
    /// When.
    pub at: Time,
    /// Whether it is a follow.
    pub follows: bool,
}

/// A purchase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purchase {
    /// When it was paid.
    pub at: Time,
    /// How much, in fen.
    pub fen: i64,
    /// What came back and when, in order.
    pub refunds: Vec<(Time, i64)>,
}

impl Purchase {
    /// What is left of it, in fen.
    pub fn net(&self) -> i64 {
        self.refunds.iter().fold(self.fen, |left, (_, back)| left.saturating_sub(*back)).max(0)
    }
}

/// A touch with a code of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touch {
    /// Which.
    pub id: TouchId,
    /// The code.
    pub code: String,
    /// When.
    pub at: Time,
    /// When the visit began of which it is a part.
    pub began_at: Time,
    /// Whose code it is today; none when nothing is left of them.
    pub inviter: Option<MemberId>,
    /// Who invited the inviter, who invited those, and so on: as far as it happened before this touch.
    pub line: Vec<MemberId>,
    /// Who invited the inviter, when that counts.
    pub second: Option<MemberId>,
}

/// A look of the guard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// When in the life of an invitation.
    pub stage: Stage,
    /// For which inviter.
    pub inviter: MemberId,
    /// When.
    pub at: Time,
}

/// What the guard found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which rule.
    pub rule: String,
    /// For which inviter.
    pub inviter: MemberId,
    /// Whether it holds the invitation.
    pub holds: bool,
    /// When.
    pub at: Time,
}

/// What staff decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Review {
    /// What.
    pub decision: Decision,
    /// When.
    pub at: Time,
}
