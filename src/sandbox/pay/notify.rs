//! Notifications to the service: sealed with the merchant's APIv3 key, signed, and sent again on the official schedule
//! until the service says 200 or 204 (pay notes section 3.8).

use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::TimeDelta;
use serde::Serialize;
use serde_json::{Value, json};

use super::{keys::Key, transfer::rfc3339};
use crate::{
    infra::clock::Time,
    sandbox::{
        events::Told,
        faults::{FaultKind, PAY_NOTIFY},
        trouble::Trouble,
        world::World,
    },
};

/// Notifications that are remembered; the oldest is dropped first.
const KEPT: usize = 50_000;

/// Seconds after each attempt until the next.
const SCHEDULE: [i64; 15] =
    [15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10_800, 10_800, 10_800, 21_600, 21_600];

/// How a notification ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotificationOutcome {
    /// It is on its way, waits for its next attempt, or is held.
    Pending,
    /// The service took it.
    Delivered,
    /// The schedule is over.
    Failed,
    /// A fault lost it.
    Lost,
}

/// One attempt to deliver a notification.
#[derive(Clone, Debug, Serialize)]
pub struct NotificationAttempt {
    /// When, on the sandbox's clock.
    pub at: Time,
    /// The HTTP status; `null` when there was no answer.
    pub status: Option<u16>,
    /// What the service answered.
    pub answer: String,
    /// The fault that struck.
    pub fault: Option<&'static str>,
}

/// One notification.
#[derive(Clone, Debug, Serialize)]
pub struct Notification {
    /// The sandbox's number.
    pub id: u64,
    /// The merchant's key.
    pub merchant: String,
    /// `id` of the body, the same in every attempt.
    pub event_id: String,
    /// `event_type` of the body.
    pub event_type: String,
    /// When it was made.
    pub at: Time,
    /// Where it goes.
    pub url: String,
    /// What is sealed inside.
    pub content: Value,
    /// How it ended.
    pub outcome: NotificationOutcome,
    /// Every attempt, oldest first.
    pub attempts: Vec<NotificationAttempt>,
    /// When the next attempt is due.
    pub next_at: Option<Time>,
    #[serde(skip)]
    original_type: String,
    #[serde(skip)]
    summary: String,
    #[serde(skip)]
    held: bool,
}

/// An attempt that is ready, except for the signature, which takes too long to be made under the lock.
pub(super) struct Letter {
    pub(super) url: String,
    pub(super) body: String,
    pub(super) serial: String,
    pub(super) timestamp: i64,
    pub(super) nonce: String,
    pub(super) key: Arc<Key>,
    pub(super) fault: Option<FaultKind>,
    at: Time,
}

impl Letter {
    /// The signature of the letter, or what a fault makes of it.
    pub(super) fn signature(&self) -> String {
        let message = format!("{}\n{}\n{}\n", self.timestamp, self.nonce, self.body);
        match self.fault {
            Some(FaultKind::Probe) => format!("WECHATPAY/SIGNTEST/{}", self.key.sign(message.as_bytes())),
            Some(FaultKind::WrongSignature) => self.key.sign(format!("not {message}").as_bytes()),
            _ => self.key.sign(message.as_bytes()),
        }
    }
}

/// Seals a text as WeChat Pay does: nonce and Base64 of ciphertext and tag. `key` has 32 bytes.
pub(super) fn sealed(key: &str, nonce: &str, associated: &str, plain: &str) -> Option<String> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key.as_bytes()).ok()?);
    let nonce = Nonce::try_assume_unique_for_key(nonce.as_bytes()).ok()?;
    let mut bytes = plain.as_bytes().to_vec();
    key.seal_in_place_append_tag(nonce, Aad::from(associated.as_bytes()), &mut bytes).ok()?;
    Some(BASE64_STANDARD.encode(bytes))
}

impl World {
    /// Makes a notification; it goes out when somebody delivers what is due.
    pub(super) fn notify(
        &mut self,
        merchant: &str,
        url: &str,
        event_type: &str,
        original_type: &str,
        summary: &str,
        content: Value,
    ) {
        let (id, at) = (self.id(), self.now());
        let held = self.notification_fault(merchant, |kind| *kind == FaultKind::Hold).is_some();
        if !held {
            self.pay.waiting.insert((at, id));
        }
        if self.pay.notifications.len() == KEPT {
            self.pay.notifications.pop_front();
        }
        self.pay.notifications.push_back(Notification {
            id,
            merchant: merchant.to_owned(),
            event_id: self.random.uuid().to_string(),
            event_type: event_type.to_owned(),
            at,
            url: url.to_owned(),
            content,
            outcome: NotificationOutcome::Pending,
            attempts: Vec::new(),
            next_at: (!held).then_some(at),
            original_type: original_type.to_owned(),
            summary: summary.to_owned(),
            held,
        });
        self.tell(Told::State);
    }

    fn notification_mut(&mut self, id: u64) -> Option<&mut Notification> {
        // Numbers rise.
        let at = self.pay.notifications.binary_search_by_key(&id, |known| known.id).ok()?;
        self.pay.notifications.get_mut(at)
    }

