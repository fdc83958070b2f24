//! The application under test: the whole product on free ports, with a clock that stands until it is moved.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use chrono::TimeDelta;
use entity::types::MerchantKey;
use huilian::{
    app::{App, Server},
    infra::{clock::Clock, config::Config, db::Db, random::Random},
    jobs::Worker,
    rewards::{payout::provider::Providers, reconcile::bills::Bills},
    sandbox::{self, Running, Sandbox},
    wechat::{
        folder::{Folder, Secrets},
        pay::{development, settings::Addresses},
    },
};
use sea_orm::{EntityTrait, QueryOrder};

use super::{
    actors::Follower,
    database::{self, TestDatabase, unique_name},
};

/// When every test begins: a Saturday morning in Shanghai.
pub const START: &str = "2026-11-21T02:00:00Z";

/// What a test may set differently.
pub struct Settings {
    pub config: Config,
    pub folder: Folder,
    pub sandbox: sandbox::Options,
    /// The ways in which money leaves; those of the configuration without it.
    pub payouts: Option<Providers>,
    /// Where WeChat Pay is reached by v3 and by v2 instead of where it stands: a wire that can be broken.
    pub pay_wires: Option<[SocketAddr; 2]>,
    /// Where bills come from; WeChat Pay of the configuration without it.
    pub bills: Option<Arc<dyn Bills>>,
    /// Jobs may be left at the end, or the database be gone.
    pub leave_jobs: bool,
}

/// One running product.
pub struct TestApp {
    pub app: App,
    pub clock: Clock,
    pub sandbox: Sandbox,
    pub http: reqwest::Client,
    pub base_url: String,
    pub address: SocketAddr,
    worker: Worker,
    server: Option<Server>,
    running: Option<Running>,
    leave_jobs: bool,
    _database: Option<TestDatabase>,
}

/// Where no WeChat Pay stands.
fn nowhere() -> Addresses {
    let address = "http://127.0.0.1:9".to_owned();
    Addresses { v3: address.clone(), v2: address, trust: None }
}

/// Runs a test against a product of its own, and fails it when background work is left or was given up.
pub async fn story(test: impl AsyncFnOnce(&TestApp)) {
    story_with(|_| {}, test).await;
}

/// The same, with settings of its own.
pub async fn story_with(set: impl FnOnce(&mut Settings), test: impl AsyncFnOnce(&TestApp)) {
    let app = TestApp::start(set).await;
    test(&app).await;
    app.finish().await;
}

impl TestApp {
    pub async fn start(set: impl FnOnce(&mut Settings)) -> Self {
        let database = TestDatabase::fresh().await;
        let clock = Clock::manual(START.parse().expect("a time"));
        let random = Random::system();
        let mut config = Config::load(None, []).expect("the defaults");
        config.database.url = database.url.clone().into();
        config.database.connections = 6;
        config.database.acquire_timeout = Duration::from_secs(10);
        config.cache.url = database::redis().into();
        config.cache.prefix = format!("{}:", unique_name());
        config.wechat.config_dir = concat!(env!("CARGO_MANIFEST_DIR"), "/wechat-config").into();
        // Real time: a busy machine must not fail a test.
        config.wechat.answer_within = Duration::from_secs(4);
        let folder = Folder::load(&config.wechat.config_dir, Secrets::Development).expect("the sample brand");
        let mut options = sandbox::Options::new(SocketAddr::from(([127, 0, 0, 1], 0)), folder.accounts.clone());
        options.clock = clock.clone();
        options.random = random.clone();
        let (payouts, bills, pay_wires) = (None, None, None);
        let mut settings = Settings { config, folder, sandbox: options, payouts, bills, pay_wires, leave_jobs: false };
        set(&mut settings);
        let running = Sandbox::start(settings.sandbox).await.expect("a sandbox");
        for url in [
            &mut settings.config.wechat.api_url,
            &mut settings.config.wechat.mp_url,
            &mut settings.config.wechat.open_url,
        ] {
            running.base_url().clone_into(url);
        }
        let sandbox = running.sandbox().clone();
        // A merchant that the sandbox knows has the keys that the sandbox made; nobody else reaches a real WeChat Pay.
        let addresses = |mut addresses: Addresses| {
            if let Some([v3, v2]) = settings.pay_wires {
                (addresses.v3, addresses.v2) = (format!("http://{v3}"), format!("https://{v2}"));
            }
            addresses
        };
        let equipped = |key: &MerchantKey| {
            let known = sandbox.merchant(key.as_str()).ok();
            let known = known.map(|access| (access.material(), addresses(access.addresses())));
            Some(known.unwrap_or_else(|| (development::material(), nowhere())))
        };
        settings.folder.merchants = settings.folder.merchants.equipped(equipped).expect("the sandbox's keys");
        let app = App::build(settings.config, settings.folder, clock.clone(), random).await.expect("an application");
        let app = App {
            payouts: settings.payouts.unwrap_or_else(|| app.payouts.clone()),
            bills: settings.bills.unwrap_or_else(|| Arc::clone(&app.bills)),
            ..app
        };
        let mut this = Self::serve(app, sandbox, settings.leave_jobs);
        this.sandbox.set_callback_base(&this.base_url);
        this.running = Some(running);
        this._database = Some(database);
        this
    }

