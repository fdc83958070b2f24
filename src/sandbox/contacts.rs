//! What is between one account and one person: following, the chat, open windows, permits, refusals.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use serde::Serialize;

use super::{
    chats::Message,
    options::{Allowance, Windows},
    quota::Counter,
    sessions::Session,
};
use crate::{infra::clock::Time, wechat::account::Kind};

/// What is between one account and one person.
#[derive(Default)]
pub(super) struct Contact {
    pub(super) following: Option<Following>,
    pub(super) remark: String,
    pub(super) tags: BTreeSet<u32>,
    /// Since when (as a running number) the account has the person on its blacklist.
    pub(super) blacklisted: Option<u64>,
    /// The person has switched the account's messages off.
    pub(super) refuses: bool,
    pub(super) windows: Vec<Window>,
    pub(super) last_act: Option<Time>,
    pub(super) typing_until: Option<Time>,
    /// Accepted subscription messages that were not sent yet, by template.
    pub(super) credits: BTreeMap<String, u32>,
    /// Templates that the person refused for good.
    pub(super) refused: BTreeSet<String>,
    /// Mass messages got, as (business month, count).
    pub(super) mass: (String, usize),
    /// Message id and time of each `client_msg_id` of template messages.
    pub(super) sent: BTreeMap<String, (u64, Time)>,
    pub(super) chat: Vec<Message>,
    pub(super) unread: u32,
    /// The person's session in a mini program.
    pub(super) session: Option<Session>,
    /// Logins within this minute.
    pub(super) logins: Counter,
}

/// How a person came to follow.
pub(super) struct Following {
    pub(super) since: Time,
    /// Orders the follower list.
    pub(super) number: u64,
    /// `ADD_SCENE_…`
    pub(super) scene: &'static str,
    pub(super) qr_scene: u32,
    pub(super) qr_scene_str: String,
}

/// An act of a person that lets the account answer for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// Wrote a message.
    Message,
    /// Tapped a click or scan button, or an item of a menu message.
    Click,
    /// Followed.
    Follow,
    /// Scanned a code as a follower.
    Scan,
    /// Paid.
    Paid,
    /// Opened the customer-service session of a mini program.
    Enter,
}

/// A window for customer-service messages.
#[derive(Clone, Debug, Serialize)]
pub struct Window {
    /// What opened it.
    pub trigger: Trigger,
    /// From this moment on it is closed.
    pub closes_at: Time,
    /// Messages that still fit; `null` means any number.
    pub left: Option<u32>,
}

/// Why no customer-service message fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shut {
    /// No window is open: 45015.
    Closed,
    /// A window is open, but used up: 45047.
    UsedUp,
}

impl Trigger {
    fn allowance(self, windows: &Windows, kind: Kind) -> Allowance {
        match (self, kind) {
            (Self::Message, Kind::Official) => windows.message,
            (Self::Message, Kind::Mini) => windows.mini_message,
            (Self::Click, _) => windows.click,
            (Self::Follow, _) => windows.follow,
            (Self::Scan, _) => windows.scan,
            (Self::Paid, _) => windows.paid,
            (Self::Enter, _) => windows.mini_enter,
        }
    }
}

impl Contact {
    /// The person did something: a window of this kind opens anew.
    pub(super) fn act(&mut self, trigger: Trigger, windows: &Windows, kind: Kind, now: Time) {
        let allowance = trigger.allowance(windows, kind);
        self.windows.retain(|window| window.trigger != trigger && window.closes_at > now);
        let closes_at = now + TimeDelta::seconds(i64::from(allowance.seconds));
        self.windows.push(Window { trigger, closes_at, left: allowance.messages });
        self.last_act = Some(now);
    }

    /// Windows that are open, the one that closes first in front.
    pub(super) fn open_windows(&self, now: Time) -> Vec<Window> {
        let mut open: Vec<Window> = self.windows.iter().filter(|window| window.closes_at > now).cloned().collect();
        open.sort_by_key(|window| window.closes_at);
        open
    }

    /// Takes one message out of the window that closes first.
    pub(super) fn use_window(&mut self, now: Time) -> Result<(), Shut> {
        self.windows.retain(|window| window.closes_at > now);
        self.windows.sort_by_key(|window| window.closes_at);
        if self.windows.is_empty() {
            return Err(Shut::Closed);
        }
        let fits = self.windows.iter_mut().find(|window| window.left != Some(0)).ok_or(Shut::UsedUp)?;
        fits.left = fits.left.map(|left| left.saturating_sub(1));
        Ok(())
    }

    pub(super) fn is_typing(&self, now: Time) -> bool {
        self.typing_until.is_some_and(|until| until > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Time {
        Time::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    #[test]
    fn a_window_closes_by_time_and_by_count() {
        let (windows, mut contact) = (Windows::default(), Contact::default());
        assert_eq!(contact.use_window(at(0)), Err(Shut::Closed));
        contact.act(Trigger::Message, &windows, Kind::Official, at(0));
        for _ in 0..5 {
            assert_eq!(contact.use_window(at(1)), Ok(()));
        }
        assert_eq!(contact.use_window(at(1)), Err(Shut::UsedUp));
        contact.act(Trigger::Click, &windows, Kind::Official, at(2));
        assert_eq!(contact.use_window(at(61)), Ok(()));
        assert_eq!(contact.use_window(at(62)), Err(Shut::UsedUp), "the minute of the tap is over");
        assert_eq!(contact.use_window(at(48 * 3600)), Err(Shut::Closed));
    }

    #[test]
    fn the_short_window_is_used_before_the_long_one() {
        let (windows, mut contact) = (Windows::default(), Contact::default());
        contact.act(Trigger::Message, &windows, Kind::Official, at(0));
        contact.act(Trigger::Click, &windows, Kind::Official, at(0));
        contact.use_window(at(1)).unwrap();
        let left: Vec<_> = contact.open_windows(at(1)).iter().map(|window| (window.trigger, window.left)).collect();
        assert_eq!(left, [(Trigger::Click, Some(2)), (Trigger::Message, Some(5))]);
    }
}
