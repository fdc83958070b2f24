//! What the owner of a merchant has in hand: numbers, keys, certificates, addresses. A client is configured from it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::merchant::{KeyMode, Merchant};
use crate::{
    sandbox::{trouble::Trouble, world::World},
    wechat::pay::{keys::Material, settings::Addresses},
};

/// Everything that a client of a merchant needs.
#[derive(Clone, Serialize, Deserialize)]
pub struct MerchantAccess {
    /// Short name, as in the notification address.
    pub key: String,
    /// The merchant number.
    pub mchid: String,
    /// The APIv2 key.
    pub v2_key: String,
    /// The APIv3 key.
    pub v3_key: String,
    /// The merchant's private key, PKCS#8 PEM.
    pub private_key_pem: String,
    /// The merchant's certificate, PEM.
    pub certificate_pem: String,
    /// Its serial number, upper-case hex.
    pub certificate_serial: String,
    /// How the merchant knows WeChat Pay.
    pub mode: KeyMode,
    /// `PUB_KEY_ID_…` of WeChat Pay's public key; valid unless the mode is certificates only.
    pub public_key_id: String,
    /// WeChat Pay's public key, PEM.
    pub public_key_pem: String,
    /// Platform certificates, the newest last; valid unless the mode is public key only.
    pub platform_certificates: Vec<PlatformCertificate>,
    /// What signs the TLS listener's certificate, PEM.
    pub ca_pem: String,
    /// Base address of v3, without a slash at its end.
    pub v3_url: String,
    /// Base address of v2, which wants the client certificate, without a slash at its end.
    pub v2_url: String,
}

impl MerchantAccess {
    /// The keys as a client of ours takes them.
    pub fn material(&self) -> Material {
        let public_key = (self.public_key_id.clone(), self.public_key_pem.clone());
        Material {
            v2_key: Some(self.v2_key.clone()),
            v3_key: self.v3_key.clone(),
            certificate: self.certificate_pem.clone(),
            private_key: self.private_key_pem.clone(),
            public_keys: if self.mode == KeyMode::Certificate { Vec::new() } else { vec![public_key] },
            certificates: Vec::new(),
            downloads_certificates: self.mode != KeyMode::PublicKey,
        }
    }

    /// Where the client finds it.
    pub fn addresses(&self) -> Addresses {
        Addresses { v3: self.v3_url.clone(), v2: self.v2_url.clone(), trust: Some(self.ca_pem.clone()) }
    }
}

impl fmt::Debug for MerchantAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MerchantAccess").field("key", &self.key).field("mchid", &self.mchid).finish_non_exhaustive()
    }
}

/// A platform certificate.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlatformCertificate {
    /// Serial number, upper-case hex.
    pub serial: String,
    /// The certificate, PEM.
    pub pem: String,
}

impl World {
    /// Everything that a client of a merchant needs.
    pub(super) fn merchant_access(&self, key: &str) -> Result<MerchantAccess, Trouble> {
        let merchant: &Merchant = self.pay.merchant(key)?;
        let platforms = merchant.platforms.iter().map(|platform| PlatformCertificate {
            serial: platform.certificate.serial.clone(),
            pem: platform.certificate.pem.clone(),
        });
        Ok(MerchantAccess {
            key: merchant.key.clone(),
            mchid: merchant.mchid.clone(),
            v2_key: merchant.v2_key.clone(),
            v3_key: merchant.v3_key.clone(),
            private_key_pem: merchant.own_key.private_pem(),
            certificate_pem: merchant.certificate.pem.clone(),
            certificate_serial: merchant.certificate.serial.clone(),
            mode: merchant.mode,
            public_key_id: merchant.public_key_id.clone(),
            public_key_pem: merchant.public_key.public_pem(),
            platform_certificates: platforms.collect(),
            ca_pem: self.pay.authority.as_ref().map(super::authority::Authority::pem).unwrap_or_default(),
            v3_url: self.base_url.clone(),
            v2_url: self.pay.secure_url.clone(),
        })
    }
}
