//! A brand whose nodes are real processes, each behind wires of its own that can be broken.

use std::net::SocketAddr;

use entity::types::ReferralProgramId;
use huilian::{
    app::App,
    infra::{clock::Clock, config::Config, random::Random},
    referral::program::{self, Terms},
    rewards::campaign::By,
    sandbox::{self, KeyMode, MerchantOptions, Running, Sandbox},
    wechat::folder::{Folder, Secrets},
};
use serde_json::json;
use tempfile::TempDir;

use crate::{
    faults::rig::{brand_of_words, write_merchant},
    referral::unguarded,
    rewards::{campaign_with, till::Way},
    support::{Column, Process, Proxy, TestDatabase, column, redis, unique_name},
};

/// What a friend gets who came by an invitation, in fen, and who invited for the first of them.
const WELCOME: i64 = 120;
const FIRST: i64 = 100;
/// What an inviter gets for each, in points.
pub const POINTS: i64 = 10;

/// What stands between one node and everything that it needs. An embedded database has no wire, nor has the cache in the
/// process.
pub struct Wires {
    pub database: Option<Proxy>,
    pub cache: Option<Proxy>,
    pub wechat: Proxy,
}

/// One node.
pub struct Node {
    pub wires: Wires,
    pub process: Process,
    settings: Vec<(&'static str, String)>,
}

/// A brand with its WeChat, its database, a program of invitations that pays, and what nodes need to start.
pub struct Brand {
    /// Follows the machine's until the nodes have ended: processes have no other.
    pub clock: Clock,
    pub program: ReferralProgramId,
    /// A load balancer before the nodes.
    pub balancer: Proxy,
    /// Both ways to WeChat Pay.
    pub till: [Proxy; 2],
    pub database: String,
    pub cache: (String, String),
    /// A node inside the test that looks and acts past every wire.
    pub office: App,
    folder: Folder,
    running: Running,
    settings: Vec<(&'static str, String)>,
    _files: [TempDir; 2],
    _database: TestDatabase,
}

impl Brand {
    pub async fn open() -> Self {
        let (files, clock) = (brand_of_words(), Clock::adjustable());
        let accounts = Folder::load(files.path(), Secrets::Development).expect("the brand of words").accounts;
        let mut options = sandbox::Options::new(SocketAddr::from(([127, 0, 0, 1], 0)), accounts);
        let mut merchant = MerchantOptions::new("main", "1900000001", "惠联样板店");
        (merchant.mode, merchant.balance) = (KeyMode::Both, 1_000_000_000);
        options.merchants = vec![merchant];
        options.clock = clock.clone();
        // Real time: a push that waits in a cut wire is soon given up.
        options.push_timeout = std::time::Duration::from_secs(2);
        let running = Sandbox::start(options).await.expect("a sandbox");
        let mut access = running.sandbox().merchant("main").expect("a merchant");
        let wires = [&mut access.v3_url, &mut access.v2_url].map(|url| {
            let (wire, through) = Proxy::before(url);
            through.trim_end_matches('/').clone_into(url);
            wire
        });
        let secrets = write_merchant(files.path(), &access);
        let (database, balancer) = (TestDatabase::fresh().await, Proxy::held());
        let cache = (redis(), format!("{}:", unique_name()));
        let settings = vec![
            ("HTTP__PUBLIC_URL", format!("http://{}", balancer.address)),
            ("HTTP__TIMEOUT", "3s".to_owned()),
            ("HTTP__RATE_PER_MINUTE", "1000000".to_owned()),
            ("CACHE__PREFIX", cache.1.clone()),
            ("DATABASE__ACQUIRE_TIMEOUT", "2s".to_owned()),
            ("WECHAT__CONFIG_DIR", files.path().display().to_string()),
            ("WECHAT__TIMEOUT", "3s".to_owned()),
            // What a killed node had in hand is soon the other's.
            ("JOBS__LEASE", "15s".to_owned()),
            ("JOBS__POLL", "200ms".to_owned()),
        ];
        let mut variables = settings.clone();
        variables.push(("DATABASE__URL", database.url.clone()));
        variables.push(("CACHE__URL", cache.0.clone()));
        variables.push(("WECHAT__API_URL", running.base_url().to_owned()));
        let variables = variables.into_iter().map(|(key, value)| (format!("HUILIAN_{key}"), value));
        let config = Config::load(None, variables).expect("the settings");
        let folder = Folder::load(files.path(), Secrets::Development).expect("the brand of words");
        let office = App::build(config, folder.clone(), clock.clone(), Random::system()).await.expect("an application");
        let program = promises(&office).await;
        Self {
            clock,
            program,
            balancer,
            till: wires,
            database: database.url.clone(),
            cache,
            office,
            folder,
            running,
            settings,
            _files: [files, secrets],
            _database: database,
        }
    }

