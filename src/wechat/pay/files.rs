//! `wechat-config/merchants/<key>.toml`: one file per merchant, without secrets.

use std::{
    collections::BTreeMap,
    net::Ipv4Addr,
    path::{Path, PathBuf},
};

use entity::types::{AccountKey, Fen, MerchantKey};
use serde::Deserialize;

use super::{
    Settings, development,
    keys::{Fault, Keys, Material},
    red_packet::SceneId,
    settings::{Addresses, HOST, Merchants, Rates, RedPackets, known_scenes},
    transfer::{Scene, Style, smallest},
};
use crate::{
    infra::config::Problem,
    wechat::{
        account::Accounts,
        folder::{self, Secrets},
    },
};

/// The folder within `wechat-config`; no account can have this key.
pub const FOLDER: &str = "merchants";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MerchantFile {
    name: String,
    mchid: String,
    accounts: Vec<AccountKey>,
    api_v2_key: Option<String>,
    api_v3_key: String,
    certificate: String,
    private_key: String,
    wechat_pay: WeChatPayFile,
    #[serde(default)]
    address: AddressFile,
    #[serde(default)]
    red_packet: RedPacketFile,
    #[serde(default)]
    rate: RateFile,
    #[serde(default)]
    scene: Vec<SceneFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WeChatPayFile {
    public_key_id: Option<String>,
    public_key: Option<String>,
    #[serde(default)]
    certificates: Vec<String>,
    #[serde(default)]
    download_certificates: bool,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct AddressFile {
    v3: Option<String>,
    v2: Option<String>,
    trust: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RedPacketFile {
    client_ip: Option<Ipv4Addr>,
    #[serde(default)]
    scenes: Vec<SceneId>,
    least_fen: Option<Fen>,
    most_fen: Option<Fen>,
    #[serde(default)]
    sign_raw_package: bool,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RateFile {
    red_packet: Option<u32>,
    transfer: Option<u32>,
    cancel: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SceneFile {
    id: String,
    name: String,
    perceptions: Vec<String>,
    reports: Vec<String>,
    least_fen: Fen,
    most_fen: Fen,
    styles: Vec<Style>,
}

/// Reads every merchant of the folder; none when there is no such folder.
///
/// # Errors
/// All problems at once, each with its file and field.
pub fn read_merchants(config: &Path, accounts: &Accounts, secrets: Secrets) -> Result<Merchants, Vec<Problem>> {
    let path = config.join(FOLDER);
    if !path.is_dir() {
        return Ok(Merchants::default());
    }
    let mut problems = Vec::new();
    let mut merchants = Vec::new();
    for (name, file) in folder::entries(&path, &mut problems) {
        let Some(stem) = name.strip_suffix(".toml") else { continue };
        match read_merchant(stem, &file, accounts, secrets) {
            Ok(merchant) => merchants.push(merchant),
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() { Ok(merchants.into_iter().collect()) } else { Err(problems) }
}

/// One file while it is read.
struct Reading {
    path: PathBuf,
    secrets: Secrets,
    problems: Vec<Problem>,
}

impl Reading {
    fn note(&mut self, field: &str, message: impl Into<String>, hint: &str) {
        let problem = Problem::new(format!("{}: {field}", self.path.display()), message);
        self.problems.push(if hint.is_empty() { problem } else { problem.hint(hint) });
    }

    fn rule(&mut self, holds: bool, field: &str, message: &str, hint: &str) {
        if !holds {
            self.note(field, message, hint);
        }
    }

    /// What a reference stands for; in development, the published key when the variable is not set.
    fn find(&mut self, field: &str, reference: &str, published: &str) -> String {
        if self.secrets == Secrets::Development && folder::absent(reference) {
            return published.to_owned();
        }
        match folder::secret(reference, self.secrets, field) {
            // A variable of a container often holds a PEM on one line.
            Ok(text) => text.replace("\\n", "\n"),
            Err(why) => {
                self.note(field, why, "write env:NAME and set that variable to the text, or file:/path");
                String::new()
            }
        }
    }

    /// The same for what is no secret and may stand in the file itself.
    fn find_public(&mut self, field: &str, text: &str, published: &str) -> String {
        let reference = text.starts_with("env:") || text.starts_with("file:");
        if reference { self.find(field, text, published) } else { text.to_owned() }
    }
}

fn read_merchant(stem: &str, path: &Path, accounts: &Accounts, secrets: Secrets) -> Result<Settings, Vec<Problem>> {
    let file: MerchantFile = folder::parse(path).map_err(|problem| vec![problem])?;
    let mut reading = Reading { path: path.to_owned(), secrets, problems: Vec::new() };
    let key = stem.parse::<MerchantKey>();
    if let Err(why) = &key {
        reading.note("the file's name", why.to_string(), "the name is the merchant's key in addresses");
    }
    let digits = (8..=10).contains(&file.mchid.len()) && file.mchid.bytes().all(|byte| byte.is_ascii_digit());
    reading.rule(digits, "mchid", "must be 8 to 10 digits", "商户号, top right in the merchant platform");
    let apps = apps(&mut reading, &file.accounts, accounts);
    let material = material(&mut reading, &file);
    let keys = if reading.problems.is_empty() { keys(&mut reading, &material) } else { None };
    let addresses = addresses(&mut reading, file.address);
    let red_packets = red_packets(&mut reading, file.red_packet, material.v2_key.is_some());
    let rates = rates(&mut reading, &file.rate);
    let scenes = scenes(&mut reading, file.scene);
    match (key, keys) {
        (Ok(key), Some(keys)) if reading.problems.is_empty() => {
            Ok(Settings { key, name: file.name, mchid: file.mchid, apps, keys, addresses, red_packets, scenes, rates })
        }
        _ => Err(reading.problems),
    }
}

fn apps(reading: &mut Reading, wanted: &[AccountKey], accounts: &Accounts) -> BTreeMap<AccountKey, String> {
    reading.rule(!wanted.is_empty(), "accounts", "must name an account", "the accounts that are bound to the merchant");
    let mut apps = BTreeMap::new();
    for key in wanted {
        match accounts.get(key) {
            Some(account) => drop(apps.insert(key.clone(), account.appid.clone())),
            None => reading.note("accounts", format!("there is no account {key}"), "an account is a folder here"),
        }
    }
    apps
}

fn material(reading: &mut Reading, file: &MerchantFile) -> Material {
    let pay = &file.wechat_pay;
    let mut public_keys = Vec::new();
    match (&pay.public_key_id, &pay.public_key) {
        (Some(id), Some(pem)) => {
            let id = reading.find_public("wechat_pay.public_key_id", id, development::PUBLIC_KEY_ID);
            let pem = reading.find_public("wechat_pay.public_key", pem, development::PUBLIC_KEY);
            public_keys.push((id, pem));
        }
        (None, None) => {}
        _ => reading.note("wechat_pay", "public_key_id and public_key go together", "both stand in API安全"),
    }
    let certificates: Vec<String> =
        pay.certificates.iter().map(|pem| reading.find_public("wechat_pay.certificates", pem, "")).collect();
    let v2_key = file.api_v2_key.as_deref().map(|key| reading.find("api_v2_key", key, development::V2_KEY));
    Material {
        v2_key,
        v3_key: reading.find("api_v3_key", &file.api_v3_key, development::V3_KEY),
        certificate: reading.find_public("certificate", &file.certificate, development::CERTIFICATE),
        private_key: reading.find("private_key", &file.private_key, development::PRIVATE_KEY),
        public_keys,
        certificates,
        downloads_certificates: pay.download_certificates,
    }
}

fn keys(reading: &mut Reading, material: &Material) -> Option<Keys> {
    match Keys::read(material) {
        Ok(keys) => {
            if reading.secrets == Secrets::Real {
                for field in development::known_to_everybody(material, &keys) {
                    reading.note(field, "is published and not for production", "take the merchant's own");
                }
            }
            Some(keys)
        }
        Err(faults) => {
            for Fault { field, message, hint } in faults {
                reading.note(field, message, hint);
            }
            None
        }
    }
}

fn addresses(reading: &mut Reading, file: AddressFile) -> Addresses {
    let mut address = |field: &str, given: Option<String>| {
        let text = given.unwrap_or_else(|| HOST.to_owned());
        let bare = match url::Url::parse(&text) {
            Ok(url) => url.has_host() && url.path() == "/" && url.query().is_none(),
            Err(_) => false,
        };
        reading.rule(bare, field, "must be an address without a path", HOST);
        let secure = text.starts_with("https://");
        let fits = secure || (reading.secrets == Secrets::Development && text.starts_with("http://"));
        reading.rule(fits, field, "must be https", "the sandbox is not for production");
        text.trim_end_matches('/').to_owned()
    };
    let (v3, v2) = (address("address.v3", file.v3), address("address.v2", file.v2));
    let trust = file.trust.map(|pem| reading.find_public("address.trust", &pem, ""));
    if let Some(pem) = &trust {
        let good = reqwest::Certificate::from_pem_bundle(pem.as_bytes()).is_ok_and(|found| !found.is_empty());
        reading.rule(good, "address.trust", "must be certificates in PEM", "leave it out for WeChat Pay itself");
    }
    Addresses { v3, v2, trust }
}

fn red_packets(reading: &mut Reading, file: RedPacketFile, used: bool) -> RedPackets {
    let usual = RedPackets::default();
    let known = file.client_ip.is_some() || !used || reading.secrets == Secrets::Development;
    reading.rule(known, "red_packet.client_ip", "is missing", "the IPv4 address that this service calls from");
    let (least, most) = (file.least_fen.unwrap_or(usual.least), file.most_fen.unwrap_or(usual.most));
    reading.rule(least <= most && least > Fen::ZERO, "red_packet.least_fen", "must be between 1 and most_fen", "");
    RedPackets {
        client_ip: file.client_ip.unwrap_or(usual.client_ip),
        scenes: file.scenes,
        least,
        most,
        sign_raw_package: file.sign_raw_package,
    }
}

fn rates(reading: &mut Reading, file: &RateFile) -> Rates {
    let usual = Rates::default();
    let mut rate = |field: &str, given: Option<u32>, usual: u32, most: u32| {
        let rate = given.unwrap_or(usual);
        reading.rule((5..=most).contains(&rate), field, &format!("must be 5 to {most} calls in a second"), "");
        rate
    };
    Rates {
        red_packet: rate("rate.red_packet", file.red_packet, usual.red_packet, 25),
        transfer: rate("rate.transfer", file.transfer, usual.transfer, 80),
        cancel: rate("rate.cancel", file.cancel, usual.cancel, 80),
    }
}

fn scenes(reading: &mut Reading, files: Vec<SceneFile>) -> Vec<Scene> {
    if files.is_empty() {
        return known_scenes();
    }
    let mut scenes: Vec<Scene> = Vec::new();
    for SceneFile { id, name, perceptions, reports, least_fen, most_fen, styles } in files {
        let field = format!("scene {id}");
        reading.rule((1..=36).contains(&id.len()), &field, "must have an id of 1 to 36 characters", "from 商家转账");
        reading.rule(scenes.iter().all(|scene| scene.id != id), &field, "stands here twice", "");
        reading.rule(least_fen >= smallest() && least_fen <= most_fen, &field, "least_fen must be 10 to most_fen", "");
        reading.rule(!styles.is_empty(), &field, "must allow a style", "confirm_page, red_packet");
        let fits = reports.iter().all(|report| (1..=15).contains(&report.chars().count()));
        reading.rule(fits, &field, "reports must be info_types of 1 to 15 characters", "as the merchant platform says");
        scenes.push(Scene { id, name, perceptions, reports, least: least_fen, most: most_fen, styles });
    }
    scenes
}
