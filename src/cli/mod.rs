//! The commands. Each reads the configuration the same way and says what is wrong in full sentences.

mod demo;
mod member;
mod sandbox;
mod serve;
mod staff;
mod wechat;

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};

use crate::{
    admin::scan::By,
    app::{App, Stores},
    error::{Error, Result},
    http,
    infra::{
        cache::Cache,
        clock::Clock,
        config::{Config, Problem, Problems},
        db::{self, Db, Reactions},
        random::Random,
        telemetry::{self, Watch},
    },
    reach::wording::Wordings,
    reactions,
    wechat::{
        folder::{Folder, Secrets},
        pay::{self, expiry::Expiring},
        setup::Wanted,
    },
};

/// Huilian 惠联: a WeChat SCRM
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true)]
pub struct Cli {
    /// A configuration file; `HUILIAN_SECTION__KEY` variables go over it
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Everything in one process: SQLite, sandbox, sample brand. Needs no account and no key
    Demo(demo::Demo),
    /// Answer requests
    Serve,
    /// Run background jobs
    Work,
    /// Answer requests and run background jobs
    All,
    /// Bring the database schema up to date
    Migrate,
    /// Look at the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Menus and templates at WeChat
    #[command(subcommand)]
    Wechat(wechat::Command),
    /// Members of staff
    #[command(subcommand)]
    Staff(staff::Command),
    /// Members
    #[command(subcommand)]
    Member(member::Command),
    /// A WeChat that runs here, on its own
    Sandbox,
    /// Print the API description (OpenAPI 3.1)
    Openapi,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Report every problem at once
    Check,
    /// Print every key with its value and where it comes from; secrets are masked
    Show,
}

/// Runs a command to its end.
pub async fn run(cli: Cli) -> ExitCode {
    match execute(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop::Problems(problems)) => complain(&problems.to_string()),
        Err(Stop::Error(error)) => complain(&format!("{error:?}")),
    }
}

/// Why a command ended early.
enum Stop {
    Problems(Problems),
    Error(Error),
}

impl From<Problems> for Stop {
    fn from(problems: Problems) -> Self {
        Self::Problems(problems)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

async fn execute(cli: Cli) -> std::result::Result<(), Stop> {
    let file = cli.config.as_deref();
    match cli.command {
        Command::Demo(demo) => {
            let (config, watch) = load(file)?;
            Box::pin(demo.run(config, &watch)).await?;
        }
        Command::Serve => node(file, serve::Parts { server: true, worker: false }).await?,
        Command::Work => node(file, serve::Parts { server: false, worker: true }).await?,
        Command::All => node(file, serve::Parts { server: true, worker: true }).await?,
        Command::Migrate => {
            let (config, _watch) = load(file)?;
            database(&config).await?;
            say("the schema is up to date")?;
        }
        Command::Config(ConfigCommand::Check) => {
            let (config, _watch) = load(file)?;
            let folder = Folder::load(&config.wechat.config_dir, Secrets::of(&config.wechat))?;
            for account in folder.accounts.iter() {
                Wanted::read(&config.wechat.config_dir, account, &config.http.public_url)?;
            }
            Wordings::load(&config.wechat.config_dir, &folder.accounts, &reactions::SENDS)?;
            By::new(&config.admin, &folder.accounts).map_err(Problems::from)?;
            for found in pay_certificates(&folder)? {
                say(&found)?;
            }
            say("the configuration is in order")?;
        }
        Command::Config(ConfigCommand::Show) => say(&Config::show(file, std::env::vars()))?,
        Command::Wechat(command) => {
            let (config, _watch) = load(file)?;
            let folder = Folder::load(&config.wechat.config_dir, Secrets::of(&config.wechat))?;
            command.run(&config, &folder).await?;
        }
        Command::Staff(command) => {
            let (config, _watch) = load(file)?;
            command.run(&database(&config).await?).await?;
        }
        Command::Member(command) => {
            let (config, _watch) = load(file)?;
            command.run(&config, &Stores::open(&config, &Clock::system(), &Random::system()).await?).await?;
        }
        Command::Sandbox => {
            let (config, _watch) = load(file)?;
            sandbox::run(config).await?;
        }
        Command::Openapi => say(&http::spec::describe(crate::routes::described)?)?,
    }
    Ok(())
}

/// Warnings of certificates that end soon.
///
/// # Errors
/// Certificates of the brand's own merchants that have ended.
fn pay_certificates(folder: &Folder) -> std::result::Result<Vec<String>, Problems> {
    let now = Clock::system().now();
    // In development everybody has the same published certificate, which ended long ago.
    let real = folder.merchants.iter().filter(|merchant| !pay::development::is_used_by(merchant));
    let found = real.flat_map(|merchant| pay::expiry::expiring(merchant, now));
    let (over, soon): (Vec<_>, Vec<_>) = found.partition(|found| found.days < 0);
    if over.is_empty() {
        return Ok(soon.iter().map(|found| format!("warning: {found}")).collect());
    }
    let hint = "renew it in the merchant platform: 账户中心 → API安全";
    let problem =
        |found: &Expiring| Problem::new(format!("merchants/{}", found.merchant), found.to_string()).hint(hint);
    Err(Problems(over.iter().map(problem).collect()))
}

/// The configuration, with logging and traces started as it says.
fn load(file: Option<&Path>) -> std::result::Result<(Config, Watch), Problems> {
    let config = Config::load(file, std::env::vars())?;
    let watch = telemetry::init(&config.log, &config.telemetry)?;
    Ok((config, watch))
}

/// One node, until it is told to stop.
async fn node(file: Option<&Path>, parts: serve::Parts) -> std::result::Result<(), Stop> {
    let (config, _watch) = load(file)?;
    let mut folder = Folder::load(&config.wechat.config_dir, Secrets::of(&config.wechat))?;
    folder.merchants = sandbox::equipped(&config, folder.merchants)?;
    let app = App::build(config, folder, Clock::system(), Random::system()).await?;
    Ok(serve::run(app, parts).await?)
}

/// The database alone, with its schema up to date.
async fn database(config: &Config) -> Result<Db> {
    let connection = db::connect(&config.database).await?;
    db::update_schema(&connection).await?;
    let clock = Clock::system();
    Ok(Db::new(connection, clock.clone(), Random::system(), Cache::memory(clock), Reactions::default()))
}

/// Prints a result of a command.
fn say(text: &str) -> Result<()> {
    writeln!(io::stdout(), "{}", text.trim_end()).map_err(Error::internal)
}

fn complain(text: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "huilian: {}", text.trim_end());
    ExitCode::FAILURE
}
