//! The real process is killed again and again while it pays and while it is told: `kill -9`, and the next one goes on.

use std::{net::SocketAddr, path::Path};

use chrono::TimeDelta;
use entity::rewards::payout::{Entity, State};
use futures_util::future::join;
use huilian::{
    app::App,
    infra::{clock::Clock, config::Config, db::Tx, random::Random},
    rewards::check::check,
    sandbox::{self, MerchantAccess, MerchantOptions, MovementKind, Sandbox, Told, TransferState},
    wechat::folder::{Folder, Secrets},
};
use sea_orm::EntityTrait;
use tempfile::TempDir;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::rig::write_merchant;
use crate::{
    rewards::{campaign_of, person_of, till::Way, wish},
    support::{Process, Proxy, TestDatabase, redis, soon, unique_name},
};

const PEOPLE: usize = 24;
/// Kills while money is handed over, and while notifications come in.
const KILLS: usize = 3;
const AMOUNT: i64 = 300;

/// The sample brand whose merchant is the sandbox's, as files, and its secrets.
fn brand(access: &MerchantAccess) -> [TempDir; 2] {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let sample = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/wechat-config"));
    for account in ["brand", "shop"] {
        std::fs::create_dir(folder.path().join(account)).expect("a folder");
        let file = Path::new(account).join("account.toml");
        std::fs::copy(sample.join(&file), folder.path().join(&file)).expect("a copy");
    }
    let secrets = write_merchant(folder.path(), access);
    [folder, secrets]
}

async fn calls(events: &mut Receiver<Told>, count: usize) {
    let mut seen = 0;
    while seen < count {
        match events.recv().await {
            Ok(Told::Call { .. } | Told::Wallet { .. }) | Err(RecvError::Lagged(_)) => seen += 1,
            Ok(_) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

async fn until(sandbox: &Sandbox, holds: impl Fn() -> bool) {
    let mut events = sandbox.events();
    soon(async {
        while !holds() {
            let _ = events.recv().await;
        }
    })
    .await;
}

#[actix_web::test]
async fn killed_while_it_pays_and_while_it_is_told_it_pays_everybody_once() {
    let accounts = Folder::load(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/wechat-config")), Secrets::Development)
        .expect("the sample brand")
        .accounts;
    let mut options = sandbox::Options::new(SocketAddr::from(([127, 0, 0, 1], 0)), accounts.clone());
    options.merchants = vec![MerchantOptions::new("main", "1900000001", "惠联样板店")];
    let running = Sandbox::start(options).await.expect("a sandbox");
    let sandbox = running.sandbox();
    let ([folder, _secrets], database) =
        (brand(&sandbox.merchant("main").expect("a merchant")), TestDatabase::fresh().await);
    let balancer = Proxy::held();
    let settings = vec![
        ("DATABASE__URL", database.url.clone()),
        ("CACHE__URL", redis()),
        ("CACHE__PREFIX", unique_name()),
        ("HTTP__PUBLIC_URL", format!("http://{}", balancer.address)),
        ("WECHAT__CONFIG_DIR", folder.path().display().to_string()),
        ("WECHAT__API_URL", running.base_url().to_owned()),
        // What a killed process had in hand is soon another's.
        ("JOBS__LEASE", "15s".to_owned()),
        ("JOBS__POLL", "100ms".to_owned()),
    ];
    let app = async |clock: Clock| {
        let variables = settings.iter().map(|(key, value)| (format!("HUILIAN_{key}"), value.clone()));
        let config = Config::load(None, variables).expect("the settings");
        let folder = Folder::load(folder.path(), Secrets::Development).expect("the brand");
        App::build(config, folder, clock, Random::system()).await.expect("an application")
    };
    let node = app(Clock::system()).await;
    let campaign = campaign_of(&node, Way::Transfer.gives(), AMOUNT, AMOUNT * 100).await;
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        let person = sandbox.add_person(Some(&format!("会员{number}"))).expect("a person").id;
        let open_id = sandbox.openid(&person, "shop").expect("an OpenID");
        let member = person_of(&node, "shop", &open_id).await;
        let wish = wish(member, campaign, &person);
        node.db.tx(async |tx: &Tx| huilian::rewards::grant(tx, &wish).await).await.expect("a promise");
        people.push(person);
    }
    let waits = |state: TransferState| {
        people.iter().all(|person| {
            let wallet = sandbox.wallet(person).expect("a wallet");
            wallet.transfers.iter().any(|transfer| transfer.state == state)
        })
    };
    let random = Random::system();
    let mut process = Process::start(&accounts, &settings).await;
    balancer.turn_to(&[process.address]);
    for state in [TransferState::WaitUserConfirm, TransferState::Success] {
        let mut events = sandbox.events();
        let killer = async {
            for _ in 0..KILLS {
                calls(&mut events, 3 + random.below(6)).await;
                balancer.hold();
                process.kill();
                process = Process::start(&accounts, &settings).await;
                balancer.turn_to(&[process.address]);
            }
            process
        };
        let crowd = async {
            if state == TransferState::Success {
                for person in &people {
                    let transfer = sandbox.wallet(person).expect("a wallet").transfers.remove(0);
                    sandbox.confirm_transfer(person, transfer.id).expect("confirming");
                }
            }
        };
        (process, ()) = join(killer, crowd).await;
        until(sandbox, || waits(state)).await;
    }
    sandbox.settled().await;
    process.terminate();
    let (status, said) = process.ended().await;
    assert!(status.success(), "{status} {said:#?}");

    // What still waits for its next look is brought to its end by another node.
    let clock = Clock::manual(Clock::system().now());
    let node = app(clock.clone()).await;
    for _ in 0..8 {
        node.worker().expect("a worker").run_due().await.expect("a database that answers");
        clock.advance(TimeDelta::seconds(30));
    }
    let rows = Entity::find().all(node.db.read()).await.expect("payouts");
    assert!(rows.len() == PEOPLE && rows.iter().all(|row| row.state == State::Paid), "{rows:?}");
    let books = check(&node.db, campaign).await.expect("books");
    let sum = AMOUNT * i64::try_from(PEOPLE).expect("a number");
    assert_eq!((books.agree, books.account.received, books.account.sent, books.account.reserved), (true, sum, 0, 0));
    for person in &people {
        let wallet = sandbox.wallet(person).expect("a wallet");
        assert_eq!((wallet.balance, wallet.transfers.len()), (AMOUNT, 1), "once");
    }
    let ledger = sandbox.ledger("main").expect("a ledger").into_iter();
    let out: i64 = ledger.filter(|one| one.kind == MovementKind::Transfer).map(|one| one.amount).sum();
    assert_eq!(out, sum);
}
