//! The database server under measurement, and the databases that are made on it.

use std::{path::Path, process::Command};

use anyhow::{Result, anyhow, ensure};
use huilian::{
    app::App,
    error::Error,
    infra::{clock::Clock, config::Config, random::Random},
    wechat::folder::{Folder, Secrets},
};

use crate::brand::FOLDER;

/// Connections of the application within this process.
const CONNECTIONS: u32 = 16;

/// A PostgreSQL that flushes every commit, and a folder on a real disk.
#[derive(Clone, Copy, Debug)]
pub struct Server<'a> {
    /// `postgres://user@host:port/name`.
    pub url: &'a url::Url,
    /// For everything that is made.
    pub folder: &'a Path,
}

impl Server<'_> {
    /// A database of this name that was not there.
    pub fn create(&self, name: &str) -> Result<url::Url> {
        psql(self.url, &format!("CREATE DATABASE {name}"))?;
        let mut database = self.url.clone();
        database.set_path(name);
        Ok(database)
    }

    /// The application on such a database, within this process: it fills what is measured.
    pub async fn app(&self, database: &url::Url) -> Result<App> {
        let mut config = Config::load(None, [])?;
        config.database.url = database.as_str().to_owned().into();
        config.database.connections = CONNECTIONS;
        let brand = Folder::load(Path::new(FOLDER), Secrets::Development)?;
        App::build(config, brand, Clock::system(), Random::system()).await.map_err(failed)
    }

    /// Gives its place on the disk back.
    pub fn remove(&self, name: &str) -> Result<()> {
        psql(self.url, &format!("DROP DATABASE {name} WITH (FORCE)"))
    }
}

/// Has a server or database do something.
pub fn psql(database: &url::Url, command: &str) -> Result<()> {
    let mut psql = Command::new("psql");
    let asked = psql.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", command]).arg(database.as_str()).output()?;
    ensure!(asked.status.success(), "psql says: {}", String::from_utf8_lossy(&asked.stderr));
    Ok(())
}

/// An error of the application as one of the measurement.
pub fn failed(error: Error) -> anyhow::Error {
    anyhow!("{error:?}")
}
