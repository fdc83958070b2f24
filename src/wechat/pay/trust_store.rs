//! Whose signatures are believed: public keys by id, platform certificates by serial number, configured or fetched
//! (pay sections 3.3 and 3.4).

use chrono::TimeDelta;
use serde::Deserialize;

use super::{
    Merchant, Why,
    crypto::{Certificate, PublicKey},
    exchange::Raw,
    keys::PUBLIC_KEY_PREFIX,
    trust::{Distrust, Stamp},
    v3::Get,
};
use crate::infra::clock::Time;

/// Fetched certificates are fetched anew after this time (pay section 3.4).
const GOOD_FOR: TimeDelta = TimeDelta::hours(12);
/// Serial numbers that nobody knows may come from anybody: they cause at most one request in this time.
const ASK_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Platform certificates that WeChat Pay gave.
#[derive(Default)]
pub(super) struct Downloaded {
    certificates: Vec<Certificate>,
    fetched_at: Option<Time>,
    asked_at: Option<Time>,
}

#[derive(Deserialize)]
struct List {
    data: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    serial_no: String,
    encrypt_certificate: Sealed,
}

/// Something that WeChat Pay encrypted with the APIv3 key.
#[derive(Deserialize)]
pub(super) struct Sealed {
    pub(super) algorithm: String,
    pub(super) nonce: String,
    #[serde(default)]
    pub(super) associated_data: Option<String>,
    pub(super) ciphertext: String,
}

impl Sealed {
    /// Opens it with the merchant's key.
    pub(super) fn open(&self, merchant: &Merchant) -> Option<Vec<u8>> {
        let associated_data = self.associated_data.as_deref().unwrap_or_default();
        let known = self.algorithm == "AEAD_AES_256_GCM";
        known.then(|| merchant.settings().keys.v3.open(&self.nonce, associated_data, &self.ciphertext).ok())?
    }
}

impl Downloaded {
    fn find(&self, serial: &str, now: Time) -> Option<&Certificate> {
        self.certificates.iter().find(|known| known.serial == serial && known.is_valid_at(now))
    }

    fn is_old(&self, now: Time) -> bool {
        self.fetched_at.is_none_or(|at| now - at > GOOD_FOR)
    }

    fn may_ask(&self, now: Time) -> bool {
        self.asked_at.is_none_or(|at| now - at >= ASK_EVERY)
    }
}

impl Merchant {
    /// Whether WeChat Pay signed this for us, lately.
    pub(super) async fn believes(&self, stamp: &Stamp<'_>, body: &[u8]) -> Result<(), Distrust> {
        stamp.is_fresh(self.0.clock.now(), self.0.window)?;
        let key = self.key(stamp.serial).await.ok_or(Distrust::UnknownKey)?;
        stamp.is_signed(body, &key)
    }

    /// The key of this id or serial number. One that is not known is looked for at WeChat Pay, once.
    async fn key(&self, serial: &str) -> Option<PublicKey> {
        let keys = &self.settings().keys;
        if serial.starts_with(PUBLIC_KEY_PREFIX) {
            return keys.public_keys.get(serial).cloned();
        }
        let now = self.0.clock.now();
        let configured = keys.certificates.iter().find(|known| known.serial == serial && known.is_valid_at(now));
        if let Some(certificate) = configured {
            return Some(certificate.key.clone());
        }
        if !keys.downloads_certificates {
            return None;
        }
        let mut downloaded = self.0.downloaded.lock().await;
        if downloaded.is_old(now) || downloaded.find(serial, now).is_none() {
            self.refresh(&mut downloaded, now).await;
        }
        downloaded.find(serial, now).map(|certificate| certificate.key.clone())
    }

    /// The key that answers shall be signed with and fields are encrypted for, with its id.
    pub(super) async fn preferred_key(&self) -> Option<(String, PublicKey)> {
        let keys = &self.settings().keys;
        if let Some(id) = &keys.preferred {
            return keys.public_keys.get(id).map(|key| (id.clone(), key.clone()));
        }
        let now = self.0.clock.now();
        let mut downloaded = self.0.downloaded.lock().await;
        if keys.downloads_certificates && downloaded.is_old(now) {
            self.refresh(&mut downloaded, now).await;
        }
        let known = keys.certificates.iter().chain(&downloaded.certificates).filter(|known| known.is_valid_at(now));
        known.max_by_key(|known| known.not_before).map(|newest| (newest.serial.clone(), newest.key.clone()))
    }

    async fn refresh(&self, downloaded: &mut Downloaded, now: Time) {
        if !downloaded.may_ask(now) {
            return;
        }
        downloaded.asked_at = Some(now);
        match self.download().await {
            Ok(certificates) => {
                tracing::info!(merchant = %self.settings().key, count = certificates.len(), "fetched platform certificates");
                downloaded.certificates = certificates;
                downloaded.fetched_at = Some(now);
            }
            Err(why) => {
                tracing::warn!(merchant = %self.settings().key, why = why.as_str(), "platform certificates cannot be fetched");
            }
        }
    }

    /// `GET /v3/certificates`. The answer is signed by one of the certificates within: what opens with our own key is
    /// WeChat Pay's, then the signature is verified with it.
    async fn download(&self) -> Result<Vec<Certificate>, Why> {
        let raw = self.send_v3(&Get("/v3/certificates").into(), None).await?;
        if raw.status != 200 {
            return Err(raw.unreadable());
        }
        let certificates = self.read_list(&raw)?;
        let stamp = Stamp::read(|name| raw.header(name)).map_err(|_distrust| Why::Signature)?;
        let signer = certificates.iter().find(|certificate| certificate.serial == stamp.serial);
        let signer = signer.ok_or(Why::Signature)?;
        let fresh = stamp.is_fresh(self.0.clock.now(), self.0.window);
        fresh.and_then(|()| stamp.is_signed(&raw.body, &signer.key)).map_err(|_distrust| Why::Signature)?;
        Ok(certificates)
    }

    fn read_list(&self, raw: &Raw) -> Result<Vec<Certificate>, Why> {
        let list: List = serde_json::from_slice(&raw.body).map_err(|_form| Why::Form)?;
        let opened = list.data.iter().map(|listed| {
            let pem = listed.encrypt_certificate.open(self).and_then(|pem| String::from_utf8(pem).ok());
            let certificate = pem.and_then(|pem| Certificate::from_pem(&pem).ok()).ok_or(Why::Form)?;
            if certificate.serial == listed.serial_no { Ok(certificate) } else { Err(Why::Form) }
        });
        opened.collect()
    }
}
