//! A brand whose nodes are real processes.

use std::{
    fmt::Write as _,
    net::SocketAddr,
    path::Path,
    process::{Command, Output, Stdio},
};

use huilian::{
    app::App,
    infra::{clock::Clock, config::Config, random::Random},
    sandbox::{self, From, KeyMode, MerchantAccess, Running, Sandbox},
    wechat::folder::{Folder, Secrets},
};
use tempfile::TempDir;

use crate::support::{Process, TestDatabase, redis, soon, unique_name};

/// Words that the brand knows: 问0 is answered by 答0, at the official account and at the mini program.
pub const WORDS: usize = 20;

/// A WeChat, a database, and what a node needs to start. The clock is the machine's.
pub struct Rig {
    pub folder: Folder,
    running: Running,
    settings: Vec<(&'static str, String)>,
    _config_dir: TempDir,
    _database: TestDatabase,
}

impl Rig {
    /// Its database is empty: the first nodes make the schema.
    pub async fn new() -> Self {
        let (database, config_dir) = (TestDatabase::empty().await, brand_of_words());
        let folder = Folder::load(config_dir.path(), Secrets::Development).expect("the brand of words");
        let options = sandbox::Options::new(SocketAddr::from(([127, 0, 0, 1], 0)), folder.accounts.clone());
        let running = Sandbox::start(options).await.expect("a sandbox");
        let settings = vec![
            ("DATABASE__URL", database.url.clone()),
            ("CACHE__URL", redis()),
            ("CACHE__PREFIX", unique_name()),
            ("WECHAT__CONFIG_DIR", config_dir.path().display().to_string()),
            ("WECHAT__API_URL", running.base_url().to_owned()),
            // Real time: a busy machine must not fail a test.
            ("WECHAT__ANSWER_WITHIN", "4s".to_owned()),
        ];
        Self { folder, running, settings, _config_dir: config_dir, _database: database }
    }

    pub fn sandbox(&self) -> &Sandbox {
        self.running.sandbox()
    }

    /// Another node as a process.
    pub async fn process(&self) -> Process {
        Process::start(&self.folder.accounts, &self.settings).await
    }

    /// Another node as a process that only runs jobs.
    pub async fn worker(&self) -> Process {
        Process::start_as("work", &self.folder.accounts, &self.settings).await
    }

    /// What a command says that an operator runs on the machine of a node.
    pub fn command(&self, arguments: &[&str]) -> Output {
        let settings = self.settings.iter().map(|(key, value)| (format!("HUILIAN_{key}"), value));
        let mut command = Command::new(env!("CARGO_BIN_EXE_huilian"));
        command.args(arguments).env_clear().envs(settings).stdin(Stdio::null()).output().expect("a process")
    }

    /// A node inside the test that serves nothing, to look and to act from.
    pub async fn app(&self, clock: Clock) -> App {
        let settings = self.settings.iter().map(|(key, value)| (format!("HUILIAN_{key}"), value.clone()));
        let config = Config::load(None, settings).expect("the settings");
        App::build(config, self.folder.clone(), clock, Random::system()).await.expect("an application")
    }

    pub fn people(&self, count: usize) -> Vec<String> {
        let person = |n| self.sandbox().add_person(Some(&format!("路人{n}"))).expect("a person").id;
        (0..count).map(person).collect()
    }

    /// What an account said to a person.
    pub fn heard(&self, person: &str, account: &str) -> Vec<String> {
        let messages = self.sandbox().chat(person, account).expect("a chat").messages.into_iter();
        let said = messages.filter(|message| message.from == From::Account);
        said.map(|message| message.content["content"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Waits until something holds in this WeChat, looking whenever something happened there.
    pub async fn until(&self, holds: impl Fn() -> bool) {
        let mut events = self.sandbox().events();
        soon(async {
            while !holds() {
                let _ = events.recv().await;
            }
        })
        .await;
    }
}

/// The sample brand, answering every word with one of its own.
pub fn brand_of_words() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for account in ["brand", "shop"] {
        let from = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/wechat-config")).join(account);
        let to = folder.path().join(account);
        std::fs::create_dir(&to).expect("a folder");
        std::fs::copy(from.join("account.toml"), to.join("account.toml")).expect("a copy");
        let mut rules = String::new();
        for word in 0..WORDS {
            write!(
                rules,
                "[[rule]]\nkey = \"{word}\"\nname = \"{word}\"\ncondition = {{ on = {{ exact = [\"问{word}\"] }} }}\n\
                 action = {{ replies = [{{ kind = \"text\", content = \"答{word}\" }}] }}\n"
            )
            .expect("a rule");
        }
        std::fs::write(to.join("replies.toml"), rules).expect("a file");
    }
    folder
}

/// Writes the merchant `main` of a brand, as the sandbox knows it; gives the folder with its secrets.
pub fn write_merchant(folder: &Path, access: &MerchantAccess) -> TempDir {
    let secrets = tempfile::tempdir().expect("a temporary folder");
    let file = |name: &str, text: &str| {
        let path = secrets.path().join(name);
        std::fs::write(&path, text).expect("a file");
        format!("file:{}", path.display())
    };
    std::fs::create_dir(folder.join("merchants")).expect("a folder");
    let text = format!(
        "name = \"惠联样板店\"\nmchid = \"{}\"\naccounts = [\"brand\", \"shop\"]\napi_v2_key = \"{}\"\napi_v3_key = \"{}\"\n\
         certificate = \"{}\"\nprivate_key = \"{}\"\n[wechat_pay]\npublic_key_id = \"{}\"\npublic_key = \"{}\"\n\
         download_certificates = {}\n[address]\nv3 = \"{}\"\nv2 = \"{}\"\ntrust = \"{}\"\n",
        access.mchid,
        file("v2.txt", &access.v2_key),
        file("v3.txt", &access.v3_key),
        file("certificate.pem", &access.certificate_pem),
        file("key.pem", &access.private_key_pem),
        access.public_key_id,
        file("public.pem", &access.public_key_pem),
        access.mode != KeyMode::PublicKey,
        access.v3_url,
        access.v2_url,
        file("ca.pem", &access.ca_pem),
    );
    std::fs::write(folder.join("merchants/main.toml"), text).expect("a file");
    secrets
}
