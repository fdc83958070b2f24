//! Faults that strike at random: a share of all calls and notifications, drawn from a seed so that a story can be told
//! again (pay notes section 10).

use serde::{Deserialize, Serialize};

use super::{v2, v3};
use crate::{
    infra::random::Random,
    sandbox::{
        events::Told,
        faults::{FaultKind, PAY_NOTIFY},
        trouble::Trouble,
        world::World,
    },
};

/// How often something goes wrong by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RandomFaults {
    /// Of a thousand calls (and as many notifications), so many are struck; 0 ends it.
    pub per_mille: u16,
    /// The same seed draws the same faults in the same order of calls.
    pub seed: u64,
}

/// The faults that are still to come.
pub(super) struct Fate {
    pub(super) plan: RandomFaults,
    random: Random,
}

/// A call that creates something.
fn creating() -> Vec<FaultKind> {
    let error = |code: &str, after| FaultKind::PayError { code: code.to_owned(), text: None, status: None, after };
    vec![
        FaultKind::ResetBefore,
        FaultKind::ResetAfter,
        FaultKind::Http { status: 502 },
        FaultKind::Http { status: 429 },
        FaultKind::Http { status: 400 },
        FaultKind::HttpAfter { status: 500 },
        FaultKind::HttpAfter { status: 502 },
        error("SYSTEMERROR", false),
        error("SYSTEMERROR", true),
        error("268458547", true),
        error("NOBODY_KNOWS_THIS", true),
        FaultKind::Truncated,
        FaultKind::ExtraFields,
        FaultKind::Processing { seconds: 1200, reason: None },
        FaultKind::Processing { seconds: 1800, reason: Some("TRANSFER_RISK".to_owned()) },
        FaultKind::Hidden { seconds: 300 },
        FaultKind::WrongSignature,
        FaultKind::OtherKey,
        FaultKind::Unsigned,
    ]
}

/// Any other call: nothing that depends on an accepted request.
fn asking() -> Vec<FaultKind> {
    creating()
        .into_iter()
        .filter(|kind| !matches!(kind, FaultKind::Processing { .. } | FaultKind::Hidden { .. }))
        .collect()
}

fn telling() -> Vec<FaultKind> {
    vec![
        FaultKind::Lost,
        FaultKind::Duplicate,
        FaultKind::WrongSignature,
        FaultKind::WrongKey,
        FaultKind::WrongAmount,
        FaultKind::Probe,
        FaultKind::CutAfter,
        FaultKind::Skew { seconds: -600 },
    ]
}

impl World {
    /// Sets how often something goes wrong by itself.
    pub(super) fn set_random_faults(&mut self, plan: RandomFaults) -> Result<(), Trouble> {
        if plan.per_mille > 1000 {
            return Err(Trouble::invalid("per_mille is 0 to 1000"));
        }
        self.pay.fate = (plan.per_mille > 0).then(|| Fate { plan, random: Random::seeded(plan.seed) });
        self.tell(Told::State);
        Ok(())
    }

    /// The fault that strikes this call: one that was planned, or one by chance.
    pub(super) fn pay_fault(&mut self, endpoint: &str, merchant: Option<&str>) -> Option<FaultKind> {
        self.take_fault(endpoint, merchant, |_| true).or_else(|| self.chance(endpoint))
    }

    /// The fault that strikes a notification, if it is one that `fits`.
    pub(super) fn notification_fault(
        &mut self,
        merchant: &str,
        fits: impl Fn(&FaultKind) -> bool,
    ) -> Option<FaultKind> {
        self.take_fault(PAY_NOTIFY, Some(merchant), fits)
    }

    /// A fault by chance.
    pub(super) fn chance(&mut self, endpoint: &str) -> Option<FaultKind> {
        let fate = self.pay.fate.as_ref()?;
        if fate.random.below(1000) >= usize::from(fate.plan.per_mille) {
            return None;
        }
        let mut kinds = match endpoint {
            PAY_NOTIFY => telling(),
            v2::SEND | v2::SEND_MINI | v3::CREATE => creating(),
            _ => asking(),
        };
        Some(kinds.swap_remove(fate.random.below(kinds.len())))
    }
}
