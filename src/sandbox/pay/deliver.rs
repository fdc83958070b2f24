//! Sending notifications over HTTP, outside of the lock; and letting time pass for those who wait.

use std::{sync::Weak, time::Duration};

use super::notify::Notification;
use crate::sandbox::{Sandbox, Shared, deliver::exchange, trouble::Trouble};

/// How often a sandbox on the machine's clock looks whether something is due.
const LOOK: Duration = Duration::from_secs(1);

impl Sandbox {
    /// Lets everything happen that is due, and sends the notifications whose time has come; says whether there were any.
    pub(in crate::sandbox) fn pay_due(&self) -> bool {
        let due = self.with(|world| {
            world.pay_advance();
            world.due_notifications()
        });
        let any = !due.is_empty();
        if any {
            drop(self.background(|this| async move { this.send_notifications(due).await }));
        }
        any
    }

    /// Sends held notifications, in this order or the other way round, and returns when each was attempted.
    pub async fn release_notifications(&self, reversed: bool) -> Vec<Notification> {
        let mut held = self.with(|world| world.unhold_notifications());
        if reversed {
            held.reverse();
        }
        let ids = held.clone();
        let _ = self.background(|this| async move { this.send_notifications(held).await }).await;
        self.with(|world| ids.into_iter().filter_map(|id| world.notification(id).ok()).collect())
    }

    /// Sends a notification once more, as a late duplicate, and gives it as it stands then.
    pub async fn notify_again(&self, id: u64) -> Result<Notification, Trouble> {
        self.with(|world| world.notification(id))?;
        let _ = self.background(move |this| async move { this.send_notifications(vec![id]).await }).await;
        self.with(|world| world.notification(id))
    }

    async fn send_notifications(&self, ids: Vec<u64>) {
        for id in ids {
            while let Some(letter) = self.with(|world| world.notification_letter(id)) {
                let request = self
                    .0
                    .client
                    .post(&letter.url)
                    .header("Content-Type", "application/json")
                    .header("Accept", "*/*")
                    .header("User-Agent", "Mozilla/4.0")
                    .header("Wechatpay-Timestamp", letter.timestamp.to_string())
                    .header("Wechatpay-Nonce", &letter.nonce)
                    .header("Wechatpay-Serial", &letter.serial)
                    .header("Wechatpay-Signature-Type", "WECHATPAY2-SHA256-RSA2048")
                    .header("Wechatpay-Signature", letter.signature())
                    .body(letter.body.clone());
                let got = exchange(request).await.ok();
                if !self.with(|world| world.record_notification(id, &letter, got)) {
                    break;
                }
            }
        }
    }
}

/// Looks again and again whether something is due while the clock runs, as long as the sandbox lives.
pub(in crate::sandbox) async fn keep_time(sandbox: Weak<Shared>) {
    let mut look = tokio::time::interval(LOOK);
    loop {
        look.tick().await;
        let Some(shared) = sandbox.upgrade() else { return };
        // A clock that is moved by hand may run later.
        if !shared.clock.is_manual() {
            Sandbox(shared).pay_due();
        }
    }
}
