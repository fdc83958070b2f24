//! X.509 certificates: the merchant's own, and those of the platform (pay section 1).

use rustls_pki_types::{CertificateDer, pem::PemObject};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::{BadKey, PublicKey};
use crate::infra::clock::Time;

/// What matters of a certificate.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// The serial number as WeChat Pay writes it: upper-case hex without leading zeros.
    pub serial: String,
    /// Its key.
    pub key: PublicKey,
    /// From when it is good.
    pub not_before: Time,
    /// Until when it is good.
    pub not_after: Time,
}

impl Certificate {
    /// Reads the first certificate of a PEM.
    ///
    /// # Errors
    /// When there is none, or its key is not RSA.
    pub fn from_pem(pem: &str) -> Result<Self, BadKey> {
        let der = CertificateDer::from_pem_slice(pem.as_bytes())
            .map_err(|_opaque| BadKey("must be a PEM with BEGIN CERTIFICATE"))?;
        let bad = BadKey("is not a certificate");
        let (_, parsed) = X509Certificate::from_der(&der).map_err(|_opaque| bad)?;
        let moment = |seconds: i64| Time::from_timestamp(seconds, 0).ok_or(bad);
        Ok(Self {
            serial: hex::encode_upper(parsed.raw_serial()).trim_start_matches('0').to_owned(),
            key: PublicKey::from_spki(parsed.public_key().raw)?,
            not_before: moment(parsed.validity().not_before.timestamp())?,
            not_after: moment(parsed.validity().not_after.timestamp())?,
        })
    }

    /// Whether it is good at this moment.
    pub fn is_valid_at(&self, now: Time) -> bool {
        self.not_before <= now && now <= self.not_after
    }
}
