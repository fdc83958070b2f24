//! The real binary as a process of its own, with its configuration in variables and its log lines as events.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};

use huilian::wechat::account::Accounts;
use secrecy::ExposeSecret;
use serde_json::Value;
use tokio::sync::mpsc;

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running `huilian`. It is killed when it is dropped.
pub struct Process {
    pub address: SocketAddr,
    child: Option<Child>,
    lines: mpsc::UnboundedReceiver<Value>,
    heard: Vec<Value>,
}

impl Process {
    /// Starts `huilian all` on a free port with these `HUILIAN_…` settings (section and key joined by two underscores)
    /// and the secrets of these accounts, and waits until it listens.
    pub async fn start(accounts: &Accounts, settings: &[(&str, String)]) -> Self {
        Self::start_as("all", accounts, settings).await
    }

    /// The same with another command: `serve` or `work`.
    pub async fn start_as(parts: &str, accounts: &Accounts, settings: &[(&str, String)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_huilian"));
        command.arg(parts).env_clear().current_dir(env!("CARGO_MANIFEST_DIR"));
        command.env("HUILIAN_HTTP__PORT", "0").env("HUILIAN_JOBS__PORT", "0").env("HUILIAN_LOG__FORMAT", "json");
        command.envs(settings.iter().map(|(key, value)| (format!("HUILIAN_{key}"), value)));
        for account in accounts.iter() {
            let name = account.key.as_str().to_uppercase();
            let callback = &account.callback;
            command.env(format!("WECHAT_{name}_SECRET"), account.secret.expose_secret());
            command.env(format!("WECHAT_{name}_TOKEN"), callback.token.expose_secret());
            let keys = [("AES_KEY", &callback.aes_key), ("AES_KEY_PREVIOUS", &callback.previous_aes_key)];
            for (field, key) in keys {
                command.env(format!("WECHAT_{name}_{field}"), key.as_ref().map_or("", ExposeSecret::expose_secret));
            }
        }
        let spawned = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut child = spawned.expect("the binary");
        let (sender, lines) = mpsc::unbounded_channel();
        let output = BufReader::new(child.stderr.take().expect("its log"));
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let line = serde_json::from_str(&line).unwrap_or(Value::String(line));
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut this = Self { address: nowhere, child: Some(child), lines, heard: Vec::new() };
        let line = this.line("listening").await;
        this.address = line["address"].as_str().and_then(|text| text.parse().ok()).expect("an address");
        this
    }

    /// Waits for the next log line with this message.
    pub async fn line(&mut self, message: &str) -> Value {
        let found = tokio::time::timeout(PATIENCE, async {
            while let Some(line) = self.lines.recv().await {
                self.heard.push(line.clone());
                if line["message"] == message {
                    return Some(line);
                }
            }
            None
        });
        match found.await {
            Ok(Some(line)) => line,
            Ok(None) => panic!("the process ended without saying {message:?}: {:#?}", self.heard),
            Err(_) => panic!("the process does not say {message:?}: {:#?}", self.heard),
        }
    }

    /// Ends it at once, as a power cut would: nothing of it runs any more when this returns.
    pub fn kill(&mut self) {
        self.end();
    }

    /// Asks it to stop.
    pub fn terminate(&self) {
        let id = self.child.as_ref().expect("a process").id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().expect("the command kill");
        assert!(sent.success(), "the process is gone");
    }

    /// Waits for its end; gives how it ended and everything it said since the last look.
    pub async fn ended(mut self) -> (ExitStatus, Vec<Value>) {
        let mut child = self.child.take().expect("a process");
        let waiting = tokio::task::spawn_blocking(move || child.wait().expect("an end"));
        let status = tokio::time::timeout(PATIENCE, waiting).await.expect("an end in time").expect("an end");
        while let Some(line) = self.lines.recv().await {
            self.heard.push(line);
        }
        (status, std::mem::take(&mut self.heard))
    }

    fn end(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("a process that can be killed");
            child.wait().expect("its end");
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}
