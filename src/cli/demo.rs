//! `huilian demo`: the whole product in one process, with a WeChat that runs here and a sample brand.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use clap::Args;
use entity::types::MerchantKey;

use super::{
    say,
    serve::{Node, Parts, stop_requested},
};
use crate::{
    admin,
    app::App,
    error::{Code, Error, Result},
    infra::{
        clock::Clock,
        config::{Config, Environment},
        random::Random,
    },
    sandbox::{MerchantOptions, Options, Running, Sandbox},
    wechat::{
        folder::{Folder, Secrets},
        pay::{Merchants, Settings},
    },
};

/// The login of the sample brand's first member of staff.
const LOGIN: &str = "demo";
/// Its password; fine for a machine of one's own, refused by nothing else.
const PASSWORD: &str = "huilian-2026";

/// Options of the demonstration.
#[derive(Debug, Args)]
pub struct Demo {
    /// Where to keep the SQLite file; by default as `database.url` says
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
}

impl Demo {
    /// Runs until told to stop.
    ///
    /// # Errors
    /// When a port is taken, or the environment is production.
    pub async fn run(self, mut config: Config) -> Result<()> {
        if config.environment == Environment::Production {
            return Err(Error::new(Code::Conflict).detail("the demonstration is not for production"));
        }
        if let Some(folder) = &self.data {
            config.database.url = format!("sqlite:{}/huilian.db", folder.display()).into();
        }
        let mut folder = load_folder(&config)?;
        let sandbox = start_sandbox(&config, &folder, Some(base_url(&config))).await?;
        folder.merchants = equipped(&folder, &sandbox)?;
        for url in [&mut config.wechat.api_url, &mut config.wechat.mp_url, &mut config.wechat.open_url] {
            sandbox.base_url().clone_into(url);
        }
        let app = App::build(config, folder, Clock::system(), Random::system()).await?;
        match admin::staff::add(&app.db, LOGIN, "演示管理员", PASSWORD.to_owned(), admin::Post::Headquarters).await
        {
            Err(error) if error.code() != Code::Conflict => return Err(error),
            // It was added by an earlier start.
            Ok(_) | Err(_) => {}
        }
        super::wechat::compare(&app.wechat, &app.config, None, true).await?;
        let node = Node::start(&app, Parts { server: true, worker: true })?;
        say(&welcome(&base_url(&app.config), sandbox.base_url()))?;
        stop_requested()?.await;
        node.stop().await;
        sandbox.stop().await;
        Ok(())
    }
}

/// The sample brand, or whichever stands in its place.
pub(super) fn load_folder(config: &Config) -> Result<Folder> {
    Folder::load(&config.wechat.config_dir, Secrets::Development)
        .map_err(|problems| Error::new(Code::Invalid).detail(problems.to_string()))
}

/// A WeChat for the accounts and merchants of the folder.
pub(super) async fn start_sandbox(config: &Config, folder: &Folder, callback_base: Option<String>) -> Result<Running> {
    let listen = SocketAddr::new(config.sandbox.host, config.sandbox.port);
    let mut options = Options::new(listen, folder.accounts.clone());
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

fn welcome(service: &str, sandbox: &str) -> String {
    format!(
        "
  惠联 Huilian is ready

    phone     {sandbox}/        a WeChat that runs here: follow, chat, tap the menu
    console   {service}/console/  for staff: sign in as {LOGIN} / {PASSWORD}
    API       {service}/docs     every call, to be tried in the browser
    health    {service}/readyz   figures {service}/metrics

  Ctrl-C stops everything.
"
    )
}
