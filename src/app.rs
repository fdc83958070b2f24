//! The one place where the parts are joined: configuration in, running application out. `main` and the tests use it
//! alike.

use std::{net::SocketAddr, rc::Rc, sync::Arc, time::Duration};

use actix_rt::Arbiter;
use actix_web::{
    App as ActixApp, HttpServer,
    dev::{ServerHandle, Service},
    middleware::{Compress, from_fn},
    web::{self, Data, PathConfig, PayloadConfig},
};
use futures_util::FutureExt;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use utoipa::OpenApi;
use utoipa_actix_web::AppExt;
use utoipa_swagger_ui::{Config as DocsConfig, SwaggerUi};

use crate::{
    belongings::{BELONGINGS, TIMELINE},
    chat::{self, book::Book},
    error::{Error, Result},
    http::{self, health::JobKinds, idempotency::ForgetKeys, verification::Files},
    identity::{
        belonging::Belongings,
        erasure::{Erase, EraseContext},
        oauth::Introductions,
        session::ForgetSessions,
        sync::{self, RefreshFollower, SyncAll, SyncPage},
    },
    inbound::Table,
    infra::{
        cache::Cache,
        clock::Clock,
        config::{Config, Problems},
        db::{self, Db, JOBS},
        in_flight::{Awaited, InFlight},
        random::Random,
        secret::Vault,
        telemetry::Metrics,
    },
    jobs::{Registry, Worker},
    members::{
        consent::Texts,
        erasure::{EraseMember, EraseMemberContext},
        export::{ExportContext, WriteExport},
        import,
        picture::{CheckPicture, CheckPictureContext},
        profile,
        retention::ForgetOld,
        timeline::Timeline,
    },
    points::{check::CheckAll, remind::RemindAll, settle::SettleAll},
    reach::{self, CarryContext, wording::Wordings},
    reactions::{self, reactions},
    rewards::{
        check::CheckBooks,
        payout::{Look, PayContext, PayOut, Remind, Sweep, provider::Providers},
        reconcile::{Reconcile, ReconcileAll, ReconcileContext, bills::Bills},
        tell::TellPayout,
    },
    routes,
    schedule::schedule,
    wechat::{
        client::{Sleeper, WAKE_TOPIC, WeChat},
        folder::Folder,
        intake::{ForgetPushes, HandlePush, HandlePushContext, Intake},
        pay::{
            self, Pay,
            expiry::WatchCertificates,
            notify::{ForgetPayNotifications, HandlePayNotification, HandlePayNotificationContext},
        },
    },
};

/// How long running requests may go on after the order to stop.
const GRACE: Duration = Duration::from_secs(20);

/// What nodes wake each other for.
const TOPICS: &[&str] = &[JOBS, chat::book::TOPIC, WAKE_TOPIC];

/// What holds the data of a brand, for commands that need no WeChat.
pub struct Stores {
    /// The database.
    pub db: Db,
    /// The cache.
    pub cache: Cache,
    /// The keys for personal data.
    pub vault: Vault,
}

impl Stores {
    /// Opens them and brings the schema up to date.
    ///
    /// # Errors
    /// When the database does not answer, or the configuration will not do.
    pub async fn open(config: &Config, clock: &Clock, random: &Random) -> Result<Self> {
        let cache = cache(config, clock).map_err(Error::internal)?;
        let vault = config.vault(random.clone()).map_err(|problem| Error::internal(Problems::from(problem)))?;
        let connection = db::connect(&config.database).await?;
        db::update_schema(&connection).await?;
        let db = Db::new(connection, clock.clone(), random.clone(), cache.clone(), reactions());
        Ok(Self { db: db.handing(Belongings(BELONGINGS)).handing(config.rewards.clone()), cache, vault })
    }
}

/// The joined parts of one node. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The configuration it was built from.
    pub config: Config,
    /// The clock.
    pub clock: Clock,
    /// The source of randomness.
    pub random: Random,
    /// The cache.
    pub cache: Cache,
    /// The database.
    pub db: Db,
    /// The keys for personal data.
    pub vault: Vault,
    /// WeChat.
    pub wechat: WeChat,
    /// WeChat Pay.
    pub pay: Pay,
    /// What stands in `wechat-config`.
    pub folder: Folder,
    /// What members are asked to allow.
    pub texts: Texts,
    /// What messages to members say.
    pub wordings: Wordings,
    /// The reply rules.
    pub book: Book,
    /// The ways in which money leaves.
    pub payouts: Providers,
    /// Where WeChat's bills come from.
    pub bills: Arc<dyn Bills>,
    /// The process's figures.
    pub metrics: Metrics,
}

