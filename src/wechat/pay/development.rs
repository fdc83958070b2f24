//! Keys that everybody knows: the test keys which WeChat Pay's Java SDK publishes (pay section 11). A merchant whose
//! keys are not set gets them in development, so that everything starts without a merchant; nothing real takes them.

use super::{
    Settings,
    keys::{Keys, Material},
};

/// The published merchant certificate, serial `5F1C72E2A8931B72A2E13AF8DEE92471EB397115`.
pub const CERTIFICATE: &str = include_str!("development_keys/merchant_certificate.pem");
/// Its private key.
pub const PRIVATE_KEY: &str = include_str!("development_keys/merchant_key.pem");
/// The published key of WeChat Pay.
pub const PUBLIC_KEY: &str = include_str!("development_keys/public_key.pem");
/// The serial number of the published certificate.
const SERIAL: &str = "5F1C72E2A8931B72A2E13AF8DEE92471EB397115";
/// What that key is called here.
pub const PUBLIC_KEY_ID: &str = "PUB_KEY_ID_0114232134912410000000000000";
/// The published APIv3 key.
pub const V3_KEY: &str = "a7cde1ZJB1kG2e7VfTs3jQzaWizur8Gb";
/// The placeholder that examples print as an APIv2 key.
pub const V2_KEY: &str = "exposed_your_key_here_have_risks";

/// All of them.
pub fn material() -> Material {
    Material {
        v2_key: Some(V2_KEY.to_owned()),
        v3_key: V3_KEY.to_owned(),
        certificate: CERTIFICATE.to_owned(),
        private_key: PRIVATE_KEY.to_owned(),
        public_keys: vec![(PUBLIC_KEY_ID.to_owned(), PUBLIC_KEY.to_owned())],
        certificates: Vec::new(),
        downloads_certificates: false,
    }
}

/// Whether a merchant has the published certificate.
pub fn is_used_by(merchant: &Settings) -> bool {
    merchant.keys.certificate.serial == SERIAL
}

/// The fields in which something of these keys stands; none of them is for production.
pub fn known_to_everybody(material: &Material, keys: &Keys) -> Vec<&'static str> {
    let mut found = Vec::new();
    let mut look = |known: bool, field: &'static str| {
        if known {
            found.push(field);
        }
    };
    look(material.v2_key.as_deref() == Some(V2_KEY), "api_v2_key");
    look(material.v3_key == V3_KEY, "api_v3_key");
    look(keys.certificate.serial == SERIAL, "certificate");
    look(keys.public_keys.contains_key(PUBLIC_KEY_ID), "wechat_pay.public_key");
    look(
        keys.certificates.iter().any(|known| known.serial == "440024045C4A427599D09BB4E3DE0279F2E813FD"),
        "wechat_pay.certificates",
    );
    found
}
