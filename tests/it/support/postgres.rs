//! PostgreSQL servers of a test's own: a primary, and a standby that takes over.

use std::{
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use sea_orm::ConnectionTrait;
use tempfile::TempDir;
use tokio::sync::mpsc;

use super::open;

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that is killed when it is dropped.
pub struct Postgres {
    pub url: String,
    pub address: SocketAddr,
    data: PathBuf,
    child: Child,
    lines: mpsc::UnboundedReceiver<String>,
    _folder: TempDir,
}

impl Postgres {
    /// A server that keeps what a standby needs to follow it.
    pub async fn primary() -> Self {
        let folder = folder();
        let data = folder.path().join("data");
        let made = ["-U", "huilian", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"];
        run(folder.path(), "initdb", &[&["-D", path(&data)], &made[..]].concat());
        Self::start(folder, data, "ready to accept connections").await
    }

    /// A standby of this server: from now on nothing is committed here before it is kept there as well.
    pub async fn standby(&mut self) -> Self {
        let folder = folder();
        let data = folder.path().join("data");
        let port = self.address.port().to_string();
        let from =
            ["-h", "127.0.0.1", "-p", &port, "-U", "huilian", "-D", path(&data), "-R", "-c", "fast", "--no-sync"];
        run(folder.path(), "pg_basebackup", &from);
        let standby = Self::start(folder, data, "ready to accept read-only connections").await;
        let connection = open(&self.url).await;
        for sql in ["ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()"] {
            connection.execute_unprepared(sql).await.expect("a setting");
        }
        self.line("is now a synchronous standby").await;
        standby
    }

    async fn start(folder: TempDir, data: PathBuf, ready: &str) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = free.local_addr().expect("an address");
        drop(free);
        let port = address.port().to_string();
        let mut command = command(folder.path(), "postgres");
        command.args([
            "-D",
            path(&data),
            "-p",
            &port,
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=",
        ]);
        command.args(["-c", "wal_level=replica", "-c", "max_wal_senders=4", "-c", "fsync=off", "-c", "hot_standby=on"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("PostgreSQL");
        let (sender, lines) = mpsc::unbounded_channel();
        let output = BufReader::new(child.stderr.take().expect("its log"));
        std::thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let url = format!("postgres://huilian@{address}/postgres");
        let mut this = Self { url, address, data, child, lines, _folder: folder };
        this.line(ready).await;
        this
    }

    /// Waits for the next line of its log with these words.
    async fn line(&mut self, words: &str) {
        let mut heard = Vec::new();
        let found = tokio::time::timeout(PATIENCE, async {
            while let Some(line) = self.lines.recv().await {
                let found = line.contains(words);
                heard.push(line);
                if found {
                    return true;
                }
            }
            false
        });
        assert!(found.await.is_ok_and(|found| found), "PostgreSQL does not say {words:?}: {heard:#?}");
    }

    /// Ends it at once, as a power cut would.
    pub fn kill(&mut self) {
        self.child.kill().expect("a server that can be killed");
        self.child.wait().expect("its end");
    }

    /// Makes a primary of a standby.
    pub fn promote(&self) {
        run(self._folder.path(), "pg_ctl", &["promote", "-w", "-D", path(&self.data)]);
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

/// PostgreSQL refuses to run as root: then it is another user's.
fn other_user() -> Option<&'static str> {
    let id = |arguments: &[&str]| Command::new("id").args(arguments).output().expect("the command id");
    if text(&id(&["-u"])).trim() != "0" {
        return None;
    }
    Some(if id(&["postgres"]).status.success() { "postgres" } else { "nobody" })
}

fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    if let Some(user) = other_user() {
        let owned = Command::new("chown").args([user, path(folder.path())]).status().expect("the command chown");
        assert!(owned.success(), "the folder cannot be given to {user}");
    }
    folder
}

/// A program of PostgreSQL, which ends with this process.
fn command(folder: &Path, program: &str) -> Command {
    let mut command = Command::new("setpriv");
    if let Some(user) = other_user() {
        command.args(["--reuid", user, "--regid", user, "--clear-groups"]);
    }
    command.args(["--pdeathsig", "KILL", program]).current_dir(folder).stdin(Stdio::null());
    command
}

fn run(folder: &Path, program: &str, arguments: &[&str]) {
    let output = command(folder, program).args(arguments).output().expect("a program of PostgreSQL");
    assert!(output.status.success(), "{program}: {}", text(&output));
}
