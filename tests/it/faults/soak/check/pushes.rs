//! What WeChat regards as taken is kept and handled once; nothing is kept that it never said.

use std::collections::HashMap;

use entity::wechat::{pay_notification, push};
use huilian::sandbox::{NotificationOutcome, Outcome, Verdict};

use super::{Case, Findings};

pub async fn look(case: &Case<'_>, findings: &mut Findings) {
    let sandbox = case.brand.sandbox();
    let mut kept = HashMap::<String, usize>::new();
    for row in case.brand.rows::<push::Entity>().await {
        findings.same("pushes are handled", &row.key, true, row.handled);
        *kept.entry(row.body).or_default() += 1;
    }
    for push in sandbox.pushes(None, usize::MAX) {
        let times = kept.remove(&push.plaintext).unwrap_or(0);
        let replied = push.attempts.iter().filter(|attempt| attempt.verdict == Verdict::Replied).count();
        let whose = format!("{} {} of {:?}", push.id, push.kind, push.person);
        let taken = matches!(push.outcome, Outcome::Replied | Outcome::Acknowledged);
        findings.same("every push was taken in the end", &whose, true, taken);
        findings.same("pushes are kept once", &whose, 1, times);
        findings.same("a push is answered once at most", &whose, true, replied <= 1);
    }
    for body in kept.keys() {
        findings.same("no push is kept that was never said", body, 0, 1);
    }
    let told = case.brand.rows::<pay_notification::Entity>().await;
    for row in &told {
        findings.same("notifications of payments are handled", &row.id, true, row.handled);
    }
    for notification in sandbox.notifications(None, usize::MAX) {
        if notification.outcome == NotificationOutcome::Delivered {
            let times = told.iter().filter(|row| row.id == notification.event_id).count();
            findings.same("notifications of payments are kept once", &notification.event_id, 1, times);
        }
    }
}
