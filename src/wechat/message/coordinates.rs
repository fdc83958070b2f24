//! A point on the map.

use std::fmt;

use super::tree::{Fields, Unreadable};

/// Where somebody is, in degrees of GCJ-02, the datum of Chinese maps. Personal: it never prints.
#[derive(Clone, Copy, PartialEq)]
pub struct Coordinates {
    /// North is positive.
    pub latitude: f64,
    /// East is positive.
    pub longitude: f64,
}

impl Coordinates {
    pub(super) fn read(fields: &Fields, latitude: &str, longitude: &str) -> Result<Self, Unreadable> {
        let degrees = |name| fields.value(&[name]).and_then(finite);
        Ok(Self { latitude: degrees(latitude)?, longitude: degrees(longitude)? })
    }
}

fn finite(number: f64) -> Result<f64, Unreadable> {
    if number.is_finite() { Ok(number) } else { Err(Unreadable::Malformed) }
}

impl fmt::Debug for Coordinates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Coordinates(…)")
    }
}
