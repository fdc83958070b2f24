//! `huilian sandbox`: a WeChat that runs here, on its own. It makes the keys of its merchants anew at every start; a folder
//! hands them to a service that runs elsewhere (`sandbox.keys`).

use std::{
    fs::{self, File, OpenOptions},
    io::{BufReader, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use entity::types::MerchantKey;

use super::{
    demo::{load_folder, start_sandbox},
    say,
    serve::stop_requested,
};
use crate::{
    error::{Code, Error, Result},
    infra::{clock::Clock, config::Config},
    sandbox::{MerchantAccess, Sandbox},
    wechat::{folder::Secrets, pay::Merchants},
};

/// The sandbox alone, for a service that runs elsewhere.
///
/// # Errors
/// When the port is taken, or the keys cannot be written.
pub async fn run(config: Config) -> Result<()> {
    let folder = load_folder(&config)?;
    let sandbox = start_sandbox(&config, &folder, Some(config.http.public_url.clone()), Clock::system()).await?;
    if let Some(keys) = keys(&config) {
        keep(keys, sandbox.sandbox())?;
        say(&format!("keys     {}", keys.display()))?;
    }
    say(&format!("sandbox  {}  pushes go to {}", sandbox.base_url(), config.http.public_url))?;
    stop_requested()?.await;
    sandbox.stop().await;
    Ok(())
}

/// The folder of keys, if there is one.
fn keys(config: &Config) -> Option<&Path> {
    Some(config.sandbox.keys.as_path()).filter(|folder| !folder.as_os_str().is_empty())
}

fn file(folder: &Path, merchant: &str) -> PathBuf {
    folder.join(format!("{merchant}.json"))
}

/// Leaves the keys of every merchant in a folder, readable for nobody else.
fn keep(folder: &Path, sandbox: &Sandbox) -> Result<()> {
    fs::create_dir_all(folder).map_err(Error::internal)?;
    for merchant in sandbox.merchants() {
        let access = sandbox.merchant(&merchant.key).map_err(|why| Error::internal(why.to_string()))?;
        let path = file(folder, &merchant.key);
        let mut file = OpenOptions::new();
        let file = file.write(true).create(true).truncate(true).mode(0o600).open(&path);
        let mut file = file.map_err(|why| Error::internal(why).detail(path.display().to_string()))?;
        file.write_all(&serde_json::to_vec_pretty(&access)?).map_err(Error::internal)?;
    }
    Ok(())
}

/// The merchants with the keys that a sandbox has left for them, where the WeChat of this service is a sandbox.
///
/// # Errors
/// When the keys are not there or will not do.
pub fn equipped(config: &Config, merchants: Merchants) -> Result<Merchants> {
    let Some(folder) = keys(config).filter(|_| Secrets::of(&config.wechat) == Secrets::Development) else {
        return Ok(merchants);
    };
    for merchant in merchants.iter() {
        read(folder, &merchant.key)?;
    }
    let access = |key: &MerchantKey| {
        let access = read(folder, key).ok()?;
        Some((access.material(), access.addresses()))
    };
    merchants.equipped(access).map_err(|faults| Error::internal(format!("keys of the sandbox: {faults:?}")))
}

fn read(folder: &Path, merchant: &MerchantKey) -> Result<MerchantAccess> {
    let path = file(folder, merchant.as_str());
    let wrong = |why: String| {
        let words = format!("{}: {why}; `huilian sandbox` writes it (sandbox.keys)", path.display());
        Error::new(Code::Invalid).detail(words)
    };
    let file = File::open(&path).map_err(|why| wrong(why.to_string()))?;
    serde_json::from_reader(BufReader::new(file)).map_err(|why| wrong(why.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(keys: &Path) -> Config {
        let mut config = Config::load(None, []).unwrap();
        config.sandbox.keys = keys.to_owned();
        config.sandbox.port = 0;
        config.wechat.config_dir = concat!(env!("CARGO_MANIFEST_DIR"), "/wechat-config").into();
        config.wechat.api_url = "http://127.0.0.1:8090".to_owned();
        config
    }

    #[actix_web::test]
    async fn a_service_finds_the_keys_that_a_sandbox_has_left() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path());
        let brand = load_folder(&config).unwrap();
        assert!(equipped(&config, brand.merchants.clone()).is_err(), "there are none yet");
        let sandbox = start_sandbox(&config, &brand, None, Clock::system()).await.unwrap();
        keep(folder.path(), sandbox.sandbox()).unwrap();
        let merchants = equipped(&config, brand.merchants.clone()).unwrap();
        let main = merchants.get(&"main".parse().unwrap()).unwrap();
        let access = sandbox.sandbox().merchant("main").unwrap();
        assert_eq!(main.addresses, access.addresses());
        assert_eq!(main.keys.certificate.serial, access.certificate_serial);
        sandbox.stop().await;
    }

    #[test]
    fn whose_wechat_is_the_real_one_gets_no_keys_of_a_sandbox() {
        let mut config = config(Path::new("/nowhere"));
        config.wechat.api_url = "https://api.weixin.qq.com".to_owned();
        assert!(equipped(&config, Merchants::default()).is_ok());
    }
}
