//! The commands. Each reads the configuration the same way and says what is wrong in full sentences.

mod demo;
mod serve;
mod staff;

use std::{
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Parser, Subcommand};

use crate::{
    app::App,
    error::{Error, Result},
    http,
    infra::{
        cache::Cache,
        clock::Clock,
        config::{Config, Problems},
        db::{self, Db, Reactions},
        random::Random,
        telemetry,
    },
    wechat::folder::{Folder, Secrets},
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
    /// Members of staff
    #[command(subcommand)]
    Staff(staff::Command),
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
        Command::Demo(demo) => demo.run(load(file)?).await?,
        Command::Serve => serve::run(build(file).await?, serve::Parts { server: true, worker: false }).await?,
        Command::Work => serve::run(build(file).await?, serve::Parts { server: false, worker: true }).await?,
        Command::All => serve::run(build(file).await?, serve::Parts { server: true, worker: true }).await?,
        Command::Migrate => {
            let config = load(file)?;
            database(&config).await?;
            say("the schema is up to date")?;
        }
        Command::Config(ConfigCommand::Check) => {
            let config = load(file)?;
            Folder::load(&config.wechat.config_dir, Secrets::Real)?;
            say("the configuration is in order")?;
        }
        Command::Config(ConfigCommand::Show) => say(&Config::show(file, std::env::vars()))?,
        Command::Staff(command) => command.run(&database(&load(file)?).await?).await?,
        Command::Sandbox => demo::sandbox(load(file)?).await?,
        Command::Openapi => say(&http::spec::describe(crate::routes::described)?)?,
    }
    Ok(())
}

/// The configuration, with logging started as it says.
fn load(file: Option<&std::path::Path>) -> std::result::Result<Config, Problems> {
    let config = Config::load(file, std::env::vars())?;
    telemetry::init_logs(&config.log)?;
    Ok(config)
}

async fn build(file: Option<&std::path::Path>) -> std::result::Result<App, Stop> {
    let config = load(file)?;
    let folder = Folder::load(&config.wechat.config_dir, Secrets::Real)?;
    Ok(App::build(config, folder, Clock::system(), Random::system()).await?)
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