impl App {
    /// Joins the parts and brings the schema up to date. Nothing runs yet.
    ///
    /// # Errors
    /// When the database does not answer, or a part cannot be built from the configuration.
    pub async fn build(config: Config, folder: Folder, clock: Clock, random: Random) -> Result<Self> {
        let Stores { db, cache, vault } = Stores::open(&config, &clock, &random).await?;
        let accounts = folder.accounts.clone();
        let wechat = WeChat::new(accounts, &config.wechat, cache.clone(), clock.clone(), random.clone())?;
        let around = pay::Around {
            cache: cache.clone(),
            clock: clock.clone(),
            random: random.clone(),
            sleeper: Sleeper::by(&clock),
        };
        let pay = Pay::new(&folder.merchants, &config.wechat, &config.http.public_url, &around)?;
        chat::rules_file::write_first_rules(&db, &folder.accounts, &config.wechat.config_dir).await?;
        let texts =
            Texts::load(&config.wechat.config_dir).map_err(|problem| Error::internal(Problems::from(problem)))?;
        let wordings =
            Wordings::load(&config.wechat.config_dir, &folder.accounts, &reactions::SENDS).map_err(Error::internal)?;
        let book = Book::default();
        book.reload(&db).await?;
        let (payouts, bills) = (Providers::of_pay(&pay), Arc::new(pay.clone()));
        let metrics = Metrics::start();
        Ok(Self {
            config,
            clock,
            random,
            cache,
            db,
            vault,
            wechat,
            pay,
            folder,
            texts,
            wordings,
            book,
            payouts,
            bills,
            metrics,
        })
    }

    /// The worker of this node with every kind of job. It stays on the thread it is made on.
    ///
    /// # Errors
    /// When a line of the schedule cannot be read.
    pub fn worker(&self) -> Result<Worker> {
        Ok(Worker::new(self.db.clone(), self.cache.clone(), self.registry(), schedule()?, self.config.jobs.clone()))
    }

