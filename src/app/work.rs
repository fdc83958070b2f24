//! Background work: every kind of job with what it needs.

use std::{rc::Rc, sync::Arc};

use super::App;
use crate::{
    admin::audit::check::CheckAudit,
    belongings::BELONGINGS,
    chat::WriteDown,
    error::Result,
    exports,
    http::idempotency::ForgetKeys,
    identity::{
        erasure::{Erase, EraseContext},
        session::ForgetSessions,
        sync::{self, RefreshFollower, SyncAll, SyncPage},
    },
    jobs::{Registry, Worker, schedule::Schedule},
    members::{
        erasure::{EraseMember, EraseMemberContext},
        export::{ExportContext, WriteExport},
        import,
        picture::{CheckPicture, CheckPictureContext},
        retention::ForgetOld,
    },
    points::{check::CheckAll, remind::RemindAll, settle::SettleAll},
    reach::{self, CarryContext},
    referral::{self, carrier::Desk},
    rewards::{
        check::CheckBooks,
        payout::{Look, PayContext, PayOut, Remind, Sweep},
        reconcile::{Reconcile, ReconcileAll, ReconcileContext},
        tell::TellPayout,
    },
    schedule::schedule,
    share, tracking,
    wechat::{
        intake::{ForgetPushes, HandlePush, HandlePushContext},
        pay::{
            expiry::WatchCertificates,
            notify::{ForgetPayNotifications, HandlePayNotification, HandlePayNotificationContext},
        },
    },
};

impl App {
    /// The worker of this node with every kind of job. It stays on the thread it is made on.
    ///
    /// # Errors
    /// When a line of the schedule cannot be read.
    pub fn worker(&self) -> Result<Worker> {
        Ok(self.worker_of(schedule()?))
    }

    /// A worker with every kind of job and another schedule.
    pub fn worker_of(&self, schedule: Schedule) -> Worker {
        Worker::new(self.db.clone(), self.cache.clone(), self.registry(), schedule, self.config.jobs.clone())
    }

    pub(super) fn registry(&self) -> Registry {
        let sync = sync::Context { db: self.db.clone(), wechat: self.wechat.clone() };
        let imports = import::Context { db: self.db.clone(), vault: self.vault.clone() };
        let registry = Registry::default()
            .register::<HandlePush>(HandlePushContext {
                db: self.db.clone(),
                accounts: self.folder.accounts.clone(),
                inbound: Rc::new(self.inbound()),
            })
            .register::<ForgetPushes>((self.db.clone(), self.config.wechat.remember_pushes))
            .register::<HandlePayNotification>(HandlePayNotificationContext {
                db: self.db.clone(),
                pay: self.pay.clone(),
                inbound: Rc::new(self.inbound()),
            })
            .register::<ForgetPayNotifications>((self.db.clone(), self.config.wechat.pay.remember_notifications))
            .register::<WatchCertificates>((self.folder.merchants.clone(), self.clock.clone()))
            .register::<WriteDown>(self.db.clone())
            .register::<ForgetKeys>(self.db.clone())
            .register::<ForgetSessions>(self.db.clone())
            .register::<CheckAudit>((self.db.clone(), self.vault.clone()))
            .register::<RefreshFollower>(sync.clone())
            .register::<SyncAll>(sync.clone())
            .register::<SyncPage>(sync)
            .register::<import::Check>(imports.clone())
            .register::<import::Run>(imports.clone())
            .register::<import::Undo>(imports)
            .register::<import::ForgetFiles>(self.db.clone())
            .register::<Erase>(EraseContext { db: self.db.clone(), belongings: BELONGINGS })
            .register::<WriteExport>(ExportContext {
                db: self.db.clone(),
                vault: self.vault.clone(),
                belongings: BELONGINGS,
                keep: self.config.privacy.keep_exports,
            })
            .register::<exports::WriteFile>(exports::WriteContext {
                db: self.db.clone(),
                vault: self.vault.clone(),
                keep: self.config.privacy.keep_files,
            })
            .register::<exports::ForgetFiles>(self.db.clone())
            .register::<EraseMember>(EraseMemberContext { db: self.db.clone(), belongings: BELONGINGS })
            .register::<CheckPicture>(CheckPictureContext {
                db: self.db.clone(),
                wechat: self.wechat.clone(),
                public_url: self.config.http.public_url.clone(),
            })
            .register::<ForgetOld>((self.db.clone(), self.config.privacy.clone()))
            .register::<SettleAll>(self.db.clone())
            .register::<RemindAll>((self.db.clone(), self.config.points.remind_days))
            .register::<CheckAll>(self.db.clone())
            .register::<PayOut>(self.paying())
            .register::<Look>(self.paying())
            .register::<Remind>(self.db.clone())
            .register::<Sweep>(self.db.clone())
            .register::<CheckBooks>(self.db.clone())
            .register::<TellPayout>(self.db.clone())
            .register::<ReconcileAll>(self.reconciling())
            .register::<Reconcile>(self.reconciling());
        let registry = tracking::channel::people::register(registry, &self.db);
        let registry = registry.register::<tracking::found::Found>(self.db.clone());
        let registry = referral::jobs::register(registry, &self.desk(), &self.vault);
        let registry = share::jobs::register(registry, &self.db);
        let (db, wechat, wordings) = (self.db.clone(), self.wechat.clone(), self.wordings.clone());
        reach::register(registry, CarryContext { db, wechat, wordings, limits: self.config.reach.clone() })
    }

    /// What carriers and posters of invitations are made with.
    pub fn desk(&self) -> Desk {
        Desk {
            db: self.db.clone(),
            wechat: self.wechat.clone(),
            posters: self.posters.clone(),
            public_url: self.config.http.public_url.clone(),
        }
    }

    fn paying(&self) -> PayContext {
        PayContext {
            db: self.db.clone(),
            providers: self.payouts.clone(),
            vault: self.vault.clone(),
            limits: self.config.rewards.clone(),
        }
    }

    fn reconciling(&self) -> ReconcileContext {
        ReconcileContext { db: self.db.clone(), bills: Arc::clone(&self.bills) }
    }
}
