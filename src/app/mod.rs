//! The one place where the parts are joined: configuration in, running application out. `main` and the tests use it
//! alike.

mod probes;
mod serve;
mod work;

use std::sync::Arc;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use self::{probes::Probes, serve::Server};
use crate::{
    admin::scan::By,
    belongings::BELONGINGS,
    chat::{self, book::Book},
    error::{Error, Result},
    identity::belonging::Belongings,
    inbound::Table,
    infra::{
        cache::Cache,
        clock::Clock,
        config::{Config, Problems},
        db::{self, Db, JOBS},
        news::NEWS,
        random::Random,
        secret::Vault,
        telemetry::Metrics,
    },
    members::consent::Texts,
    reach::wording::Wordings,
    reactions::{self, reactions},
    referral::poster::Posters,
    rewards::{payout::provider::Providers, reconcile::bills::Bills},
    wechat::{
        client::{Sleeper, WAKE_TOPIC, WeChat},
        folder::Folder,
        pay::{self, Pay},
    },
};

/// What nodes wake each other for.
const TOPICS: &[&str] = &[JOBS, NEWS, chat::book::TOPIC, WAKE_TOPIC];

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
    /// By which account staff sign in with WeChat.
    pub staff_by: By,
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
    /// Where posters are made.
    pub posters: Posters,
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
        let staff_by =
            By::new(&config.admin, &folder.accounts).map_err(|problem| Error::internal(Problems::from(problem)))?;
        let texts =
            Texts::load(&config.wechat.config_dir).map_err(|problem| Error::internal(Problems::from(problem)))?;
        let wordings =
            Wordings::load(&config.wechat.config_dir, &folder.accounts, &reactions::SENDS).map_err(Error::internal)?;
        let book = Book::default();
        book.reload(&db).await?;
        let (payouts, bills) = (Providers::of_pay(&pay), Arc::new(pay.clone()));
        let posters =
            Posters::new(&config.referral.poster_font).map_err(|problem| Error::internal(Problems::from(problem)))?;
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
            staff_by,
            folder,
            texts,
            wordings,
            book,
            payouts,
            bills,
            posters,
            metrics,
        })
    }

    fn inbound(&self) -> Table {
        Table::new(self.book.clone(), self.config.wechat.windows.clone())
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

fn cache(config: &Config, clock: &Clock) -> std::result::Result<Cache, Problems> {
    use secrecy::ExposeSecret;
    match config.cache.url.expose_secret() {
        "" => Ok(Cache::memory(clock.clone())),
        url => Ok(Cache::redis(clock.clone(), url, &config.cache.prefix)?),
    }
}