    fn registry(&self) -> Registry {
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
            .register::<ForgetKeys>(self.db.clone())
            .register::<ForgetSessions>(self.db.clone())
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
        let (db, wechat, wordings) = (self.db.clone(), self.wechat.clone(), self.wordings.clone());
        let registry = crate::referral::jobs::register(registry, &self.db, &self.vault);
        reach::register(registry, CarryContext { db, wechat, wordings, limits: self.config.reach.clone() })
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

    fn inbound(&self) -> Table {
        Table::new(self.book.clone(), self.config.wechat.windows.clone())
    }

    /// Listens for requests and serves them until stopped.
    ///
    /// # Errors
    /// When the address is taken.
    pub fn serve(&self, address: SocketAddr, threads: usize) -> Result<Server> {
        let app = self.clone();
        let kinds = JobKinds(self.registry().kinds().collect());
        let in_flight = InFlight::default();
        let (counter, connections) = (in_flight.clone(), in_flight.clone());
        let within = self.config.wechat.answer_within;
        let (intake, committing) = Intake::start(self.db.clone(), self.inbound(), within, in_flight.clone());
        let server = HttpServer::new(move || {
            let requests = counter.clone();
            let (actix, api) = ActixApp::new()
                .into_utoipa_app()
                .openapi(http::spec::Description::openapi())
                .configure(routes::described)
                .split_for_parts();
            actix
                .app_data(Data::new(app.config.http.clone()))
                .app_data(Data::new(app.config.wechat.clone()))
                .app_data(Data::new(app.config.imports.clone()))
                .app_data(Data::new(app.clock.clone()))
                .app_data(Data::new(app.random.clone()))
                .app_data(Data::new(app.cache.clone()))
                .app_data(Data::new(app.db.clone()))
                .app_data(Data::new(app.vault.clone()))
                .app_data(Data::new(app.wechat.clone()))
                .app_data(Data::new(app.pay.clone()))
                .app_data(Data::new(app.folder.accounts.clone()))
                .app_data(Data::new(Files(app.folder.verification.clone())))
                .app_data(Data::new(app.book.clone()))
                .app_data(Data::new(app.metrics.clone()))
                .app_data(Data::new(app.config.privacy.clone()))
                .app_data(Data::new(app.config.points.clone()))
                .app_data(Data::new(app.config.rewards.clone()))
                .app_data(Data::new(app.payouts.clone()))
                .app_data(Data::new(app.config.reach.clone()))
                .app_data(Data::new(app.wordings.clone()))
                .app_data(Data::new(Timeline(TIMELINE)))
                .app_data(Data::new(Introductions(profile::introduced)))
                .app_data(Data::new(app.texts.clone()))
                .app_data(Data::new(kinds.clone()))
                .app_data(Data::new(intake.clone()))
                .app_data(Data::new(api.clone()))
                .app_data(PayloadConfig::new(app.config.http.body_limit))
                .app_data(PathConfig::default().error_handler(|error, _| http::problem::no_such_path(&error).into()))
                .configure(routes::others)
                .service(SwaggerUi::new("/docs/{_:.*}").config(DocsConfig::from("/openapi.json")))
                .service(web::redirect("/docs", "/docs/"))
                .default_service(web::to(http::problem::not_found))
                .wrap(from_fn(http::limit::time))
                .wrap(from_fn(http::limit::rate))
                .wrap(Compress::default())
                .wrap(from_fn(http::request::name_and_measure))
                .wrap_fn(move |request, service| {
                    let work = request.conn_data::<Awaited>().and_then(Awaited::take);
                    let work = work.unwrap_or_else(|| requests.begin());
                    service.call(request).inspect(move |_| drop(work))
                })
        })
        .on_connect(move |_, data| drop(data.insert(connections.await_one())))
        .workers(threads)
        .shutdown_timeout(GRACE.as_secs())
        .client_request_timeout(Duration::from_secs(5))
        .disable_signals()
        .bind(address)
        .map_err(Error::internal)?;
        let address = server.addrs().first().copied().unwrap_or(address);
        let server = server.run();
        let handle = server.handle();
        let task = actix_web::rt::spawn(server);
        Ok(Server { address, in_flight, handle, task, committing })
    }

    /// Runs what keeps this node in step with the others: wake-ups and the book of rules. Ends with `stop`.
    pub fn keep_in_step(&self, stop: CancellationToken) -> JoinHandle<()> {
        let app = self.clone();
        actix_web::rt::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = app.book.follow(&app.db, &app.cache) => {}
                () = async { app.cache.relay(TOPICS).await; std::future::pending().await } => {}
            }
        })
    }
}

/// A server that listens.
pub struct Server {
    /// Where.
    pub address: SocketAddr,
    in_flight: InFlight,
    handle: ServerHandle,
    task: JoinHandle<std::io::Result<()>>,
    committing: Arbiter,
}

impl Server {
    /// Takes no more connections, and finishes the requests of those it has and what follows from them.
    ///
    /// The threads end one by one, and a database connection ends with the thread that opened it, whoever uses it: so
    /// everything is finished while all of them still run.
    pub async fn drain(&self) {
        self.handle.pause().await;
        if tokio::time::timeout(GRACE, self.in_flight.none()).await.is_err() {
            tracing::warn!("stopped while requests were running");
        }
    }

    /// Drains, and ends.
    pub async fn stop(self) {
        self.drain().await;
        self.handle.stop(true).await;
        let _ = self.task.await;
        self.committing.stop();
    }

    /// Ends at once, whatever runs.
    pub async fn kill(self) {
        self.committing.stop();
        self.handle.stop(false).await;
        let _ = self.task.await;
    }
}

fn cache(config: &Config, clock: &Clock) -> std::result::Result<Cache, Problems> {
    use secrecy::ExposeSecret;
    match config.cache.url.expose_secret() {
        "" => Ok(Cache::memory(clock.clone())),
        url => Ok(Cache::redis(clock.clone(), url, &config.cache.prefix)?),
    }
}
