//! Certificates that end soon: an expired one stops every payout (pay section 9, rule 17).

use std::fmt;

use chrono::TimeDelta;
use entity::types::MerchantKey;
use serde::{Deserialize, Serialize};

use super::{Merchants, Settings, development};
use crate::{
    infra::clock::{Clock, Time},
    jobs::{Failure, Job},
};

/// How long before its end a certificate is spoken of.
const AHEAD: TimeDelta = TimeDelta::days(60);

/// A certificate that ends soon, or has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expiring {
    /// Whose it is.
    pub merchant: MerchantKey,
    /// `merchant` or `platform`.
    pub what: &'static str,
    /// Its serial number.
    pub serial: String,
    /// When it ends.
    pub not_after: Time,
    /// Whole days from now; negative when it is over.
    pub days: i64,
}

impl fmt::Display for Expiring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { merchant, what, serial, not_after, days } = self;
        let day = not_after.date_naive();
        if *days < 0 {
            write!(f, "the {what} certificate {serial} of merchant {merchant} ended on {day}")
        } else {
            write!(f, "the {what} certificate {serial} of merchant {merchant} ends in {days} days, on {day}")
        }
    }
}

/// The certificates of a merchant that end within 60 days.
pub fn expiring(settings: &Settings, now: Time) -> Vec<Expiring> {
    let own = std::iter::once(("merchant", &settings.keys.certificate));
    let platform = settings.keys.certificates.iter().map(|certificate| ("platform", certificate));
    let soon = own.chain(platform).filter(|(_, certificate)| certificate.not_after - now < AHEAD);
    soon.map(|(what, certificate)| Expiring {
        merchant: settings.key.clone(),
        what,
        serial: certificate.serial.clone(),
        not_after: certificate.not_after,
        days: (certificate.not_after - now).num_seconds().div_euclid(86_400),
    })
    .collect()
}

/// Warns every day of certificates that end soon.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WatchCertificates {}

impl Job for WatchCertificates {
    const KIND: &'static str = "wechat.watch_pay_certificates";
    type Context = (Merchants, Clock);

    async fn run(self, (merchants, clock): (Merchants, Clock)) -> Result<(), Failure> {
        for settings in merchants.iter().filter(|settings| !development::is_used_by(settings)) {
            for Expiring { merchant, what, serial, not_after, days } in expiring(settings, clock.now()) {
                metrics::counter!("pay_certificates_expiring_total", "merchant" => merchant.to_string(), "what" => what)
                    .increment(1);
                tracing::warn!(%merchant, what, serial, %not_after, days, "a certificate of WeChat Pay ends soon");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wechat::pay::tests::settings;

    #[test]
    fn a_certificate_is_spoken_of_sixty_days_ahead() {
        let settings = settings();
        let end = settings.keys.certificate.not_after;
        assert_eq!(expiring(&settings, end - TimeDelta::days(61)), []);
        let soon = expiring(&settings, end - TimeDelta::days(59));
        assert_eq!(soon.iter().map(|found| (found.what, found.days)).collect::<Vec<_>>(), [("merchant", 59)]);
        assert_eq!(expiring(&settings, end + TimeDelta::days(2)).first().map(|found| found.days), Some(-2));
    }
}