    fn serve(app: App, sandbox: Sandbox, leave_jobs: bool) -> Self {
        let server = app.serve(SocketAddr::from(([127, 0, 0, 1], 0)), 1).expect("a free port");
        Self {
            clock: app.clock.clone(),
            sandbox,
            // A connection that is kept may be closed by the server in the moment in which it is used again.
            http: reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().expect("an HTTP client"),
            base_url: format!("http://{}", server.address),
            address: server.address,
            worker: app.worker().expect("a worker"),
            server: Some(server),
            running: None,
            leave_jobs,
            _database: None,
            app,
        }
    }

    /// Another node on the same database, cache and WeChat.
    pub async fn another_node(&self) -> Self {
        let app = App::build(self.app.config.clone(), self.app.folder.clone(), self.clock.clone(), Random::system());
        let app = App {
            payouts: self.app.payouts.clone(),
            bills: Arc::clone(&self.app.bills),
            ..app.await.expect("a second node")
        };
        Self::serve(app, self.sandbox.clone(), true)
    }

    /// A node with the same database in another way.
    pub fn node_on(&self, db: Db) -> Self {
        Self::serve(App { db, ..self.app.clone() }, self.sandbox.clone(), true)
    }

    /// The node ends at once, and starts again with nothing but what it stored.
    pub async fn restart(&mut self) {
        if let Some(server) = self.server.take() {
            server.kill().await;
        }
        let app = App::build(self.app.config.clone(), self.app.folder.clone(), self.clock.clone(), Random::system());
        let app = App {
            payouts: self.app.payouts.clone(),
            bills: Arc::clone(&self.app.bills),
            ..app.await.expect("the application again")
        };
        let fresh = Self::serve(app, self.sandbox.clone(), self.leave_jobs);
        let Self { app, base_url, address, worker, server, .. } = fresh;
        self.sandbox.set_callback_base(&base_url);
        (self.app, self.base_url, self.address, self.worker, self.server) = (app, base_url, address, worker, server);
    }

    /// Moves the clock.
    pub fn advance(&self, step: TimeDelta) {
        self.clock.advance(step);
    }

    /// Runs every job that is due, and waits for the pushes that follow. Gives how many runs there were.
    pub async fn run_jobs(&self) -> usize {
        let runs = self.worker.run_due().await.expect("a database that answers");
        self.sandbox.settled().await;
        runs
    }

    /// Somebody new with a phone.
    pub fn person(&self, name: &str) -> Follower<'_> {
        let person = self.sandbox.add_person(Some(name)).expect("a person");
        Follower { app: self, id: person.id }
    }

    /// Somebody who has followed the account for a while: nothing of the follow is left to do or to say.
    pub async fn follower(&self, name: &str) -> Follower<'_> {
        let person = self.person(name);
        person.follow("brand").await;
        self.run_jobs().await;
        self.advance(TimeDelta::minutes(2));
        person
    }

    /// The rows of a table that were there, for counting.
    pub async fn rows<E: EntityTrait>(&self) -> Vec<E::Model> {
        let key = <E::PrimaryKey as sea_orm::Iterable>::iter().next().expect("a primary key");
        let column = sea_orm::PrimaryKeyToColumn::into_column(key);
        E::find().order_by_asc(column).all(self.app.db.read()).await.expect("rows")
    }

    /// Leaves a job that was given up.
    pub async fn give_up(&self, kind: &str, payload: serde_json::Value) -> entity::types::JobId {
        use entity::jobs::job::{Entity, Model, State};
        let id = self.app.random.uuid().into();
        let row = Model {
            id,
            kind: kind.to_owned(),
            payload,
            state: State::Dead,
            due_at: self.clock.now(),
            attempts: 9,
            order_key: None,
            unique_key: None,
            created_at: self.clock.now(),
            cause: None,
            error: Some("WeChat does not answer".to_owned()),
        };
        let write = async |tx: &huilian::infra::db::Tx| {
            let row = sea_orm::IntoActiveModel::into_active_model(row.clone());
            Entity::insert(row).exec_without_returning(tx.db()).await?;
            Ok(())
        };
        self.app.db.tx(write).await.expect("a job that was given up");
        id
    }

    /// One figure of `/metrics`, by the text before its value.
    pub async fn figure(&self, name: &str) -> f64 {
        let text = self.http.get(format!("{}/metrics", self.base_url)).send().await.expect("figures");
        let text = text.text().await.expect("figures");
        let line = text.lines().find_map(|line| line.strip_prefix(name).filter(|rest| rest.starts_with(' ')));
        line.and_then(|value| value.trim().parse().ok()).unwrap_or(0.0)
    }

    pub async fn finish(mut self) {
        if let Some(server) = &self.server {
            server.drain().await;
        }
        if !self.leave_jobs {
            let left = self.rows::<entity::jobs::job::Entity>().await;
            let due: Vec<_> = left
                .iter()
                .filter(|job| job.due_at <= self.clock.now() || job.state == entity::jobs::job::State::Dead)
                .map(|job| (job.kind.as_str(), job.state, job.error.as_deref()))
                .collect();
            assert!(due.is_empty(), "jobs are left or were given up: {due:?}");
        }
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }
}
