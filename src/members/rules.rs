//! Pure decisions: whose word counts, and what was chosen when two members became one.

use entity::members::profile::Source;
use serde::{Deserialize, Serialize};

use crate::{
    identity::belonging::{Chosen, Decision},
    infra::clock::Time,
};

/// Who told something, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Told {
    pub(super) source: Source,
    pub(super) at: Time,
}

impl Told {
    /// How much a word counts. The member and staff who spoke to them are first hand; WeChat says what somebody once set;
    /// records of others come last.
    fn rank(self) -> u8 {
        match self.source {
            Source::Import => 0,
            Source::Partner => 1,
            Source::Wechat => 2,
            Source::Staff | Source::Person => 3,
        }
    }

    /// Whether this may take the place of what was told before: it is as good, and not older.
    pub(super) fn replaces(self, before: Option<Self>) -> bool {
        before.is_none_or(|before| (self.rank(), self.at) >= (before.rank(), before.at))
    }
}

/// Which of two answers holds, and why.
pub(super) fn choose(winner: Option<Told>, loser: Option<Told>) -> (Chosen, &'static str) {
    match (winner, loser) {
        (_, None) => (Chosen::Winner, "not_empty"),
        (None, Some(_)) => (Chosen::Loser, "not_empty"),
        (Some(winner), Some(loser)) if winner.rank() > loser.rank() => (Chosen::Winner, "better_source"),
        (Some(winner), Some(loser)) if winner.rank() < loser.rank() => (Chosen::Loser, "better_source"),
        (Some(winner), Some(loser)) if winner.at < loser.at => (Chosen::Loser, "later"),
        (Some(winner), Some(loser)) if winner.at > loser.at => (Chosen::Winner, "later"),
        (Some(_), Some(_)) => (Chosen::Winner, "survivor"),
    }
}

/// A decision as the merge shows it.
pub(super) fn decided(table: &str, field: &str, (chosen, why): (Chosen, &str)) -> Decision {
    Decision { table: table.to_owned(), field: field.to_owned(), chosen, why: why.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(source: Source, hour: u32) -> Told {
        Told { source, at: format!("2026-11-21T{hour:02}:00:00Z").parse().unwrap() }
    }

    #[test]
    fn better_evidence_holds_then_the_later_one() {
        let (old, new) = (told(Source::Person, 1), told(Source::Import, 2));
        assert!(!new.replaces(Some(old)) && old.replaces(Some(new)), "an import never replaces a member's own word");
        assert!(told(Source::Staff, 2).replaces(Some(old)) && old.replaces(None));
        assert!(!old.replaces(Some(told(Source::Staff, 2))), "an older word that comes late");
        assert_eq!(choose(Some(old), Some(new)), (Chosen::Winner, "better_source"));
        assert_eq!(choose(Some(new), Some(old)), (Chosen::Loser, "better_source"));
        assert_eq!(choose(Some(old), Some(told(Source::Staff, 2))), (Chosen::Loser, "later"));
        assert_eq!(choose(Some(told(Source::Staff, 2)), Some(old)), (Chosen::Winner, "later"));
        assert_eq!(choose(Some(old), Some(old)), (Chosen::Winner, "survivor"));
        assert_eq!(choose(None, Some(new)), (Chosen::Loser, "not_empty"));
    }
}