    /// The notifications whose time has come, oldest first; whoever asks has to deliver them.
    pub(super) fn due_notifications(&mut self) -> Vec<u64> {
        let now = self.now();
        let mut due = Vec::new();
        while let Some((_, id)) = self.pay.waiting.first().copied().filter(|(at, _)| *at <= now) {
            self.pay.waiting.pop_first();
            due.push(id);
        }
        due
    }

    /// The held notifications, oldest first; they are due from now on, in this order.
    pub(super) fn unhold_notifications(&mut self) -> Vec<u64> {
        let mut ids = Vec::new();
        for one in self.pay.notifications.iter_mut().filter(|one| one.held) {
            one.held = false;
            ids.push(one.id);
        }
        ids
    }

    /// The next attempt of a notification.
    pub(super) fn notification_letter(&mut self, id: u64) -> Option<Letter> {
        let (now, number) = (self.now(), self.number());
        let one = self.notification_mut(id)?.clone();
        let fault =
            self.notification_fault(&one.merchant, |kind| *kind != FaultKind::Hold).or_else(|| self.chance(PAY_NOTIFY));
        if fault == Some(FaultKind::Lost) {
            let one = self.notification_mut(id)?;
            (one.outcome, one.next_at) = (NotificationOutcome::Lost, None);
            return None;
        }
        let (nonce, body_nonce) = (self.random.alphanumeric(32), self.random.alphanumeric(12));
        let wrong_key = self.random.alphanumeric(32);
        let merchant = self.pay.merchants.get_mut(&one.merchant)?;
        let mut signing = merchant.notification_signing();
        if fault == Some(FaultKind::OtherKey) {
            signing = merchant.other_signing(&signing.serial);
        }
        let mut content = one.content.clone();
        if let (Some(FaultKind::WrongAmount), Some(amount)) = (&fault, content.get_mut("transfer_amount")) {
            *amount = json!(amount.as_i64().unwrap_or_default() + 1);
        }
        let key = if fault == Some(FaultKind::WrongKey) { &wrong_key } else { &merchant.v3_key };
        let ciphertext = sealed(key, &body_nonce, &one.original_type, &content.to_string())?;
        let event_id =
            if fault == Some(FaultKind::WrongAmount) { format!("{}-{number}", one.event_id) } else { one.event_id };
        let body = json!({
            "id": event_id,
            "create_time": rfc3339(one.at),
            "resource_type": "encrypt-resource",
            "event_type": one.event_type,
            "summary": one.summary,
            "resource": {
                "original_type": one.original_type,
                "algorithm": "AEAD_AES_256_GCM",
                "ciphertext": ciphertext,
                "associated_data": one.original_type,
                "nonce": body_nonce,
            },
        });
        let skew = match fault {
            Some(FaultKind::Skew { seconds }) => TimeDelta::try_seconds(seconds).unwrap_or_default(),
            _ => TimeDelta::zero(),
        };
        Some(Letter {
            url: one.url,
            body: body.to_string(),
            serial: signing.serial,
            timestamp: (now + skew).timestamp(),
            nonce,
            key: signing.key,
            fault,
            at: now,
        })
    }

    /// Records an attempt and plans the next; says whether a fault wants the same once more at once.
    pub(super) fn record_notification(&mut self, id: u64, letter: &Letter, got: Option<(u16, String)>) -> bool {
        let cut = letter.fault == Some(FaultKind::CutAfter);
        let spoiled = letter.fault == Some(FaultKind::WrongAmount);
        let Some(one) = self.notification_mut(id) else { return false };
        let (status, answer) =
            got.filter(|_| !cut).map_or((None, String::new()), |(status, answer)| (Some(status), answer));
        let fault = letter.fault.as_ref().map(FaultKind::name);
        one.attempts.push(NotificationAttempt { at: letter.at, status, answer, fault });
        // The one with the wrong amount is a message of its own; the right one follows on the schedule.
        let taken = matches!(status, Some(200 | 204)) && !spoiled;
        let wait = SCHEDULE.get(one.attempts.len().saturating_sub(1));
        (one.outcome, one.next_at) = match wait {
            _ if taken => (NotificationOutcome::Delivered, None),
            Some(wait) => (NotificationOutcome::Pending, Some(letter.at + TimeDelta::seconds(*wait))),
            None => (NotificationOutcome::Failed, None),
        };
        if let Some(next) = one.next_at {
            self.pay.waiting.insert((next, id));
        }
        let again = taken && letter.fault == Some(FaultKind::Duplicate);
        self.tell(Told::State);
        again
    }

    /// The newest notifications, newest first.
    pub(super) fn notifications(&self, merchant: Option<&str>, limit: usize) -> Vec<Notification> {
        let wanted = |one: &&Notification| merchant.is_none_or(|merchant| one.merchant == merchant);
        self.pay.notifications.iter().rev().filter(wanted).take(limit).cloned().collect()
    }

    pub(super) fn notification(&self, id: u64) -> Result<Notification, Trouble> {
        let found = self.pay.notifications.iter().rev().find(|one| one.id == id);
        found.cloned().ok_or(Trouble::Unknown("notification"))
    }
}
