//! `huilian demo`: the whole product in one process, with a WeChat that runs here and a sample brand.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Instant};

use clap::Args;
use entity::types::MerchantKey;

use super::{
    say,
    serve::{Node, Parts, stop_requested},
};
use crate::{
    app::App,
    error::{Code, Error, Result},
    infra::{
        clock::Clock,
        config::{Config, Environment},
        random::Random,
        telemetry::Watch,
    },
    sample::{self, CLERK, LOGIN, MANAGER, PASSWORD, Stage},
    sandbox::{MerchantOptions, Options, Running, Sandbox},
    wechat::{
        account::Kind,
        folder::{Folder, Secrets},
        pay::{Merchants, Settings},
    },
};

/// Options of the demonstration.
#[derive(Debug, Args)]
pub struct Demo {
    /// Where to keep the SQLite file; by default as `database.url` says
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Start without the sample brand's stores, members and campaigns
    #[arg(long)]
    empty: bool,
}

impl Demo {
    /// Runs until told to stop.
    ///
    /// # Errors
    /// When a port is taken, or the environment is production.
    pub async fn run(self, mut config: Config, watch: &Watch) -> Result<()> {
        if config.environment == Environment::Production {
            return Err(Error::new(Code::Conflict).detail("the demonstration is not for production"));
        }
        if let Some(folder) = &self.data {
            config.database.url = format!("sqlite:{}/huilian.db", folder.display()).into();
        }
        let mut folder = load_folder(&config)?;
        // It stands until the sample brand has been through its past.
        let clock = Clock::manual(Clock::system().now());
        let sandbox = start_sandbox(&config, &folder, Some(base_url(&config)), clock.clone()).await?;
        folder.merchants = equipped(&folder, &sandbox)?;
        if config.admin.wechat_account.is_empty() {
            // Everything there is can be tried.
            let official = folder.accounts.iter().find(|account| account.kind == Kind::Official);
            config.admin.wechat_account = official.map(|account| account.key.to_string()).unwrap_or_default();
        }
        for url in [&mut config.wechat.api_url, &mut config.wechat.mp_url, &mut config.wechat.open_url] {
            sandbox.base_url().clone_into(url);
        }
        // A new database has a hundred migrations to tell of.
        watch.tell_info(false);
        let app = App::build(config, folder, Clock::system(), Random::system()).await;
        watch.tell_info(true);
        let app = app?;
        if self.empty || !sample::fits(&app.folder) {
            sample::add_login(&app.db).await?;
        } else {
            sample_brand(&app, &sandbox, &clock, watch).await?;
        }
        clock.run();
        super::wechat::compare(&app.wechat, &app.config, None, true).await?;
        let node = Node::start(&app, Parts { server: true, worker: true })?;
        say(&welcome(&base_url(&app.config), sandbox.base_url(), self.empty))?;
        stop_requested()?.await;
        node.stop().await;
        sandbox.stop().await;
        Ok(())
    }
}

/// The sample brand is written once, and its people are there at every start. `clock` is the sandbox's, which stands.
async fn sample_brand(app: &App, sandbox: &Running, clock: &Clock, watch: &Watch) -> Result<()> {
    let sandbox = sandbox.sandbox();
    match sample::stage(&app.db).await? {
        Stage::Written => {
            sample::add_login(&app.db).await?;
            sample::introduce(sandbox)?;
            sample::recall(app, sandbox).await
        }
        Stage::CutOff => Err(Error::new(Code::Conflict).detail(
            "the sample brand was cut off while it was written: delete the database (database.url, or the folder of \
             --data) and start again, or go on with what is there by --empty",
        )),
        Stage::Empty => {
            say("writing the sample brand: eight weeks of an invented shop, this takes a moment …")?;
            let begun = Instant::now();
            watch.tell_info(false);
            let mut config = app.config.clone();
            sample::prepare(&mut config);
            let past = App::build(config, app.folder.clone(), clock.clone(), Random::system()).await?;
            let server = past.serve(SocketAddr::new(app.config.http.host, app.config.http.port), 2)?;
            let written = sample::write(&past, sandbox, &base_url(&app.config)).await;
            // Connections that the sandbox keeps open are not waited for.
            server.drain().await;
            server.kill().await;
            watch.tell_info(true);
            written?;
            say(&format!("written in {} s", begun.elapsed().as_secs()))
        }
    }
}

/// The sample brand's folder, or whichever stands in its place.
pub(super) fn load_folder(config: &Config) -> Result<Folder> {
    Folder::load(&config.wechat.config_dir, Secrets::Development)
        .map_err(|problems| Error::new(Code::Invalid).detail(problems.to_string()))
}

/// A WeChat for the accounts and merchants of the folder.
pub(super) async fn start_sandbox(
    config: &Config,
    folder: &Folder,
    callback_base: Option<String>,
    clock: Clock,
) -> Result<Running> {
    let listen = SocketAddr::new(config.sandbox.host, config.sandbox.port);
    let mut options = Options::new(listen, folder.accounts.clone());
    options.clock = clock;
    options.callback_base = callback_base;
    let merchant = |known: &Arc<Settings>| {
        let mut options = MerchantOptions::new(known.key.as_str(), &known.mchid, &known.name);
        options.accounts = known.apps.keys().map(ToString::to_string).collect();
        options
    };
    options.merchants = folder.merchants.iter().map(merchant).collect();
    let sandbox = Sandbox::start(options).await.map_err(|why| {
        Error::internal(why)
            .detail(format!("the sandbox cannot listen on {listen}; is another one running? (sandbox.port)"))
    })?;
    sandbox.sandbox().seed();
    Ok(sandbox)
}

/// The merchants of the folder with the keys that the sandbox made for them.
fn equipped(folder: &Folder, sandbox: &Running) -> Result<Merchants> {
    let access = |key: &MerchantKey| {
        let access = sandbox.sandbox().merchant(key.as_str()).ok()?;
        Some((access.material(), access.addresses()))
    };
    folder.merchants.equipped(access).map_err(|faults| Error::internal(format!("keys of the sandbox: {faults:?}")))
}

/// The address under which this machine reaches the service.
fn base_url(config: &Config) -> String {
    format!("http://{}", SocketAddr::new(config.http.host, config.http.port))
}

fn welcome(service: &str, sandbox: &str, empty: bool) -> String {
    let others = if empty {
        String::new()
    } else {
        format!(
            "
              {MANAGER} 店长 and {CLERK} 店员 of one store have the same password"
        )
    };
    format!(
        "
  惠联 Huilian is ready

    phone     {sandbox}/        a WeChat that runs here: follow, chat, tap the menu
    console   {service}/console/  for staff: sign in as {LOGIN} / {PASSWORD} 总部{others}
    API       {service}/docs     every call, to be tried in the browser
    health    {service}/readyz   figures {service}/metrics

  Ctrl-C stops everything.
"
    )
}
