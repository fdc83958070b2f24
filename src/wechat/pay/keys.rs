//! The keys of one merchant, from texts (pay sections 1 and 3.3).

use std::{collections::BTreeMap, fmt};

use secrecy::SecretString;

use super::crypto::{Certificate, PrivateKey, PublicKey, V2Key, V3Key};

/// How the id of a public key of WeChat Pay begins.
pub const PUBLIC_KEY_PREFIX: &str = "PUB_KEY_ID_";

/// The keys as texts. Not printable, as most of it is secret.
#[derive(Clone)]
pub struct Material {
    /// The APIv2 key; none when the merchant has no red packets.
    pub v2_key: Option<String>,
    /// The APIv3 key.
    pub v3_key: String,
    /// `apiclient_cert.pem`.
    pub certificate: String,
    /// `apiclient_key.pem`.
    pub private_key: String,
    /// Public keys of WeChat Pay: id and PEM. The first is the one that answers are to be signed with.
    pub public_keys: Vec<(String, String)>,
    /// Platform certificates as PEM.
    pub certificates: Vec<String>,
    /// Whether platform certificates are fetched from WeChat Pay. Merchants in public-key mode have none.
    pub downloads_certificates: bool,
}

/// The keys, read and checked against each other. Cheap to clone but for the maps.
#[derive(Clone)]
pub struct Keys {
    /// Signs v2 requests.
    pub v2: Option<V2Key>,
    /// Opens what WeChat Pay encrypts.
    pub v3: V3Key,
    /// The merchant's certificate.
    pub certificate: Certificate,
    /// Signs v3 requests.
    pub private_key: PrivateKey,
    /// Certificate and private key in one PEM: what v2 shows at the door.
    pub identity: SecretString,
    /// Public keys of WeChat Pay by id.
    pub public_keys: BTreeMap<String, PublicKey>,
    /// The id of the key that answers are to be signed with, if it is a public key.
    pub preferred: Option<String>,
    /// Platform certificates that are configured.
    pub certificates: Vec<Certificate>,
    /// Whether further ones are fetched.
    pub downloads_certificates: bool,
}

/// One key that will not do: its field, what is wrong, how to mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The field of the merchant's file.
    pub field: &'static str,
    /// What is wrong with it.
    pub message: &'static str,
    /// How to mend it.
    pub hint: &'static str,
}

impl Keys {
    /// Reads the keys.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn read(material: &Material) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut note = |field, message, hint| faults.push(Fault { field, message, hint });
        let v2 = match material.v2_key.as_deref().map(V2Key::new) {
            Some(Ok(key)) => Some(key),
            Some(Err(bad)) => {
                note("api_v2_key", bad.0, "merchant platform: 账户中心 → API安全 → APIv2密钥");
                None
            }
            None => None,
        };
        let v3 = V3Key::new(&material.v3_key);
        if let Err(bad) = &v3 {
            note("api_v3_key", bad.0, "merchant platform: 账户中心 → API安全 → APIv3密钥, 32 characters");
        }
        let certificate = Certificate::from_pem(&material.certificate);
        if let Err(bad) = &certificate {
            note("certificate", bad.0, "the whole text of apiclient_cert.pem");
        }
        let private_key = PrivateKey::from_pem(&material.private_key);
        if let Err(bad) = &private_key {
            note("private_key", bad.0, "the whole text of apiclient_key.pem; or: openssl pkcs8 -topk8 -nocrypt");
        }
        if let (Ok(certificate), Ok(key)) = (&certificate, &private_key)
            && !key.belongs_to(&certificate.key)
        {
            note("private_key", "does not belong to the certificate", "take both files of one download");
        }
        let mut public_keys = BTreeMap::new();
        for (id, pem) in &material.public_keys {
            if !id.starts_with(PUBLIC_KEY_PREFIX) {
                note("wechat_pay.public_key_id", "must begin with PUB_KEY_ID_", "it stands beside the public key");
            }
            match PublicKey::from_pem(pem) {
                Ok(key) => drop(public_keys.insert(id.clone(), key)),
                Err(bad) => note("wechat_pay.public_key", bad.0, "the whole text of pub_key.pem"),
            }
        }
        let mut certificates = Vec::new();
        for pem in &material.certificates {
            match Certificate::from_pem(pem) {
                Ok(certificate) => certificates.push(certificate),
                Err(bad) => note("wechat_pay.certificates", bad.0, "a platform certificate as WeChat Pay gives it"),
            }
        }
        if material.public_keys.is_empty() && material.certificates.is_empty() && !material.downloads_certificates {
            let hint = "give public_key_id and public_key; older merchants: download_certificates = true";
            note("wechat_pay", "says of nobody whose answers are to be believed", hint);
        }
        match (v3, certificate, private_key) {
            (Ok(v3), Ok(certificate), Ok(private_key)) if faults.is_empty() => Ok(Self {
                v2,
                v3,
                certificate,
                private_key,
                identity: format!("{}\n{}", material.certificate.trim(), material.private_key.trim()).into(),
                preferred: material.public_keys.first().map(|(id, _)| id.clone()),
                public_keys,
                certificates,
                downloads_certificates: material.downloads_certificates,
            }),
            _ => Err(faults),
        }
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("serial", &self.certificate.serial).finish_non_exhaustive()
    }
}
