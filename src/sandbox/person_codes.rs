//! Codes that stand for a person: WeChat hands them to a page or a mini program, whose server exchanges them. They live
//! for five minutes, work once, and one kind never serves for another (protocol sections 4.3, 8.1 and 8.5).

use chrono::TimeDelta;

use super::{authorize::Scope, errcode::Refusal, phones::Phone, world::World};
use crate::infra::clock::Time;

const LIFE: TimeDelta = TimeDelta::minutes(5);
/// How long a used or expired code is told from one that never was.
const REMEMBERED: TimeDelta = TimeDelta::days(1);

/// One code.
#[derive(Clone, Debug)]
pub(super) struct PersonCode {
    /// The key of the account it was made for.
    account: String,
    pub(super) person: String,
    pub(super) stands_for: StandsFor,
    made: Time,
    used: bool,
}

/// What a code is exchanged for.
#[derive(Clone, Debug)]
pub(super) enum StandsFor {
    /// A page: who looks at it.
    Page {
        /// What the person agreed to.
        scope: Scope,
        /// It is a snapshot: the person is invented.
        snapshot: bool,
    },
    /// A login to a mini program, with the session that began then.
    Login {
        /// The session key.
        key: String,
    },
    /// A phone number.
    Phone(Phone),
}

impl StandsFor {
    /// The codes of refusal for a used and for an expired code.
    fn refusals(&self) -> (i64, i64) {
        match self {
            Self::Page { .. } => (40163, 42003),
            Self::Login { .. } | Self::Phone(_) => (40029, 40029),
        }
    }
}

impl World {
    /// A fresh code of a person for an account.
    pub(super) fn mint_code(&mut self, account: &str, person: &str, stands_for: StandsFor) -> String {
        let made = self.now();
        self.person_codes.retain(|_, code| made - code.made < REMEMBERED);
        let text = format!("0{}", self.random.alphanumeric(31));
        let (account, person) = (account.to_owned(), person.to_owned());
        self.person_codes.insert(text.clone(), PersonCode { account, person, stands_for, made, used: false });
        text
    }

    /// The code as it stands, if the account may exchange it for what `fits` picks: 40029 when it is none of its codes
    /// of this kind, otherwise as it was used or has expired.
    pub(super) fn live_code<T>(
        &self,
        text: &str,
        account: &str,
        fits: impl Fn(&StandsFor) -> Option<T>,
    ) -> Result<(PersonCode, T), Refusal> {
        let code = self.person_codes.get(text).filter(|code| code.account == account);
        let code = code.ok_or_else(|| Refusal::of(40029))?;
        let wanted = fits(&code.stands_for).ok_or_else(|| Refusal::of(40029))?;
        let (used, expired) = code.stands_for.refusals();
        if code.used {
            Err(Refusal::of(used))
        } else if self.now() - code.made >= LIFE {
            Err(Refusal::of(expired))
        } else {
            Ok((code.clone(), wanted))
        }
    }

    /// The code was exchanged: it works no more.
    pub(super) fn use_code(&mut self, text: &str) {
        if let Some(code) = self.person_codes.get_mut(text) {
            code.used = true;
        }
    }
}
