//! TABLE: what runs when, in Asia/Shanghai time. Each line runs on one node.

use crate::{
    admin::audit::check::CheckAudit,
    error::Result,
    exports,
    http::idempotency::ForgetKeys,
    identity::{session::ForgetSessions, sync::SyncAll},
    jobs::schedule::Schedule,
    members::{import::ForgetFiles, retention::ForgetOld},
    points::{check::CheckAll, remind::RemindAll, settle::SettleAll},
    referral::{carrier::renew::RenewCodes, jobs::Ripen, proof::ProveAll},
    rewards::{check::CheckBooks, payout::Sweep, reconcile::ReconcileAll},
    share,
    wechat::{
        intake::ForgetPushes,
        pay::{expiry::WatchCertificates, notify::ForgetPayNotifications},
    },
};

/// The table.
///
/// # Errors
/// When a line's time cannot be read.
pub fn schedule() -> Result<Schedule> {
    Schedule::default()
        .at("followers.sync", "30 3 * * *", || SyncAll {})?
        .at("pushes.forget", "15 * * * *", || ForgetPushes {})?
        .at("pay.forget_notifications", "20 4 * * *", || ForgetPayNotifications {})?
        .at("pay.watch_certificates", "0 9 * * *", || WatchCertificates {})?
        .at("sessions.forget", "0 5 * * *", || ForgetSessions {})?
        .at("points.settle", "3 * * * *", || SettleAll {})?
        .at("points.remind", "0 10 * * *", || RemindAll {})?
        .at("points.check", "30 2 * * *", || CheckAll {})?
        .at("privacy.forget", "15 5 * * *", || ForgetOld {})?
        .at("imports.forget", "20 5 * * *", || ForgetFiles {})?
        .at("exports.forget", "25 5 * * *", || exports::ForgetFiles {})?
        .at("rewards.sweep", "*/5 * * * *", || Sweep {})?
        .at("rewards.check", "30 2 * * *", || CheckBooks {})?
        .at("referral.ripen", "*/5 * * * *", || Ripen {})?
        .at("referral.prove", "50 2 * * *", || ProveAll {})?
        .at("referral.renew_codes", "10 4 * * *", || RenewCodes {})?
        .at("share.ripen", "*/10 * * * *", || share::jobs::Ripen {})?
        .at("rewards.reconcile", "30 10 * * *", || ReconcileAll {})?
        .at("audit.check", "10 2 * * *", || CheckAudit {})?
        .at("idempotency.forget", "45 4 * * *", || ForgetKeys {})
}
