//! The one state machine of every payout (pay sheet section 9), whatever way it goes. It only goes forward: a final state
//! never changes, and money is free again only after WeChat has said for good that it was not paid.

pub use entity::rewards::payout::State;

/// What WeChat says of a payout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// It has it, and is not done: SENDING, ACCEPTED, PROCESSING.
    Working,
    /// The person has to take it: SENT, WAIT_USER_CONFIRM; or is just taking it: TRANSFERING.
    Waiting,
    /// It is on its way back: RFUND_ING, CANCELING.
    Returning,
    /// RECEIVED, SUCCESS.
    Paid,
    /// REFUND, CANCELLED, FAIL because nobody took it.
    Returned,
    /// FAILED, FAIL.
    Rejected,
}

impl Stage {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Working, Self::Waiting, Self::Returning, Self::Paid, Self::Returned, Self::Rejected];

    /// The state that says the same.
    pub fn state(self) -> State {
        match self {
            Self::Working => State::Unknown,
            Self::Waiting => State::WaitingUser,
            Self::Returning => State::Returning,
            Self::Paid => State::Paid,
            Self::Returned => State::Returned,
            Self::Rejected => State::Rejected,
        }
    }
}

/// Whether nothing can happen any more.
pub fn is_final(state: State) -> bool {
    matches!(state, State::Paid | State::Returned | State::Rejected)
}

/// Whether a payout may go from one state to another.
pub fn may(from: State, to: State) -> bool {
    match (from, to) {
        // It is handed over; or it never is, because it was taken back or could not be asked for.
        (State::Created, State::Submitting | State::Rejected) => true,
        // WeChat answers, or nobody knows.
        (
            State::Submitting,
            State::Unknown | State::WaitingUser | State::Returning | State::Paid | State::Returned | State::Rejected,
        ) => true,
        // The same number is handed over again, or WeChat tells.
        (
            State::Unknown,
            State::Submitting | State::WaitingUser | State::Returning | State::Paid | State::Returned | State::Rejected,
        ) => true,
        (State::WaitingUser, State::Returning | State::Paid | State::Returned | State::Rejected) => true,
        // Taking back may come too late.
        (State::Returning, State::Paid | State::Returned | State::Rejected) => true,
        (State::Created | State::Submitting | State::Unknown, _)
        | (State::WaitingUser | State::Returning, _)
        | (State::Paid | State::Returned | State::Rejected, _) => false,
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::*;

    #[test]
    fn every_pair_of_states_is_lawful_or_not() {
        use State::{Created, Paid, Rejected, Returned, Returning, Submitting, Unknown, WaitingUser};
        let lawful: &[(State, &[State])] = &[
            (Created, &[Submitting, Rejected]),
            (Submitting, &[Unknown, WaitingUser, Returning, Paid, Returned, Rejected]),
            (Unknown, &[Submitting, WaitingUser, Returning, Paid, Returned, Rejected]),
            (WaitingUser, &[Returning, Paid, Returned, Rejected]),
            (Returning, &[Paid, Returned, Rejected]),
            (Paid, &[]),
            (Returned, &[]),
            (Rejected, &[]),
        ];
        assert_eq!(lawful.len(), State::iter().count());
        let mut pairs = 0;
        for (from, targets) in lawful {
            for to in State::iter() {
                assert_eq!(may(*from, to), targets.contains(&to), "{from:?} to {to:?}");
                pairs += 1;
            }
            assert_eq!(is_final(*from), targets.is_empty(), "{from:?}");
        }
        assert_eq!(pairs, 64);
    }

    #[test]
    fn what_wechat_says_leads_on_from_every_state_in_which_it_was_asked() {
        for stage in Stage::ALL {
            assert!(stage == Stage::Working || may(State::Submitting, stage.state()), "{stage:?}");
            assert!(stage == Stage::Working || may(State::Unknown, stage.state()), "{stage:?}");
        }
    }
}
