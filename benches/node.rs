//! The service under measurement: the release binary as its operator runs it, `huilian all`, in a process of its own.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use secrecy::ExposeSecret;

use crate::brand::{FOLDER, accounts};

const PATIENCE: Duration = Duration::from_secs(60);
/// Ticks of `/proc/PID/stat` per second, the same on every Linux.
const TICKS: u32 = 100;

/// Resident memory of a process in KiB: now, and the most there ever was.
pub fn memory(process: u32) -> Result<(u32, u32)> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let field = |name: &str| -> Result<u32> {
        let value = status.lines().find_map(|line| line.strip_prefix(name)).context("a field of memory")?;
        Ok(value.trim_start_matches(':').trim().trim_end_matches(" kB").parse()?)
    };
    Ok((field("VmRSS")?, field("VmHWM")?))
}

/// An address that is free; nobody else takes it in the moment between, or the service says so.
fn free() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// A command of the service, which hears from nobody else's settings.
fn service(command: &str) -> Command {
    let mut service = Command::new(env!("CARGO_BIN_EXE_huilian"));
    service
        .arg(command)
        .env_clear()
        .stdout(Stdio::null())
        // All of WeChat is one caller here.
        .env("HUILIAN_HTTP__RATE_PER_MINUTE", u32::MAX.to_string())
        // A load may say from where its callers are, as a proxy does.
        .env("HUILIAN_HTTP__PROXIES", "1")
        .env("HUILIAN_LOG__LEVEL", "warn");
    service
}

/// A running service. It is killed when dropped.
pub struct Node {
    /// Where it listens.
    pub address: SocketAddr,
    /// From the start of the process to its first `200` of `/readyz`.
    pub ready_after: Duration,
    process: Child,
    client: reqwest::Client,
}

impl Node {
    /// Starts the service on a database and waits until it is ready. Its log goes to `log`. It reaches nobody.
    pub async fn start(database: &str, log: &Path) -> Result<Self> {
        Self::with_wechat(database, log, "http://127.0.0.1:9").await
    }

    /// The same with a WeChat at this address.
    pub async fn with_wechat(database: &str, log: &Path, wechat: &str) -> Result<Self> {
        let mut service = service("all");
        service
            .envs(secrets()?)
            .env("HUILIAN_DATABASE__URL", database)
            .env("HUILIAN_WECHAT__CONFIG_DIR", FOLDER)
            .env("HUILIAN_WECHAT__API_URL", wechat);
        Self::await_ready(service, log).await
    }

    /// Starts the demonstration with a fresh database in a folder, and waits until its sample brand is written, too.
    pub async fn demo(folder: &Path) -> Result<Self> {
        let mut demo = service("demo");
        let database = format!("sqlite:{}", folder.join("demo.db").display());
        demo.env("HUILIAN_DATABASE__URL", database).env("HUILIAN_SANDBOX__PORT", free()?.port().to_string());
        demo.stdout(Stdio::piped());
        let mut node = Self::await_ready(demo, &folder.join("demo.log")).await?;
        let told = BufReader::new(node.process.stdout.take().context("what the demonstration says")?);
        let mut told = told.lines().map_while(Result::ok);
        told.find(|line| line.ends_with("is ready")).context("the demonstration ended before it was ready")?;
        // Somebody has to listen, or its next word is its last.
        std::thread::spawn(move || told.for_each(drop));
        Ok(node)
    }

    async fn await_ready(mut service: Command, log: &Path) -> Result<Self> {
        let address = free()?;
        let file = File::options().create(true).append(true).open(log)?;
        let client = reqwest::Client::builder().timeout(PATIENCE).no_proxy().build()?;
        let began = Instant::now();
        let service = service
            .env("HUILIAN_HTTP__PORT", address.port().to_string())
            .env("HUILIAN_HTTP__PUBLIC_URL", format!("http://{address}"));
        let process = service.stdin(Stdio::null()).stderr(file).spawn()?;
        let mut node = Self { address, ready_after: Duration::ZERO, process, client };
        while !node.ready().await {
            if let Some(status) = node.process.try_wait()? {
                bail!("the service ended with {status}:\n{}", fs::read_to_string(log)?);
            }
            ensure!(began.elapsed() < PATIENCE, "the service is not ready:\n{}", fs::read_to_string(log)?);
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        node.ready_after = began.elapsed();
        Ok(node)
    }

    async fn ready(&self) -> bool {
        let answer = self.client.get(format!("http://{}/readyz", self.address)).send().await;
        answer.is_ok_and(|answer| answer.status().is_success())
    }

    /// Resident memory in KiB: now, and the most there ever was.
    pub fn memory(&self) -> Result<(u32, u32)> {
        memory(self.process.id())
    }

    /// The processor time it has used so far, in all its threads.
    pub fn processor_time(&self) -> Result<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process.id()))?;
        // The second field is the name in parentheses; user and system time are numbers 14 and 15.
        let (_, fields) = stat.rsplit_once(')').context("a name in parentheses")?;
        let mut times = fields.split_whitespace().skip(11).take(2).map(str::parse::<u32>);
        let (user, system) = (times.next().context("user time")??, times.next().context("system time")??);
        Ok(Duration::from_secs(1) * (user + system) / TICKS)
    }

    /// How many commits took how many pushes: the count of each bucket by its upper bound, as `/metrics` has it.
    pub async fn batches(&self) -> Result<Batches> {
        let page = self.client.get(format!("http://{}/metrics", self.address)).send().await?.text().await?;
        let value = |line: &str| line.rsplit_once(' ').and_then(|(_, value)| value.parse::<f64>().ok());
        let mut batches = Batches::default();
        for line in page.lines().filter_map(|line| line.strip_prefix("wechat_push_batch_")) {
            let figure = value(line).context("a figure")?;
            if let Some((bound, _)) = line.strip_prefix("bucket{le=\"").and_then(|rest| rest.split_once('"')) {
                batches.up_to.insert(bound.to_owned(), figure);
            } else if line.starts_with("sum") {
                batches.pushes = figure;
            } else if line.starts_with("count") {
                batches.commits = figure;
            }
        }
        Ok(batches)
    }

    /// Asks it to end, as its operator would, and waits.
    pub async fn stop(mut self) -> Result<()> {
        let asked = Command::new("kill").arg("-TERM").arg(self.process.id().to_string()).status()?;
        ensure!(asked.success(), "the service could not be asked to end");
        let began = Instant::now();
        loop {
            if let Some(status) = self.process.try_wait()? {
                ensure!(status.success(), "the service ended with {status}");
                return Ok(());
            }
            ensure!(began.elapsed() < PATIENCE, "the service does not end");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // After `stop` there is nothing left to kill.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The pushes and commits since the start.
#[derive(Clone, Debug, Default)]
pub struct Batches {
    /// All pushes.
    pub pushes: f64,
    /// All commits.
    pub commits: f64,
    /// Commits of at most so many pushes.
    pub up_to: BTreeMap<String, f64>,
}

/// The variables that `wechat-config` names.
fn secrets() -> Result<Vec<(String, String)>> {
    let mut variables = Vec::new();
    for account in accounts()?.iter() {
        let name = account.key.as_str().to_uppercase();
        let mut set = |what: &str, value: &secrecy::SecretString| {
            variables.push((format!("WECHAT_{name}_{what}"), value.expose_secret().to_owned()));
        };
        set("SECRET", &account.secret);
        set("TOKEN", &account.callback.token);
        if let Some(key) = &account.callback.aes_key {
            set("AES_KEY", key);
        }
    }
    Ok(variables)
}
