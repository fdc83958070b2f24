//! Who issues certificates here: one authority for the merchants' certificates, the platform's and that of the TLS
//! listener (pay notes section 1).

use std::io;

use chrono::Datelike;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PKCS_RSA_SHA256, SerialNumber, date_time_ymd,
};
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

use super::keys::{Key, pem};
use crate::infra::{clock::Time, random::Random};

/// A certificate that was issued here.
#[derive(Clone)]
pub(super) struct Certificate {
    pub(super) der: Vec<u8>,
    pub(super) pem: String,
    /// Upper-case hex, as headers name it.
    pub(super) serial: String,
    pub(super) from: Time,
    pub(super) until: Time,
}

/// The certificate authority.
pub(super) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: rcgen::Certificate,
}

/// What the TLS listener shows: certificate and key.
pub(in crate::sandbox) struct Server {
    pub(super) certificate: Vec<u8>,
    pub(super) key: Vec<u8>,
}

impl Authority {
    pub(super) fn new() -> io::Result<Self> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Huilian sandbox CA");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let certificate = params.self_signed(&key).map_err(io::Error::other)?;
        Ok(Self { issuer: Issuer::new(params, key), certificate })
    }

    /// What a client trusts.
    pub(super) fn pem(&self) -> String {
        pem("CERTIFICATE", self.certificate.der())
    }

    /// Certifies an RSA key for five years from some weeks before `now`.
    pub(super) fn certify(&self, name: &str, key: &Key, now: Time, random: &Random) -> io::Result<Certificate> {
        let mut serial: [u8; 20] = random.bytes();
        // Positive, and always 40 digits.
        serial[0] = serial[0] & 0x3f | 0x40;
        // A sample brand is given a past of some weeks, in which it pays.
        let (from, until) = (now - chrono::TimeDelta::days(90), now + chrono::TimeDelta::days(5 * 365));
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.serial_number = Some(SerialNumber::from_slice(&serial));
        let day = |part: u32| u8::try_from(part).unwrap_or(1);
        params.not_before = date_time_ymd(from.year(), day(from.month()), day(from.day()));
        params.not_after = date_time_ymd(until.year(), day(until.month()), day(until.day()));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let key = KeyPair::from_pkcs8_der_and_sign_algo(&PrivatePkcs8KeyDer::from(key.pkcs8()), &PKCS_RSA_SHA256)
            .map_err(io::Error::other)?;
        let certificate = params.signed_by(&key, &self.issuer).map_err(io::Error::other)?;
        let der = certificate.der().to_vec();
        Ok(Certificate { pem: pem("CERTIFICATE", &der), der, serial: hex::encode_upper(serial), from, until })
    }

    /// A certificate for this machine.
    pub(super) fn server(&self) -> io::Result<Server> {
        let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let mut params = CertificateParams::new(names).map_err(io::Error::other)?;
        params.distinguished_name.push(DnType::CommonName, "localhost");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let certificate = params.signed_by(&key, &self.issuer).map_err(io::Error::other)?;
        Ok(Server { certificate: certificate.der().to_vec(), key: key.serialize_der() })
    }
}