    pub fn sandbox(&self) -> &Sandbox {
        self.running.sandbox()
    }

    /// Where people and WeChat find the brand.
    pub fn address(&self) -> String {
        format!("http://{}", self.balancer.address)
    }

    /// Another node.
    pub async fn node(&self) -> Node {
        let mut settings = self.settings.clone();
        let (wechat, api) = Proxy::before(self.running.base_url());
        let (mut database, mut cache) = (None, None);
        let through = |url: &str, wire: &mut Option<Proxy>| {
            if column() == Column::Embedded {
                return url.to_owned();
            }
            let (proxy, url) = Proxy::before(url);
            *wire = Some(proxy);
            url
        };
        settings.push(("DATABASE__URL", through(&self.database, &mut database)));
        settings.push(("CACHE__URL", through(&self.cache.0, &mut cache)));
        settings.push(("WECHAT__API_URL", api));
        let process = Process::start(&self.folder.accounts, &settings).await;
        Node { wires: Wires { database, cache, wechat }, process, settings }
    }

    /// The node again, after it was killed.
    pub async fn again(&self, node: &mut Node) {
        node.process = Process::start(&self.folder.accounts, &node.settings).await;
    }

    /// The rows of a table.
    pub async fn rows<E: sea_orm::EntityTrait>(&self) -> Vec<E::Model> {
        E::find().all(self.office.db.read()).await.expect("rows")
    }

    /// Whose OpenID is whose.
    pub fn open_id(&self, person: &str, account: &str) -> String {
        self.sandbox().openid(person, account).expect("an OpenID")
    }
}

/// Who brings somebody that follows and shows a phone gets points, and a red packet for the first; the friend gets money.
async fn promises(office: &App) -> ReferralProgramId {
    let guard = json!({ "failures_percent": 100, "one_person_percent": 100 });
    let amount = |amount: i64| json!({ "kind": "fixed", "amount": amount });
    let terms = |gives, each| json!({ "gives": gives, "amount": amount(each), "budget": 10_000_000, "guard": guard });
    let mut claimed = terms(Way::Transfer.gives(), WELCOME);
    claimed["claim"] = json!({ "hours": 48 });
    let points = campaign_with(office, terms(json!({ "kind": "points" }), POINTS)).await;
    let transfer = campaign_with(office, claimed).await;
    let packet = campaign_with(office, terms(Way::RedPacket.gives(), FIRST)).await;
    let now = office.clock.now();
    let terms: Terms = serde_json::from_value(json!({
        "name": "邀请有礼", "starts_at": now - chrono::TimeDelta::hours(1), "ends_at": now + chrono::TimeDelta::days(60),
        "rules": {
            "attribution": "first", "window_days": 7, "qualification": { "follow": "brand", "phone": true },
            "rewards": { "inviter": points, "invitee": transfer, "ladder": [{ "count": 1, "campaign": packet }] },
            "guard": unguarded(),
        },
    }))
    .expect("terms");
    let staff = office.random.id(now);
    let made = office.db.tx(async |tx: &huilian::infra::db::Tx| {
        let row = program::create(tx, &terms, staff).await?;
        program::run(tx, row.id, By { staff, version: 1, reason: "按计划" }).await
    });
    made.await.expect("a program").id
}
