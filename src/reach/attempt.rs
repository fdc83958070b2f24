//! One try to hand a message to WeChat by one way, and what its answer means for the next.

use chrono::TimeDelta;
use entity::{reach::delivery::Channel, types::DeliveryId};

use super::{
    rules::Route,
    wording::{Way, Words},
};
use crate::{
    error::FieldError,
    infra::clock::Time,
    wechat::{
        account::{subscribe::SubscribeMessage, template::TemplateMessage},
        client::{self, NotSent, WeChat},
        errcode::{Action, Reason, Scope},
        message::custom,
    },
};

/// The first wait before a way is tried again; it doubles with each try.
const FIRST: TimeDelta = TimeDelta::minutes(1);
/// How often it doubles at most: about an hour.
const DOUBLINGS: u32 = 6;

/// A call that is ready to be made.
#[derive(Clone, Debug)]
pub(super) enum Call {
    Custom(custom::Send),
    Subscription(SubscribeMessage),
    Template(TemplateMessage),
}

impl Call {
    /// The call for a way.
    ///
    /// # Errors
    /// The keywords whose value cannot be sent.
    pub(super) fn build(
        way: &Way,
        route: &Route,
        words: Words<'_>,
        delivery: DeliveryId,
    ) -> Result<Self, Vec<FieldError>> {
        Ok(match way {
            Way::Window => Self::Custom(custom::Send::to(route.open_id.clone(), words.custom())),
            Way::Subscription { template, .. } => Self::Subscription(words.subscription(&route.open_id, template)?),
            Way::Template(template) => {
                Self::Template(words.template(&route.open_id, template, delivery.to_string())?)
            }
        })
    }

    /// What it says, without the addressee, as it is kept.
    pub(super) fn said(&self) -> serde_json::Value {
        match self {
            Self::Custom(send) => serde_json::to_value(&send.message).unwrap_or_default(),
            Self::Subscription(message) => serde_json::json!({ "data": message.data, "page": message.page }),
            Self::Template(message) => serde_json::json!({ "data": message.data, "page": message.url }),
        }
    }

    /// Makes the call.
    pub(super) async fn make(&self, wechat: &WeChat, route: &Route) -> Result<Option<u64>, client::Failure> {
        let api = wechat.of(&route.account)?;
        match self {
            Self::Custom(send) => api.send_custom(send).await.map(|()| None),
            Self::Subscription(message) => api.send_subscribe(message).await,
            Self::Template(message) => api.send_template(message).await,
        }
    }
}

/// What an answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// WeChat took it.
    Sent(Option<u64>),
    /// It may have arrived.
    Unknown,
    /// Certainly not sent, and never by this way.
    Never,
    /// Certainly not sent; this way may be tried again then.
    Later(Time),
}

/// What the answer to a call means, after so many tries of this way.
pub(super) fn meaning(outcome: &Result<Option<u64>, client::Failure>, tries: u32, now: Time) -> Meaning {
    let failure = match outcome {
        Ok(msg_id) => return Meaning::Sent(*msg_id),
        Err(failure) => failure,
    };
    let again = || {
        let wait = FIRST * 2_i32.saturating_pow(tries.min(DOUBLINGS));
        Meaning::Later(failure.until().unwrap_or(now).max(now + wait))
    };
    match failure {
        client::Failure::Refused(refusal) => match refusal.action {
            Action::Succeeded => Meaning::Sent(None),
            // WeChat was busy: nobody knows whether it acted before it said so.
            Action::Stop(Reason::Unsafe) => Meaning::Unknown,
            Action::Backoff(_) | Action::Defer(_) | Action::Refresh => again(),
            Action::Config(Scope::Account) => again(),
            Action::Config(_) | Action::Stop(_) | Action::Reauth | Action::Reupload | Action::Ignore => Meaning::Never,
        },
        client::Failure::NotSent(NotSent::NoAccount | NotSent::Invalid(_)) => Meaning::Never,
        client::Failure::NotSent(_) => again(),
        client::Failure::Unknown(_) | client::Failure::Unavailable(_) => Meaning::Unknown,
    }
}

