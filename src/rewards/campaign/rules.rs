//! How a campaign may go on, and who may approve it.

use entity::{
    rewards::{budget_account::Unit, campaign::State},
    types::StaffId,
};
use serde::Serialize;

use crate::{infra::config::Rewards, rewards::terms::Terms};

/// What is done to a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Its terms are changed.
    Change,
    /// Somebody approves them.
    Approve,
    /// It begins, or goes on.
    Run,
    /// It is held.
    Pause,
    /// It is over.
    End,
}

impl Act {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Change, Self::Approve, Self::Run, Self::Pause, Self::End];
}

/// Where an act leads; `None` when it cannot be done.
pub fn next(state: State, act: Act) -> Option<State> {
    match (state, act) {
        // What is changed has to be approved anew.
        (State::Draft | State::Approved | State::Paused, Act::Change) => Some(State::Draft),
        (State::Draft, Act::Approve) => Some(State::Approved),
        (State::Approved | State::Paused, Act::Run) => Some(State::Running),
        (State::Running, Act::Pause) => Some(State::Paused),
        (State::Draft | State::Approved | State::Running | State::Paused, Act::End) => Some(State::Ended),
        (State::Running, Act::Change | Act::Approve | Act::Run)
        | (State::Draft, Act::Run | Act::Pause)
        | (State::Approved, Act::Approve | Act::Pause)
        | (State::Paused, Act::Approve | Act::Pause)
        | (State::Ended, _) => None,
    }
}

/// Whether what it promised goes out now.
pub fn is_open(state: State) -> bool {
    matches!(state, State::Running | State::Ended)
}

/// Whether a second person has to approve these terms (pay sheet section 9, rule 14).
pub fn needs_second(terms: &Terms, limits: &Rewards) -> bool {
    let (_, single) = terms.amount.range();
    match terms.gives.unit() {
        Unit::Fen => {
            single > limits.second_person_single_fen.get() || terms.budget > limits.second_person_total_fen.get()
        }
        Unit::Points => terms.budget > limits.second_person_total_points.get(),
    }
}

/// Whether somebody may approve what these two wrote and changed last.
pub fn may_approve(terms: &Terms, limits: &Rewards, written_by: StaffId, changed_by: StaffId, who: StaffId) -> bool {
    !needs_second(terms, limits) || who != written_by && who != changed_by
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::*;

    #[test]
    fn every_act_in_every_state_leads_where_it_should_or_nowhere() {
        use Act::{Approve, Change, End, Pause, Run};
        use State::{Approved, Draft, Ended, Paused, Running};
        let lawful = [
            (Draft, Change, Draft),
            (Draft, Approve, Approved),
            (Draft, End, Ended),
            (Approved, Change, Draft),
            (Approved, Run, Running),
            (Approved, End, Ended),
            (Running, Pause, Paused),
            (Running, End, Ended),
            (Paused, Change, Draft),
            (Paused, Run, Running),
            (Paused, End, Ended),
        ];
        for state in State::iter() {
            for act in Act::ALL {
                let wanted = lawful.iter().find(|(from, done, _)| (*from, *done) == (state, act)).map(|(.., to)| *to);
                assert_eq!(next(state, act), wanted, "{act:?} when {state:?}");
            }
        }
    }
}
