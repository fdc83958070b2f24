//! What menu items that scan, photograph or locate give (protocol section 2.2).

use crate::wechat::message::{
    Coordinates,
    tree::{Fields, Unreadable},
};

/// What was scanned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scancode {
    /// The key of the menu item.
    pub key: String,
    /// `qrcode` or `barcode`.
    pub scan_type: String,
    /// What the code says; bar codes come with their kind, as `EAN_13,690…`.
    pub result: String,
}

impl Scancode {
    pub(super) fn read(fields: &Fields) -> Result<Self, Unreadable> {
        let info = fields.fields("ScanCodeInfo")?.ok_or(Unreadable::Malformed)?;
        Ok(Self { key: fields.text("EventKey")?, scan_type: info.text("ScanType")?, result: info.text("ScanResult")? })
    }
}

/// The MD5 sums of pictures that are about to come.
pub(super) fn pictures(fields: &Fields) -> Result<Vec<String>, Unreadable> {
    let info = fields.fields("SendPicsInfo")?.ok_or(Unreadable::Malformed)?;
    info.list("PicList").into_iter().map(|picture| picture.text("PicMd5Sum")).collect()
}

/// A place that was picked on the map.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Where.
    pub at: Coordinates,
    /// The zoom of the map.
    pub scale: Option<f64>,
    /// The address as text.
    pub label: Option<String>,
    /// The name of a friends' place, if it is one.
    pub poi: Option<String>,
}

impl Place {
    pub(super) fn read(fields: &Fields) -> Result<Self, Unreadable> {
        let info = fields.fields("SendLocationInfo")?.ok_or(Unreadable::Malformed)?;
        Ok(Self {
            at: Coordinates::read(info, "Location_X", "Location_Y")?,
            scale: info.some_value(&["Scale"])?,
            label: info.some_text(&["Label"])?,
            poi: info.some_text(&["Poiname"])?,
        })
    }
}