/// The stable word that is kept for an answer: WeChat's code, or what kind of trouble it was.
pub(super) fn word(outcome: &Result<Option<u64>, client::Failure>) -> Option<String> {
    match outcome {
        Ok(_) => None,
        Err(client::Failure::Refused(refusal)) => Some(refusal.errcode.to_string()),
        Err(client::Failure::NotSent(NotSent::Held { errcode, .. })) => Some(format!("held:{errcode}")),
        Err(client::Failure::NotSent(NotSent::Invalid(_))) => Some("invalid".to_owned()),
        Err(client::Failure::NotSent(NotSent::NoAccount)) => Some("no_account".to_owned()),
        Err(client::Failure::NotSent(_)) => Some("not_sent".to_owned()),
        Err(client::Failure::Unknown(_) | client::Failure::Unavailable(_)) => Some("no_answer".to_owned()),
    }
}

/// Whether WeChat's code says that nobody can be written to in a window of this account any more.
pub(super) fn closes_windows(channel: Channel, errcode: i64) -> bool {
    channel == Channel::Custom && matches!(errcode, 45015 | 45047 | 43004 | 48002)
}

/// Whether it says that the person does not follow.
pub(super) fn unfollowed(errcode: i64) -> bool {
    matches!(errcode, 43004 | 50005)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wechat::{
        client::{Failure, Refusal, Trouble},
        endpoints::{Auth, Effect},
        errcode,
    };

    const NOW: &str = "2026-11-21T02:00:00Z";

    fn refused(errcode: i64, until: Option<Time>) -> Result<Option<u64>, Failure> {
        Err(Failure::Refused(Refusal {
            errcode,
            meaning: "",
            meaning_zh: "",
            action: errcode::action(errcode, Auth::Token, Effect::Send),
            rid: None,
            keyword: None,
            until,
        }))
    }

    #[test]
    fn every_answer_says_whether_and_when_to_go_on() {
        let now: Time = NOW.parse().unwrap();
        let means = |outcome| meaning(&outcome, 0, now);
        assert_eq!(means(Ok(Some(7))), Meaning::Sent(Some(7)));
        for errcode in [43101, 45015, 45047, 43004, 48002, 40003, 47003, 40037, 41030, 45002, 45168] {
            assert_eq!(means(refused(errcode, None)), Meaning::Never, "{errcode}");
        }
        for errcode in [45009, 45011, 43108, 43107, 40164, 40001] {
            assert_eq!(means(refused(errcode, None)), Meaning::Later(now + FIRST), "{errcode}");
        }
        let midnight = now + TimeDelta::hours(14);
        assert_eq!(means(refused(45009, Some(midnight))), Meaning::Later(midnight));
        for errcode in [-1, 123_456] {
            assert_eq!(means(refused(errcode, None)), Meaning::Unknown, "{errcode}");
        }
        let not_sent = |why| Err(Failure::NotSent(why));
        assert_eq!(means(not_sent(NotSent::Unreachable)), Meaning::Later(now + FIRST));
        assert_eq!(means(not_sent(NotSent::Held { errcode: 45009, until: midnight })), Meaning::Later(midnight));
        assert_eq!(means(not_sent(NotSent::NoAccount)), Meaning::Never);
        assert_eq!(means(not_sent(NotSent::Invalid(Vec::new()))), Meaning::Never);
        for trouble in [Trouble::Timeout, Trouble::Lost, Trouble::Form] {
            assert_eq!(means(Err(Failure::Unknown(trouble))), Meaning::Unknown);
        }
    }

    #[test]
    fn waits_double_up_to_an_hour() {
        let now: Time = NOW.parse().unwrap();
        let waits = [0, 1, 3, 6, 7, u32::MAX].map(|tries| match meaning(&refused(45011, None), tries, now) {
            Meaning::Later(at) => (at - now).num_minutes(),
            other => panic!("{other:?}"),
        });
        assert_eq!(waits, [1, 2, 8, 64, 64, 64]);
    }
}
